import { ed25519KeyPair, type Ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { sha256 } from '../../../src/crypto/bytes.js'
import type { Channel, Network } from '../../../src/overlay/network.js'
import { decode, encode, type MessageType } from '../../../src/protocol/codec.js'
import { maxFrameBytes } from '../../../src/protocol/limits.js'
import { EnvelopeKind } from '../../../src/protocol/enums.js'
import { Envelope } from '../../../src/protocol/pb/envelope.js'
import * as pb from '../../../src/protocol/pb/service.js'
import { consentingDevice, makeAccountRecord, makeAccountRegister, makeLocator, makeMailboxAcknowledgement, makeSignedPrekey, type CertifiedDevice, type NewDevice, type VerifiedAccountRegister } from '../../../src/records/index.js'
import type { Clock, Random } from '../../../src/runtime.js'
import { fakeFinish, fakeRecord } from './fake-opaque.js'

type Loose<T> = Parameters<typeof encode<T>>[1]

/** An account of a test: its key, and what its register says now. */
export interface TestAccount {
  username: string
  key: Ed25519KeyPair
  register: VerifiedAccountRegister
}

export interface TestDevice {
  key: Ed25519KeyPair
  /** consents to whatever account lists it */
  certified: NewDevice
}

export function makeDevice (random: Random, label = 'laptop'): TestDevice {
  const key = ed25519KeyPair(random.bytes(32))
  return { key, certified: { seed: key.seed, deviceKey: key.publicKey, identityKey: random.bytes(32), addedAtMs: 1, label } }
}

export interface AccountChanges {
  password?: string
  devices?: Array<CertifiedDevice | NewDevice>
  unlisted?: boolean
  version?: number
  recordVersion?: number
  opaqueSetupVersion?: number
  opaqueRecord?: Uint8Array
  vault?: Uint8Array
}

/** A register that may follow `previous`, or the first one; `changes` may break any rule. */
export function nextRegister (key: Ed25519KeyPair, username: string, previous: VerifiedAccountRegister | undefined, changes: AccountChanges): VerifiedAccountRegister {
  const before = previous?.accountRecord
  const changesRecord = before === undefined || changes.devices !== undefined || changes.recordVersion !== undefined
  const accountRecord = changesRecord
    ? makeAccountRecord(key, {
      username,
      version: changes.recordVersion ?? (before?.version ?? 0) + 1,
      previousHash: before?.hash ?? new Uint8Array(0),
      devices: (changes.devices ?? before?.devices ?? []).map((device) => ('seed' in device ? consentingDevice(device, { username, accountKey: key.publicKey }) : device)),
      createdAtMs: 1,
      unlisted: changes.unlisted ?? before?.unlisted ?? false
    })
    : before
  return makeAccountRegister(key.seed, {
    version: changes.version ?? (previous?.version ?? 0) + 1,
    opaqueSetupVersion: changes.opaqueSetupVersion ?? previous?.opaqueSetupVersion ?? 1,
    opaqueRecord: changes.opaqueRecord ?? (changes.password === undefined ? previous?.opaqueRecord : undefined) ?? fakeRecord(changes.password ?? 'password'),
    vault: changes.vault ?? new Uint8Array(176).fill(5),
    accountRecord
  })
}

/** A device of a test, on its own network, with a channel to the server. Each method asks one request. */
export class TestClient {
  readonly device: TestDevice
  readonly network: Network
  readonly channel: Channel
  readonly notifications: Array<{ method: string, body: Uint8Array }>
  readonly clock: Clock
  readonly random: Random

  constructor (init: Pick<TestClient, 'device' | 'network' | 'channel' | 'notifications' | 'clock' | 'random'>) {
    this.device = init.device
    this.network = init.network
    this.channel = init.channel
    this.notifications = init.notifications
    this.clock = init.clock
    this.random = init.random
  }

  async call<Request, Response> (name: string, request: MessageType<Request>, response: MessageType<Response>, value: Loose<Partial<Request>>): Promise<Response> {
    return decode(response, await this.channel.request(name, encode(request, value)), maxFrameBytes, 'An answer')
  }

  async write (expectedVersion: number, register: Uint8Array): Promise<number> {
    return Number((await this.call('account/compare-and-set', pb.AccountWriteRequest, pb.AccountWriteResponse, { expectedVersion: BigInt(expectedVersion), register })).version)
  }

  /** Makes an account with this device in it. */
  async signUp (username: string, changes: AccountChanges = {}): Promise<TestAccount> {
    const key = ed25519KeyPair(this.random.bytes(32))
    const register = nextRegister(key, username, undefined, { devices: [this.device.certified], ...changes })
    await this.write(0, register.signed)
    return { username, key, register }
  }

  /** Changes an account. */
  async change (account: TestAccount, changes: AccountChanges): Promise<TestAccount> {
    const register = nextRegister(account.key, account.username, account.register, changes)
    await this.write(account.register.version, register.signed)
    return { ...account, register }
  }

  async registerStart (username: string, registrationRequest: Uint8Array = new Uint8Array(32)): Promise<pb.RegisterStartResponse> {
    return await this.call('account/register-start', pb.RegisterStartRequest, pb.RegisterStartResponse, { username, registrationRequest })
  }

  async loginStart (username: string, startRequest: Uint8Array = new Uint8Array(32)): Promise<pb.LoginStartResponse> {
    return await this.call('account/login-start', pb.LoginStartRequest, pb.LoginStartResponse, { username, startRequest })
  }

  async loginFinish (loginId: Uint8Array, finishRequest: Uint8Array): Promise<pb.LoginFinishResponse> {
    return await this.call('account/login-finish', pb.LoginFinishRequest, pb.LoginFinishResponse, { loginId, finishRequest })
  }

  /** Signs in; the stored register. */
  async login (username: string, password = 'password'): Promise<Uint8Array> {
    const { loginId } = await this.loginStart(username)
    return (await this.loginFinish(loginId, fakeFinish(password))).register
  }

  async attach (username: string, locator = makeLocator(this.device.key, ['/ip4/192.0.2.1/tcp/1'], this.clock.now())): Promise<pb.AttachResponse> {
    return await this.call('directory/attach', pb.AttachRequest, pb.AttachResponse, { username, locator })
  }

  async lookup (username: string): Promise<pb.LookupResponse> {
    return await this.call('directory/lookup', pb.LookupRequest, pb.LookupResponse, { username })
  }

  async list (fields: Loose<Partial<pb.ListRequest>> = {}): Promise<pb.ListResponse> {
    return await this.call('directory/list', pb.ListRequest, pb.ListResponse, fields)
  }

  async watch (usernames: string[]): Promise<pb.WatchResponse> {
    return await this.call('directory/watch', pb.WatchRequest, pb.WatchResponse, { usernames })
  }

  async upload (signedPrekeyId: number, ids: number[], fields: Loose<Partial<pb.PrekeyUploadRequest>> = {}): Promise<number> {
    const signedPrekey = makeSignedPrekey(this.device.key, { id: signedPrekeyId, publicKey: new Uint8Array(32).fill(signedPrekeyId), createdAtMs: 1 })
    const oneTimePrekeys = ids.map((id) => ({ id, publicKey: new Uint8Array(32).fill(id) }))
    return (await this.call('prekeys/upload', pb.PrekeyUploadRequest, pb.PrekeyUploadResponse, { signedPrekey, oneTimePrekeys, ...fields })).oneTimePrekeys
  }

  async take (deviceKey: Uint8Array): Promise<pb.PrekeyTakeResponse> {
    return await this.call('prekeys/take', pb.PrekeyTakeRequest, pb.PrekeyTakeResponse, { deviceKey })
  }

  /** An append of a well-formed envelope. Its entry id is given by `name`. */
  appendRequest (recipient: Uint8Array, name: string, fields: { sealedBytes?: number, slot?: Uint8Array, senderDevice?: Uint8Array } = {}): { mailbox: Uint8Array, entryId: Uint8Array, envelope: Uint8Array, slot: Uint8Array } {
    const entryId = sha256(new TextEncoder().encode(name)).slice(0, 16)
    const envelope = encode(Envelope, {
      id: entryId,
      suite: 1,
      kind: fields.slot === undefined ? EnvelopeKind.MESSAGE : EnvelopeKind.RECEIPT,
      senderDevice: fields.senderDevice ?? this.device.key.publicKey,
      recipientDevice: recipient,
      sessionId: new Uint8Array(16),
      header: new Uint8Array(40),
      sealed: new Uint8Array(fields.sealedBytes ?? 100)
    })
    return { mailbox: recipient, entryId, envelope, slot: fields.slot ?? new Uint8Array(0) }
  }

  async append (recipient: Uint8Array, name: string, fields: { sealedBytes?: number, slot?: Uint8Array } = {}): Promise<pb.MailboxAppendResponse> {
    return await this.call('mailbox/append', pb.MailboxAppendRequest, pb.MailboxAppendResponse, this.appendRequest(recipient, name, fields))
  }

  async read (afterCursor = 0, maxEntries = 0, maxBytes = 0): Promise<pb.MailboxReadResponse> {
    return await this.call('mailbox/read', pb.MailboxReadRequest, pb.MailboxReadResponse, { afterCursor: BigInt(afterCursor), maxEntries, maxBytes })
  }

  async subscribe (): Promise<void> {
    await this.channel.request('mailbox/subscribe', new Uint8Array(0))
  }

  async acknowledge (entryIds: Uint8Array[]): Promise<void> {
    await this.channel.request('mailbox/acknowledge', makeMailboxAcknowledgement(this.device.key, entryIds))
  }

  /** Entry ids pushed so far. */
  pushed (): Uint8Array[] {
    return this.notifications.filter(({ method }) => method === 'mailbox/mail')
      .flatMap(({ body }) => decode(pb.MailNotification, body, maxFrameBytes, 'A push').entries.map(({ entryId }) => entryId))
  }

  /** What was told of names so far, in order. */
  presence (): Array<[string, boolean, number]> {
    return this.notifications.filter(({ method }) => method === 'directory/presence')
      .flatMap(({ body }) => decode(pb.PresenceNotification, body, maxFrameBytes, 'A push').users.map(({ username, online, recordVersion }): [string, boolean, number] => [username, online, Number(recordVersion)]))
  }
}
