import assert from 'node:assert/strict'
import { isP2pChatError } from '../../../src/errors.js'
import { readRosterHistory, type RosterHistory } from '../../../src/overlay/pool/roster.js'
import type { Roster } from '../../../src/overlay/index.js'
import type { RosterChange } from '../../../src/rendezvous/consensus/index.js'
import type { RegisterList, RegisterRead, RegisterWrite } from '../../../src/rendezvous/registers/index.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'
import { makeChain } from '../../overlay/pool/roster-chain.js'
import { checkRegister, type Attempt, type Observation } from './register-history.js'
import { makeConsensus, RegistersServer, unwitnessedWrites, type MakeConsensus } from './registers-server.js'
import type { DiskImage } from './sim-disk.js'
import { PoolWorld } from './world.js'

export interface RegistersScenarioInit {
  /** Servers at first, all of them in the roster. */
  servers: number
  /** How many of them vote at first. */
  acceptors: number
  /** Operations on registers. */
  operations: number
  /** Faults as part of all steps, 0 to 1. */
  faults: number
  /** Changes of the roster as part of all steps, 0 to 1. */
  changes: number
  /** Default: as the pool does it. */
  make?: MakeConsensus
}

export interface RegistersReport {
  operations: number
  unknown: number
  faults: number
  rosters: number
  /** Disks of the past that were found out. */
  retired: number
  trace: readonly string[]
}

const names = ['alice', 'bob', 'carol']
const minFaults = 5
const freezeMs = 30_000
const hourMs = 3_600_000
const maxServers = 9

/**
 * Servers of a pool and their callers, who read, change and list registers while machines crash, freeze, lose their
 * disks or get old ones back, the network does its worst and the roster changes. What the callers saw must be what
 * registers do that know no faults; and once everything heals, everything answers.
 */
export class RegistersScenario {
  readonly world: PoolWorld
  readonly #random: SeededRandom
  readonly #servers = new Map<string, RegistersServer>()
  readonly #first: RosterHistory
  readonly #observations = new Map(names.map((name): [string, Observation[]] => [name, []]))
  readonly #attempts = new Map(names.map((name): [string, Attempt[]] => [name, []]))
  readonly #images = new Map<RegistersServer, { image: DiskImage, writes: number }>()
  /** Machines that must be taken out of the pool: their disk is gone, or of the past. */
  readonly #spoiled = new Set<RegistersServer>()
  readonly #report = { operations: 0, unknown: 0, faults: 0 }
  #events = 0
  #nextNumber = 1
  #changing = false

