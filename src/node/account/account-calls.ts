/** The calls of a ChatNode that make, open and change an account. What becomes of the node by them is its own matter. */
import { P2pChatError } from '../../errors.js'
import type { Channel, Network } from '../../overlay/index.js'
import { parseUsername } from '../../protocol/names.js'
import type { VerifiedAccountRecord } from '../../records/index.js'
import type { Clock, Random } from '../../runtime.js'
import type { AccountInfo, DeviceInfo, RecoverRequest, SignInRequest, SignUpRequest } from '../chat-node.js'
import { findRecord } from '../contacts/contacts.js'
import { iso } from '../events/event-of.js'
import { findAccount, poolTable, requireAccount, SELF, type HomeAccount, type HomeDevice } from '../home/account-state.js'
import type { Lane } from '../home/lane.js'
import { askServer } from '../pool/ask.js'
import * as requests from '../pool/requests.js'
import { AccountService, type SignedUp } from './account.js'
import { deviceId } from './device-id.js'
import type { PasswordWork } from './password-work.js'

export interface AccountCallsComponents {
  lane: Lane
  clock: Clock
  random: Random
  network: Network
  device: HomeDevice
  passwordWork: PasswordWork
  /** Shown in the account's list of devices when the user gives no label. */
  deviceLabel: string
  /** @throws ERR_NO_SERVER without a pool */
  poolId: () => string
  /** the server's channel if there is one now */
  poolChannel: () => Channel | undefined
  /** waits for a server @throws ERR_NO_SERVER */
  channel: () => Promise<Channel>
  becomeSignedIn: (username: string, record: VerifiedAccountRecord) => Promise<void>
  takeOwnRecord: (record: VerifiedAccountRecord) => Promise<void>
}

export class AccountCalls {
  constructor (private readonly components: AccountCallsComponents) {}

  async signUp (request: SignUpRequest): Promise<{ username: string, recoveryKey: string }> {
    await this.assertNoOther(request.username)
    const { username, record, recoveryKey } = await findAccount(this.components.lane) === undefined ? await this.makeAccount(request) : await this.finishSignUp(request)
    await this.components.becomeSignedIn(username, record)
    return { username, recoveryKey }
  }

  async signIn (request: SignInRequest): Promise<{ username: string, newDevice: boolean }> {
    await this.assertNoOther(request.username)
    const label = request.deviceLabel ?? this.components.deviceLabel
    const { username, record, newDevice } = await this.accounts().signIn({ ...request, label })
    await this.components.becomeSignedIn(username, record)
    return { username, newDevice }
  }

  async recover (request: RecoverRequest): Promise<{ username: string }> {
    await this.assertNoOther(request.username)
    const label = request.deviceLabel ?? this.components.deviceLabel
    const { username, record } = await this.accounts().recover({ ...request, label })
    await this.components.becomeSignedIn(username, record)
    return { username }
  }

  private async makeAccount (request: SignUpRequest): Promise<SignedUp> {
    const label = request.deviceLabel ?? this.components.deviceLabel
    return await this.accounts().signUp({ ...request, unlisted: request.unlisted === true, label })
  }

  /** The sign-up that made this home's account may have ended before anybody saw its recovery key. */
  private async finishSignUp (request: SignUpRequest): Promise<SignedUp> {
    const finished = await this.accounts().finishSignUp(parseUsername(request.username), request.password)
    if (finished === undefined) throw belongsTo(request.username)
    return finished
  }

  async devices (): Promise<DeviceInfo[]> {
    const { lane, device, clock, poolChannel, channel } = this.components
    const { username } = await requireAccount(lane)
    const lookup = poolChannel() === undefined ? undefined : await askServer({ clock, channel }, async (server) => await requests.lookup(server, username))
    const record = lookup?.record ?? await findRecord(lane, username)
    return (record?.devices ?? []).map((one) => ({
      id: deviceId(one.deviceKey),
      label: one.label,
      addedAt: iso(one.addedAtMs),
      current: one.deviceKey.every((byte, i) => byte === device.deviceKey[i]),
      online: lookup?.devices.find((entry) => entry.device.deviceKey === one.deviceKey)?.online === true
    }))
  }

  async removeDevice (request: { id: string, password: string }): Promise<void> {
    const { username } = await requireAccount(this.components.lane)
    await this.components.takeOwnRecord(await this.accounts().removeDevice(username, request.password, request.id))
  }

  async changePassword (request: { oldPassword: string, newPassword: string }): Promise<void> {
    const { username } = await requireAccount(this.components.lane)
    await this.accounts().changePassword(username, request.oldPassword, request.newPassword)
  }

  async info (account: HomeAccount): Promise<AccountInfo> {
    const { device, network, lane } = this.components
    const pool = await poolTable.get(lane, SELF)
    return {
      username: account.username,
      deviceId: deviceId(device.deviceKey),
      peerId: network.peerId,
      signedIn: account.signedIn,
      poolAddresses: pool === undefined ? [] : [`p2pchat:${pool.poolId}@${pool.addresses.join(',')}`]
    }
  }

  private accounts (): AccountService {
    const { lane, clock, random, device, passwordWork, poolId, channel } = this.components
    return new AccountService({ lane, clock, random, device, passwordWork, poolId: poolId(), channel })
  }

  /** @throws ERR_NOT_PERMITTED when the home has the account of somebody else */
  private async assertNoOther (username: string): Promise<void> {
    const account = await findAccount(this.components.lane)
    if (account !== undefined && account.username !== parseUsername(username)) throw belongsTo(account.username)
  }
}

function belongsTo (username: string): P2pChatError {
  return new P2pChatError('ERR_NOT_PERMITTED', `This home belongs to ${username}. Use another one with --home DIR.`)
}
