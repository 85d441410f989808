import type { Roster } from '../../overlay/index.js'
import type { Network } from '../../overlay/network.js'
import { POOL_PROTOCOL } from '../../protocol/ids.js'
import type { BlobDisk } from '../../store/index.js'
import type { PoolBlobs } from '../blob-replication/index.js'
import type { Links } from '../links/index.js'
import type { Mailboxes } from '../mailboxes/index.js'
import type { PoolMail } from '../replication/index.js'

/** How things are at a server. */
export interface ServerReadings {
  /** Connections of clients. */
  clients: number
  /** Devices that are signed in over them. */
  devices: number
  mailboxes: number
  envelopes: number
  envelopeBytes: number
  blobs: number
  blobBytes: number
  /** undefined: the disk does not say */
  freeDiskBytes: number | undefined
  rosterVersion: number
  rosterPhase: 'settled' | 'joint' | 'recovering'
  /** Servers of the roster, this one included. */
  servers: Record<'member' | 'learner' | 'draining', number>
  /** Other servers of the roster, and how many of them there is a channel to. */
  otherServers: number
  linkedServers: number
  /** Whether the roster names this server as an acceptor, and whether its disk may vote. */
  isAcceptor: boolean
  voteState: 'new' | 'waking' | 'voting' | 'retired'
  /** Roster versions whose mail this server has taken over, and all servers have. */
  completeVersion: number
  closedVersion: number
  /** Mailboxes that are still to be taken over. */
  mailboxesLeft: number
  /** Of the last round of repair; undefined: there was none yet. */
  underReplicated: number | undefined
  notCompared: number | undefined
  moved: number | undefined
  /** The same of files: roster versions that are not closed, and what this server lacks as far as it has found. */
  fileVersionsBehind: number
  filesLeft: number
  fileBytesLeft: number
  filesUnderReplicated: number | undefined
  filesNotCompared: number | undefined
  /** Servers whose disk is older than what they have said before. */
  distrusted: number
}

export interface ReadServerComponents {
  network: Pick<Network, 'peerId' | 'channels'>
  links: Pick<Links, 'others' | 'isLinked'>
  /** The newest that this server knows. */
  roster: Roster
  voteState: ServerReadings['voteState']
  mail: Pick<PoolMail, 'status'>
  files: Pick<PoolBlobs, 'status'>
  attachments: { readonly size: number }
  mailboxes: Pick<Mailboxes, 'totals'>
  blobs: { totals: () => Promise<{ blobs: number, bytes: number }> }
  blobDisk: Pick<BlobDisk, 'freeBytes'>
}

/** @throws what the store says; ERR_CLOSED once the server has stopped */
export async function readServer (components: ReadServerComponents): Promise<ServerReadings> {
  const { network, links, roster, voteState, mail, files, attachments, mailboxes, blobs, blobDisk } = components
  const [mailTotals, blobTotals, freeDiskBytes] = await Promise.all([mailboxes.totals(), blobs.totals(), blobDisk.freeBytes().catch(() => undefined)])
  const { completeVersion, closedVersion, mailboxesLeft, lastRound, distrusted } = mail.status()
  const filesStatus = files.status()
  const others = links.others()
  const count = (state: string): number => roster.servers.filter((server) => server.state === state).length
  return {
    clients: network.channels(POOL_PROTOCOL).length,
    devices: attachments.size,
    mailboxes: mailTotals.mailboxes,
    envelopes: mailTotals.envelopes,
    envelopeBytes: mailTotals.bytes,
    blobs: blobTotals.blobs,
    blobBytes: blobTotals.bytes,
    freeDiskBytes,
    rosterVersion: roster.version,
    rosterPhase: roster.phase,
    servers: { member: count('member'), learner: count('learner'), draining: count('draining') },
    otherServers: others.length,
    linkedServers: others.filter((peerId) => links.isLinked(peerId)).length,
    isAcceptor: roster.servers.some(({ peerId, acceptor }) => peerId === network.peerId && acceptor),
    voteState,
    completeVersion,
    closedVersion,
    mailboxesLeft,
    underReplicated: lastRound?.underReplicated,
    notCompared: lastRound?.notCompared.length,
    moved: lastRound?.moved,
    fileVersionsBehind: Math.max(0, roster.version - filesStatus.closedVersion),
    filesLeft: filesStatus.filesLeft,
    fileBytesLeft: filesStatus.bytesLeft,
    filesUnderReplicated: filesStatus.lastRound?.underReplicated,
    filesNotCompared: filesStatus.lastRound?.notCompared.length,
    distrusted: distrusted.length
  }
}
