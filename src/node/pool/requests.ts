/** The requests of /p2pchat/pool/1 as functions: what goes in is encoded, what comes out is checked. */
import { P2pChatError } from '../../errors.js'
import type { Channel, RequestOptions } from '../../overlay/network.js'
import { decode, encode } from '../../protocol/codec.js'
import { maxEnvelopeBytes, maxFrameBytes } from '../../protocol/limits.js'
import { isUsername } from '../../protocol/names.js'
import * as pb from '../../protocol/pb/service.js'
import { assertAddresses, findDevice, openLocator, verifyAccountRecord, verifyAccountRegister, verifySignedPrekey, type CertifiedDevice, type VerifiedAccountRecord, type VerifiedAccountRegister } from '../../records/index.js'
import { endOfTimeMs } from '../limits.js'
import { maxPoolServers, maxPrekeyAgeMs, serverSlackMs } from './limits.js'

export interface DevicePresence {
  device: CertifiedDevice
  online: boolean
  /** multiaddrs from a valid locator; empty without one */
  addresses: string[]
}

export interface Lookup {
  record: VerifiedAccountRecord
  devices: DevicePresence[]
  /** version of the account's register */
  registerVersion: number
}

export interface PeerBundle {
  signedPrekeyId: number
  signedPrekey: Uint8Array
  oneTimePrekey?: { id: number, publicKey: Uint8Array }
}

export interface SeenUser {
  username: string
  online: boolean
  /** version of the account's record at the server; 0 when it does not say */
  recordVersion: number
}

export interface MailEntry { cursor: bigint, entryId: Uint8Array, envelope: Uint8Array }
export interface MailPage { entries: MailEntry[], more: boolean }
export interface Stored { replicas: number, servers: number, untilMs: number }

export async function registerStart (channel: Channel, username: string, registrationRequest: Uint8Array): Promise<{ response: Uint8Array, setupVersion: number }> {
  const body = await channel.request('account/register-start', encode(pb.RegisterStartRequest, { username, registrationRequest }))
  const answer = read(pb.RegisterStartResponse, body)
  return { response: answer.registrationResponse, setupVersion: answer.opaqueSetupVersion }
}

/** @throws ERR_NAME_TAKEN, ERR_CONFLICT (the register has another version by now) */
export async function writeRegister (channel: Channel, expectedVersion: number, register: VerifiedAccountRegister): Promise<void> {
  await channel.request('account/compare-and-set', encode(pb.AccountWriteRequest, { expectedVersion: BigInt(expectedVersion), register: register.signed }))
}

export async function loginStart (channel: Channel, username: string, startRequest: Uint8Array): Promise<{ loginId: Uint8Array, startResponse: Uint8Array }> {
  const body = await channel.request('account/login-start', encode(pb.LoginStartRequest, { username, startRequest }))
  return read(pb.LoginStartResponse, body)
}

/** The account, and the OPAQUE setup that new registrations use. @throws ERR_BAD_CREDENTIALS */
export async function loginFinish (channel: Channel, loginId: Uint8Array, finishRequest: Uint8Array, username: string): Promise<{ register: VerifiedAccountRegister, setupVersion: number }> {
  const body = await channel.request('account/login-finish', encode(pb.LoginFinishRequest, { loginId, finishRequest }))
  const answer = read(pb.LoginFinishResponse, body)
  const register = verifyAccountRegister(answer.register)
  if (register.username !== username) throw unexpected('a register of another account')
  return { register, setupVersion: answer.opaqueSetupVersion }
}

/** @throws ERR_NOT_PERMITTED when this device is not, or no longer, one of the account's */
export async function attach (channel: Channel, username: string, locator: Uint8Array): Promise<{ record: VerifiedAccountRecord, oneTimePrekeys: number, signedPrekeyId: number }> {
  const answer = read(pb.AttachResponse, await channel.request('directory/attach', encode(pb.AttachRequest, { username, locator })))
  return { record: recordOf(answer.accountRecord, username), oneTimePrekeys: answer.oneTimePrekeys, signedPrekeyId: answer.signedPrekeyId }
}

