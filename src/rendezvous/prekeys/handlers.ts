/** The methods prekeys/*: one function each. */
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import type { RequestHandler } from '../../overlay/network.js'
import { maxOneTimePrekeys } from '../../protocol/limits.js'
import * as pb from '../../protocol/pb/service.js'
import { verifySignedPrekey } from '../../records/index.js'
import type { Accounts } from '../accounts/index.js'
import type { Attachments } from '../directory/index.js'
import { assertBytes } from '../fields.js'
import { maxSmallBodyBytes, maxUploadBytes } from '../limits.js'
import { method } from '../method.js'
import type { Limiter } from '../rate/limiter.js'
import { uploadCost } from './limits.js'
import type { Prekeys } from './types.js'

export interface PrekeyHandlersComponents {
  accounts: Accounts
  attachments: Attachments
  prekeys: Prekeys
  /** by PeerId */
  reads: Limiter
  /** by device that takes */
  bundles: Limiter
  /** by device that takes and device that is taken from */
  oneTimePrekeys: Limiter
}

export function prekeyHandlers (components: PrekeyHandlersComponents): Record<string, RequestHandler> {
  return {
    'prekeys/upload': upload(components),
    'prekeys/take': take(components)
  }
}

function upload ({ attachments, prekeys, reads }: PrekeyHandlersComponents): RequestHandler {
  return method({
    request: pb.PrekeyUploadRequest,
    response: pb.PrekeyUploadResponse,
    maxBytes: maxUploadBytes,
    async answer ({ signedPrekey, oneTimePrekeys }, { channel }) {
      const { deviceKey } = attachments.require(channel)
      reads.take(channel.remotePeer, uploadCost)
      verifySignedPrekey(signedPrekey, deviceKey)
      if (oneTimePrekeys.length > maxOneTimePrekeys) {
        throw new P2pChatError('ERR_LIMIT', `At most ${maxOneTimePrekeys} one-time prekeys are kept, not ${oneTimePrekeys.length} (limit maxOneTimePrekeys).`)
      }
      for (const { id, publicKey } of oneTimePrekeys) {
        assertBytes(publicKey, 32, 'A one-time prekey')
        if (id === 0) throw new P2pChatError('ERR_INVALID_RECORD', 'Ids of one-time prekeys start at 1.')
      }
      if (new Set(oneTimePrekeys.map(({ id }) => id)).size !== oneTimePrekeys.length) {
        throw new P2pChatError('ERR_INVALID_RECORD', 'Two one-time prekeys have the same id.')
      }
      return { oneTimePrekeys: await prekeys.upload(deviceKey, signedPrekey, oneTimePrekeys) }
    }
  })
}

function take ({ accounts, attachments, prekeys, bundles, oneTimePrekeys }: PrekeyHandlersComponents): RequestHandler {
  return method({
    request: pb.PrekeyTakeRequest,
    response: pb.PrekeyTakeResponse,
    maxBytes: maxSmallBodyBytes,
    async answer ({ deviceKey }, { channel }) {
      const taker = toString(attachments.require(channel).deviceKey, 'base16')
      assertBytes(deviceKey, 32, 'A device key')
      bundles.take(taker)
      const oneTime = oneTimePrekeys.tryTake(`${taker} ${toString(deviceKey, 'base16')}`)
      const bundle = await accounts.hasDevice(deviceKey) ? await prekeys.take(deviceKey, oneTime) : undefined
      if (bundle === undefined) throw new P2pChatError('ERR_NOT_FOUND', 'There is no such device, or it has not said yet how to write to it.')
      return bundle.oneTimePrekey === undefined ? { signedPrekey: bundle.signedPrekey } : { signedPrekey: bundle.signedPrekey, oneTimePrekey: bundle.oneTimePrekey }
    }
  })
}
