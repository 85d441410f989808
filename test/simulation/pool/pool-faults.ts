import type { SeededRandom } from '../../helpers/seeded-random.js'
import { deceiveServers, lie, type Liar } from './liar.js'
import { CLIENTS, type MailUsers } from './mail-users.js'
import type { PoolOperator } from './pool-operator.js'
import { unwitnessedWrites, type PoolServer } from './pool-server.js'
import type { CrashPoint, DiskImage } from './sim-disk.js'
import type { PoolWorld } from './world.js'

const HOUR_MS = 3_600_000
/** Longer than mail is kept. */
const MONTH_MS = 32 * 24 * HOUR_MS
/** For so long a clock is a month off: some sweeps. */
const wrongClockMs = 75_000
/** For so long a server lies. */
const lieMs = 5_000

const kinds = [
  'crash', 'crash before a sync', 'crash after a sync', 'crash after an answer',
  'cut', 'cut one way', 'partition', 'partition one way amid a change of the roster',
  'freeze', 'slow disk', 'full disk', 'clock an hour off', 'clock a month off', 'weather', 'lying server',
  'lost disk', 'stale disk', 'flipped file', 'truncated file'
] as const
export type FaultKind = (typeof kinds)[number]

/** Once a disk is gone nothing else may go before the pool is whole again, so these would be rare. */
const usualWeights: Partial<Record<FaultKind, number>> = { 'stale disk': 3 }

/** A copy of a disk, and how far its server was with each of the two things that count. */
interface Copy { image: DiskImage, votes: number, mails: string }

/** What goes wrong: with machines, disks, clocks and the network, and what their users may expect in spite of it. */
export class PoolFaults {
  readonly counts = new Map<FaultKind, number>()
  readonly #drawn: readonly FaultKind[]
  /** How starts on a damaged disk ended. */
  readonly damaged = { refused: 0, started: 0 }
  readonly #copies = new Map<PoolServer, Copy>()
  /** Those that all other servers know to be old. */
  readonly #oldCopies = new Map<PoolServer, DiskImage>()
  /** A disk is gone, and not all that was on it is where it belongs. */
  #mustSettle = false

  constructor (private readonly world: PoolWorld, private readonly random: SeededRandom, private readonly operator: PoolOperator, private readonly users: MailUsers, private readonly poolId: string, weights: Partial<Record<FaultKind, number>> = usualWeights) {
    this.#drawn = kinds.flatMap((kind) => Array.from({ length: weights[kind] ?? 1 }, () => kind))
  }

