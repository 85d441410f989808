/**
 * Every interleaving of one message and one reading of its mailbox while the roster changes: an exhaustive search over who
 * goes by which roster, who has the message, and who has taken what over.
 *
 * Whoever acts may go by any roster that it has not left behind, however old: that somebody has not heard of a newer one,
 * and that requests and answers get lost, is in it. What must hold in every state: who is told "you have everything" has the
 * message, if its sender was told that it is stored before the reading began.
 */
import { quorums } from '../../../src/rendezvous/replication/replica-sets.js'

/** Who stores the mailbox by one roster. Nobody is taken out of one here: that is its operator's word that it is gone. */
export type MailRoster = readonly string[]

/** What somebody might get wrong. */
export type MailMistake =
  | 'no fence'
  | 'a fence of one server less'
  | 'the newest set alone is read'
  | 'one of two is enough to be complete'
  | 'the newest set is read first'
  | 'an old roster is gone by again'

export interface MailModel {
  name: string
  rosters: readonly MailRoster[]
  mistake?: MailMistake
}

export interface MailModelResult {
  states: number
  /** How it came to what must not be, one step a line; undefined when it never does. */
  violation: string[] | undefined
}

/** By server, all of them; versions count from 1, 0 is none. */
interface State {
  /** the version that it goes by itself */
  knows: readonly number[]
  /** the newest version that it has answered by */
  newest: readonly number[]
  has: readonly boolean[]
  /** the newest version that it is complete for */
  complete: readonly number[]
  /** what it takes over now, for which rosters it must ask, and of whom it has asked the version that each was complete for then; -1: not asked */
  taking: ReadonlyArray<{ version: number, older: readonly number[], asked: readonly number[] }>
  /** version 0: not begun */
  write: { version: number, acknowledged: readonly boolean[], told: boolean }
  /** `place`: the set that is asked now, of the roster's and the older ones */
  read: { version: number, older: readonly number[], place: number, home: number, asked: readonly boolean[], must: boolean, phase: 'idle' | 'asking' | 'right' | 'wrong' }
}

interface Seen { state: State, before: Seen | undefined, step: string }

const limits = { replicas: 3, writeQuorum: 2, readQuorum: 2 }

/** Searches all states. */
export function searchMail (model: MailModel): MailModelResult {
  return new Search(model).run()
}

class Search {
  readonly #names: string[]
  /** by roster, who stores */
  readonly #rosters: number[][]
  readonly #mistake: MailMistake | undefined
  readonly #known = new Set<string>()
  readonly #open: Seen[] = []

  constructor ({ rosters, mistake }: MailModel) {
    this.#mistake = mistake
    this.#names = [...new Set(rosters.flat())]
    this.#rosters = rosters.map((storing) => storing.map((name) => this.#names.indexOf(name)))
  }