/** Which of these addresses of this device the server could dial, as far as it tries. */
export async function dialBack (channel: Channel, addresses: string[], options: RequestOptions): Promise<string[]> {
  const { answered } = read(pb.DialBackResponse, await channel.request('directory/dial-back', encode(pb.DialBackRequest, { addresses }), options))
  return answered.filter((address) => addresses.includes(address))
}

/** @throws ERR_NOT_FOUND */
export async function lookup (channel: Channel, username: string, options?: RequestOptions): Promise<Lookup> {
  const answer = read(pb.LookupResponse, await channel.request('directory/lookup', encode(pb.LookupRequest, { username }), options))
  const record = recordOf(answer.accountRecord, username)
  const devices = record.devices.map((device) => {
    const presence = answer.devices.find((entry) => findDevice(record, entry.deviceKey) === device)
    return { device, online: presence?.online === true, addresses: addressesOf(presence?.locator, device.deviceKey) }
  })
  return { record, devices, registerVersion: Number(answer.registerVersion) }
}

export async function listUsers (channel: Channel, request: { prefix: string, after: string, limit: number, onlineOnly: boolean }): Promise<{ users: SeenUser[], more: boolean }> {
  const answer = read(pb.ListResponse, await channel.request('directory/list', encode(pb.ListRequest, request)))
  return { users: usersOf(answer.users), more: answer.more }
}

/** Tells the server whose comings and goings this device wants to hear of; answers who is there now. */
export async function watch (channel: Channel, usernames: string[]): Promise<SeenUser[]> {
  return usersOf(read(pb.WatchResponse, await channel.request('directory/watch', encode(pb.WatchRequest, { usernames }))).users)
}

export function readPresence (body: Uint8Array): SeenUser[] {
  return usersOf(read(pb.PresenceNotification, body).users)
}

export async function uploadPrekeys (channel: Channel, signedPrekey: Uint8Array, oneTimePrekeys: Array<{ id: number, publicKey: Uint8Array }>): Promise<void> {
  await channel.request('prekeys/upload', encode(pb.PrekeyUploadRequest, { signedPrekey, oneTimePrekeys }))
}

/**
 * A bundle from the directory, or with method 'peer/bundle' from the device itself.
 *
 * @throws ERR_INVALID_RECORD also when a server hands out a signed prekey that the device must have replaced long ago
 */
export async function takeBundle (channel: Channel, method: 'prekeys/take' | 'peer/bundle', deviceKey: Uint8Array, nowMs: number, options?: RequestOptions): Promise<PeerBundle> {
  const answer = read(pb.PrekeyTakeResponse, await channel.request(method, encode(pb.PrekeyTakeRequest, { deviceKey }), options))
  const signed = verifySignedPrekey(answer.signedPrekey, deviceKey)
  if (method === 'prekeys/take') assertFresh(signed, nowMs)
  const bundle: PeerBundle = { signedPrekeyId: signed.id, signedPrekey: signed.publicKey }
  const oneTime = answer.oneTimePrekey
  if (oneTime !== undefined) {
    if (oneTime.publicKey.byteLength !== 32) throw unexpected('a malformed one-time prekey')
    bundle.oneTimePrekey = { id: oneTime.id, publicKey: oneTime.publicKey }
  }
  return bundle
}

/** Where the device at the other end can be dialled itself; empty when it does not tell this one. @throws ERR_INVALID_RECORD */
export async function askAddresses (channel: Channel, options: RequestOptions): Promise<string[]> {
  const what = 'An answer of a device'
  const { addresses } = decode(pb.PeerAddressesResponse, await channel.request('peer/addresses', new Uint8Array(0), options), maxFrameBytes, what)
  assertAddresses(addresses, what)
  return addresses
}

