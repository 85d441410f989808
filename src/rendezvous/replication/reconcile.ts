import { toString } from 'uint8arrays/to-string'
import type { KeepingTimes } from '../steady-clock.js'
import { idOf } from './box.js'
import type { Item, RangeContent } from './digest.js'
import { findDifference } from './difference.js'
import { maxFetchedEntries } from './limits.js'
import type { LocalReplica } from './local-replica.js'
import type { Fetched, Replica, ReplicaEntry } from './replica.js'

export interface Reconciliation {
  local: LocalReplica
  remote: Replica
  times: KeepingTimes
  rosterVersion: number
  mailbox: Uint8Array
  /** Whether the other side is given what it lacks, too. */
  push: boolean
}

export interface Reconciled {
  /** Whether this server now has all that the other had. `stale`: ask by a newer roster. */
  outcome: 'complete' | 'incomplete' | 'stale'
  /** Items taken from the other side. */
  pulled: number
  /** Items that the other side lacked and has now. */
  pushed: number
  /** Items that the other side lacks still. */
  missing: number
}

const GONE = 2
/** How often it begins anew when the other side's copies change under it: each time less is left that could. */
const maxAttempts = 12
// Entries on their way at once when the other side is given what it lacks.
const pushBatch = 32

/** Makes two servers' copies of one mailbox the same: what either has the other takes, and acknowledged beats stored. */
export async function reconcile (reconciliation: Reconciliation): Promise<Reconciled> {
  const reconciler = new Reconciler(reconciliation)
  await reconciler.run()
  return reconciler.done
}

class Reconciler {
  readonly done: Reconciled = { outcome: 'complete', pulled: 0, pushed: 0, missing: 0 }
  readonly #with: Reconciliation
  /** Stored items (keys) that were asked for and not given: replaced meanwhile, or, if they are still shown the next time, expired. */
  readonly #withheld = new Set<string>()
  /** Items (keys) that are here, and that the other side has something newer for in their slots. */
  readonly #superseded = new Set<string>()

  constructor (reconciliation: Reconciliation) {
    this.#with = reconciliation
  }

  async run (): Promise<void> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      this.done.missing = 0
      if (await this.#once()) return
    }
    this.#fail('unknown')
  }

  /** @returns false: something of what the other side had may have been replaced amid it, and what took its place is not here */
  async #once (): Promise<boolean> {
    const { local, mailbox, push } = this.#with
    const box = await local.copies.box(mailbox)
    const fingerprint = box.sum.fingerprint()
    let first: RangeContent[] | undefined = await this.#ask(fingerprint, [''])
    if (first.length === 0) return true
    const { mine, theirs, isOfOneTime } = await findDifference(await box.items(''), async (prefixes) => {
      const answer = first ?? await this.#ask(fingerprint, prefixes)
      first = undefined
      return answer
    })
    if (this.done.outcome !== 'complete') return true
    const own = new Set(mine.map(({ key }) => key))
    const others = new Set(theirs.map(({ key }) => key))
    if (!await this.#pull(theirs.filter((item) => isGone(item) || !own.has(item.key))) || !isOfOneTime) return false
    const lacking = mine.filter((item) => isGone(item) || !others.has(item.key))
    if (push && this.done.outcome === 'complete') return await this.#push(lacking)
    this.done.missing = lacking.length
    return true
  }

  async #ask (fingerprint: Uint8Array, prefixes: string[]): Promise<RangeContent[]> {
    const { remote, rosterVersion, mailbox } = this.#with
    const answer = await remote.compare(rosterVersion, mailbox, { fingerprint, prefixes })
    if (answer.outcome === 'ranges') return answer.ranges
    this.#fail(answer.outcome)
    return []
  }

  /** @returns false: stored items were not given, and it is the first time for some of them */
  async #pull (items: readonly Item[]): Promise<boolean> {
    const { remote, rosterVersion, mailbox } = this.#with
    let wanted = items.map(({ key }) => idOf(key))
    const left = new Set(items.filter((item) => !isGone(item)).map(({ key }) => key))
    while (wanted.length > 0 && this.done.outcome === 'complete') {
      const answer = await remote.fetch(rosterVersion, mailbox, wanted.slice(0, maxFetchedEntries))
      if (answer.outcome !== 'fetched') {
        this.#fail(answer.outcome)
        return true
      }
      for (const { entryId } of answer.entries) left.delete(toString(entryId, 'base16'))
      await this.#take(answer)
      wanted = [...answer.left, ...wanted.slice(maxFetchedEntries)]
    }
    const isKnown = [...left].every((key) => this.#withheld.has(key))
    for (const key of left) this.#withheld.add(key)
    return isKnown
  }

  async #take ({ entries, acknowledgements }: Fetched): Promise<void> {
    const { local, rosterVersion, mailbox } = this.#with
    for (const acknowledgement of acknowledgements) this.#took((await local.acknowledge(rosterVersion, mailbox, acknowledgement)).outcome)
    const outcomes = await Promise.all(this.#alive(entries).map(async (entry) => await local.append(rosterVersion, mailbox, entry)))
    for (const { outcome } of outcomes) this.#took(outcome)
  }

  #took (outcome: string): void {
    if (settled.has(outcome)) this.done.pulled++
    else this.#fail(outcome)
  }

  /** @returns false: the other side has something newer for some of them, which may have come only now */
  async #push (items: readonly Item[]): Promise<boolean> {
    const { local, rosterVersion, mailbox, remote } = this.#with
    let left = items.map(({ key }) => idOf(key))
    let isKnown = true
    while (left.length > 0) {
      const own = await local.fetch(rosterVersion, mailbox, left.slice(0, pushBatch))
      if (own.outcome !== 'fetched') {
        this.done.missing += left.length
        return true
      }
      for (const acknowledgement of own.acknowledgements) this.#pushed((await remote.acknowledge(rosterVersion, mailbox, acknowledgement)).outcome)
      await Promise.all(this.#alive(own.entries).map(async (entry) => {
        const { outcome } = await remote.append(rosterVersion, mailbox, entry)
        const key = toString(entry.entryId, 'base16')
        if (outcome === 'superseded' && !this.#superseded.has(key)) {
          this.#superseded.add(key)
          isKnown = false
          return
        }
        // Whatever is newer was taken over before, or is acknowledged.
        if (outcome === 'superseded') await local.copies.dropEntry(mailbox, entry.entryId)
        this.#pushed(outcome, entry)
      }))
      left = [...own.left, ...left.slice(pushBatch)]
    }
    return isKnown
  }

  #pushed (outcome: string, entry?: ReplicaEntry): void {
    if (settled.has(outcome)) this.done.pushed++
    // By the clock it is over: the other side may have thrown it away already.
    else if (entry === undefined || entry.expiresAtMs > this.#with.times.fromMs()) this.done.missing++
  }

  #alive (entries: readonly ReplicaEntry[]): ReplicaEntry[] {
    return entries.filter(({ expiresAtMs }) => expiresAtMs > this.#with.times.overMs())
  }

  #fail (outcome: string): void {
    if (this.done.outcome === 'complete') this.done.outcome = outcome === 'stale' ? 'stale' : 'incomplete'
  }
}

/** Nothing is left to be done about such an item. */
const settled = new Set(['done', 'stored', 'superseded', 'gone'])

function isGone ({ value }: Item): boolean {
  return value[0] === GONE
}