  run (): MailModelResult {
    const none = this.#names.map(() => false)
    this.#add({
      state: {
        knows: this.#names.map(() => 0),
        newest: this.#names.map(() => 0),
        has: none,
        // The first roster is a closed one.
        complete: this.#names.map((_, at) => this.#storing(1).includes(at) ? 1 : 0),
        taking: this.#names.map(() => ({ version: 0, older: [], asked: this.#names.map(() => -1) })),
        write: { version: 0, acknowledged: none, told: false },
        read: { version: 0, older: [], place: 0, home: 0, asked: none, must: false, phase: 'idle' }
      },
      before: undefined,
      step: 'begin'
    })
    for (;;) {
      const seen = this.#open.pop()
      if (seen === undefined) return { states: this.#known.size, violation: undefined }
      if (seen.state.read.phase === 'wrong') return { states: this.#known.size, violation: stepsTo(seen) }
      for (const [step, state] of this.#next(seen.state)) this.#add({ state, before: seen, step })
    }
  }

  #add (seen: Seen): void {
    const key = encode(seen.state)
    if (this.#known.has(key)) return
    this.#known.add(key)
    this.#open.push(seen)
  }

  * #next (state: State): Generator<[string, State]> {
    yield * this.#writes(state)
    yield * this.#fences(state)
    yield * this.#takes(state)
    yield * this.#clears(state)
    yield * this.#reads(state)
  }

  * #writes (state: State): Generator<[string, State]> {
    const { version, acknowledged, told } = state.write
    if (version === 0) {
      for (const by of this.#versions()) yield [`the message is written by roster ${by}`, { ...state, write: { ...state.write, version: by } }]
      return
    }
    for (const at of this.#storing(version)) {
      const raised = acknowledged[at] === true ? undefined : this.#asked(state, at, version)
      if (raised !== undefined) yield [`${this.#names[at]} stores it`, { ...raised, has: raised.has.with(at, true), write: { ...state.write, acknowledged: acknowledged.with(at, true) } }]
    }
    const kept = this.#storing(version).filter((at) => acknowledged[at]).length
    if (!told && kept >= this.#quorums(version).write && this.#isFenced(state, version)) {
      yield ['its sender is told that it is stored', { ...state, write: { ...state.write, told: true } }]
    }
  }

  /** Whoever wrote it asks those of older rosters to go by this one. */
  * #fences (state: State): Generator<[string, State]> {
    const { version } = state.write
    if (version === 0) return
    for (const at of this.#older(state, version).flatMap((older) => this.#storing(older))) {
      const raised = (state.newest[at] ?? 0) < version ? this.#asked(state, at, version) : undefined
      if (raised !== undefined) yield [`${this.#names[at]} is asked to go by roster ${version}`, raised]
    }
  }

  * #takes (state: State): Generator<[string, State]> {
    for (const [at, { version, older, asked }] of state.taking.entries()) {
      for (const by of this.#versions()) {
        if (by <= Math.max(version, state.complete[at] ?? 0) || !this.#mayGoBy(state, at, by) || !this.#storing(by).includes(at)) continue
        yield [`${this.#names[at]} begins to take over for roster ${by}`, { ...state, knows: state.knows.with(at, by), taking: state.taking.with(at, { version: by, older: this.#older(state, by), asked: asked.map((_, other) => other === at ? completeFor(state, at, by) : -1) }) }]
      }
      if (version <= (state.complete[at] ?? 0) || !this.#mayGoBy(state, at, version)) continue
      for (const other of new Set(older.flatMap((one) => this.#storing(one)))) {
        const raised = (asked[other] ?? -1) >= 0 ? undefined : this.#asked(state, other, version)
        if (raised === undefined) continue
        const has = raised.has.with(at, raised.has[at] === true || (raised.has[other] === true && this.#isNewHere(at, version, older)))
        yield [`${this.#names[at]} takes from ${this.#names[other]}`, { ...raised, has, taking: raised.taking.with(at, { version, older, asked: asked.with(other, completeFor(state, other, version)) }) }]
      }
      if (this.#isComplete(at, version, older, asked)) yield [`${this.#names[at]} is complete for roster ${version}`, { ...state, complete: state.complete.with(at, version) }]
    }
  }

  /** Who has kept the mailbox all along takes nothing over, unless fewer are asked now than before. */
  #isNewHere (at: number, version: number, older: readonly number[]): boolean {
    return older.some((one) => !this.#storing(one).includes(at) || this.#quorums(version).read < this.#quorums(one).read)
  }

  /** handover.ts */
  #isComplete (at: number, version: number, older: readonly number[], asked: readonly number[]): boolean {
    const keepsAll = older.every((one) => this.#storing(one).includes(at) && this.#storing(one).every((other) => this.#storing(version).includes(other)))
    if (keepsAll) return true
    // rostersToAsk of replica-sets.ts, from the newest on.
    for (const one of older.toReversed()) {
      const storing = this.#storing(one)
      const { read } = this.#quorums(one)
      const missing = storing.filter((other) => asked[other] === -1).length
      if (missing > storing.length - read || (this.#mistake !== 'one of two is enough to be complete' && missing >= read)) return false
      if (storing.filter((other) => (asked[other] ?? -1) >= one).length >= read) return true
    }
    return true
  }

  /** Who keeps the mailbox no more forgets it, once the roster is closed. */
  * #clears (state: State): Generator<[string, State]> {
    for (const by of this.#versions()) {
      if (this.#closed(state, by) < by) continue
      for (const [at, has] of state.has.entries()) {
        if (!has || this.#storing(by).includes(at) || !this.#mayGoBy(state, at, by)) continue
        yield [`${this.#names[at]} clears out by roster ${by}`, { ...state, knows: state.knows.with(at, by), newest: state.newest.with(at, by), has: state.has.with(at, false) }]
      }
    }
  }

  /** catch-up.ts */
  * #reads (state: State): Generator<[string, State]> {
    const { read } = state
    if (read.phase === 'idle') {
      for (const by of this.#versions()) {
        for (const home of this.#storing(by)) {
          if (!this.#mayGoBy(state, home, by)) continue
          const asked = read.asked.with(home, true)
          yield [`a device asks ${this.#names[home]}, who goes by roster ${by}`, { ...state, knows: state.knows.with(home, by), read: { version: by, older: this.#older(state, by), place: 0, home, asked, must: state.write.told, phase: 'asking' } }]
        }
      }
    }
    if (read.phase !== 'asking') return
    const sets = this.#setsToRead(state)
    const set = sets[read.place]
    if (set === undefined) {
      // Who has heard of a newer one meanwhile begins again.
      if (state.knows[read.home] !== read.version) return
      yield [`${this.#names[read.home]} says that this is everything`, { ...state, read: { ...read, phase: read.must && state.has[read.home] === false ? 'wrong' : 'right' } }]
      return
    }
    if (set.filter((at) => read.asked[at]).length >= quorums(set.length, limits).read) {
      yield [`${this.#names[read.home]} has asked enough of ${set.map((at) => this.#names[at]).join('')}`, { ...state, read: { ...read, place: read.place + 1, asked: read.asked.map((_, at) => at === read.home) } }]
      return
    }
    for (const other of set) {
      const raised = read.asked[other] === true ? undefined : this.#asked(state, other, read.version)
      if (raised === undefined) continue
      const has = raised.has.with(read.home, raised.has[read.home] === true || raised.has[other] === true)
      yield [`${this.#names[other]} tells ${this.#names[read.home]} what it has`, { ...raised, has, read: { ...read, asked: read.asked.with(other, true) } }]
    }
  }

  /** In the order in which they are asked: mail goes from older ones to newer ones, and is deleted behind itself. */
  #setsToRead (state: State): number[][] {
    const { version, older } = state.read
    if (this.#mistake === 'the newest set alone is read') return [this.#storing(version)]
    const sets = [...older, version].map((one) => this.#storing(one))
    return this.#mistake === 'the newest set is read first' ? sets.reverse() : sets
  }

  /** fence.ts */
  #isFenced (state: State, version: number): boolean {
    if (this.#mistake === 'no fence') return true
    return this.#older(state, version).every((older) => {
      const storing = this.#storing(older)
      const goes = storing.filter((at) => (state.newest[at] ?? 0) >= version).length
      return goes >= storing.length - this.#quorums(older).read + (this.#mistake === 'a fence of one server less' ? 0 : 1)
    })
  }

  /** A server goes by the newest roster that it knows, and not on while it has heard that there is a newer one. */
  #mayGoBy (state: State, at: number, version: number): boolean {
    return version >= Math.max(state.knows[at] ?? 0, state.newest[at] ?? 0)
  }

  /** Once a server was asked by a version, it answers by no older one. Undefined: it does not answer this one. */
  #asked (state: State, at: number, version: number): State | undefined {
    const newest = state.newest[at] ?? 0
    if (newest > version) return this.#mistake === 'an old roster is gone by again' ? state : undefined
    return newest === version ? state : { ...state, newest: state.newest.with(at, version) }
  }

  /** Versions before this one, back to the last closed one, by which other servers store than by this one. */
  #older (state: State, version: number): number[] {
    const storing = this.#storing(version)
    if (storing.every((at) => (state.complete[at] ?? 0) >= version)) return []
    return this.#versions().filter((older) => older < version && older >= this.#closed(state, version))
      .filter((older) => this.#storing(older).length !== storing.length || this.#storing(older).some((at) => !storing.includes(at)))
  }

  /** Whoever goes by a version hears of no later one that it is closed. */
  #closed (state: State, upTo: number): number {
    return this.#versions().findLast((version) => version <= upTo && this.#storing(version).every((at) => (state.complete[at] ?? 0) >= version)) ?? 0
  }

  #versions (): number[] {
    return this.#rosters.map((_, index) => index + 1)
  }

  #storing (version: number): number[] {
    return this.#rosters[version - 1] ?? []
  }

  #quorums (version: number): { write: number, read: number } {
    return quorums(this.#storing(version).length, limits)
  }
}

/** Of what a server is complete for, what matters to one that takes over for `version`: there is nothing older than roster 1. */
function completeFor ({ complete }: State, at: number, version: number): number {
  const known = Math.min(complete[at] ?? 0, version - 1)
  return known > 1 ? known : 0
}

function encode ({ knows, newest, has, complete, taking, write, read }: State): string {
  const bits = (flags: readonly boolean[]): number => flags.reduce((sum, is, at) => is ? sum + 2 ** at : sum, 0)
  const takings = taking.map(({ version, older, asked }) => `${version}.${older.join('')}.${asked.map((complete) => complete + 1).join('')}`)
  return [knows.join(''), newest.join(''), bits(has), complete.join(''), takings.join(' '), write.version, bits(write.acknowledged), write.told, read.version, read.older.join(''), read.place, read.home, bits(read.asked), read.must, read.phase].join()
}

function stepsTo (seen: Seen): string[] {
  const steps: string[] = []
  for (let at: Seen | undefined = seen; at !== undefined; at = at.before) steps.unshift(at.step)
  return steps
}
