/** What clients ask of a simulated server: the pool's own services behind bodies of JSON. */
import { P2pChatError } from '../../../src/errors.js'
import type { Channel } from '../../../src/overlay/network.js'
import { decode, encode } from '../../../src/protocol/codec.js'
import { HomeRequest, HomeResponse } from '../../../src/protocol/pb/service.js'
import type { Consensus } from '../../../src/rendezvous/consensus/index.js'
import type { HomeService } from '../../../src/rendezvous/home/index.js'
import type { PoolMail } from '../../../src/rendezvous/replication/index.js'

export type ClientMethods = Record<string, (body: Uint8Array) => Promise<Uint8Array>>

export type ReadAnswer = { outcome: 'read', entries: Array<{ entryId: string, envelope: string, cursor: number }>, more: boolean } | { outcome: 'unknown' | 'overloaded' }

export interface ClientMethodsComponents {
  consensus: Consensus
  mail: PoolMail
  home: HomeService
  /** PeerIds of devices that have settled here. */
  clients: Set<string>
}

const maxPageBytes = 1_000_000
const maxHomeBytes = 10_000

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
export const unhex = (name: string): Uint8Array => new Uint8Array(Buffer.from(name, 'hex'))
export const toBody = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
export const fromBody = <Value> (body: Uint8Array): Value => JSON.parse(Buffer.from(body).toString()) as Value

export function clientMethods ({ consensus, mail, home, clients }: ClientMethodsComponents): ClientMethods {
  const { mailboxes } = mail
  const homeMethod = home.serve({})['pool/home']
  return {
    'client/roster': async () => consensus.roster.history.chain,
    /** Where a device shall read its mail: server keys, the best first. */
    'client/home': async (body) => {
      const { mailbox, peerId, rosterVersion } = fromBody<{ mailbox: string, peerId: string, rosterVersion: number }>(body)
      if (homeMethod === undefined) throw new P2pChatError('ERR_UNSUPPORTED', 'There is no pool/home.')
      const request = encode(HomeRequest, { mailbox: new Uint8Array(unhex(mailbox)), rosterVersion: BigInt(rosterVersion), sent: false })
      const answer = await homeMethod(request, { channel: { remotePeer: peerId } as Channel, signal: new AbortController().signal })
      return toBody(decode(HomeResponse, answer, maxHomeBytes, 'Homes').homes.map(({ serverKey }) => hex(serverKey)))
    },
    'client/settle': async (body) => {
      clients.add(fromBody<{ peerId: string }>(body).peerId)
      return toBody({})
    },
    'client/append': async (body) => {
      const { mailbox, entryId, envelope, sender, slot } = fromBody<Record<'mailbox' | 'entryId' | 'envelope' | 'sender' | 'slot', string>>(body)
      const { outcome } = await mailboxes.append({ mailbox: unhex(mailbox), entryId: unhex(entryId), envelope: unhex(envelope), sender: unhex(sender), slot: unhex(slot) })
      return toBody({ outcome })
    },
    'client/append-shared': async (body) => {
      const request = fromBody<{ mailboxes: string[], entryId: string, envelope: string, sender: string }>(body)
      const outcomes = await mailboxes.appendShared({ mailboxes: request.mailboxes.map(unhex), entryId: unhex(request.entryId), envelope: unhex(request.envelope), sender: unhex(request.sender) })
      return toBody({ outcomes: outcomes.map(({ outcome }) => outcome) })
    },
    'client/acknowledge': async (body) => {
      const { mailbox, entryIds, acknowledgement } = fromBody<{ mailbox: string, entryIds: string[], acknowledgement: string }>(body)
      const { outcome } = await mailboxes.acknowledge(unhex(mailbox), entryIds.map(unhex), unhex(acknowledgement))
      return toBody({ outcome })
    },
    'client/read': async (body) => {
      const { mailbox, afterCursor, maxEntries } = fromBody<{ mailbox: string, afterCursor: number, maxEntries: number }>(body)
      const read = await mailboxes.read(unhex(mailbox), { afterCursor, maxEntries, maxBytes: maxPageBytes })
      const answer: ReadAnswer = read.outcome === 'read'
        ? { ...read, entries: read.entries.map(({ entryId, envelope, cursor }) => ({ entryId: hex(entryId), envelope: hex(envelope), cursor })) }
        : { outcome: read.outcome }
      return toBody(answer)
    }
  }
}
