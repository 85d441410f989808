import { rangeUnder, type BlobDisk, type KeyValueStore } from '../../store/index.js'
import type { Clock, Logger } from '../../runtime.js'
import type { Consensus } from '../consensus/index.js'
import type { PoolBlobs } from '../blob-replication/index.js'
import type { MailboxTotals } from '../mailboxes/index.js'
import type { PoolMail } from '../replication/index.js'
import type { PoolService } from '../service.js'
import { Counts } from './counts.js'
import type { ServerFigures } from './types.js'

export interface OwnFiguresComponents {
  store: KeyValueStore
  blobDisk: Pick<BlobDisk, 'freeBytes'>
  consensus: Pick<Consensus, 'roster' | 'life'>
  mail: Pick<PoolMail, 'mailboxes' | 'status'>
  files: Pick<PoolBlobs, 'status'>
  service: Pick<PoolService, 'attachments' | 'blobs'>
  /** Open channels of clients. */
  clients: () => number
  /** of the program */
  version: string
  clock: Clock
  logger: Logger
}

/** What a server says of itself, soon after it is asked. */
export function ownFigures (components: OwnFiguresComponents): () => Promise<ServerFigures> {
  const { store, consensus, mail, clock, logger } = components
  const registers = new Counts({ count: async () => consensus.roster.votes ? await countRegisters(store) : 0, unknown: 0, clock, logger })
  const letters = new Counts({ count: async () => await mail.mailboxes.totals(), unknown: { mailboxes: 0, envelopes: 0, bytes: 0 }, clock, logger })
  return async () => await figuresOf(components, ...await Promise.all([registers.now(), letters.now()]))
}

async function figuresOf ({ blobDisk, consensus, mail, files, service, clients, version, clock }: OwnFiguresComponents, registers: number, letters: MailboxTotals): Promise<ServerFigures> {
  const ofFiles = files.status()
  const { rosterVersion, closedVersion, mailboxesInAll, mailboxesLeft, lastRound, distrusted } = mail.status()
  const [blobs, freeDiskBytes] = await Promise.all([service.blobs.totals(), blobDisk.freeBytes()])
  const { state } = consensus.life
  return {
    nowMs: clock.now(),
    version,
    clients: clients(),
    devices: service.attachments.size,
    registers,
    envelopes: letters.envelopes,
    envelopeBytes: letters.bytes,
    blobs: blobs.blobs,
    blobBytes: blobs.bytes,
    freeDiskBytes,
    rosterVersion,
    closedVersion: Math.min(closedVersion, ofFiles.closedVersion),
    mailboxesInAll,
    mailboxesLeft,
    underReplicated: lastRound?.underReplicated ?? 0,
    filesUnderReplicated: ofFiles.lastRound?.underReplicated ?? 0,
    fileBytesLeft: ofFiles.bytesLeft,
    vote: state === 'retired' ? 'retired' : state === 'voting' && consensus.roster.votes ? 'voting' : 'none',
    distrusted
  }
}

async function countRegisters (store: KeyValueStore): Promise<number> {
  let count = 0
  for await (const entry of store.range({ ...rangeUnder('register'), keysOnly: true })) count += entry.length > 0 ? 1 : 0
  return count
}
