/**
 * Every interleaving of a few rounds on a few registers while the acceptors change: an exhaustive search, over the
 * acceptor, the quorums and the choice of a value as the servers run them.
 *
 * Requests may come late, twice, in any order, or never, and so may answers: a request that was ever sent stays
 * deliverable, and a proposer may go on with any quorum of those who answered. Proposers may stop for good anywhere, as
 * every prefix of a run is a run. What must hold in every state: of the values that are chosen, each was built on those
 * chosen under lower ballots.
 */
import { isQuorum, type Quorum } from '../../../src/overlay/index.js'
import { accept, EMPTY_SLOT, prepare, type Accepted, type Slot } from '../../../src/rendezvous/consensus/acceptor.js'
import { highest, isUnanimous } from '../../../src/rendezvous/consensus/round.js'

export interface RosterVersion {
  quorum: Quorum
  /** Whether every register must have been written again under the version before. */
  afterTransfer: boolean
}

export type ModelRound =
  | {
    kind: 'write'
    key: number
    /** Roster versions it may start under; default: any. */
    under?: readonly number[]
    /** It has come to its end before the search begins: these, a quorum of the first version, have accepted it. */
    acceptedBy?: readonly string[]
  }
  /** Writes a register again under that version. */
  | { kind: 'transfer', key: number, version: number }

/** What somebody might get wrong. */
export type Mistake =
  | 'no transfer'
  | 'no fence'
  | 'only what has a value is transferred'
  | 'what is unanimous is not transferred'
  | 'joint quorums of the new set alone'

export interface Model {
  name: string
  keys: number
  versions: RosterVersion[]
  /** In the order of their ballots; they may start in any. */
  rounds: ModelRound[]
  mistake?: Mistake
  /** Stops after so many states, if given; then the search was not exhaustive. */
  maxStates?: number
}

export interface ModelResult {
  states: number
  /** False when it stopped at maxStates. */
  exhaustive: boolean
  /** How it came to what must not be, one step a line; undefined when it never does. */
  violation: string[] | undefined
}

type Promised = Accepted | 'nothing' | undefined

interface RoundState {
  /** 0 before it has started */
  version: number
  phase: 'idle' | 'prepare' | 'accept' | 'done'
  /** by acceptor; undefined: no answer yet */
  promises: Promised[]
  /** The rounds that wrote, oldest first. */
  proposal: Uint8Array | undefined
  accepted: boolean[]
}

interface Listing {
  /** by acceptor: the keys it names */
  replies: Array<number[] | undefined>
  listed: number[] | undefined
}

interface State {
  decided: number
  acceptors: Array<{ version: number, slots: Slot[] }>
  rounds: RoundState[]
  /** By the version under which is listed. */
  listings: Listing[]
}

interface Seen { state: State, before: Seen | undefined, step: string }

/** Searches all states. */
export function search (model: Model): ModelResult {
  return new Search(model).run()
}

class Search {
  readonly #model: Model
  readonly #names: string[]
  readonly #known = new Set<string>()
  #open: Seen[] = []

  constructor (model: Model) {
    this.#model = model
    this.#names = [...new Set(model.versions.flatMap(({ quorum }) => quorum.sets.flat()))].sort()
  }

