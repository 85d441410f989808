import assert from 'node:assert/strict'
import { isP2pChatError } from '../../../src/errors.js'
import type { Register, RegisterList, RegisterRead, Registers, RegisterWrite } from '../../../src/rendezvous/registers/index.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'
import type { PoolServer } from './pool-server.js'
import { checkRegister, type Attempt, type Observation } from './register-history.js'
import type { PoolWorld } from './world.js'

const names = ['account:alice', 'account:bob', 'group:club']

interface Call { startedAt: number, endedAt: number, what: string }

export interface RegisterCounts { reads: number, writes: number, unknown: number }

/** Callers who read, change and list a few registers at any server, all at once; what they saw is kept for the check. */
export class RegisterCallers {
  readonly counts: RegisterCounts = { reads: 0, writes: 0, unknown: 0 }
  readonly #observations = new Map(names.map((name): [string, Observation[]] => [name, []]))
  readonly #attempts = new Map(names.map((name): [string, Attempt[]] => [name, []]))
  #events = 0
  #nextValue = 1

  /** @param onFailure told of what is no outcome that a caller may see */
  constructor (private readonly world: PoolWorld, private readonly random: SeededRandom, private readonly onFailure: (error: unknown) => void) {}

  operate (server: PoolServer): void {
    const dice = this.random.fraction()
    const name = this.random.pick(names)
    if (dice < 0.4) this.#follow(server, this.#read(server, name))
    else if (dice < 0.95) this.#follow(server, this.#write(server, name))
    else this.#follow(server, this.#list(server))
  }

  /** What must succeed once all is well: every register is read and written at this server. Rejects with what it said instead. */
  async sweep (server: PoolServer): Promise<void> {
    for (const name of names) {
      const read = await this.#read(server, name)
      const write = await this.#write(server, name)
      assert.deepEqual([read, write === 'written' || write === 'conflict'], ['read', true], `${server.name} answers about ${name}: ${read}, ${write}`)
    }
  }

  /** Fails when what was seen up to now is not what registers do that know no faults. */
  check (): void {
    for (const name of names) {
      const problem = checkRegister(this.#observations.get(name) ?? [], this.#attempts.get(name) ?? [])
      assert.equal(problem, undefined, `not linearizable: the register ${name}: ${problem ?? ''}`)
    }
  }

  async #read (server: PoolServer, name: string): Promise<RegisterRead['outcome']> {
    this.counts.reads++
    const call = this.#call(server, `reads ${name}`)
    const read = await registersOf(server).read(name)
    this.#ended(call, read.outcome === 'read' ? read.register?.version ?? 0 : read.outcome)
    if (read.outcome === 'read') this.#observe(name, call, read.register)
    else this.counts.unknown++
    return read.outcome
  }

  /** Builds on the newest that any caller has seen, or on something older; or asks again for what is open. */
  async #write (server: PoolServer, name: string): Promise<RegisterWrite['outcome']> {
    this.counts.writes++
    const attempts = this.#attempts.get(name) ?? []
    const observed = this.#observations.get(name) ?? []
    const newest = Math.max(0, ...observed.map(({ version }) => version), ...attempts.map(({ outcome, expectedVersion }) => outcome === 'written' ? expectedVersion + 1 : 0))
    const open = attempts.filter(({ outcome }) => outcome === 'unknown')
    const repeated = open.length > 0 && this.random.chance(0.3) ? this.random.pick(open) : undefined
    const expectedVersion = repeated?.expectedVersion ?? Math.max(0, newest - (this.random.chance(0.1) ? 1 : 0))
    const value = repeated?.value ?? `${name} ${this.#nextValue++}`
    const attempt: Attempt = { ...this.#call(server, `sets ${name} ${expectedVersion} > ${value}`), expectedVersion, value, outcome: 'unknown' }
    attempts.push(attempt)
    const write = await registersOf(server).compareAndSet(name, expectedVersion, new TextEncoder().encode(value))
    this.#ended(attempt, write.outcome)
    if (write.outcome === 'unknown' || write.outcome === 'overloaded') this.counts.unknown++
    else attempt.outcome = write.outcome
    if (write.outcome === 'conflict') {
      assert.notEqual(write.current?.version ?? 0, expectedVersion, `not linearizable: ${attempt.what} was refused although that was there`)
      this.#observe(name, attempt, write.current)
    }
    return write.outcome
  }

  async #list (server: PoolServer): Promise<RegisterList['outcome']> {
    this.counts.reads++
    const call = this.#call(server, 'lists')
    const list = await registersOf(server).list('', { limit: 100 })
    this.#ended(call, list.outcome)
    if (list.outcome === 'listed') for (const name of names) this.#observe(name, call, list.page.registers.find((register) => register.name === name))
    else this.counts.unknown++
    return list.outcome
  }

  #call (server: PoolServer, what: string): Call {
    this.world.log(`${server.name} ${what}`)
    return { startedAt: this.#events++, endedAt: Infinity, what: `${server.name} ${what}, line ${this.world.lines}` }
  }

  #ended (call: Call, outcome: string | number): void {
    call.endedAt = this.#events++
    this.world.log(`${call.what}: ${outcome}`)
  }

  #observe (name: string, { startedAt, endedAt, what }: Call, register: Register | undefined): void {
    this.#observations.get(name)?.push({ startedAt, endedAt, what, version: register?.version ?? 0, value: register === undefined ? undefined : new TextDecoder().decode(register.value) })
  }

  /** A call that dies with its server, or that its disk refuses, is open for ever. */
  #follow (server: PoolServer, call: Promise<unknown>): void {
    const { process } = server.node
    call.catch((error: unknown) => {
      if (process?.isAlive === true && !isP2pChatError(error, 'ERR_CLOSED', 'ERR_STORE_IO', 'ERR_STORE_CORRUPT')) this.onFailure(error)
    })
  }
}

/** Those that run there now. */
function registersOf ({ running }: PoolServer): Registers {
  assert.ok(running !== undefined)
  return running.consensus.registers
}
