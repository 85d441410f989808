import assert from 'node:assert/strict'
import { listAccepted } from '../../../src/rendezvous/consensus/slots.js'
import type { KeyValueStore } from '../../../src/store/index.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'
import { firstRoster } from './identities.js'
import { MailUsers, type MailCounts } from './mail-users.js'
import type { PoolBug } from './pool-bugs.js'
import { PoolFaults, type FaultKind } from './pool-faults.js'
import { PoolOperator } from './pool-operator.js'
import { RegisterCallers, type RegisterCounts } from './register-callers.js'
import { PoolWorld } from './world.js'

export interface PoolScenarioInit {
  /** Servers at first, all of them in the roster. Default: by the seed, mostly 3 to 5. */
  servers?: number
  /** At least so many operations of clients. Default: 200. */
  operations?: number
  /** At least so many faults. Default: 10. */
  faults?: number
  /** Operations on registers as part of all, 0 to 1; the others are on mail. Default: 0.45. */
  registerShare?: number
  /** Whether the roster changes but for what faults make necessary. Default: true. */
  changes?: boolean
  /** Whether all lines of the trace are kept, or only its hash. Default: the hash. */
  keepsTrace?: boolean
  /** How often a kind of fault is drawn, where not 1 or as faults do by themselves. Default: as they do. */
  weights?: Partial<Record<FaultKind, number>>
  /** How often the pool is looked at, every 2.5 s, before it is said not to come to rest. Default: 60. */
  restRounds?: number
  bug?: PoolBug
}

export interface PoolReport {
  operations: number
  faults: number
  faultsByKind: Partial<Record<FaultKind, number>>
  registers: RegisterCounts
  mail: MailCounts
  /** Versions of the roster. */
  rosters: number
  /** Requests and answers that were sent between machines. */
  messages: number
  damagedDisks: { refused: number, started: number }
  traceHash: string
}

/**
 * What goes by between two steps, each seed with one of these: in some much is under way at once, in others there is time
 * for all to time out.
 */
const pacesMs = [
  [0, 0, 0, 1, 3, 10, 30, 100],
  [0, 0, 1, 3, 10, 30, 100, 300],
  [0, 0, 1, 3, 10, 30, 100, 300, 1_000]
] as const
const restRoundMs = 2_500

/**
 * The whole pool: servers with registers, roster, mail and homes on one disk each; callers of registers, senders and
 * devices; servers that join, are emptied and go; and whatever can go wrong with machines, disks, clocks and the network.
 * Registers must be linearizable, mail that was told as stored must be read once and in order, what was acknowledged must
 * not come back, and once everything heals everything must answer.
 */
export class PoolScenario {
  readonly world: PoolWorld
  readonly #init: Required<Omit<PoolScenarioInit, 'bug' | 'servers' | 'weights'>>
  readonly #random: SeededRandom
  readonly #operator: PoolOperator
  readonly #callers: RegisterCallers
  readonly #users: MailUsers
  readonly #faults: PoolFaults
  readonly #pausesMs: readonly number[]
  #operations = 0
  #failure: { error: unknown } | undefined

