/** Everything that a server does for clients, wired: one table of handlers for /p2pchat/pool/1. */
import { equals } from 'uint8arrays/equals'
import type { OpaqueServer } from '../crypto/opaque/server.js'
import { asP2pChatError } from '../errors.js'
import type { BulkService, Channel } from '../overlay/network.js'
import type { Prober, Service } from '../overlay/index.js'
import type { Clock, Logger, Random } from '../runtime.js'
import type { KeyValueStore } from '../store/index.js'
import { accountHandlers, Accounts, AttemptLimits, Logins, removedDevices, type AccountWritten, type OpaqueSetups } from './accounts/index.js'
import { createBlobService } from './blobs/create-blob-service.js'
import type { Blobs } from './blobs/index.js'
import { Attachments, describeUser, directoryHandlers, Watches } from './directory/index.js'
import { createGroupService } from './groups/index.js'
import type { RendezvousLimits } from './limits.js'
import { mailHandlers, Pumps } from './mail/index.js'
import type { Mailboxes } from './mailboxes/index.js'
import { prekeyHandlers, PrekeyShelf } from './prekeys/index.js'
import { Limiter } from './rate/limiter.js'
import type { Registers } from './registers/index.js'
import { dialBackHandlers } from './relay/index.js'

export interface PoolServiceComponents {
  /** with the indexes of indexes.ts */
  registers: Registers
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
  accounts: Accounts
  attachments: Attachments
  mailboxes: Mailboxes
  blobs: Blobs
}

export function createPoolService (components: PoolServiceComponents): PoolService {
  const { registers, mailboxes, store, blobs, clock, random, logger, opaque, setups, limits, prober, poolId } = components
  const accounts = new Accounts({ registers, store, get currentSetupVersion () { return setups.currentVersion } })
  const prekeys = new PrekeyShelf(store)
  const attachments = new Attachments()
  const files = createBlobService({ blobs, attachments, clock, logger, limits })
  const watches = new Watches({ describe: async (username) => await describeUser({ accounts, attachments }, username), logger })
  const pumps = new Pumps({ mailboxes, attachments, logger })
  const reads = new Limiter(clock, limits.readsPerPeer, 'requests from this device')
  const envelopes = new Limiter(clock, limits.envelopesPerSender, 'messages from this device')
  const envelopeBytes = new Limiter(clock, limits.envelopeBytesPerSender, 'bytes of messages from this device')
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
    copies: new Limiter(clock, limits.groupCopiesPerSender, 'messages to groups from this device'),
    foundings: new Limiter(clock, limits.groupsFoundedPerAccount, 'groups made by this account'),
    changes: new Limiter(clock, limits.groupChangesPerDevice, 'changes of groups from this device')
  })
  attachments.onPresence((username) => { watches.changed(username) })

  const deviceOf = (channel: Channel, username: string): Uint8Array | undefined => {
    const attachment = attachments.of(channel)
    return attachment?.username === username ? attachment.deviceKey : undefined
  }

  /** A removed device may do nothing any more, and what was kept for it goes. */
  const forgetRemoved = async (written: AccountWritten): Promise<void> => {
    for (const deviceKey of removedDevices(written)) {
      for (const { channel } of attachments.ofDevice(deviceKey).filter(({ username }) => username === written.next.username)) {
        attachments.detach(channel)
        await channel.close()
      }
      if (await accounts.isListed(deviceKey)) continue
      await mailboxes.remove(deviceKey)
      await prekeys.remove(deviceKey)
    }
  }
  accounts.onWritten((written) => {
    const { previous, next } = written
    if (previous === undefined || !equals(previous.record.signed, next.record.signed)) watches.changed(next.username)
    forgetRemoved(written).catch((error: unknown) => { logger.error({ error: asP2pChatError(error) }, 'a removed device could not be forgotten') })
  })

  return {
    accounts,
    attachments,
    mailboxes,
    blobs,
    bulk: files.bulk,
    requests: {
      ...accountHandlers({ poolId, opaque, setups, accounts, limits: new AttemptLimits(clock, limits, deviceOf), logins: new Logins({ clock, random }) }),
      ...files.requests,
      ...directoryHandlers({ clock, accounts, attachments, watches, prekeys, reads }),
      ...dialBackHandlers({ attachments, clock, reads, prober }),
      ...prekeyHandlers({
        accounts,
        attachments,
        prekeys,
        bundles: new Limiter(clock, limits.bundlesPerTaker, 'key requests from this device'),
        oneTimePrekeys: new Limiter(clock, limits.oneTimePrekeysPerPair, 'one-time prekeys of one device')
      }),
      ...mailHandlers({ accounts, attachments, mailboxes, pumps, envelopes, envelopeBytes }),
      ...groups.requests
    }
  }
}
