/** What a device says to a server before anything else: who it is, where it can be dialled, and its prekeys. */
import { isP2pChatError } from '../../errors.js'
import type { Channel } from '../../overlay/index.js'
import { makeLocator, type VerifiedAccountRecord } from '../../records/index.js'
import type { Clock, Logger } from '../../runtime.js'
import type { HomeDevice } from '../home/account-state.js'
import type { Lane } from '../home/lane.js'
import type { Prekeys } from '../prekeys/prekeys.js'
import type { Reachability } from './reachability.js'
import * as requests from './requests.js'

/** No server could keep them, as when the disks are full, or it was asked to too often. */
const NOT_KEPT = ['ERR_UNKNOWN_OUTCOME', 'ERR_OVERLOADED', 'ERR_RATE_LIMITED'] as const

export interface AttachmentComponents {
  lane: Lane
  clock: Clock
  logger: Logger
  device: HomeDevice
  prekeys: Prekeys
  reachability: Reachability
}

/**
 * Attaches this device to the server at the other end and brings its prekeys there up to date. Answers the account
 * record that the server has. Prekeys that cannot be kept now are brought with the next attachment: mail can be read meanwhile.
 *
 * @throws ERR_NOT_PERMITTED when this device is not, or no longer, one of the account's
 */
export async function attachDevice (components: AttachmentComponents, channel: Channel, username: string): Promise<VerifiedAccountRecord> {
  const { lane, clock, logger, device, prekeys, reachability } = components
  const locator = makeLocator({ seed: device.seed, publicKey: device.deviceKey }, reachability.addresses(channel.remotePeer), clock.now())
  const attached = await requests.attach(channel, username, locator)
  // Durable here before they are published.
  const { signed, oneTime } = await lane.write(async (tx) => ({
    signed: await prekeys.currentSigned(tx),
    oneTime: await prekeys.replenish(tx, attached.oneTimePrekeys)
  }))
  if (signed.id !== attached.signedPrekeyId || oneTime.length > 0) {
    await requests.uploadPrekeys(channel, signed.signed, oneTime).catch((error: unknown) => {
      if (!isP2pChatError(error, ...NOT_KEPT)) throw error
      logger.info({ code: error.code, server: channel.remotePeer }, 'no server could keep the prekeys of this device')
    })
  }
  return attached.record
}
