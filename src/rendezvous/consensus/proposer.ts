import { toString } from 'uint8arrays/to-string'
import { deadline, sleep, type Clock, type Random } from '../../runtime.js'
import type { Quorum } from '../../overlay/index.js'
import type { Register } from '../registers/index.js'
import { gather } from './gather.js'
import { maxBackoffMs, minBackoffMs, operationTimeoutMs } from './limits.js'
import type { Place, VoteRequest } from './messages.js'
import type { Peers } from './peers.js'
import type { Space } from './slots.js'
import { acceptPhase, isUnanimous, startRound, takeVote, type Round, type RoundStep } from './round.js'
import type { Accepted } from './acceptor.js'

/** The roster that counts now, and who decides by it. */
export type Configure = (space: Space) => { version: number, quorum: Quorum }

/** What acceptors are asked: once for a peek, twice (prepare, accept) for a round that writes. */
export type VotePhase = 'peek' | 'prepare' | 'accept'
/** `outbid`: by a round with a higher ballot; `no-quorum`: too few answered, or they disagreed about a peek. */
export type VoteResult = 'granted' | 'outbid' | 'no-quorum'

export interface ProposerComponents {
  peers: Peers
  configuration: Configure
  clock: Clock
  random: Random
  /** Told what became of each asking, for the operator's figures. */
  onVote?: (phase: VotePhase, result: VoteResult) => void
}

/** The value that shall be there next, given what is there; undefined to leave it. */
export type Choose = (current: Register | undefined) => Register | undefined

export type Peeked =
  | { kind: 'told', current: Register | undefined }
  /** Acceptors have different things of it, so that only a round can settle what is chosen. */
  | { kind: 'split' }
  /** Too few answered. */
  | { kind: 'unknown' }

export type Proposed =
  /** `current` is chosen, and so it was at some time during the call. */
  | { outcome: 'done', current: Register | undefined, wrote: boolean, attempted: boolean }
  /** Nothing is known of what was attempted, if anything was. */
  | { outcome: 'unknown' }

type RoundEnd =
  | { kind: 'done', current: Register | undefined, wrote: boolean }
  | { kind: 'outbid', counter: number }
  | { kind: 'failed' }

/** Runs rounds of CASPaxos against the acceptors of the roster, until one comes through or the time is over. */
export class Proposer {
  readonly #components: ProposerComponents
  readonly #name: string
  #counter = 0

  constructor (components: ProposerComponents) {
    this.#components = components
    this.#name = toString(components.random.bytes(16), 'base16')
  }

  /** What is chosen now, without a write at anybody. It is asked again while too few answer. */
  async peek (place: Place): Promise<Peeked> {
    return await this.#repeated(place.space, undefined, async () => {
      const { version, quorum } = this.#components.configuration(place.space)
      const round = startRound(quorum, { counter: 0, proposer: '' })
      const answers: Array<Accepted | undefined> = []
      const step = await this.#ask(round, { kind: 'peek', rosterVersion: version, place }, (accepted) => { answers.push(accepted) })
      const isTold = step?.kind === 'prepared' && isUnanimous(answers)
      this.#components.onVote?.('peek', isTold ? 'granted' : 'no-quorum')
      if (step?.kind !== 'prepared') return undefined
      return isTold ? { kind: 'told', current: step.current?.register } : { kind: 'split' }
    }) ?? { kind: 'unknown' }
  }

  /**
   * Makes sure of a value: what `choose` gives, or what is there.
   *
   * @param onlyVersion gives up once another roster counts
   */
  async propose (place: Place, choose: Choose, onlyVersion?: number): Promise<Proposed> {
    let attempted = false
    const choosing: Choose = (current) => {
      const next = choose(current)
      attempted ||= next !== undefined
      return next
    }
    return await this.#repeated(place.space, onlyVersion, async () => {
      const attemptedBefore = attempted
      const end = await this.#round(place, choosing)
      if (end.kind === 'outbid') this.#counter = Math.max(this.#counter, end.counter)
      return end.kind === 'done' ? { outcome: 'done', current: end.current, wrote: end.wrote, attempted: attemptedBefore } : undefined
    }) ?? { outcome: 'unknown' }
  }

  /** The first thing other than undefined that an attempt comes to; undefined when the time is over, or another roster counts than `onlyVersion`. */
  async #repeated<T> (space: Space, onlyVersion: number | undefined, attempt: () => Promise<T | undefined>): Promise<T | undefined> {
    const { clock, configuration } = this.#components
    const time = deadline(clock, operationTimeoutMs)
    try {
      // The first time at once: a proposer that was just started only has to hear how far the ballots are.
      for (let backoffMs = 0; !time.signal.aborted; backoffMs = Math.min(Math.max(2 * backoffMs, minBackoffMs), maxBackoffMs)) {
        const { version } = configuration(space)
        if (onlyVersion !== undefined && onlyVersion !== version) break
        const result = await attempt()
        if (result !== undefined) return result
        const isSame = configuration(space).version === version
        if (isSame && backoffMs > 0) await sleep(clock, this.#upTo(backoffMs), time.signal).catch(() => {})
      }
      return undefined
    } finally {
      time.clear()
    }
  }

  async #round (place: Place, choose: Choose): Promise<RoundEnd> {
    const { version, quorum } = this.#components.configuration(place.space)
    const ballot = { counter: ++this.#counter, proposer: this.#name }
    const round = startRound(quorum, ballot)
    const prepared = await this.#ask(round, { kind: 'prepare', rosterVersion: version, place, ballot })
    this.#components.onVote?.('prepare', resultOf(prepared))
    if (prepared?.kind !== 'prepared') return failure(prepared)
    const current = prepared.current?.register
    const next = choose(current)
    const register = next ?? current
    // A quorum has promised to take nothing older, and has nothing.
    if (register === undefined) return { kind: 'done', current, wrote: false }
    const accepted = await this.#ask(acceptPhase(round), { kind: 'accept', rosterVersion: version, place, ballot, register })
    this.#components.onVote?.('accept', resultOf(accepted))
    if (accepted?.kind !== 'accepted') return failure(accepted)
    return { kind: 'done', current: register, wrote: next !== undefined }
  }

  async #ask (round: Round, request: VoteRequest, see: (accepted: Accepted | undefined) => void = () => {}): Promise<RoundStep | undefined> {
    let now = round
    return await gather(
      round.quorum,
      async (server) => await this.#components.peers.ask(server, async (side) => await side.vote(request)),
      (server, { vote }) => {
        if (vote.vote === 'granted') see(vote.accepted)
        const step = takeVote(now, server, vote)
        if (step.kind !== 'waiting') return step
        now = step.round
        return undefined
      })
  }

  #upTo (ms: number): number {
    const { random } = this.#components
    const bytes = random.bytes(4)
    return Math.ceil(ms * new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) / 0x1_0000_0000)
  }
}

function failure (step: RoundStep | undefined): RoundEnd {
  return step?.kind === 'outbid' ? { kind: 'outbid', counter: step.promised.counter } : { kind: 'failed' }
}

function resultOf (step: RoundStep | undefined): VoteResult {
  return step === undefined ? 'no-quorum' : step.kind === 'outbid' ? 'outbid' : 'granted'
}
