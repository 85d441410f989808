/** Everything that a server does for clients, wired: one table of handlers for /p2pchat/pool/1. */
import { equals } from 'uint8arrays/equals'
import type { OpaqueServer } from '../crypto/opaque/server.js'
import { asP2pChatError } from '../errors.js'
import type { BulkService } from '../overlay/network.js'
import type { Prober, RelayPolicy, Service } from '../overlay/index.js'
import type { Clock, Logger, Random } from '../runtime.js'
import type { KeyValueStore } from '../store/index.js'
import { accountHandlers, Accounts, AttemptLimits, Logins, removedDevices, SignUps, type AccountWritten, type OpaqueSetups } from './accounts/index.js'
import { createBlobService } from './blobs/create-blob-service.js'
import type { Blobs } from './blobs/index.js'
import { Attachments, CutOff, describeUser, directoryHandlers, Watches } from './directory/index.js'
import { createGroupService } from './groups/index.js'
import { recheckMs, upkeepDelayMs, type RendezvousLimits } from './limits.js'
import type { Links, ServerHandler } from './links/index.js'
import { mailHandlers, Pumps, ReceiptForwarder } from './mail/index.js'
import type { Mailboxes } from './mailboxes/index.js'
import { News, Whereabouts } from './news/index.js'
import { PoolPrekeys, prekeyHandlers, PrekeyShelf } from './prekeys/index.js'
import { Limiter } from './rate/limiter.js'
import type { IndexedRegisters } from './registers/index.js'
import { dialBackHandlers, relayPolicy } from './relay/index.js'
import { eachInTurn, Upkeep } from './upkeep.js'

export interface PoolServiceComponents {
  /** one's own PeerId */
  self: string
  links: Pick<Links, 'ask' | 'others' | 'isLinked' | 'onLink'>
  /** PeerIds of the servers that keep a mailbox, in the order of placement. */
  replicasOf: (mailbox: Uint8Array) => string[]
  /** with the indexes of indexes.ts */
  registers: IndexedRegisters
  mailboxes: Mailboxes
  /** of this server alone */
  store: KeyValueStore
  blobs: Blobs
  clock: Clock
  random: Random
  logger: Logger
  opaque: OpaqueServer
  setups: OpaqueSetups
  limits: RendezvousLimits
  /** Tries whether a device can be dialled. Default: all can. */
  prober?: Prober | undefined
  /** Throws while the server has not made its pool yet. */
  poolId: () => string
}

export interface PoolService {
  requests: Service['requests']
  /** by protocol */
  bulk: Record<string, BulkService>
  /** What other servers may ask. */
  handlers: Record<string, ServerHandler>
  accounts: Accounts
  attachments: Attachments
  mailboxes: Mailboxes
  blobs: Blobs
  /** Tells other servers, and hears of them, from now on. */
  relay: RelayPolicy
  start: () => void
  stop: () => void
  rosterChanged: () => void
  /** Removes what has expired, and brings to its place what is not there. */
  sweep: () => Promise<void>
}

