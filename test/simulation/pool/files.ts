import assert from 'node:assert/strict'
import { sha256, u32 } from '../../../src/crypto/bytes.js'
import { isP2pChatError } from '../../../src/errors.js'
import { createPoolBlobs, defaultBlobReplicationLimits, type PoolBlobs, type PoolBlobsComponents } from '../../../src/rendezvous/blob-replication/index.js'
import { BLOB_PLACEMENT } from '../../../src/rendezvous/blob-replication/limits.js'
import { StoreBlobs } from '../../../src/rendezvous/blobs/store-blobs.js'
import { defaultLimits } from '../../../src/rendezvous/limits.js'
import { goByTimeOfOthers, timeHandlers } from '../../../src/rendezvous/member/pool-time.js'
import { replicasOf, type PlacedServer, type RosterView } from '../../../src/rendezvous/replication/placement.js'
import { SteadyClock, timesOf } from '../../../src/rendezvous/steady-clock.js'
import { silentLogger } from '../../../src/runtime.js'
import { createMemoryBlobs, type MemoryBlobs } from '../../../src/store/index.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'
import { eager, slowly, type FileBug } from './file-bugs.js'
import { FileUsers } from './file-users.js'
import { unsynced } from './pool-bugs.js'
import { SimBulk } from './sim-bulk.js'
import type { CrashPoint } from './sim-disk.js'
import type { SimNode, SimProcess } from './sim-node.js'
import { PoolWorld } from './world.js'

export interface FileScenarioInit {
  servers: number
  operations: number
  /** Faults beside them. */
  faults: number
  /** Whether servers come, are drained, go and lose their disks. */
  rosterChanges: boolean
  bug?: FileBug
}

export interface FileReport { operations: number, faults: number, kept: number, removed: number, reads: number, rosters: number }

type Fault =
  | 'crash' | 'crash before sync' | 'crash after sync' | 'crash after answer' | 'start'
  | 'cut' | 'cut one way' | 'partition' | 'heal' | 'freeze' | 'full disk' | 'small disk' | 'slow disk' | 'clock' | 'clock a month off' | 'roster' | 'lost disk' | 'rest'

const serverFaults: readonly Fault[] = ['crash', 'crash before sync', 'crash after sync', 'crash after answer', 'cut', 'cut one way', 'partition', 'heal', 'freeze', 'full disk', 'small disk', 'slow disk', 'clock', 'clock a month off', 'start', 'start']
const rosterFaults: readonly Fault[] = ['roster', 'roster', 'roster', 'lost disk', 'lost disk', 'rest']

const OPERATOR = 'operator'
const requestTimeoutMs = 1_000
const HOUR_MS = 3_600_000
/** Longer than files are kept. */
const MONTH_MS = 32 * 24 * HOUR_MS
/** For so long a clock is a month off: some sweeps. */
const wrongClockMs = 20_000

/**
 * Files are left, read and removed at any server, while servers crash, freeze, are cut off, run out of disk, have wrong
 * clocks, come, are emptied and go. What was told as kept is at all three servers of its file in the end, whole and right.
 */
export class FileScenario {
  readonly world: PoolWorld
  readonly #random: SeededRandom
  readonly #bulk: SimBulk
  readonly #servers = new Map<string, PlacedServer>()
  readonly #disks = new Map<string, MemoryBlobs>()
  readonly #pools = new Map<string, { process: SimProcess, pool: PoolBlobs, local: StoreBlobs }>()
  readonly #rosters: RosterView[] = []
  /** The newest roster that a server has heard of, by its name. */
  readonly #heard = new Map<string, number>()
  readonly #users: FileUsers
  readonly #busy = new Set<Promise<unknown>>()
  /** A disk was lost, and not all that was on it is where it belongs. */
  #mustSettle = false
  readonly #report = { operations: 0, faults: 0, rosters: 0 }
  #nextServer = 0
  #failed: unknown

  constructor (seed: string, private readonly init: FileScenarioInit) {
    this.world = new PoolWorld(seed)
    this.#random = this.world.random.fork('file scenario')
    this.#users = new FileUsers(this.world, this.#random)
    this.#bulk = new SimBulk(this.world)
  }

  /** What happened, one line each: the same for the same seed. */
  get trace (): string[] {
    return this.world.trace
  }

