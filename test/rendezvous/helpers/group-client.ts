import { createHash } from 'node:crypto'
import { lpAll } from '../../../src/crypto/bytes.js'
import { encodeGroupHeader } from '../../../src/crypto/group/index.js'
import { signRecord } from '../../../src/crypto/signed-record.js'
import { decode, encode } from '../../../src/protocol/codec.js'
import { maxFrameBytes } from '../../../src/protocol/limits.js'
import { EnvelopeKind } from '../../../src/protocol/enums.js'
import { Envelope } from '../../../src/protocol/pb/envelope.js'
import { GroupMessage } from '../../../src/protocol/pb/group.js'
import * as pb from '../../../src/protocol/pb/service.js'
import { applyEntry, makeGroupEntry, type GroupAction, type GroupHead, type GroupState } from '../../../src/records/group/index.js'
import { verifyAccountRecord, type VerifiedAccountRecord } from '../../../src/records/index.js'
import type { AccountChanges, TestAccount, TestClient, TestDevice } from './test-client.js'
import type { TestPool } from './test-pool.js'

const none = new Uint8Array(0)
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

export interface MessageFields {
  groupId?: Uint8Array
  username?: string
  deviceKey?: Uint8Array
  entryId?: Uint8Array
  kind?: number
  senderDevice?: Uint8Array
  recipientDevice?: Uint8Array
  sealedBytes?: number
  /** Changes the message after it was signed. */
  spoil?: boolean
}

/** A member's device of a test: it signs what it is told to, folds nothing of its own accord. */
export class GroupUser {
  readonly client: TestClient
  account: TestAccount

  constructor (client: TestClient, account: TestAccount) {
    this.client = client
    this.account = account
  }

  static async signUp (pool: TestPool, username: string, options: { device?: TestDevice, changes?: AccountChanges } = {}): Promise<GroupUser> {
    const client = await pool.client(options.device === undefined ? {} : { device: options.device })
    const account = await client.signUp(username, options.changes)
    await client.attach(username)
    return new GroupUser(client, account)
  }

  /** The same account on a new channel, or with another device that it lists. */
  async again (pool: TestPool, device: TestDevice = this.client.device): Promise<GroupUser> {
    const client = await pool.client({ device })
    await client.attach(this.username)
    return new GroupUser(client, this.account)
  }

  get username (): string {
    return this.account.username
  }

  get deviceKey (): Uint8Array {
    return this.client.device.key.publicKey
  }

  get record (): VerifiedAccountRecord {
    return this.account.register.accountRecord
  }

  entry (head: GroupHead | undefined, action: GroupAction): Uint8Array {
    return makeGroupEntry({ username: this.username, device: this.client.device.key }, head, 1, action).signed
  }

  foundEntry (name: string, fields: { inviteOnly?: boolean, unlisted?: boolean, accountRecord?: VerifiedAccountRecord } = {}): Uint8Array {
    return this.entry(undefined, { kind: 'found', name, inviteOnly: false, unlisted: false, accountRecord: this.record, commitment: this.client.random.bytes(32), ...fields })
  }

  /** Founds a group; its state. */
  async found (name: string, fields: { inviteOnly?: boolean, unlisted?: boolean } = {}): Promise<GroupState> {
    const entry = this.foundEntry(name, fields)
    await this.foundWith(entry)
    return applyEntry(undefined, entry)
  }

  async foundWith (entry: Uint8Array): Promise<pb.GroupHead> {
    return await this.client.call('groups/found', pb.GroupFoundRequest, pb.GroupHead, { entry })
  }

  async append (groupId: Uint8Array, entry: Uint8Array): Promise<pb.GroupHead> {
    return await this.client.call('groups/append', pb.GroupAppendRequest, pb.GroupHead, { groupId, entry })
  }

  /** Appends to the group as `state` has it; the next state. */
  async does (state: GroupState, action: GroupAction): Promise<GroupState> {
    const entry = this.entry(state.head, action)
    await this.append(state.groupId, entry)
    return applyEntry(state, entry)
  }

  async join (state: GroupState): Promise<GroupState> {
    return await this.does(state, { kind: 'join', accountRecord: this.record })
  }

  async find (name: string): Promise<pb.GroupFindResponse> {
    return await this.client.call('groups/find', pb.GroupFindRequest, pb.GroupFindResponse, { name })
  }

  async list (fields: Partial<pb.GroupListRequest> = {}): Promise<pb.GroupListResponse> {
    return await this.client.call('groups/list', pb.GroupListRequest, pb.GroupListResponse, fields)
  }

  /** Names of all listed groups, page by page. */
  async listAll (prefix = '', limit = 0): Promise<string[]> {
    const names: string[] = []
    let after = ''
    do {
      const page = await this.list({ prefix, after, limit })
      names.push(...page.groups.map(({ name }) => name))
      after = page.next
    } while (after !== '')
    return names
  }

