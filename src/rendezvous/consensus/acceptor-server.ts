import { equals } from 'uint8arrays/equals'
import { sha256 } from '../../crypto/bytes.js'
import { P2pChatError } from '../../errors.js'
import { readRoster } from '../../overlay/index.js'
import { keyOf, orderedInteger, type KeyValueStore, type Operation } from '../../store/index.js'
import { Lanes } from '../lanes.js'
import { accept, prepare, type Vote } from './acceptor.js'
import type { DiskLife } from './disk-life.js'
import { maxListedBytes, maxListedNames } from './limits.js'
import type { Answer, BallotsAnswer, BallotsRequest, ListAnswer, Listed, ListRequest, NamesAnswer, NamesRequest, ServerSide, SignAnswer, SignRequest, Standing, VoteAnswer, VoteRequest } from './messages.js'
import type { RosterKeeper } from './roster-keeper.js'
import { assertFollows } from './roster-plan.js'
import { listAccepted, listBallots, listTouched, readSlot, writeSlot } from './slots.js'
import type { WitnessBook } from './witness-book.js'

const SIGNED_TABLE = 'roster-signed'

export interface AcceptorServerComponents {
  store: KeyValueStore
  keeper: RosterKeeper
  life: DiskLife
  book: WitnessBook
  /** This server's signature on the bytes of a roster. */
  sign: (roster: Uint8Array) => Uint8Array
  /** Writes that follow from a new value of a register (an index), made in one batch with it. */
  derive: (name: string, previous: Uint8Array | undefined, next: Uint8Array) => Operation[]
  /** Tables that `derive` writes to; others are not listed. */
  derivedTables: readonly string[]
}

/** What one server does for the others: votes, lists, signs, and remembers how far their disks are. */
export class AcceptorServer implements ServerSide {
  readonly #components: AcceptorServerComponents
  readonly #lanes = new Lanes()

  constructor (components: AcceptorServerComponents) {
    this.#components = components
  }

  async vote (request: VoteRequest): Promise<VoteAnswer> {
    const { space, name } = request.place
    return await this.#admitted(request.rosterVersion, async () =>
      await this.#lanes.run(`${space}/${name}`, async () => ({ vote: await this.#vote(request) })))
  }

  async list ({ rosterVersion, prefix, after, limit }: ListRequest): Promise<ListAnswer> {
    return await this.#admitted(rosterVersion, async () => {
      const registers: Listed[] = []
      let bytes = 0
      for await (const listed of listAccepted(this.#components.store, prefix, after)) {
        if (registers.length >= Math.min(limit, maxListedNames) || bytes >= maxListedBytes) return { registers, more: true }
        registers.push(listed)
        bytes += listed.accepted.register.value.byteLength + listed.name.length
      }
      return { registers, more: false }
    })
  }

  async names ({ rosterVersion, of, prefix, after, limit }: NamesRequest): Promise<NamesAnswer> {
    return await this.#admitted(rosterVersion, async () => {
      const count = Math.min(limit, maxListedNames)
      const names = of === 'touched' ? await listTouched(this.#components.store, after, count + 1) : await this.#derived(prefix, after, count + 1)
      return { names: names.slice(0, count), more: names.length > count }
    })
  }

  async ballots ({ rosterVersion, after, limit }: BallotsRequest): Promise<BallotsAnswer> {
    return await this.#admitted(rosterVersion, async () => {
      const count = Math.min(limit, maxListedNames)
      const ballots = await listBallots(this.#components.store, after, count + 1)
      return { ballots: ballots.slice(0, count), more: ballots.length > count }
    })
  }

  async sign ({ rosterVersion, roster }: SignRequest): Promise<SignAnswer> {
    return await this.#admitted(rosterVersion, async () => await this.#lanes.run('sign', async () => {
      const { life, store, sign } = this.#components
      this.#assertMayFollow(roster)
      const key = keyOf(SIGNED_TABLE, orderedInteger(rosterVersion + 1))
      const hash = sha256(roster)
      const before = await store.get(key)
      if (before === undefined) await life.write([{ type: 'put', key, value: hash }])
      else if (!equals(before, hash)) throw new P2pChatError('ERR_CONFLICT', `Another roster was signed as version ${rosterVersion + 1}.`)
      return { signature: sign(roster) }
    }))
  }

  async witness (server: string, standing: Standing): Promise<Standing> {
    return await this.#components.book.witness(server, standing)
  }

  async chain (): Promise<Uint8Array> {
    return this.#components.keeper.history.chain
  }

  async install (chain: Uint8Array): Promise<void> {
    await this.#components.keeper.install(chain)
  }

  /** Answers by the very roster that was asked under, which stays the same meanwhile. */
  async #admitted<T> (rosterVersion: number, answer: () => Promise<T>): Promise<Answer<T>> {
    const { keeper, life } = this.#components
    return await keeper.steady(async (): Promise<Answer<T>> => {
      const { version } = keeper.roster
      if (rosterVersion < version) return { kind: 'refused', why: 'old roster', standing: life.standing }
      if (rosterVersion > version) return { kind: 'refused', why: 'unknown roster', standing: life.standing }
      if (!keeper.votes || life.state !== 'voting') return { kind: 'refused', why: 'not voting', standing: life.standing }
      const answered = await answer()
      return { kind: 'answered', standing: life.standing, ...answered }
    })
  }

  async #vote (request: VoteRequest): Promise<Vote> {
    const { store, life, derive } = this.#components
    const { space, name } = request.place
    // What was decided must be signed: what this server would not sign, as it cannot read it, must not be decided by its vote.
    if (request.kind === 'accept' && space === 'rosters') this.#assertMayFollow(request.register.value)
    const slot = await readSlot(store, space, name)
    if (request.kind === 'peek') return { vote: 'granted', accepted: slot.accepted }
    const step = request.kind === 'prepare' ? prepare(slot, request.ballot) : accept(slot, request.ballot, request.register)
    if (step.vote.vote === 'outbid') return step.vote
    const derived = request.kind === 'accept' && space === 'registers' ? derive(name, slot.accepted?.register.value, request.register.value) : []
    await life.write([...writeSlot(space, name, slot, step.slot), ...derived])
    return step.vote
  }

  /** @throws what readRoster and assertFollows say */
  #assertMayFollow (roster: Uint8Array): void {
    const { keeper } = this.#components
    assertFollows(keeper.roster, readRoster(keeper.history.poolId, roster))
  }

  async #derived (prefix: string, after: string, limit: number): Promise<string[]> {
    const keys: string[] = []
    const { store, derivedTables } = this.#components
    if (!derivedTables.some((table) => prefix.startsWith(`${table}/`))) throw new P2pChatError('ERR_INVALID_RECORD', 'There is no such index.')
    // No character of a key sorts below the space.
    for await (const [key] of store.range({ gte: after < prefix ? prefix : `${after} `, limit })) {
      if (!key.startsWith(prefix)) break
      keys.push(key)
    }
    return keys
  }
}