  run (): ModelResult {
    this.#add({ state: this.#first(), before: undefined, step: 'begin' })
    for (;;) {
      const seen = this.#open.pop()
      if (seen === undefined) return { states: this.#known.size, exhaustive: true, violation: undefined }
      if (!this.#holds(seen.state)) return { states: this.#known.size, exhaustive: false, violation: stepsTo(seen) }
      if (this.#known.size >= (this.#model.maxStates ?? Infinity)) return { states: this.#known.size, exhaustive: false, violation: undefined }
      for (const [step, state] of this.#next(seen.state)) this.#add({ state, before: seen, step })
    }
  }

  #first (): State {
    const { rounds, keys, versions } = this.#model
    const state: State = {
      decided: 1,
      acceptors: this.#names.map(() => ({ version: 1, slots: Array.from({ length: keys }, () => EMPTY_SLOT) })),
      rounds: rounds.map(() => ({ version: 0, phase: 'idle', promises: this.#names.map(() => undefined), proposal: undefined, accepted: this.#names.map(() => false) })),
      listings: versions.map(() => ({ replies: this.#names.map(() => undefined), listed: undefined }))
    }
    return rounds.reduce((begun, round, index) => round.kind === 'write' && round.acceptedBy !== undefined ? this.#ended(begun, index, round.key, round.acceptedBy) : begun, state)
  }

  /** A round that is over: nothing of it is under way any more. */
  #ended (state: State, index: number, key: number, acceptedBy: readonly string[]): State {
    const value = Uint8Array.of(index + 1)
    const ballot = { counter: index + 1, proposer: 'p' }
    const accepted = this.#names.map((name) => acceptedBy.includes(name))
    const ended = withRound(state, index, { version: 1, phase: 'accept', proposal: value, promises: this.#names.map(() => 'nothing'), accepted })
    return this.#names.reduce((next, name, at) => accepted[at] === true ? withSlot(next, at, key, accept(EMPTY_SLOT, ballot, { version: 1, value }).slot) : next, ended)
  }

  #add (seen: Seen): void {
    const key = encode(seen.state)
    if (this.#known.has(key)) return
    this.#known.add(key)
    this.#open.push(seen)
  }

  * #next (state: State): Generator<[string, State]> {
    if (this.#mayDecide(state)) yield [`roster ${state.decided + 1} is decided`, { ...state, decided: state.decided + 1 }]
    for (const [index, round] of state.rounds.entries()) {
      if (this.#isOver(index)) continue
      if (round.phase === 'idle') yield * this.#starts(state, index)
      else {
        yield * this.#deliveries(state, index)
        if (round.phase === 'prepare') yield * this.#proposals(state, index)
      }
    }
    for (let version = 1; version <= state.decided; version++) if (this.#isTransferred(version + 1)) yield * this.#listings(state, version)
  }

  #isOver (index: number): boolean {
    const round = this.#round(index)
    return round.kind === 'write' && round.acceptedBy !== undefined
  }

  #starts (state: State, index: number): Array<[string, State]> {
    const round = this.#round(index)
    if (round.kind === 'transfer') {
      const isDue = state.listings[round.version - 1]?.listed?.includes(round.key) === true
      return isDue && state.decided >= round.version ? [[`${this.#nameOf(index)} starts`, withRound(state, index, { version: round.version, phase: 'prepare' })]] : []
    }
    return Array.from({ length: state.decided }, (_, at) => at + 1)
      .filter((version) => round.under?.includes(version) ?? true)
      .map((version): [string, State] => [`${this.#nameOf(index)} starts under roster ${version}`, withRound(state, index, { version, phase: 'prepare' })])
  }

  /** Any request of the round at any acceptor. */
  * #deliveries (state: State, index: number): Generator<[string, State]> {
    const { version, phase, promises, accepted, proposal } = state.rounds[index] ?? never()
    const { key } = this.#round(index)
    const ballot = { counter: index + 1, proposer: 'p' }
    for (const [at, name] of this.#names.entries()) {
      if (promises[at] === undefined) {
        const admitted = this.#admitted(state, at, version)
        const slot = admitted?.acceptors[at]?.slots[key]
        const step = slot === undefined ? undefined : prepare(slot, ballot)
        if (admitted !== undefined && step?.vote.vote === 'granted') {
          const told = promises.with(at, step.vote.accepted ?? 'nothing')
          yield [`${name} promises ${this.#nameOf(index)}`, withSlot(withRound(admitted, index, { promises: told }), at, key, step.slot)]
        }
      }
      if ((phase === 'accept' || phase === 'done') && proposal !== undefined && accepted[at] === false) {
        const admitted = this.#admitted(state, at, version)
        const slot = admitted?.acceptors[at]?.slots[key]
        const step = slot === undefined ? undefined : accept(slot, ballot, { version: proposal.length, value: proposal })
        if (admitted !== undefined && step?.vote.vote === 'granted') {
          yield [`${name} accepts ${proposal.join('.')} of ${this.#nameOf(index)}`, withSlot(withRound(admitted, index, { accepted: accepted.with(at, true) }), at, key, step.slot)]
        }
      }
    }
  }

  /** Goes on with any quorum of those who promised. */
  #proposals (state: State, index: number): Array<[string, State]> {
    const { version, promises } = state.rounds[index] ?? never()
    const spec = this.#round(index)
    const results = new Map<string, [string, State]>()
    for (const answered of this.#quorumsOf(version, promises.map((promise) => promise !== undefined))) {
      const current = highest(answered.map((at) => promises[at]).map((promise) => promise === 'nothing' ? undefined : promise))?.register.value
      const proposal = spec.kind === 'write' ? Uint8Array.from([...current ?? [], index + 1]) : current
      const next = proposal === undefined ? withRound(state, index, { phase: 'done' }) : withRound(state, index, { phase: 'accept', proposal })
      results.set(String(proposal), [`${this.#nameOf(index)} goes on with ${answered.map((at) => this.#names[at]).join(' ')}`, next])
    }
    return [...results.values()]
  }

  /** What whoever changes the acceptors learns of the registers there are. */
  * #listings (state: State, version: number): Generator<[string, State]> {
    const listing = state.listings[version - 1] ?? never()
    if (listing.listed !== undefined) return
    for (const [at, name] of this.#names.entries()) {
      if (listing.replies[at] !== undefined) continue
      const admitted = this.#admitted(state, at, version)
      if (admitted === undefined) continue
      const keys = (admitted.acceptors[at]?.slots ?? []).flatMap((slot, key) => this.#isListed(slot) ? [key] : [])
      yield [`${name} lists ${keys.join(' ')}`, withListing(admitted, version, { ...listing, replies: listing.replies.with(at, keys) })]
    }
    const results = new Map<string, [string, State]>()
    for (const answered of this.#quorumsOf(version, listing.replies.map((reply) => reply !== undefined))) {
      const listed = [...new Set(answered.flatMap((at) => listing.replies[at] ?? []))].sort()
      results.set(String(listed), [`the list is taken from ${answered.map((at) => this.#names[at]).join(' ')}`, withListing(state, version, { replies: [], listed })])
    }
    yield * results.values()
  }

  #isListed (slot: Slot): boolean {
    return this.#model.mistake === 'only what has a value is transferred' ? slot.accepted !== undefined : slot !== EMPTY_SLOT
  }

  #isTransferred (version: number): boolean {
    return this.#model.versions[version - 1]?.afterTransfer === true
  }

  #mayDecide (state: State): boolean {
    const next = this.#model.versions[state.decided]
    if (next === undefined) return false
    if (!next.afterTransfer || this.#model.mistake === 'no transfer') return true
    const listed = state.listings[state.decided - 1]?.listed
    return listed?.every((key) => this.#isWritten(state, key, state.decided)) === true
  }

  /** Whether a register has gone through a whole round of a transfer under this version. */
  #isWritten (state: State, key: number, version: number): boolean {
    const quorum = this.#quorum(version)
    if (this.#model.mistake === 'what is unanimous is not transferred') {
      const slots = new Map(this.#names.map((name, at) => [name, state.acceptors[at]]))
      const answering = new Set([...slots].filter(([, acceptor]) => acceptor?.version === version).map(([name]) => name))
      const accepted = [...answering].map((name) => slots.get(name)?.slots[key]?.accepted)
      if (isQuorum(quorum, answering) && isUnanimous(accepted)) return true
    }
    return state.rounds.some((round, index) => {
      const spec = this.#round(index)
      if (spec.kind !== 'transfer' || spec.key !== key || spec.version !== version) return false
      if (round.phase === 'done') return true
      return round.phase === 'accept' && isQuorum(quorum, this.#namesOf(round.accepted))
    })
  }

  /** The state once the acceptor has the roster that it is asked under; undefined when it does not answer by it. */
  #admitted (state: State, at: number, version: number): State | undefined {
    const name = this.#names[at] ?? ''
    const acceptor = state.acceptors[at] ?? never()
    if (!this.#quorum(version).sets.flat().includes(name)) return undefined
    if (acceptor.version > version) return this.#model.mistake === 'no fence' ? state : undefined
    if (acceptor.version === version) return state
    return { ...state, acceptors: state.acceptors.with(at, { ...acceptor, version }) }
  }

  #quorum (version: number): Quorum {
    const { quorum } = this.#model.versions[version - 1] ?? never()
    return this.#model.mistake === 'joint quorums of the new set alone' ? { ...quorum, sets: quorum.sets.slice(-1) } : quorum
  }

  /** Quorums among those who answered that have no member too many: more answers only tell more. */
  #quorumsOf (version: number, answered: boolean[]): number[][] {
    const quorum = this.#quorum(version)
    const subsets = answered.reduce<number[][]>((sets, is, at) => is ? [...sets, ...sets.map((set) => [...set, at])] : sets, [[]])
    const isEnough = (set: number[]): boolean => isQuorum(quorum, new Set(set.map((at) => this.#names[at] ?? '')))
    return subsets.filter((set) => isEnough(set) && set.every((at) => !isEnough(set.filter((other) => other !== at))))
  }

  /** Whether everything that is chosen was built on what was chosen under lower ballots. */
  #holds (state: State): boolean {
    for (let key = 0; key < this.#model.keys; key++) {
      let last: Uint8Array | undefined
      for (const [index, { version, accepted, proposal }] of state.rounds.entries()) {
        if (this.#round(index).key !== key || proposal === undefined || !isQuorum(this.#quorum(version), this.#namesOf(accepted))) continue
        if (last?.some((byte, at) => byte !== proposal[at]) === true) return false
        last = proposal
      }
    }
    return true
  }

  #namesOf (flags: boolean[]): Set<string> {
    return new Set(this.#names.filter((_, at) => flags[at]))
  }

  #round (index: number): ModelRound {
    return this.#model.rounds[index] ?? never()
  }

  #nameOf (index: number): string {
    const { kind, key } = this.#round(index)
    return `round ${index + 1} (${kind} ${key})`
  }
}

function withRound (state: State, index: number, change: Partial<RoundState>): State {
  const round = state.rounds[index] ?? never()
  return { ...state, rounds: state.rounds.with(index, { ...round, ...change }) }
}

function withSlot (state: State, at: number, key: number, slot: Slot): State {
  const acceptor = state.acceptors[at] ?? never()
  return { ...state, acceptors: state.acceptors.with(at, { ...acceptor, slots: acceptor.slots.with(key, slot) }) }
}

function withListing (state: State, version: number, listing: Listing): State {
  return { ...state, listings: state.listings.with(version - 1, listing) }
}

function encode ({ decided, acceptors, rounds, listings }: State): string {
  let text = `${decided}`
  for (const { version, slots } of acceptors) {
    text += `|${version}`
    for (const slot of slots) text += `,${slot.promised.counter}${encodeAccepted(slot.accepted)}`
  }
  for (const { version, phase, promises, proposal, accepted } of rounds) {
    text += `|${version}${phase[0] ?? ''}`
    // What was promised no longer matters once the round has gone on, but for who was asked already.
    for (const promise of promises) text += promise === undefined ? '?' : phase === 'prepare' ? encodeAccepted(promise === 'nothing' ? undefined : promise) : '!'
    text += `:${proposal?.join('.') ?? ''}:`
    for (const one of accepted) text += one ? '1' : '0'
  }
  for (const { replies, listed } of listings) text += `|${replies.map((reply) => reply?.join('.') ?? '?').join()}${listed === undefined ? '' : `=${listed.join('.')}`}`
  return text
}

function encodeAccepted (accepted: Accepted | undefined): string {
  return accepted === undefined ? '-' : `@${accepted.ballot.counter}=${accepted.register.value.join('.')}`
}

function stepsTo (seen: Seen): string[] {
  const steps: string[] = []
  for (let at: Seen | undefined = seen; at !== undefined; at = at.before) steps.unshift(at.step)
  return steps
}

function never (): never {
  throw new Error('The model is not well-formed.')
}