export function createPoolService (components: PoolServiceComponents): PoolService {
  const { self, links, replicasOf, registers, mailboxes, store, blobs, clock, random, logger, opaque, setups, limits, prober, poolId } = components
  const accounts = new Accounts({ registers, clock, get currentSetupVersion () { return setups.currentVersion } })
  const attachments = new Attachments()
  const whereabouts = new Whereabouts(attachments)
  const news = new News({ links, attachments, whereabouts, clock, random, logger })
  const cutOff = new CutOff({ accounts, attachments, clock, logger })
  const prekeys = new PoolPrekeys({ self, shelf: new PrekeyShelf(store), links, replicasOf, isListed: async (device) => await accounts.isListed(device), isRemembered: async (device) => await accounts.isRemembered(device), clock, logger })
  const files = createBlobService({ blobs, attachments, clock, logger, limits })
  const watches = new Watches({ describe: async (username) => await describeUser({ accounts, whereabouts }, username), clock, logger })
  const pumps = new Pumps({ mailboxes, attachments, clock, logger })
  const reads = Limiter.of(clock, limits, 'readsPerPeer', 'requests from this device')
  const envelopes = Limiter.of(clock, limits, 'envelopesPerSender', 'messages from this device')
  const envelopeBytes = Limiter.of(clock, limits, 'envelopeBytesPerSender', 'bytes of messages from this device')
  const groups = createGroupService({
    registers,
    store,
    clock,
    random,
    logger,
    accounts,
    attachments,
    mailboxes,
    reads,
    envelopes,
    envelopeBytes,
    copies: Limiter.of(clock, limits, 'groupCopiesPerSender', 'messages to groups from this device'),
    foundings: Limiter.of(clock, limits, 'groupsFoundedPerAccount', 'groups made by this account'),
    changes: Limiter.of(clock, limits, 'groupChangesPerDevice', 'changes of groups from this device'),
    joins: Limiter.of(clock, limits, 'joinsPerAccountAndGroup', 'joins of this group by this account')
  })

  const upkeep = {
    prekeys: new Upkeep({ task: async () => { await prekeys.sweep() }, delayMs: upkeepDelayMs, failure: 'prekeys could not be brought to where they belong', clock, logger }),
    index: new Upkeep({ task: async () => { await groups.settle() }, delayMs: upkeepDelayMs, failure: 'the index of groups could not be made anew', clock, logger }),
    heads: new Upkeep({ task: async () => { await groups.newsMissed() }, delayMs: upkeepDelayMs, failure: 'members of groups could not be told what they may have missed; it is tried again', retryMs: recheckMs, clock, logger })
  }
  /** What was kept for a removed device goes. */
  const forgetRemoved = async (written: AccountWritten): Promise<void> => {
    const removed = removedDevices(written)
    // Whether others list them may not be known now.
    for (const deviceKey of removed) prekeys.removeLater(deviceKey)
    for (const deviceKey of removed) {
      if (await accounts.isListed(deviceKey)) continue
      await mailboxes.remove(deviceKey)
      await prekeys.remove(deviceKey)
    }
  }
  /** Something happened to an account: those who watch it are told, and devices that it lists no more are cut off. */
  const accountChanged = (username: string): void => {
    watches.changed(username)
    cutOff.check(username)
  }
  accounts.onWritten((written) => {
    const { previous, next } = written
    if (previous !== undefined && equals(previous.record.signed, next.record.signed)) return
    accountChanged(next.username)
    news.tell({ kind: 'account', username: next.username, recordVersion: next.record.version })
    forgetRemoved(written).catch((error: unknown) => { logger.error({ error: asP2pChatError(error) }, 'a removed device could not be forgotten') })
  })
  accounts.onDoubt((username) => {
    accountChanged(username)
    news.tell({ kind: 'account', username, recordVersion: 0 })
  })
  whereabouts.onPresence((username) => { watches.changed(username) })
  groups.onMoved(({ groupId, head: { sequence, hash }, usernames }) => {
    news.tell({ kind: 'group', groupId, sequence, headHash: hash, usernames })
    // Alone it has missed none.
    if (links.others().length > 0) upkeep.index.soon()
  })
  news.listen({
    account: ({ username }) => {
      accounts.changedElsewhere(username)
      accountChanged(username)
    },
    group: ({ groupId, sequence, headHash, usernames }) => {
      groups.movedElsewhere({ groupId, head: { sequence, hash: headHash }, usernames })
      upkeep.index.soon()
    },
    gap: () => {
      accounts.newsMissed()
      prekeys.newsMissed()
      cutOff.checkAll()
      watches.allChanged()
      upkeep.heads.soon()
    }
  })

  return {
    accounts,
    attachments,
    relay: relayPolicy({ clock, attachments, whereabouts }),
    mailboxes,
    blobs,
    handlers: { ...news.handlers, ...prekeys.handlers },
    start: () => { news.start() },
    stop: () => {
      news.stop()
      for (const one of Object.values(upkeep)) one.stop()
    },
    rosterChanged: () => {
      news.rosterChanged()
      upkeep.prekeys.soon()
      upkeep.index.soon()
    },
    sweep: async () => {
      await eachInTurn({
        'what has expired of the mail could not be removed': async () => { await mailboxes.sweep() },
        'what has expired of the files could not be removed': async () => { await blobs.sweep() },
        'the index of groups could not be made anew': async () => { await groups.settle() },
        'prekeys could not be brought to where they belong': async () => { await prekeys.sweep() }
      }, logger)
    },
    bulk: files.bulk,
    requests: {
      ...accountHandlers({ poolId, opaque, setups, accounts, limits: new AttemptLimits(clock, limits, (channel) => attachments.of(channel)), signUps: new SignUps(registers), logins: new Logins({ clock, random }) }),
      ...files.requests,
      ...directoryHandlers({ clock, accounts, attachments, whereabouts, watches, cutOff, prekeys, reads, unattachedReads: Limiter.of(clock, limits, 'unattachedReadsPerAddress', 'requests from your address') }),
      ...dialBackHandlers({ attachments, clock, reads, prober }),
      ...prekeyHandlers({
        accounts,
        attachments,
        prekeys,
        reads,
        bundles: Limiter.of(clock, limits, 'bundlesPerTaker', 'key requests from this device'),
        oneTimePrekeys: Limiter.of(clock, limits, 'oneTimePrekeysPerPair', 'one-time prekeys of one device')
      }),
      ...mailHandlers({ accounts, attachments, mailboxes, pumps, receipts: new ReceiptForwarder({ attachments, clock, logger }), clock, reads, envelopes, envelopeBytes }),
      ...groups.requests
    }
  }
}
