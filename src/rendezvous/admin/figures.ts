/** Figures of servers on the wire. */
import { P2pChatError } from '../../errors.js'
import { peerIdFromEd25519 } from '../../overlay/index.js'
import { ed25519FromPeerId } from '../../overlay/peer-id.js'
import { decode, encode } from '../../protocol/codec.js'
import { VoteState } from '../../protocol/enums.js'
import { ServerFigures as Message } from '../../protocol/pb/server-admin.js'
import { maxFiguresBytes } from './limits.js'
import type { ServerFigures } from './types.js'

const VOTES = { none: VoteState.NOT_VOTING, voting: VoteState.VOTING, retired: VoteState.RETIRED }
const maxVersionChars = 64

export function encodeFigures (figures: ServerFigures): Uint8Array {
  const { nowMs, registers, envelopes, envelopeBytes, blobs, blobBytes, freeDiskBytes, rosterVersion, closedVersion, mailboxesInAll, mailboxesLeft, underReplicated, filesUnderReplicated, fileBytesLeft } = figures
  const counts = { nowMs, registers, envelopes, envelopeBytes, blobs, blobBytes, freeDiskBytes, rosterVersion, closedVersion, mailboxesInAll, mailboxesLeft, underReplicated, filesUnderReplicated, fileBytesLeft }
  return encode(Message, {
    ...mapValues(counts, (count) => BigInt(Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(count))))),
    version: figures.version,
    clients: figures.clients,
    devices: figures.devices,
    voteState: VOTES[figures.vote],
    distrusted: figures.distrusted.map(ed25519FromPeerId)
  })
}

/** @throws ERR_LIMIT, ERR_INVALID_RECORD */
export function decodeFigures (bytes: Uint8Array): ServerFigures {
  const message = decode(Message, bytes, maxFiguresBytes, 'What a server says of itself')
  const { nowMs, registers, envelopes, envelopeBytes, blobs, blobBytes, freeDiskBytes, rosterVersion, closedVersion, mailboxesInAll, mailboxesLeft, underReplicated, filesUnderReplicated, fileBytesLeft } = message
  const counts = { nowMs, registers, envelopes, envelopeBytes, blobs, blobBytes, freeDiskBytes, rosterVersion, closedVersion, mailboxesInAll, mailboxesLeft, underReplicated, filesUnderReplicated, fileBytesLeft }
  return {
    ...mapValues(counts, safeInteger),
    version: message.version.slice(0, maxVersionChars),
    clients: message.clients,
    devices: message.devices,
    vote: message.voteState === VoteState.VOTING ? 'voting' : message.voteState === VoteState.RETIRED ? 'retired' : 'none',
    distrusted: message.distrusted.map(peerIdFromEd25519)
  }
}

function safeInteger (value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new P2pChatError('ERR_INVALID_RECORD', 'A server tells a number out of bounds.')
  return Number(value)
}

function mapValues<Key extends string, From, To> (record: Record<Key, From>, map: (value: From) => To): Record<Key, To> {
  return Object.fromEntries(Object.entries<From>(record).map(([key, value]) => [key, map(value)])) as Record<Key, To>
}
