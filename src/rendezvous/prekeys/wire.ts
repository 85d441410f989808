/** What server-news.proto says of prekeys, in both directions. */
import { P2pChatError } from '../../errors.js'
import { decode, encode } from '../../protocol/codec.js'
import * as pb from '../../protocol/pb/server-news.js'
import { verifySignedPrekey } from '../../records/index.js'
import { assertBytes } from '../fields.js'
import { maxSmallBodyBytes, maxUploadBytes } from '../limits.js'
import type { Links, ServerHandler } from '../links/index.js'
import { giveTimeoutMs, stockTimeoutMs } from './limits.js'
import type { OneTimePrekey, PrekeyReplica } from './types.js'

const nothing = new Uint8Array(0)

/** The methods prekeys/* for other servers. */
export function prekeyReplicaHandlers (replica: PrekeyReplica): Record<string, ServerHandler> {
  return {
    'prekeys/keep': async (_asker, body) => {
      const { deviceKey, signedPrekey, oneTimePrekeys, upTo } = decode(pb.PrekeyKeepRequest, body, maxUploadBytes, 'A request')
      const device = keyOf(deviceKey)
      verifySignedPrekey(signedPrekey, device)
      return encode(pb.PrekeyKeepResponse, await replica.keep(device, signedPrekey, oneTimePrekeys.map(prekeyOf), upTo))
    },
    'prekeys/give': async (_asker, body) => {
      const { deviceKey, oneTime } = decode(pb.PrekeyGiveRequest, body, maxSmallBodyBytes, 'A request')
      const bundle = await replica.give(keyOf(deviceKey), oneTime)
      return encode(pb.PrekeyGiveResponse, bundle ?? { signedPrekey: nothing })
    },
    'prekeys/stock': async (_asker, body) => encode(pb.PrekeyStockResponse, await replica.stock(keyOf(decode(pb.PrekeyStockRequest, body, maxSmallBodyBytes, 'A request').deviceKey))),
    'prekeys/forget': async (_asker, body) => {
      await replica.forget(keyOf(decode(pb.PrekeyForgetRequest, body, maxSmallBodyBytes, 'A request').deviceKey))
      return encode(pb.PrekeyForgetResponse, {})
    }
  }
}

/** Another server's shelf. */
export function remotePrekeys (links: Pick<Links, 'ask'>, peerId: string): PrekeyReplica {
  return {
    async keep (deviceKey, signedPrekey, prekeys, upTo) {
      const body = encode(pb.PrekeyKeepRequest, { deviceKey, signedPrekey, oneTimePrekeys: [...prekeys], upTo })
      return decode(pb.PrekeyKeepResponse, await links.ask(peerId, 'prekeys/keep', body), maxSmallBodyBytes, 'An answer')
    },
    async give (deviceKey, oneTime) {
      const answer = await links.ask(peerId, 'prekeys/give', encode(pb.PrekeyGiveRequest, { deviceKey, oneTime }), { timeoutMs: giveTimeoutMs })
      const { signedPrekey, oneTimePrekey } = decode(pb.PrekeyGiveResponse, answer, maxSmallBodyBytes, 'An answer')
      if (signedPrekey.byteLength === 0) return undefined
      verifySignedPrekey(signedPrekey, deviceKey)
      return { signedPrekey, oneTimePrekey: oneTimePrekey === undefined ? undefined : prekeyOf(oneTimePrekey) }
    },
    async stock (deviceKey) {
      return decode(pb.PrekeyStockResponse, await links.ask(peerId, 'prekeys/stock', encode(pb.PrekeyStockRequest, { deviceKey }), { timeoutMs: stockTimeoutMs }), maxSmallBodyBytes, 'An answer')
    },
    async forget (deviceKey) {
      await links.ask(peerId, 'prekeys/forget', encode(pb.PrekeyForgetRequest, { deviceKey }))
    }
  }
}

function keyOf (deviceKey: Uint8Array): Uint8Array {
  assertBytes(deviceKey, 32, 'A device key')
  return deviceKey
}

function prekeyOf ({ id, publicKey }: pb.KeptPrekey): OneTimePrekey {
  assertBytes(publicKey, 32, 'A one-time prekey')
  if (id === 0) throw new P2pChatError('ERR_INVALID_RECORD', 'Ids of one-time prekeys start at 1.')
  return { id, publicKey }
}