  constructor (seed: string, private readonly init: RegistersScenarioInit) {
    this.world = new PoolWorld(seed)
    this.#random = this.world.random.fork('scenario')
    const numbers = Array.from({ length: init.servers }, (_, index) => index + 1)
    this.#first = firstRoster(numbers, init.acceptors)
    while (this.#servers.size < init.servers) this.#addServer()
  }

  async run (): Promise<RegistersReport> {
    const { world, init } = this
    for (const server of this.#servers.values()) await world.until(server.node.start())
    while (this.#report.operations < init.operations || this.#report.faults < minFaults) {
      const dice = this.#random.fraction()
      if (dice < init.faults) await this.#fault()
      else if (dice < init.faults + init.changes) this.#startChange()
      else this.#operate()
      await world.run(this.#random.pick([0, 0, 1, 3, 10, 30, 100, 300, 1_000]))
    }
    await this.#heal()
    this.check()
    const servers = [...this.#servers.values()]
    return {
      ...this.#report,
      rosters: Math.max(...servers.map(({ running }) => running?.roster.roster.version ?? 0)),
      retired: servers.filter(({ consensus }) => consensus?.life.state === 'retired').length,
      trace: world.trace
    }
  }

  /** Fails when what was seen up to now is not what registers do. */
  check (): void {
    for (const name of names) {
      const problem = checkRegister(this.#observations.get(name) ?? [], this.#attempts.get(name) ?? [])
      assert.equal(problem, undefined, `the register ${name}: ${problem ?? ''}`)
    }
  }

  #addServer (): RegistersServer {
    return new RegistersServer(this.world, this.#nextNumber++, this.#first, this.#servers, this.init.make ?? makeConsensus)
  }

  /** Servers that can be asked something. */
  #able (): RegistersServer[] {
    return [...this.#servers.values()].filter((server) => server.running !== undefined && !this.#spoiled.has(server))
  }

  /** Also when those who know of it are down. */
  #newestRoster (): Roster {
    return [...this.#servers.values()].map(({ roster }) => roster).reduce((newest, one) => one.version > newest.version ? one : newest)
  }

  #operate (): void {
    const able = this.#able()
    this.#report.operations++
    if (able.length === 0) return
    const server = this.#random.pick(able)
    const dice = this.#random.fraction()
    const name = this.#random.pick(names)
    if (dice < 0.35) this.#read(server, name)
    else if (dice < 0.95) this.#write(server, name)
    else this.#list(server)
  }

  #read (server: RegistersServer, name: string): void {
    const call = this.#call(server, `reads ${name}`)
    this.#follow<RegisterRead>(server, server.running?.registers.read(name), (read) => {
      call.endedAt = this.#events++
      this.#tell(call.what, read.outcome === 'read' ? read.register?.version ?? 0 : read.outcome)
      if (read.outcome === 'read') this.#observe(name, call, read.register)
      else this.#report.unknown++
    })
  }

  /** Builds on the newest that any caller has seen, or on something older. */
  #write (server: RegistersServer, name: string): void {
    const attempts = this.#attempts.get(name) ?? []
    const newest = Math.max(0, ...(this.#observations.get(name) ?? []).map(({ version }) => version), ...attempts.map(({ outcome, expectedVersion }) => outcome === 'written' ? expectedVersion + 1 : 0))
    const open = attempts.filter(({ outcome }) => outcome === 'unknown')
    const repeated = open.length > 0 && this.#random.chance(0.3) ? this.#random.pick(open) : undefined
    const expectedVersion = repeated?.expectedVersion ?? Math.max(0, newest - (this.#random.chance(0.1) ? 1 : 0))
    const value = repeated?.value ?? `${name} ${this.#report.operations}`
    const call = this.#call(server, `sets ${name} ${expectedVersion} > ${value}`)
    const attempt: Attempt = { ...call, expectedVersion, value, outcome: 'unknown' }
    attempts.push(attempt)
    this.#follow<RegisterWrite>(server, server.running?.registers.compareAndSet(name, expectedVersion, new TextEncoder().encode(value)), (write) => {
      attempt.endedAt = this.#events++
      this.#tell(call.what, write.outcome)
      if (write.outcome === 'unknown' || write.outcome === 'overloaded') {
        this.#report.unknown++
        return
      }
      attempt.outcome = write.outcome
      if (write.outcome === 'written') return
      const { current } = write
      assert.notEqual(current?.version ?? 0, expectedVersion, `${call.what} was refused although that was there`)
      this.#observe(name, attempt, current)
    })
  }

  #list (server: RegistersServer): void {
    const call = this.#call(server, 'lists')
    this.#follow<RegisterList>(server, server.running?.registers.list('', { limit: 100 }), (list) => {
      call.endedAt = this.#events++
      this.#tell(call.what, list.outcome)
      if (list.outcome !== 'listed') return
      for (const name of names) this.#observe(name, call, list.page.registers.find((register) => register.name === name))
    })
  }

  #call (server: RegistersServer, what: string): { startedAt: number, endedAt: number, what: string } {
    this.world.log(`${server.name} ${what}`)
    return { startedAt: this.#events++, endedAt: Infinity, what: `${server.name} ${what} at ${this.world.trace.length}` }
  }

  #observe (name: string, call: { startedAt: number, endedAt: number, what: string }, register: { version: number, value: Uint8Array } | undefined): void {
    const { startedAt, endedAt, what } = call
    this.#observations.get(name)?.push({ startedAt, endedAt, what, version: register?.version ?? 0, value: register === undefined ? undefined : new TextDecoder().decode(register.value) })
  }

  #tell (what: string, outcome: string | number): void {
    this.world.log(`${what}: ${outcome}`)
  }

  #follow<T> (server: RegistersServer, call: Promise<T> | undefined, then: (outcome: T) => void): void {
    const { process } = server.node
    call?.then((outcome) => { if (process?.isAlive === true) then(outcome) }).catch((error: unknown) => {
      // Its process died over it, or its disk did: what was asked is open.
      if (!isP2pChatError(error, 'ERR_CLOSED', 'ERR_STORE_IO')) this.#failures.push(error)
    })
  }

  readonly #failures: unknown[] = []

  async #fault (): Promise<void> {
    this.#report.faults++
    const { world } = this
    const all = [...this.#servers.values()].filter((server) => !this.#spoiled.has(server))
    const server = this.#random.pick(all)
    const other = this.#random.pick(all)
    const kind = this.#random.pick(['crash', 'crash', 'crash point', 'crash point', 'crash point', 'start', 'start', 'start', 'start', 'freeze', 'cut', 'cut one way', 'partition', 'heal', 'heal', 'weather', 'jump', 'slow disk', 'full disk', 'image', 'image', 'image', 'stale disk', 'stale disk', 'stale disk', 'lost disk'] as const)
    world.log(`fault: ${kind} ${server.name}`)
    switch (kind) {
      case 'crash':
        server.node.crash()
        return
      case 'crash point':
        server.node.crashAt({ when: this.#random.pick(['before sync', 'after sync', 'after answer']), count: this.#random.between(1, 4) })
        return
      case 'start':
        for (const one of all) this.#empty(one)
        for (const one of all) if (one.node.process === undefined) await world.until(one.node.start())
        return
      case 'freeze':
        server.node.freeze()
        world.after(freezeMs, () => { server.node.thaw() })
        return
      case 'cut':
        world.network.cut(server.name, other.name)
        return
      case 'cut one way':
        world.network.cutOneWay(server.name, other.name)
        return
      case 'partition': {
        const left = all.filter(() => this.#random.chance(0.5))
        world.network.partition(left.map(({ name }) => name), all.filter((one) => !left.includes(one)).map(({ name }) => name))
        return
      }
      case 'heal':
        world.network.heal()
        return
      case 'weather':
        this.#weather()
        return
      case 'jump':
        server.node.jumpClock(this.#random.pick([-hourMs, -1_000, 1_000, hourMs]))
        return
      case 'slow disk':
        server.node.disk.syncMs = this.#random.pick([[0, 3], [20, 200]])
        return
      case 'full disk':
        server.node.disk.isFull = true
        return
      case 'image':
        if (server.running !== undefined && !this.#images.has(server)) this.#images.set(server, { writes: server.running.life.standing.writes, image: await server.node.disk.image() })
        return
      case 'stale disk':
        await this.#restore([...this.#images.keys()].find((one) => this.#mayRestore(one)))
        return
      case 'lost disk':
        this.#lose(server)
    }
  }

  #weather (): void {
    const { network } = this.world
    network.lossChance = this.#random.pick([0, 0, 0.05, 0.2])
    network.duplicateChance = this.#random.pick([0, 0.1, 0.3])
    network.straggleChance = this.#random.pick([0, 0.02, 0.1])
    network.delayMs = this.#random.pick([[0, 0], [1, 10], [1, 10], [20, 80]])
  }

  /** One permanent loss at a time, of a server whose pool survives it: everybody else is there. */
  #mayLose (server: RegistersServer): boolean {
    const roster = this.#newestRoster()
    const acceptors = roster.servers.filter(({ acceptor }) => acceptor)
    return roster.phase === 'settled' && !this.#changing && acceptors.length >= 3 && this.#servers.size < maxServers &&
      acceptors.some(({ peerId }) => peerId === server.peerId) && acceptors.every(({ peerId }) => !this.#isSpoiled(peerId))
  }

  /** Whether its disk has gone on for so long that the others know. */
  #mayRestore (server: RegistersServer): boolean {
    const writes = server.consensus?.life.standing.writes ?? 0
    return writes > (this.#images.get(server)?.writes ?? Infinity) + unwitnessedWrites && this.#mayLose(server)
  }

  #isSpoiled (peerId: string): boolean {
    const server = this.#servers.get(peerId)
    return server !== undefined && this.#spoiled.has(server)
  }

  /** Puts an old copy of its disk back, and starts it amid the others, who know better. */
  async #restore (server: RegistersServer | undefined): Promise<void> {
    const kept = server === undefined ? undefined : this.#images.get(server)
    if (server === undefined || kept === undefined) return
    this.#images.delete(server)
    server.node.crash()
    await server.node.disk.replace(kept.image)
    await this.#calm()
    this.#spoiled.add(server)
    for (let waited = 0; waited < 60 && server.running?.life.state === 'waking'; waited++) await this.world.run(1_000)
    this.world.log(`${server.name} is back from the past: ${server.running?.life.state ?? ''}`)
    this.#replace(server)
  }

  #lose (server: RegistersServer): void {
    if (!this.#mayLose(server)) return
    server.node.crash()
    this.#spoiled.add(server)
    this.#images.delete(server)
    this.#replace(server)
  }

  /** A new server joins in the place of one that is lost. */
  #replace (lost: RegistersServer): void {
    const fresh = this.#addServer()
    this.world.log(`${fresh.name} takes the place of ${lost.name}`)
    fresh.node.start().catch(() => {})
    const acceptors = this.#newestRoster().servers.filter(({ acceptor }) => acceptor).map(({ peerId }) => peerId === lost.peerId ? fresh.peerId : peerId)
    this.#change([
      { kind: 'add', server: { peerId: fresh.peerId, serverKey: fresh.serverKey, addresses: [`/ip4/10.0.0.${fresh.number}/tcp/4001`] } },
      { kind: 'acceptors', peerIds: acceptors },
      { kind: 'remove', peerId: lost.peerId }
    ])
  }

  #startChange (): void {
    const roster = this.#newestRoster()
    const candidates = roster.servers.filter(({ peerId }) => this.#servers.get(peerId)?.running !== undefined && !this.#isSpoiled(peerId)).map(({ peerId }) => peerId)
    if (candidates.length === 0 || [...this.#spoiled].some(({ peerId }) => roster.servers.some((server) => server.peerId === peerId))) return
    const count = this.#random.pick([1, 2, 3, 3, 3, 5].filter((size) => size <= candidates.length))
    const peerIds: string[] = []
    while (peerIds.length < count) {
      const peerId = this.#random.pick(candidates)
      if (!peerIds.includes(peerId)) peerIds.push(peerId)
    }
    this.#change([{ kind: 'acceptors', peerIds }])
  }

  /** Some server brings the changes about; when it dies over it, or cannot, somebody else may go on later. */
  #change (changes: RosterChange[]): void {
    const able = this.#able()
    if (able.length === 0) return
    const server = this.#random.pick(able)
    const { running } = server
    this.#changing = true
    this.world.log(`${server.name} changes the roster: ${changes.map(({ kind }) => kind).join(', ')}`)
    const changing = (async (): Promise<void> => { for (const change of changes) await running?.changer.change(change) })()
    Promise.race([changing, server.node.process?.died]).catch((error: unknown) => {
      if (!isP2pChatError(error)) this.#failures.push(error)
      else this.world.log(`${server.name} could not change the roster: ${error.code}`)
    }).finally(() => { this.#changing = false }).catch(() => {})
  }

  /** Makes room on a full disk; its process must be started anew then. */
  #empty (server: RegistersServer): void {
    if (!server.node.disk.isFull) return
    server.node.disk.isFull = false
    server.node.crash()
  }

  /** Nothing is cut off, slow or down but what is lost for good. */
  async #calm (): Promise<void> {
    const { world } = this
    const { network } = world
    world.log('calm')
    network.heal()
    network.lossChance = network.duplicateChance = network.straggleChance = 0
    network.delayMs = [1, 10]
    for (const server of this.#servers.values()) {
      server.node.thaw()
      this.#empty(server)
      server.node.disk.syncMs = [0, 3]
      server.node.crashAt({ when: 'after answer', count: Infinity })
      if (server.node.process === undefined && !this.#spoiled.has(server)) await world.until(server.node.start())
    }
  }

  /** In the end everything answers: a change that was begun ends, and every server reads and writes every register. */
  async #heal (): Promise<void> {
    const { world } = this
    await this.#calm()
    await world.run(60_000)
    await this.#finish()
    const roster = this.#newestRoster()
    for (const { peerId } of roster.servers) {
      if (!this.#isSpoiled(peerId)) continue
      const healthy = this.#able().filter((server) => roster.servers.some((one) => one.peerId === server.peerId)).map((server) => server.peerId)
      const [helper] = this.#able()
      await this.#must(async () => { await helper?.running?.changer.change({ kind: 'acceptors', peerIds: healthy.slice(0, healthy.length >= 3 ? 3 : 1) }) }, 'acceptors without the lost', async () => { await this.#finish() })
      await this.#must(async () => { await helper?.running?.changer.change({ kind: 'remove', peerId }) }, 'the roster without the lost')
    }
    for (const server of this.#able()) {
      for (const name of names) {
        await this.#must(async () => {
          const call = this.#call(server, `reads ${name} in the end`)
          const read = await server.running?.registers.read(name)
          call.endedAt = this.#events++
          if (read?.outcome !== 'read') throw new Error(read?.outcome)
          this.#observe(name, call, read.register)
        }, `${server.name} reads ${name}`)
        this.#write(server, name)
      }
      await world.run(1_000)
    }
    await world.run(30_000)
    assert.deepEqual(this.#failures, [])
  }

  /** A change whose new acceptors are lost is taken back; any other comes to its end. */
  async #finish (): Promise<void> {
    const next = this.#newestRoster().servers.filter(({ nextAcceptor }) => nextAcceptor)
    const isLost = next.length > 0 && next.filter(({ peerId }) => this.#isSpoiled(peerId)).length * 2 >= next.length
    const [helper] = this.#able()
    if (isLost) await this.#must(async () => { await helper?.running?.changer.change({ kind: 'take-back' }) }, 'the change is taken back')
    for (const server of this.#able()) await this.#must(async () => { await server.running?.changer.finish() }, `${server.name} finishes`)
  }

  async #must (task: () => Promise<void>, what: string, between: () => Promise<void> = async () => {}): Promise<void> {
    let failure: unknown
    for (let tries = 0; tries < 5; tries++) {
      try {
        await this.world.until(task())
        return
      } catch (error) {
        failure = error
        await this.world.run(1_000)
        await between()
      }
    }
    throw new Error(`${what}: it should be able to, once all is well again`, { cause: failure })
  }
}

const firstRosters = new Map<string, RosterHistory>()

function firstRoster (numbers: number[], acceptors: number): RosterHistory {
  const key = `${numbers.join()} ${acceptors}`
  const known = firstRosters.get(key)
  if (known !== undefined) return known
  const { chain, poolId } = makeChain([{ servers: numbers, acceptors: numbers.slice(0, acceptors), signers: numbers }])
  const made = readRosterHistory(poolId, chain)
  firstRosters.set(key, made)
  return made
}
