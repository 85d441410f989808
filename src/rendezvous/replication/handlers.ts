import { isP2pChatError } from '../../errors.js'
import { decode, encode, type MessageType } from '../../protocol/codec.js'
import { maxFrameBytes } from '../../protocol/limits.js'
import * as pb from '../../protocol/pb/server-mail.js'
import { assertBytes } from '../fields.js'
import { maxSharedAtOnce } from '../limits.js'
import { acknowledgementOf, acknowledgementToWire, appendToWire, entryOf, entryToWire, headToWire, integer, mailboxOf, malformed, queryOf, rangeToWire } from './codec.js'
import { maxAppendsAtOnce, maxFetchedEntries } from './limits.js'
import type { Replica, ReplicaAppend, ReplicaRanges } from './replica.js'
import { ENTRY_ID_BYTES } from './rows.js'

/** Answers a request of the server `asker` (a PeerId), which the caller knows to be of the pool. */
export type ReplicaHandler = (asker: string, body: Uint8Array) => Promise<Uint8Array>

/** The methods replica/* of /p2pchat/server/1. What they throw is a P2pChatError for the asker. */
export function replicaHandlers (replica: Replica): Record<string, ReplicaHandler> {
  return {
    'replica/append': handler(pb.ReplicaAppendRequest, pb.ReplicaAppendResponse, async ({ rosterVersion, appends }) => {
      if (appends.length > maxAppendsAtOnce) throw malformed()
      const version = integer(rosterVersion)
      const entries = appends.map(({ mailbox, entry }) => ({ mailbox: mailboxOf(mailbox), entry: entryOf(entry) }))
      const appended = await Promise.all(entries.map(async ({ mailbox, entry }) => appendToWire(await orUnknown(replica.append(version, mailbox, entry)))))
      return { ...headToWire({ outcome: 'appends' }), appended }
    }),
    'replica/append-shared': handler(pb.ReplicaAppendSharedRequest, pb.ReplicaAppendSharedResponse, async ({ rosterVersion, mailboxes, entry }) => {
      if (mailboxes.length > maxSharedAtOnce) throw malformed()
      const answer = await replica.appendShared(integer(rosterVersion), mailboxes.map(mailboxOf), entryOf(entry))
      return answer.outcome === 'appends' ? { ...headToWire(answer), appends: answer.appends.map(appendToWire) } : headToWire(answer)
    }),
    'replica/acknowledge': handler(pb.ReplicaAcknowledgeRequest, pb.ReplicaAcknowledgeResponse, async ({ rosterVersion, mailbox, acknowledgement }) => {
      return headToWire(await replica.acknowledge(integer(rosterVersion), mailboxOf(mailbox), acknowledgementOf(acknowledgement)))
    }),
    'replica/compare': handler(pb.ReplicaCompareRequest, pb.ReplicaCompareResponse, async ({ rosterVersion, mailbox, ...query }) => {
      return rangesToWire(await replica.compare(integer(rosterVersion), mailboxOf(mailbox), queryOf(query)))
    }),
    'replica/mailboxes': handler(pb.ReplicaMailboxesRequest, pb.ReplicaCompareResponse, async ({ rosterVersion, shared, ...query }, asker) => {
      return rangesToWire(await replica.mailboxes(integer(rosterVersion), asker, { ...queryOf(query), shared }))
    }),
    'replica/fetch': handler(pb.ReplicaFetchRequest, pb.ReplicaFetchResponse, async ({ rosterVersion, mailbox, entryIds }) => {
      if (entryIds.length > maxFetchedEntries) throw malformed()
      for (const entryId of entryIds) assertBytes(entryId, ENTRY_ID_BYTES, 'An entry id')
      const answer = await replica.fetch(integer(rosterVersion), mailboxOf(mailbox), entryIds)
      if (answer.outcome !== 'fetched') return headToWire(answer)
      const { entries, acknowledgements, left } = answer
      return { ...headToWire(answer), entries: entries.map(entryToWire), acknowledgements: acknowledgements.map(acknowledgementToWire), left }
    }),
    'replica/remove': handler(pb.ReplicaRemoveRequest, pb.ReplicaRemoveResponse, async ({ rosterVersion, mailbox }) => {
      return headToWire(await replica.remove(integer(rosterVersion), mailboxOf(mailbox)))
    }),
    'replica/status': handler(pb.ReplicaStatusRequest, pb.ReplicaStatusResponse, async ({ rosterVersion }) => {
      const answer = await replica.status(integer(rosterVersion))
      if (answer.outcome !== 'status') return headToWire(answer)
      const { completeVersion, closedVersion, mailboxesLeft, mailboxesInAll } = answer
      return { ...headToWire(answer), completeVersion: BigInt(completeVersion), closedVersion: BigInt(closedVersion), mailboxesLeft: BigInt(mailboxesLeft), mailboxesInAll: BigInt(mailboxesInAll) }
    })
  }
}

type Loose<T> = Parameters<typeof encode<T>>[1]

function handler<Request, Response> (request: MessageType<Request>, response: MessageType<Response>, answer: (request: Request, asker: string) => Promise<Loose<Response>>): ReplicaHandler {
  return async (asker, body) => encode(response, await answer(decode(request, body, maxFrameBytes, 'A request'), asker))
}

/** What is wrong with one entry or mailbox is not in the way of the others. */
async function orUnknown (append: Promise<ReplicaAppend>): Promise<ReplicaAppend> {
  try {
    return await append
  } catch (error) {
    if (isP2pChatError(error)) return { outcome: 'unknown' }
    throw error
  }
}

function rangesToWire (answer: ReplicaRanges): Loose<pb.ReplicaCompareResponse> {
  return answer.outcome === 'ranges' ? { ...headToWire(answer), ranges: answer.ranges.map(rangeToWire) } : headToWire(answer)
}
