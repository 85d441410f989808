import { asP2pChatError } from '../../errors.js'
import type { OpaqueServer } from '../../crypto/opaque/server.js'
import type { Roster, RosterHistory } from '../../overlay/index.js'
import type { Clock, Logger, Random, Timer } from '../../runtime.js'
import { keyOf, type KeyValueStore } from '../../store/index.js'
import type { RosterChange } from '../consensus/index.js'
import type { PoolSetups } from '../pool/index.js'
import type { Registers } from '../registers/index.js'
import type { Invites } from './invites.js'
import { finishRemovalAfterMs, secretBytes, secretsRetryMs } from './limits.js'
import { keepSetup, readSetups } from './setups.js'
import { dueSetupVersion, renewSetup } from './setup-renewal.js'

const FOUNDING_SECRET = keyOf('pool', 'founding-secret')
/** In its place once the founder's token is taken no more. */
const CLOSED = new Uint8Array(0)

export interface SecretsComponents {
  store: KeyValueStore
  registers: Registers
  invites: Invites
  setups: PoolSetups
  history: () => RosterHistory
  change: (change: RosterChange) => Promise<Roster>
  opaque: OpaqueServer
  clock: Clock
  random: Random
  logger: Logger
}

/** The upkeep of what only servers of the pool know: every one of them has the newest setup, and a removed one has not. */
export class Secrets {
  readonly #components: SecretsComponents
  #timer: Timer | undefined
  #isStopped = false
  #isRunning = false
  /** The roster by which a new setup was first seen to be due, and when. */
  #due: { version: number, sinceMs: number } | undefined

  constructor (components: SecretsComponents) {
    this.#components = components
  }

  /** A server alone lays down what the registers of its pool begin with. Repeatable. */
  async found (): Promise<void> {
    const { store, registers, invites, setups, random } = this.#components
    for (const [version, setup] of setups.entries()) await keepSetup(registers, version, setup)
    const kept = await store.get(FOUNDING_SECRET)
    if (kept?.byteLength === 0) return
    const secret = kept ?? random.bytes(secretBytes)
    if (kept === undefined) await store.batch([{ type: 'put', key: FOUNDING_SECRET, value: secret }], { sync: true })
    await invites.found(secret)
  }

  /** The secret of the founder's token; undefined at any other server, and once it is known here to be closed. */
  async foundingSecret (): Promise<Uint8Array | undefined> {
    const kept = await this.#components.store.get(FOUNDING_SECRET)
    return kept?.byteLength === 0 ? undefined : kept
  }

  start (): void {
    this.soon()
  }

  stop (): void {
    this.#isStopped = true
    this.#timer?.cancel()
  }

  /** A new roster is known. */
  soon (): void {
    this.#schedule(0)
  }

  #schedule (delayMs: number): void {
    if (this.#isStopped) return
    this.#timer?.cancel()
    this.#timer = this.#components.clock.schedule(delayMs, () => { void this.#run() }, { unref: true })
  }

  /** Never rejects: what failed is tried again. */
  async #run (): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    let isDone = false
    try {
      isDone = await this.#step()
    } catch (error) {
      this.#components.logger.debug({ error: asP2pChatError(error) }, 'the secrets of the pool could not be brought up to date')
    } finally {
      this.#isRunning = false
      if (!isDone) this.#schedule(secretsRetryMs)
    }
  }

  /** Whether there is nothing left to do by this roster. */
  async #step (): Promise<boolean> {
    const { registers, setups, history, clock } = this.#components
    const wanted = history().newest.opaqueSetupVersion
    if (!setups.has(wanted)) await setups.keep(await readSetups(registers))
    await this.#forgetFounding()
    const due = dueSetupVersion(history())
    if (due === undefined) return setups.has(history().newest.opaqueSetupVersion)
    if (this.#due?.version !== due) this.#due = { version: due, sinceMs: clock.monotonicMs() }
    // Whoever removed the server is at it; only when it has died over it somebody else goes on.
    // While acceptors change it would first write all registers again, beside the server that does.
    if (history().newest.phase === 'settled' && clock.monotonicMs() - this.#due.sinceMs >= finishRemovalAfterMs) await renewSetup(this.#components)
    return false
  }

  /** A later start may not reach those who know that it is closed. */
  async #forgetFounding (): Promise<void> {
    const { store, invites } = this.#components
    const secret = await this.foundingSecret()
    if (secret === undefined || await invites.isFoundingOpen(secret)) return
    await store.batch([{ type: 'put', key: FOUNDING_SECRET, value: CLOSED }], { sync: true })
  }
}