/**
 * What the server says of it is brought within what can be true.
 *
 * @param nowMs by which it will be thrown away
 * @throws ERR_LIMIT (the mailbox is full), ERR_RATE_LIMITED, ERR_OVERLOADED, ERR_NOT_FOUND (no such device)
 */
export async function appendMail (channel: Channel, entry: { mailbox: Uint8Array, entryId: Uint8Array, envelope: Uint8Array, slot?: Uint8Array }, nowMs: number, options?: RequestOptions): Promise<Stored> {
  const request = encode(pb.MailboxAppendRequest, { slot: new Uint8Array(0), ...entry })
  const answer = read(pb.MailboxAppendResponse, await channel.request('mailbox/append', request, options))
  const servers = clamp(answer.servers, 1, maxPoolServers)
  return {
    replicas: clamp(answer.replicas, 1, servers),
    servers,
    // A clock here that is behind must not shorten it.
    untilMs: clamp(Number(answer.expiresAtMs), nowMs + serverSlackMs, endOfTimeMs)
  }
}

export async function readMail (channel: Channel, request: { afterCursor: bigint, maxEntries: number, maxBytes: number }): Promise<MailPage> {
  const answer = read(pb.MailboxReadResponse, await channel.request('mailbox/read', encode(pb.MailboxReadRequest, request)))
  return { entries: entriesOf(answer.entries), more: answer.more }
}

export function readMailNotification (body: Uint8Array): MailEntry[] {
  return entriesOf(read(pb.MailNotification, body).entries)
}

export async function subscribeMail (channel: Channel): Promise<void> {
  await channel.request('mailbox/subscribe', new Uint8Array(0))
}

/** @param acknowledgement a SignedRecord of a MailboxAcknowledgement */
export async function acknowledgeMail (channel: Channel, acknowledgement: Uint8Array): Promise<void> {
  await channel.request('mailbox/acknowledge', acknowledgement)
}

function read<T> (type: { encode: (value: Partial<T>) => Uint8Array<ArrayBuffer>, decode: (bytes: Uint8Array) => T }, body: Uint8Array): T {
  return decode(type, body, maxFrameBytes, 'An answer of a server')
}

function recordOf (signed: Uint8Array, username: string): VerifiedAccountRecord {
  const record = verifyAccountRecord(signed)
  if (record.username !== username) throw unexpected('a record of another account')
  return record
}

function addressesOf (locator: Uint8Array | undefined, deviceKey: Uint8Array): string[] {
  if (locator === undefined) return []
  try {
    // Whether it holds is the server's word: a clock here that is off would have nobody dialled.
    return openLocator(locator, deviceKey).addresses
  } catch {
    // A forged locator only means that the device is not dialled.
    return []
  }
}

function usersOf (users: pb.ListedUser[]): SeenUser[] {
  return users.filter((user) => isUsername(user.username)).map(({ username, online, recordVersion }) => ({ username, online, recordVersion: Number(recordVersion) }))
}

function entriesOf (entries: pb.MailboxEntry[]): MailEntry[] {
  return entries.filter((entry) => entry.entryId.byteLength === 16 && entry.envelope.byteLength <= maxEnvelopeBytes)
}

function clamp (value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max)
}

/** An old prekey that a server goes on handing out would keep first messages open to who gets its private half. */
function assertFresh ({ createdAtMs }: { createdAtMs: number }, nowMs: number): void {
  if (createdAtMs > nowMs + serverSlackMs) throw unexpected('a prekey from the future (or the clock here is wrong)')
  if (createdAtMs < nowMs - maxPrekeyAgeMs) throw unexpected('a prekey that is older than 60 days (or its device was away for that long, and messages to it wait until it is back)')
}

function unexpected (what: string): P2pChatError {
  return new P2pChatError('ERR_INVALID_RECORD', `The server answered with ${what}; nothing was taken over. Try another server.`)
}