  async mine (after: Uint8Array = none): Promise<pb.GroupMineResponse> {
    return await this.client.call('groups/mine', pb.GroupMineRequest, pb.GroupMineResponse, { after })
  }

  /** Ids of all groups of this account, in hexadecimal. */
  async mineIds (): Promise<string[]> {
    return (await this.mine()).groups.map(({ groupId }) => hex(groupId))
  }

  async read (groupId: Uint8Array, afterSequence = 0, maxBytes = 0): Promise<pb.GroupReadResponse> {
    return await this.client.call('groups/read', pb.GroupReadRequest, pb.GroupReadResponse, { groupId, afterSequence: BigInt(afterSequence), maxBytes })
  }

  /** Walks the log, from its beginning or from a state, verifying everything, in pages of `maxBytes`. */
  async walk (groupId: Uint8Array, { from, maxBytes = 0 }: { from?: GroupState, maxBytes?: number } = {}): Promise<GroupState> {
    let state = from
    for (;;) {
      const { entries, head } = await this.read(groupId, state?.head.sequence ?? 0, maxBytes)
      for (const entry of entries) state = applyEntry(state, entry)
      if (state !== undefined && BigInt(state.head.sequence) >= (head?.sequence ?? 0n)) return state
      if (entries.length === 0) throw new Error('The log ends before its head.')
    }
  }

  async checkpoint (groupId: Uint8Array, sequence = 0, offset = 0): Promise<pb.GroupCheckpointResponse> {
    return await this.client.call('groups/checkpoint', pb.GroupCheckpointRequest, pb.GroupCheckpointResponse, { groupId, sequence: BigInt(sequence), offset: BigInt(offset) })
  }

  /** A request to send a well-formed message; `fields` may break any rule. What it seals stays a secret to all: it is chance. */
  message (state: GroupState, name: string, fields: MessageFields = {}): { groupId: Uint8Array, entryId: Uint8Array, envelope: Uint8Array } {
    const entryId = fields.entryId ?? new Uint8Array(createHash('sha256').update(name).digest()).slice(0, 16)
    const header = encodeGroupHeader({
      groupId: fields.groupId ?? state.groupId,
      epoch: state.epoch.number,
      head: state.head,
      sender: fields.username ?? this.username,
      senderDevice: fields.deviceKey ?? this.deviceKey,
      counter: 0
    })
    const sealed = new Uint8Array(fields.sealedBytes ?? 100).fill(3)
    const { signature } = signRecord('p2pchat/1 group-message', this.client.device.key.seed, lpAll(header, sealed))
    if (fields.spoil === true) sealed[7] = 4
    const envelope = encode(Envelope, {
      id: entryId,
      suite: 1,
      kind: fields.kind ?? EnvelopeKind.GROUP_MESSAGE,
      senderDevice: fields.senderDevice ?? this.deviceKey,
      recipientDevice: fields.recipientDevice ?? none,
      sealed: encode(GroupMessage, { header, sealed, signature })
    })
    return { groupId: state.groupId, entryId, envelope }
  }

  async sendRequest (request: { groupId: Uint8Array, entryId: Uint8Array, envelope: Uint8Array, exceptDevices?: Uint8Array[] }): Promise<pb.GroupSendResponse> {
    return await this.client.call('groups/send', pb.GroupSendRequest, pb.GroupSendResponse, request)
  }

  async send (state: GroupState, name: string, exceptDevices: Uint8Array[] = []): Promise<pb.GroupSendResponse> {
    return await this.sendRequest({ ...this.message(state, name), exceptDevices })
  }

  /** Ids of the envelopes in this device's mailbox, in hexadecimal. */
  async mail (): Promise<string[]> {
    return (await this.client.read()).entries.map(({ envelope }) => hex(decode(Envelope, envelope, maxFrameBytes, 'An envelope').id))
  }

  /** Heads that were pushed so far: sequences, by group. */
  heads (groupId: Uint8Array): number[] {
    return this.client.notifications.filter(({ method }) => method === 'groups/head')
      .map(({ body }) => decode(pb.GroupHead, body, maxFrameBytes, 'A push'))
      .filter((head) => hex(head.groupId) === hex(groupId))
      .map(({ sequence }) => Number(sequence))
  }

  /** The account with other devices; the client stays as it is. */
  async setDevices (devices: TestDevice[]): Promise<void> {
    this.account = await this.client.change(this.account, { devices: devices.map(({ certified }) => certified) })
  }

  /** The record as a newcomer would be told of it. */
  async lookup (username: string): Promise<VerifiedAccountRecord> {
    return verifyAccountRecord((await this.client.lookup(username)).accountRecord)
  }
}