  get count (): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0)
  }

  /** One fault of a kind that can happen now. */
  async strike (): Promise<void> {
    for (;;) {
      const kind = this.random.pick(this.#drawn)
      if (!await this.#happens(kind)) continue
      this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
      return
    }
  }

  /** Keeps a copy of a disk, to be put back one day. */
  async copyDisk (): Promise<void> {
    const server = this.random.pick(this.operator.machines)
    // Of a disk from when its server voted alone nobody could tell in time that it is old (docs/pool.md).
    if (server.roster.servers.filter(({ acceptor }) => acceptor).length < 2) return
    if (this.#copies.has(server) || this.#oldCopies.has(server) || server.running === undefined || server.isSpoiled) return
    this.#copies.set(server, await this.#copyOf(server))
  }

  /** All that can be mended from outside is; what is gone with a disk stays gone. */
  async calm (): Promise<void> {
    const { world, operator } = this
    const { network } = world
    world.log('calm')
    network.heal()
    network.lossChance = network.duplicateChance = network.straggleChance = 0
    network.delayMs = [1, 10]
    for (const server of operator.machines) {
      server.node.thaw()
      server.lies = undefined
      server.node.disk.syncMs = [0, 3]
      server.node.crashAt({ when: 'after answer', count: Infinity })
      if (server.node.disk.isFull) server.node.crash()
      if (!server.isSpoiled || this.#mayRun(server)) await this.#start(server)
    }
  }

  /** All mail and every vote is where it belongs again. */
  async settled (): Promise<void> {
    this.#mustSettle = false
    for (const [server, copy] of this.#copies) {
      if (server.running === undefined) continue
      const now = await this.#copyOf(server)
      if (now.votes <= copy.votes + unwitnessedWrites || now.mails <= copy.mails) continue
      this.#copies.delete(server)
      this.#oldCopies.set(server, copy.image)
    }
    await this.copyDisk()
  }

  /** Starts what is down. */
  async startAll (): Promise<void> {
    for (const server of this.operator.machines) {
      if (server.node.disk.isFull) server.node.crash()
      if (!server.isSpoiled || this.#mayRun(server)) await this.#start(server)
    }
  }

  async #happens (kind: FaultKind): Promise<boolean> {
    const { world, operator, random } = this
    const { network } = world
    const server = random.pick(operator.machines)
    const { node, name } = server
    world.log(`fault: ${kind} ${name}`)
    switch (kind) {
      case 'crash':
        if (node.process === undefined) return false
        node.crash()
        return true
      case 'crash before a sync': return this.#crashAt(server, 'before sync')
      case 'crash after a sync': return this.#crashAt(server, 'after sync')
      case 'crash after an answer': return this.#crashAt(server, 'after answer')
      case 'cut':
        network.cut(name, this.#other(name))
        return true
      case 'cut one way':
        network.cutOneWay(name, this.#other(name))
        return true
      case 'partition':
        this.#partition(false)
        return true
      case 'partition one way amid a change of the roster':
        if (!operator.isChanging) operator.changeSomething()
        if (!operator.isChanging) return false
        await world.run(random.between(0, 60))
        this.#partition(true)
        return true
      case 'freeze':
        operator.freeze(server)
        return true
      case 'slow disk':
        node.disk.syncMs = random.pick([[20, 200], [200, 900]] as const)
        return true
      case 'full disk':
        node.disk.isFull = true
        return true
      case 'clock an hour off':
        node.jumpClock(random.pick([-HOUR_MS, HOUR_MS]))
        return true
      case 'clock a month off': {
        const ms = random.pick([-MONTH_MS, MONTH_MS])
        node.jumpClock(ms)
        world.after(wrongClockMs, () => { node.jumpClock(-ms) })
        return true
      }
      case 'weather':
        network.lossChance = random.pick([0, 0.02, 0.1])
        network.duplicateChance = random.pick([0, 0.1, 0.3])
        network.straggleChance = random.pick([0.02, 0.1])
        network.delayMs = random.pick([[0, 0], [1, 10], [20, 80]] as const)
        return true
      case 'lying server': return this.#startLying(server)
      case 'lost disk': return this.#lose(server)
      case 'stale disk': return await this.#restore()
      case 'flipped file': return await this.#damage(server, 'flipped')
      case 'truncated file': return await this.#damage(server, 'truncated')
    }
  }

  #crashAt ({ node }: PoolServer, when: CrashPoint['when']): boolean {
    if (node.process === undefined) return false
    node.crashAt({ when, count: this.random.between(1, 4) })
    return true
  }

  #other (name: string): string {
    return this.random.pick([...this.operator.machines.map((server) => server.name), ...CLIENTS].filter((other) => other !== name))
  }

  #partition (isOneWay: boolean): void {
    const { network } = this.world
    const names = [...this.operator.machines.map(({ name }) => name), ...CLIENTS]
    const left = names.filter(() => this.random.chance(0.5))
    const right = names.filter((name) => !left.includes(name))
    if (!isOneWay) network.partition(left, right)
    else for (const from of left) for (const to of right) network.cutOneWay(from, to)
  }

  /** Who decides alone cannot lie about what was decided. */
  #startLying (server: PoolServer): boolean {
    const voters = this.operator.roster.servers.filter(({ acceptor, nextAcceptor }) => acceptor || nextAcceptor)
    if (server.running === undefined || voters.filter(({ acceptor }) => acceptor).length < 2 || server.roster.servers.filter(({ acceptor }) => acceptor).length < 2) return false
    const liar: Liar = { poolId: this.poolId, number: Number(server.name.slice(1)), random: this.random.fork(`lies ${this.count}`) }
    server.lies = (method, answer) => lie(liar, method, answer)
    const device = this.random.pick(this.users.devices)
    deceiveServers(liar, server, device, this.users.record.of(device).filter(({ isStored, mayBeGone }) => isStored && !mayBeGone).map(({ entryId }) => entryId))
    this.world.after(lieMs, () => { server.lies = undefined })
    return true
  }

  // ---- disks

  #lose (server: PoolServer): boolean {
    if (!this.#maySpare(server)) return false
    server.node.crash()
    this.#spoil(server)
    return true
  }

  /** Starts a server on a damaged disk: it refuses, at once or when it comes upon the damage. */
  async #damage (server: PoolServer, kind: 'flipped' | 'truncated'): Promise<boolean> {
    if (!this.#maySpare(server)) return false
    server.node.crash()
    await server.node.disk.damage(kind, this.random)
    this.#spoil(server)
    this.#damagedDisks.add(server)
    await this.#start(server)
    return true
  }

  readonly #damagedDisks = new Set<PoolServer>()

  /** Puts an old copy of a disk back, and starts it amid the others, who know better. */
  async #restore (): Promise<boolean> {
    for (const [server, image] of this.#oldCopies) {
      if (!this.#maySpare(server)) continue
      server.node.crash()
      await server.node.disk.replace(image)
      // Those who know how far it was must be there.
      await this.calm()
      this.#spoil(server)
      this.#staleDisks.add(server)
      await this.#start(server)
      for (let waited = 0; waited < 60 && server.running?.consensus.life.state === 'waking'; waited++) await this.world.run(1_000)
      this.world.log(`${server.name} is back from the past: ${server.running?.consensus.life.state ?? 'down'}`)
      return true
    }
    return false
  }

  readonly #staleDisks = new Set<PoolServer>()

  #spoil (server: PoolServer): void {
    server.isSpoiled = true
    this.#mustSettle = true
    this.#copies.delete(server)
    this.#oldCopies.delete(server)
  }

  #mayRun (server: PoolServer): boolean {
    return this.#staleDisks.has(server) || this.#damagedDisks.has(server)
  }

  async #start (server: PoolServer): Promise<void> {
    if (server.node.process !== undefined) return
    try {
      await this.operator.start(server)
      if (this.#damagedDisks.has(server)) this.damaged.started++
    } catch (error) {
      if (!this.#damagedDisks.has(server)) throw error
      this.damaged.refused++
      this.world.log(`${server.name} refuses to start`)
      server.node.crash()
    }
  }

  /** One permanent loss at a time, of a server whose pool survives it. */
  #maySpare (server: PoolServer): boolean {
    const { operator } = this
    const { roster } = operator
    const { servers, phase } = roster
    if (this.#mustSettle || operator.isChanging || phase !== 'settled' || !servers.some(({ peerId }) => peerId === server.peerId)) return false
    return servers.filter(({ acceptor }) => acceptor).length >= 3 && servers.every(({ state }) => state === 'member') && this.#isOnThree(server)
  }

  /** What is still to be taken over from one or two servers is not on three yet. */
  #isOnThree (server: PoolServer): boolean {
    const closed = Math.max(1, ...this.operator.able.map(({ running }) => running?.mail.status().closedVersion ?? 0))
    const history = this.operator.able.map(({ running }) => running?.consensus.roster).find((keeper) => keeper?.roster.version === this.operator.roster.version)
    if (history === undefined) return false
    for (let version = closed; version < history.roster.version; version++) if (this.#membersAt(version) < 3) return false
    return this.#membersAt(history.roster.version) >= 3 && server.node.process !== undefined
  }

  #membersAt (version: number): number {
    return this.operator.membersAt.get(version) ?? 0
  }

  async #copyOf (server: PoolServer): Promise<Copy> {
    const image = await server.node.disk.image()
    const mails = image.find(([key]) => key === 'replica-writes')?.[1] ?? new Uint8Array(0)
    return { image, votes: server.running?.consensus.life.standing.writes ?? 0, mails: Buffer.from(mails).toString('hex') }
  }
}
