/** groups/send, as a function: what goes in is encoded, what comes out is brought within what can be true. */
import type { Channel } from '../../../overlay/network.js'
import { decode, encode } from '../../../protocol/codec.js'
import { maxFrameBytes } from '../../../protocol/limits.js'
import { GroupSendRequest, GroupSendResponse } from '../../../protocol/pb/service.js'
import { toHex } from '../../home/hex.js'
import { endOfTimeMs } from '../../limits.js'
import { maxPoolServers, serverSlackMs } from '../../pool/limits.js'
import type { Stored } from '../../pool/requests.js'

export interface GroupUpload {
  groupId: Uint8Array
  /** the envelope's id */
  entryId: Uint8Array
  envelope: Uint8Array
  /** devices that have it already */
  exceptDevices: Uint8Array[]
}

export interface StoredInGroup extends Stored {
  /** whose mailboxes hold it */
  devices: number
  /** in hex: whose mailboxes had no room */
  full: string[]
}

/**
 * @param nowMs by which it will be thrown away
 * @returns where it is stored; in no mailbox at all, the places and the time say nothing
 * @throws ERR_NOT_PERMITTED, ERR_NOT_FOUND, ERR_RATE_LIMITED, ERR_OVERLOADED
 */
export async function sendToGroup (channel: Channel, upload: GroupUpload, nowMs: number): Promise<StoredInGroup> {
  const body = await channel.request('groups/send', encode(GroupSendRequest, upload))
  const answer = decode(GroupSendResponse, body, maxFrameBytes, 'An answer of a server')
  const servers = clamp(answer.servers, 1, maxPoolServers)
  return {
    replicas: clamp(answer.replicas, 1, servers),
    servers,
    untilMs: clamp(Number(answer.expiresAtMs), nowMs + serverSlackMs, endOfTimeMs),
    devices: answer.devices,
    full: answer.refused.map(({ deviceKey }) => toHex(deviceKey))
  }
}

function clamp (value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max)
}
