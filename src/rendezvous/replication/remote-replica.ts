import { isP2pChatError } from '../../errors.js'
import { decode, encode, type MessageType } from '../../protocol/codec.js'
import { maxFrameBytes } from '../../protocol/limits.js'
import * as pb from '../../protocol/pb/server-mail.js'
import type { EndOfTurn } from '../../runtime.js'
import { AppendQueue, type Appending } from './append-queue.js'
import { acknowledgementOf, acknowledgementToWire, appendOf, entryOf, entryToWire, integer, malformed, notDoneOf, rangeOf } from './codec.js'
import { FINGERPRINT_BYTES } from './limits.js'
import type { Fetched, NotDone, RangeQuery, Replica, ReplicaAppend, ReplicaAppends, ReplicaDone, ReplicaEntry, ReplicaRanges, ReplicaStatus, SignedAcknowledgement } from './replica.js'
import { ENTRY_ID_BYTES, KEY_BYTES } from './rows.js'

/** Sends a request to one server and gives its answer; rejects as a channel's request does. */
export type AskServer = (method: string, body: Uint8Array) => Promise<Uint8Array>

const STATE_BYTES = 1

/** Another server's copies. Whatever keeps it from answering is `unknown`. */
export function remoteReplica (ask: AskServer, endOfTurn: EndOfTurn): Replica {
  return new RemoteReplica(ask, endOfTurn)
}

class RemoteReplica implements Replica {
  readonly #appends: AppendQueue

  constructor (private readonly ask: AskServer, endOfTurn: EndOfTurn) {
    this.#appends = new AppendQueue(async (rosterVersion, appends) => await this.#append(rosterVersion, appends), endOfTurn)
  }

  async append (rosterVersion: number, mailbox: Uint8Array, entry: ReplicaEntry): Promise<ReplicaAppend> {
    return await this.#appends.append(rosterVersion, mailbox, entry)
  }

  async appendShared (rosterVersion: number, mailboxes: readonly Uint8Array[], entry: ReplicaEntry): Promise<ReplicaAppends | NotDone> {
    const body = encode(pb.ReplicaAppendSharedRequest, { rosterVersion: BigInt(rosterVersion), mailboxes: [...mailboxes], entry: entryToWire(entry) })
    return await this.#call('replica/append-shared', body, pb.ReplicaAppendSharedResponse, ({ appends }) => {
      if (appends.length !== mailboxes.length) throw malformed()
      return { outcome: 'appends', appends: appends.map(appendOf) }
    })
  }

  async acknowledge (rosterVersion: number, mailbox: Uint8Array, acknowledgement: SignedAcknowledgement): Promise<ReplicaDone> {
    const body = encode(pb.ReplicaAcknowledgeRequest, { rosterVersion: BigInt(rosterVersion), mailbox, acknowledgement: acknowledgementToWire(acknowledgement) })
    return await this.#call('replica/acknowledge', body, pb.ReplicaAcknowledgeResponse, () => ({ outcome: 'done' }))
  }

  async compare (rosterVersion: number, mailbox: Uint8Array, { fingerprint, prefixes }: RangeQuery): Promise<ReplicaRanges> {
    const body = encode(pb.ReplicaCompareRequest, { rosterVersion: BigInt(rosterVersion), mailbox, fingerprint, prefixes: [...prefixes] })
    return await this.#call('replica/compare', body, pb.ReplicaCompareResponse, (answer) => rangesOf(answer, ENTRY_ID_BYTES, STATE_BYTES))
  }

  async mailboxes (rosterVersion: number, _asker: string, { fingerprint, prefixes, shared }: RangeQuery & { shared: boolean }): Promise<ReplicaRanges> {
    const body = encode(pb.ReplicaMailboxesRequest, { rosterVersion: BigInt(rosterVersion), fingerprint, prefixes: [...prefixes], shared })
    return await this.#call('replica/mailboxes', body, pb.ReplicaCompareResponse, (answer) => rangesOf(answer, KEY_BYTES, FINGERPRINT_BYTES))
  }

  async fetch (rosterVersion: number, mailbox: Uint8Array, entryIds: readonly Uint8Array[]): Promise<Fetched | NotDone> {
    const body = encode(pb.ReplicaFetchRequest, { rosterVersion: BigInt(rosterVersion), mailbox, entryIds: [...entryIds] })
    return await this.#call('replica/fetch', body, pb.ReplicaFetchResponse, ({ entries, acknowledgements, left }) => ({
      outcome: 'fetched',
      entries: entries.map(entryOf),
      acknowledgements: acknowledgements.map(acknowledgementOf),
      left
    }))
  }

  async remove (rosterVersion: number, mailbox: Uint8Array): Promise<ReplicaDone> {
    const body = encode(pb.ReplicaRemoveRequest, { rosterVersion: BigInt(rosterVersion), mailbox })
    return await this.#call('replica/remove', body, pb.ReplicaRemoveResponse, () => ({ outcome: 'done' }))
  }

  async status (rosterVersion: number): Promise<ReplicaStatus | NotDone> {
    const body = encode(pb.ReplicaStatusRequest, { rosterVersion: BigInt(rosterVersion) })
    return await this.#call('replica/status', body, pb.ReplicaStatusResponse, (answer) => ({
      outcome: 'status',
      completeVersion: integer(answer.completeVersion),
      closedVersion: integer(answer.closedVersion),
      mailboxesLeft: integer(answer.mailboxesLeft),
      mailboxesInAll: integer(answer.mailboxesInAll)
    }))
  }

  async #append (rosterVersion: number, appends: readonly Appending[]): Promise<ReplicaAppend[] | NotDone> {
    const body = encode(pb.ReplicaAppendRequest, {
      rosterVersion: BigInt(rosterVersion),
      appends: appends.map(({ mailbox, entry }) => ({ mailbox, entry: entryToWire(entry) }))
    })
    return await this.#call('replica/append', body, pb.ReplicaAppendResponse, ({ appended }) => {
      if (appended.length !== appends.length) throw malformed()
      return appended.map(appendOf)
    })
  }

  async #call<Response extends { outcome: number, refusal?: pb.ReplicaRefusal }, Result> (method: string, body: Uint8Array, response: MessageType<Response>, read: (answer: Response) => Result): Promise<Result | NotDone> {
    try {
      const answer = decode(response, await this.ask(method, body), maxFrameBytes, 'An answer')
      return notDoneOf(answer) ?? read(answer)
    } catch (error) {
      if (isP2pChatError(error)) return { outcome: 'unknown' }
      throw error
    }
  }
}

function rangesOf ({ ranges }: pb.ReplicaCompareResponse, keyBytes: number, valueBytes: number): ReplicaRanges {
  return { outcome: 'ranges', ranges: ranges.map((range) => rangeOf(range, keyBytes, valueBytes)) }
}
