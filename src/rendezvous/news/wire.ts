/** What server-news.proto says of news, in both directions. */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import { decode, encode } from '../../protocol/codec.js'
import { maxFrameBytes } from '../../protocol/limits.js'
import { isUsername } from '../../protocol/names.js'
import * as pb from '../../protocol/pb/server-news.js'
import { maxLocatorBytes, TICKET_BYTES } from './limits.js'
import type { HeardEvents } from './heard.js'
import type { AttachedDevice, NewsEvent, Tell } from './types.js'

const KEY_BYTES = 32
const nothing = new Uint8Array(0)

export interface Subscription {
  ticket: Uint8Array
  heard: HeardEvents | undefined
}

export function encodeSubscription ({ ticket, heard }: Subscription): Uint8Array {
  return encode(pb.NewsSubscribeRequest, { ticket, run: heard?.run ?? nothing, afterEvent: BigInt(heard?.last ?? 0) })
}

/** @throws ERR_INVALID_RECORD */
export function decodeSubscription (body: Uint8Array): Subscription {
  const { ticket, run, afterEvent } = decode(pb.NewsSubscribeRequest, body, maxFrameBytes, 'A request')
  return { ticket: bytesOf(ticket, TICKET_BYTES), heard: run.byteLength === 0 ? undefined : { run: bytesOf(run, TICKET_BYTES), last: integer(afterEvent) } }
}

export function encodeTell (tell: Tell): Uint8Array {
  return encode(pb.NewsTellRequest, {
    ...tell,
    sequence: BigInt(tell.sequence),
    lastEvent: BigInt(tell.lastEvent),
    attached: tell.attached.map(({ deviceKey, username, locator, attachedAtMs }) => ({
      deviceKey,
      username,
      locator: locator?.signed ?? nothing,
      locatorExpiresAtMs: BigInt(locator?.expiresAtMs ?? 0),
      attachedAtMs: BigInt(attachedAtMs)
    })),
    events: tell.events.map(eventToWire)
  })
}

/** Without what a newer server tells of besides. @throws ERR_INVALID_RECORD */
export function decodeTell (body: Uint8Array): Tell {
  const { ticket, sequence, begins, complete, attached, detached, run, lastEvent, gap, events } = decode(pb.NewsTellRequest, body, maxFrameBytes, 'A request')
  const known = readable(events, eventOf)
  return {
    ticket: bytesOf(ticket, TICKET_BYTES),
    sequence: integer(sequence),
    begins,
    complete,
    attached: readable(attached, deviceOf),
    detached: readable(detached, (deviceKey) => bytesOf(deviceKey, KEY_BYTES)),
    run: bytesOf(run, TICKET_BYTES),
    lastEvent: integer(lastEvent),
    // What happened to an account or a group is not to be missed; of other kinds nobody here knows.
    gap: gap || known.length < events.filter(({ account, group }) => account !== undefined || group !== undefined).length,
    events: known
  }
}

/** Those of the rows that can be read: what is told again for ever because of one that cannot keeps back all that comes after it. */
function readable<Row, Read> (rows: readonly Row[], read: (row: Row) => Read): Read[] {
  return rows.flatMap((row) => {
    try {
      return [read(row)]
    } catch (error) {
      if (isP2pChatError(error, 'ERR_INVALID_RECORD')) return []
      throw error
    }
  })
}

function deviceOf ({ deviceKey, username, locator, locatorExpiresAtMs, attachedAtMs }: pb.AttachedDevice): AttachedDevice {
  if (locator.byteLength > maxLocatorBytes) throw malformed()
  return {
    deviceKey: bytesOf(deviceKey, KEY_BYTES),
    username: nameOf(username),
    // Whoever gets it verifies it: it is signed by the device.
    locator: locator.byteLength === 0 ? undefined : { signed: locator, expiresAtMs: integer(locatorExpiresAtMs) },
    attachedAtMs: integer(attachedAtMs)
  }
}

type Loose<T> = Parameters<typeof encode<T>>[1]

function eventToWire (event: NewsEvent): Loose<pb.NewsEvent> {
  switch (event.kind) {
    case 'account': return { account: { username: event.username, recordVersion: BigInt(event.recordVersion) } }
    case 'group': return { group: { ...event, sequence: BigInt(event.sequence) } }
  }
}

function eventOf ({ account, group }: pb.NewsEvent): NewsEvent {
  if (account !== undefined) return { kind: 'account', username: nameOf(account.username), recordVersion: integer(account.recordVersion) }
  if (group === undefined) throw malformed()
  return { kind: 'group', groupId: bytesOf(group.groupId, KEY_BYTES), sequence: integer(group.sequence), headHash: bytesOf(group.headHash, KEY_BYTES), usernames: group.usernames.map(nameOf) }
}

function nameOf (username: string): string {
  if (!isUsername(username)) throw malformed()
  return username
}

function bytesOf (bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.byteLength !== length) throw malformed()
  return bytes
}

function integer (value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw malformed()
  return number
}

function malformed (): P2pChatError {
  return new P2pChatError('ERR_INVALID_RECORD', 'What another server of the pool told cannot be read and was refused.')
}