  constructor (seed: string, { bug, servers, weights, ...init }: PoolScenarioInit = {}) {
    this.#init = { operations: 200, faults: 10, registerShare: 0.45, changes: true, keepsTrace: false, restRounds: 60, ...init }
    const world = this.world = new PoolWorld(seed, this.#init.keepsTrace)
    const random = this.#random = world.random.fork('scenario')
    this.#pausesMs = random.pick(pacesMs)
    const count = servers ?? random.pick([1, 2, 3, 3, 3, 3, 4, 5])
    const first = firstRoster(count, Math.min(count, random.pick([1, 3, 3, 3, 5])))
    const failed = (error: unknown): void => { this.#failure ??= { error } }
    this.#operator = new PoolOperator(world, random.fork('operator'), first, bug, failed)
    this.#callers = new RegisterCallers(world, random.fork('callers'), failed)
    this.#users = new MailUsers(world, random.fork('users'), this.#operator.all, first, failed)
    this.#faults = new PoolFaults(world, random.fork('faults'), this.#operator, this.#users, first.poolId, weights)
  }

  async run (): Promise<PoolReport> {
    for (const node of this.world.nodes.values()) await this.world.until(node.start())
    // A pool that begins small grows amid all the rest.
    for (let missing = 3 - this.#operator.roster.servers.length; missing > 0 && this.#init.changes; missing--) this.world.after(this.#random.between(0, 3_000), () => { this.#operator.join() })
    while (this.#operations < this.#init.operations || this.#faults.count < this.#init.faults) {
      await this.#step()
      await this.world.run(this.#random.pick(this.#pausesMs))
      this.#assertSound()
    }
    await this.#rest()
    await this.#end()
    return this.#report()
  }

  /** Fails when what callers have seen of registers up to now cannot be; for a run that something else has ended, too. */
  checkRegisters (): void {
    this.#callers.check()
  }

  async #step (): Promise<void> {
    const dice = this.#random.fraction()
    if (dice < 0.05) await this.#faults.strike()
    else if (dice < 0.09) await this.#mend()
    else if (dice < 0.105 && this.#init.changes) this.#operator.changeSomething()
    else if (dice < 0.115) await this.#faults.copyDisk()
    else if (dice < 0.12) this.#operator.replaceSpoiled()
    else this.#operate()
  }

  #operate (): void {
    this.#operations++
    const { able } = this.#operator
    if (this.#random.chance(this.#init.registerShare) && able.length > 0) this.#callers.operate(this.#random.pick(able))
    else this.#users.operate()
  }

  async #mend (): Promise<void> {
    switch (this.#random.pick(['start', 'start', 'start', 'heal', 'heal', 'rest'] as const)) {
      case 'start': await this.#faults.startAll(); return
      case 'heal': this.world.network.heal(); return
      case 'rest': await this.#rest()
    }
  }

  /** Everything works again, and goes on until each register and all mail is where it belongs. */
  async #rest (): Promise<void> {
    await this.#faults.calm()
    for (let round = 0; round < this.#init.restRounds; round++) {
      await this.world.run(restRoundMs)
      this.#assertSound()
      this.#operator.tidyUp()
      if (this.#isSettled()) {
        await this.#faults.settled()
        return
      }
      this.#operator.replaceSpoiled()
      await this.#faults.startAll()
      this.#users.retry()
    }
    assert.fail(`The pool does not come to rest: ${JSON.stringify(this.#unsettled())}`)
  }

  #isSettled (): boolean {
    return this.#unsettled().length === 0
  }

  /** What is not as it has to be in the end. */
  #unsettled (): string[] {
    const { roster, machines, spoiled, isChanging } = this.#operator
    const { version, phase, servers } = roster
    return [
      ...phase === 'settled' ? [] : [`the roster ${version} is ${phase}`],
      ...spoiled.map(({ name }) => `${name} is to be replaced`),
      ...isChanging ? ['the roster is being changed'] : [],
      ...this.#users.unsettled > 0 ? [`${this.#users.unsettled} messages are open`] : [],
      ...servers.filter(({ state }) => state === 'learner').map(() => 'there is a learner'),
      ...machines.flatMap(({ name, peerId, running }) => {
        const status = running?.mail.status()
        const own = servers.find((server) => server.peerId === peerId)
        if (running === undefined || status === undefined) return [`${name} is down`]
        if (status.rosterVersion !== version) return [`${name} has roster ${status.rosterVersion}, not ${version}`]
        if (own?.acceptor === true && running.consensus.life.state !== 'voting') return [`${name} is ${running.consensus.life.state}`]
        const { lastRound, closedVersion } = status
        const isWhole = closedVersion === version && lastRound?.rosterVersion === version && lastRound.underReplicated === 0 && lastRound.notCompared.length === 0
        return own?.state !== 'member' || isWhole ? [] : [`${name}: mail is not settled: closed ${closedVersion}, ${JSON.stringify(lastRound)}`]
      })
    ]
  }

  /** Every server answers about every register, and tells the same of all mail. */
  async #end (): Promise<void> {
    const { world } = this
    for (let round = 0; round < 10 && this.#operator.roster.servers.some(({ state }) => state === 'draining'); round++) {
      this.#operator.removeDrained()
      await this.#rest()
    }
    assert.ok(this.#operator.roster.servers.every(({ state }) => state === 'member'), 'A server is never drained.')
    await this.#assertCaughtUp()
    for (const server of this.#operator.able) await world.until(this.#callers.sweep(server))
    for (const device of this.#users.devices) {
      const homes = this.#operator.able.flatMap(({ running }) => running?.mail.replicasOf(device.identity.keys.publicKey) ?? [])
      for (const peerId of new Set(homes)) {
        const home = this.#operator.all.get(peerId)
        if (home !== undefined) await world.until(this.#users.readAll(device, home, false))
      }
    }
    for (const { roster } of this.#operator.machines) assert.ok(roster.servers.every(({ peerId }) => this.#operator.all.has(peerId)), 'forged: a server has a roster that nobody has decided')
    this.#users.check()
    this.#assertSound()
    this.checkRegisters()
  }

  /** Once all voters have looked for what they missed, the newest of every register is on the disk of each. */
  async #assertCaughtUp (): Promise<void> {
    const { world } = this
    const voters = this.#operator.able.flatMap(({ name, peerId, running }) => running !== undefined && this.#operator.roster.servers.some((server) => server.peerId === peerId && server.acceptor) ? [{ name, running }] : [])
    for (const { running } of voters) await world.until(running.consensus.catchUp())
    // What a quorum has accepted reaches the others a moment later.
    await world.run(restRoundMs)
    const newest = new Map<string, number>()
    const tables: Array<{ name: string, versions: Map<string, number> }> = []
    for (const { name, running } of voters) {
      const versions = await world.until(versionsOn(running.process.store))
      for (const [register, version] of versions) newest.set(register, Math.max(version, newest.get(register) ?? 0))
      tables.push({ name, versions })
    }
    for (const { name, versions } of tables) {
      for (const [register, version] of newest) assert.equal(versions.get(register), version, `not caught up: ${name} has another version of ${register}`)
    }
  }

  #assertSound (): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  #report (): PoolReport {
    return {
      operations: this.#operations,
      faults: this.#faults.count,
      faultsByKind: Object.fromEntries(this.#faults.counts),
      registers: this.#callers.counts,
      mail: this.#users.counts,
      rosters: this.#operator.roster.version,
      messages: this.world.network.messages,
      damagedDisks: this.#faults.damaged,
      traceHash: this.world.traceHash
    }
  }
}

/** The version of every register that a disk has accepted. */
async function versionsOn (store: KeyValueStore): Promise<Map<string, number>> {
  const versions = new Map<string, number>()
  for await (const { name, accepted } of listAccepted(store, '', '')) versions.set(name, accepted.register.version)
  return versions
}