  async run (): Promise<FileReport> {
    await this.#setUp()
    const { operations, faults } = this.init
    for (let step = 0; step < operations + faults; step++) {
      if (this.#random.between(1, operations + faults - step) <= operations - this.#report.operations) this.#operate()
      else await this.#fault()
      await this.world.run(this.#random.pick([0, 0, 5, 20, 100, 400, 1_500]))
      if (this.#failed !== undefined) throw this.#failed
    }
    await this.#heal()
    await this.#check()
    if (this.#failed !== undefined) throw this.#failed
    return { ...this.#report, ...this.#users.counts }
  }

  async #setUp (): Promise<void> {
    const { world } = this
    world.addNode(OPERATOR, (process) => { process.serve(async () => new TextEncoder().encode(String(this.#rosters.length))) })
    for (const node of world.nodes.values()) await node.start()
    for (let index = 0; index < this.init.servers; index++) this.#addServer()
    this.#decide([...this.#servers.values()])
    for (const name of this.#servers.keys()) await world.until(this.#node(name).start())
    if (this.#random.chance(0.5)) world.network.duplicateChance = 0.05
    if (this.#random.chance(0.3)) world.network.lossChance = 0.02
    if (this.#random.chance(0.5)) world.network.straggleChance = 0.03
  }

  // ---- servers

  #addServer (): string {
    const index = this.#nextServer++
    const name = `server ${index}`
    this.#servers.set(name, { peerId: name, serverKey: sha256(u32(index), new TextEncoder().encode(this.world.seed)), state: 'member' })
    this.#disks.set(name, createMemoryBlobs())
    this.world.addNode(name, async (process) => { await this.#boot(name, process) })
    return name
  }

  #node (name: string): SimNode {
    return this.world.nodes.get(name) ?? assert.fail()
  }

  async #boot (name: string, process: SimProcess): Promise<void> {
    const { bug } = this.init
    // A server may have died before it had kept the newest roster it knew.
    if (this.#random.chance(0.3)) this.#heard.set(name, Math.max(1, (this.#heard.get(name) ?? 1) - 1))
    const disk = this.#disks.get(name) ?? assert.fail()
    const chance = process.random.fork('what survives')
    disk.crash((bytes) => chance.chance(0.7) ? 0 : chance.between(0, bytes))
    const store = bug === 'no sync' ? unsynced(process.store) : process.store
    const limits = {
      ...defaultLimits,
      ...defaultBlobReplicationLimits,
      minFreeDiskBytes: 0,
      ...bug === 'quorum of one' ? { writeQuorum: 1 } : {},
      ...bug === 'removals are forgotten' ? { tombstoneMs: 1, maxClockSkewMs: 0 } : {}
    }
    const times = await SteadyClock.load(store, process.clock)
    const kept = bug === 'clocks are believed' ? timesOf(process.clock) : times
    const stored = new StoreBlobs({ store, disk: slowly(disk, process, bug === 'no sync'), clock: process.clock, times: kept, logger: silentLogger, limits })
    const local = bug === 'told before it is synced' ? eager(stored) : stored
    await local.start()
    const rosters = this.#rostersOf(name, process)
    const ask = async (peerId: string, method: string, body: Uint8Array): Promise<Uint8Array> => await process.request(peerId, method, body, { timeoutMs: requestTimeoutMs })
    const pool = await createPoolBlobs({
      peerId: name,
      store,
      localBlobs: local,
      rosters,
      ask,
      openStream: async (peerId) => await this.#bulk.open(process, peerId),
      clock: process.clock,
      times: kept,
      logger: { ...silentLogger, error: (fields, message) => { this.world.log(`${name}: ${message} ${JSON.stringify(fields)}`) } },
      limits
    })
    await pool.start()
    this.#pools.set(name, { process, pool, local })
    this.#bulk.serve(process, pool.bulk)
    const handlers = { ...pool.handlers, ...timeHandlers(times) }
    process.serve(async (from, method, body) => await handlers[method]?.(from, body) ?? assert.fail(`There is no ${method}.`))
    const others = (): string[] => rosters.current().servers.map(({ peerId }) => peerId).filter((peerId) => peerId !== name)
    this.#sweep(process, async () => {
      await times.step()
      await goByTimeOfOthers(times, { ask, others })
      await pool.blobs.sweep()
    })
  }

  #sweep (process: SimProcess, sweep: () => Promise<void>): void {
    process.clock.schedule(5_000, () => {
      sweep().catch(() => {}).finally(() => { this.#sweep(process, sweep) }).catch(() => {})
    })
  }

  #rostersOf (name: string, process: SimProcess): PoolBlobsComponents['rosters'] {
    return {
      current: () => {
        const roster = this.#rosters[(this.#heard.get(name) ?? 1) - 1] ?? assert.fail()
        if (this.init.bug !== 'replica sets from live discovery') return roster
        return { ...roster, servers: roster.servers.filter(({ peerId }) => peerId === name || this.#sees(name, peerId)) }
      },
      at: (version) => this.#rosters[version - 1],
      refresh: async () => {
        try {
          const answer = await process.request(OPERATOR, 'roster', new Uint8Array(0), { timeoutMs: requestTimeoutMs })
          this.#hear(name, Number(Buffer.from(answer).toString()))
        } catch (error) {
          if (!isP2pChatError(error)) throw error
        }
      }
    }
  }

  #sees (from: string, to: string): boolean {
    const { network, nodes } = this.world
    return nodes.get(to)?.process !== undefined && !network.isCut(from, to) && !network.isCut(to, from)
  }

  #hear (name: string, version: number): void {
    if (version <= (this.#heard.get(name) ?? 1)) return
    this.#heard.set(name, version)
    this.world.log(`${name} hears of roster ${version}`)
    this.#pools.get(name)?.pool.rosterChanged()
  }

  /** The operator's next roster, of which each server hears in its time, if it can be reached then. */
  #decide (servers: PlacedServer[]): void {
    const version = this.#rosters.length + 1
    this.#rosters.push({ version, servers: servers.map((server) => ({ ...server })) })
    this.#report.rosters++
    this.world.log(`roster ${version}: ${servers.map(({ peerId, state }) => `${peerId} ${state}`).join(', ')}`)
    for (const { peerId } of servers) {
      const tell = (): void => {
        if (!this.#servers.has(peerId)) return
        if (this.world.network.isCut(OPERATOR, peerId) || this.#node(peerId).process === undefined) this.world.after(1_000, tell)
        else this.#hear(peerId, version)
      }
      this.world.after(version === 1 ? 0 : this.#random.between(0, 3_000), tell)
    }
  }

  get #roster (): RosterView {
    return this.#rosters.at(-1) ?? assert.fail()
  }

  // ---- operations

  #operate (): void {
    this.#report.operations++
    const known = this.#users.files.filter(({ mayBeGone }) => !mayBeGone)
    const what = known.length === 0 ? 'create' : this.#random.pick(['create', 'leave', 'leave', 'leave', 'read', 'read', 'read', 'status', 'remove'] as const)
    if (what === 'create') {
      const file = this.#users.newFile()
      this.#background(async (at) => { await this.#users.create(at, file) })
      return
    }
    const file = this.#random.pick(known)
    switch (what) {
      case 'leave': this.#background(async (at) => { await this.#users.leave(at, file) }); return
      case 'read': this.#background(async (at) => { await this.#users.read(at, file) }); return
      case 'status': this.#background(async (at) => { await this.#users.status(at, file) }); return
      case 'remove': if (this.#random.chance(0.5)) this.#background(async (at) => { await this.#users.remove(at, file) })
    }
  }

  /** At any server that runs; what it has begun ends with it. */
  #background (work: (at: PoolBlobs) => Promise<void>): void {
    const up = [...this.#pools].filter(([name, { process }]) => this.#node(name).process === process)
    if (up.length === 0) return
    const [, { pool, process }] = this.#random.pick(up)
    const watched = Promise.race([work(pool), process.died]).catch((error: unknown) => {
      if (!isP2pChatError(error)) this.#failed ??= error
    }).finally(() => { this.#busy.delete(watched) })
    this.#busy.add(watched)
  }

  // ---- faults

  async #fault (): Promise<void> {
    this.#report.faults++
    const { network } = this.world
    const name = this.#random.pick([...this.#servers.keys()])
    const node = this.#node(name)
    const kind = this.#random.pick(this.init.rosterChanges ? [...serverFaults, ...rosterFaults] : serverFaults)
    this.world.log(`fault: ${kind} ${name}`)
    switch (kind) {
      case 'crash': node.crash(); break
      case 'crash before sync': this.#crashAt(node, 'before sync'); break
      case 'crash after sync': this.#crashAt(node, 'after sync'); break
      case 'crash after answer': this.#crashAt(node, 'after answer'); break
      case 'cut': network.cut(name, this.#other(name)); break
      case 'cut one way': network.cutOneWay(name, this.#other(name)); break
      case 'partition': {
        const all = [...this.#servers.keys(), OPERATOR]
        const left = all.filter(() => this.#random.chance(0.5))
        network.partition(left, all.filter((one) => !left.includes(one)))
        break
      }
      case 'heal': network.heal(); break
      case 'freeze':
        node.freeze()
        this.world.after(this.#random.pick([2_000, 30_000]), () => { node.thaw() })
        break
      case 'full disk': node.disk.isFull = true; break
      case 'small disk': this.#disk(name).capacityBytes = 100_000; break
      case 'slow disk': node.disk.syncMs = this.#random.pick([[0, 3], [10, 200], [200, 900]] as const); break
      case 'clock': node.jumpClock(this.#random.pick([-HOUR_MS, HOUR_MS])); break
      case 'clock a month off': {
        const ms = this.#random.pick([-MONTH_MS, MONTH_MS])
        node.jumpClock(ms)
        this.world.after(wrongClockMs, () => { node.jumpClock(-ms) })
        break
      }
      case 'start': for (const one of this.#servers.keys()) await this.#start(one); break
      case 'roster': await this.#changeRoster(); break
      case 'lost disk': await this.#loseDisk(); break
      case 'rest': await this.#heal(); break
    }
  }

  #disk (name: string): MemoryBlobs {
    return this.#disks.get(name) ?? assert.fail()
  }

  #crashAt (node: SimNode, when: CrashPoint['when']): void {
    if (node.process !== undefined) node.crashAt({ when, count: this.#random.between(1, 4) })
  }

  #other (name: string): string {
    return this.#random.pick([...this.#servers.keys(), OPERATOR].filter((one) => one !== name))
  }

  async #start (name: string): Promise<void> {
    const node = this.#node(name)
    node.disk.isFull = false
    this.#disk(name).capacityBytes = Infinity
    await this.world.until(node.start())
  }

  /** A server comes, begins to be emptied, or goes, if it may. */
  async #changeRoster (): Promise<void> {
    if (this.#mustSettle) return
    const members = this.#roster.servers.filter(({ state }) => state === 'member')
    const draining = this.#roster.servers.filter(({ state }) => state === 'draining')
    const what = this.#random.pick(['add', 'drain', 'remove', 'remove'] as const)
    if (what === 'add' && members.length < 6) {
      const name = this.#addServer()
      this.#decide([...this.#roster.servers, this.#placed(name)])
      await this.#start(name)
      return
    }
    const leaving = what === 'drain' ? members : draining
    if (leaving.length === 0) return
    const { peerId } = this.#random.pick(leaving)
    if (what === 'drain' && members.length > this.#random.between(1, 3)) {
      this.#placed(peerId).state = 'draining'
      this.#decide(this.#roster.servers.map((server) => this.#placed(server.peerId)))
    }
    if (what === 'remove') this.#removeIfDrained(peerId)
  }

  /** As an operator does it: some server says that it may go. Then its disk is gone. */
  #removeIfDrained (peerId: string): boolean {
    const asked = [...this.#pools].filter(([name]) => this.#node(name).process !== undefined && this.#heard.get(name) === this.#roster.version)
    if (!asked.some(([, { pool }]) => pool.drain(peerId).mayBeRemoved)) return false
    this.#forget(peerId)
    this.#decide(this.#roster.servers.filter((server) => server.peerId !== peerId).map((server) => this.#placed(server.peerId)))
    return true
  }

  /** One of at least three is lost for good, the only one until all is where it belongs again. Another one comes. */
  async #loseDisk (): Promise<void> {
    const closed = Math.max(1, ...[...this.#pools.values()].map(({ pool }) => pool.status().closedVersion))
    const isOnThree = this.#rosters.slice(closed - 1).every(({ servers }) => servers.filter(({ state }) => state === 'member').length >= 3)
    if (this.#mustSettle || !isOnThree || this.#roster.servers.some(({ state }) => state !== 'member')) return
    const { peerId } = this.#random.pick(this.#roster.servers)
    this.#mustSettle = true
    this.world.log(`${peerId} is lost for good`)
    this.#forget(peerId)
    const name = this.#addServer()
    this.#decide([...this.#roster.servers.filter((server) => server.peerId !== peerId).map((server) => this.#placed(server.peerId)), this.#placed(name)])
    await this.#start(name)
  }

  #forget (name: string): void {
    this.#node(name).crash()
    this.#servers.delete(name)
    this.#pools.delete(name)
    this.#disks.delete(name)
    this.world.nodes.delete(name)
  }

  #placed (name: string): PlacedServer {
    return this.#servers.get(name) ?? assert.fail()
  }

  // ---- the end

  /** Everything works again; and goes on until every file is where it belongs. */
  async #heal (): Promise<void> {
    const { world } = this
    world.log('everything heals')
    world.network.heal()
    world.network.lossChance = 0
    for (const name of this.#servers.keys()) {
      const node = this.#node(name)
      node.thaw()
      node.disk.syncMs = [0, 3]
      // A disk that was full, or a crash that was set and did not come, ends with the process.
      node.crash()
      await this.#start(name)
    }
    // All that knew of the newest roster may have died before they had kept it.
    for (const { peerId } of this.#roster.servers) this.#hear(peerId, this.#roster.version)
    let settledLooks = 0
    for (let round = 0; round < 60; round++) {
      await world.run(2_500)
      if (this.#failed !== undefined) throw this.#failed
      settledLooks = this.#isSettled() && this.#busy.size === 0 ? settledLooks + 1 : 0
      // The round in which a roster was closed clears out at its end: a server says that it is closed before.
      if (settledLooks === 2) {
        this.#mustSettle = false
        return
      }
    }
    assert.fail(`Files do not come to rest: ${JSON.stringify([...this.#pools].map(([name, { pool }]) => ({ name, ...pool.status() })))}`)
  }

  #isSettled (): boolean {
    const { version } = this.#roster
    return this.#roster.servers.filter(({ state }) => state === 'member').every(({ peerId }) => {
      const status = this.#pools.get(peerId)?.pool.status()
      return status?.closedVersion === version && status.lastRound?.rosterVersion === version && status.lastRound.underReplicated === 0 && status.lastRound.notCompared.length === 0
    })
  }

  async #check (): Promise<void> {
    for (const server of this.#roster.servers.filter(({ state }) => state === 'draining')) {
      assert.ok(this.#removeIfDrained(server.peerId), `${server.peerId} is never drained`)
      await this.#heal()
    }
    for (const file of this.#users.files) {
      const keepers = replicasOf(file.sealed.fileId, this.#roster, 3, BLOB_PLACEMENT).map(({ peerId }) => peerId)
      for (const [name, { local, pool }] of this.#pools) {
        const copy = await this.world.until(local.describe(file.sealed.fileId))
        if (file.isGone) {
          assert.equal(copy, undefined, `${file.name} was removed and is back at ${name}`)
          continue
        }
        assert.ok(copy === undefined || keepers.includes(name), `${file.name} is still at ${name}`)
        if (file.mayBeGone || file.kept.size === 0) continue
        if (keepers.includes(name)) {
          for (const index of file.kept) assert.ok(((copy?.kept[index >> 3] ?? 0) & (1 << (index & 7))) !== 0, `${file.name}, chunk ${index} was told as kept and is not at ${name}`)
        }
        const opened = await this.world.until(pool.blobs.read(file.sealed.fileId))
        assert.ok(opened.outcome === 'open', `${file.name} was told as kept and is ${opened.outcome} at ${name}`)
        for (const index of file.kept) {
          const sealed = await this.world.until(opened.reader.chunk(index))
          assert.ok(sealed !== undefined && Buffer.compare(sealed, file.sealed.chunk(index)) === 0, `${file.name}, chunk ${index} was told as kept and is not to be had at ${name}`)
        }
        await this.world.until(opened.reader.close())
      }
    }
  }
}
