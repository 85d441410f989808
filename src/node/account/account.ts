/**
 * Sign-up, sign-in and everything else that takes the account key: it is made or taken from the vault, used, and wiped.
 * Each change of an account is one compare-and-set of its register, signed by that key (DESIGN §3).
 */
import { ed25519KeyPair, type Ed25519KeyPair } from '../../crypto/ed25519.js'
import { constantTimeEqual } from '../../crypto/bytes.js'
import { openVault, sealVault } from '../../crypto/vault.js'
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { Channel } from '../../overlay/network.js'
import { parseUsername } from '../../protocol/names.js'
import { assertRecordKnown, assertRegisterKnown, consentingDevice, findDevice, makeAccountRecord, makeAccountRegister, type CertifiedDevice, type VerifiedAccountRecord, type VerifiedAccountRegister } from '../../records/index.js'
import type { Clock, Random } from '../../runtime.js'
import { findContact } from '../contacts/contacts.js'
import type { HomeDevice } from '../home/account-state.js'
import type { Lane } from '../home/lane.js'
import { ASK_AGAIN, askServer, pauseBeforeAsking } from '../pool/ask.js'
import { askTimeoutMs } from '../pool/limits.js'
import * as requests from '../pool/requests.js'
import { deviceId } from './device-id.js'
import { withDevice } from './joining.js'
import { maxWriteAttempts } from './limits.js'
import { assertStrongPassword } from './password.js'
import type { PasswordWork } from './password-work.js'
import { formatRecoveryKey, parseRecoveryKey } from './recovery-key.js'

export interface AccountComponents {
  lane: Lane
  clock: Clock
  random: Random
  device: HomeDevice
  poolId: string
  passwordWork: PasswordWork
  /** @throws ERR_NO_SERVER */
  channel: () => Promise<Channel>
}

/** What an opened account allows until `wipe`: its key and the register it was read from. */
interface OpenedAccount {
  key: Ed25519KeyPair
  register: VerifiedAccountRegister
  /** of new registrations */
  setupVersion: number
  exportKey: Uint8Array
}

export interface SignedIn { username: string, record: VerifiedAccountRecord }

export interface SignedUp extends SignedIn { recoveryKey: string }

/** The request may have been carried out, or may yet be, although nobody says so. */
const UNANSWERED = ['ERR_TIMEOUT', 'ERR_CLOSED', 'ERR_UNREACHABLE', 'ERR_UNKNOWN_OUTCOME'] as const

export class AccountService {
  constructor (private readonly components: AccountComponents) {}

  /**
   * Makes an account; one that this home has made already, in a try whose end nobody saw, is finished instead.
   *
   * @throws ERR_NAME_TAKEN, ERR_INVALID_NAME, ERR_WEAK_PASSWORD, ERR_NO_SERVER, ERR_RATE_LIMITED, ERR_UNKNOWN_OUTCOME
   */
  async signUp (request: { username: string, password: string, unlisted: boolean, label: string }): Promise<SignedUp> {
    const username = parseUsername(request.username)
    assertStrongPassword(request.password, username)
    try {
      return await untilNoConflict(async () => await this.makeAccount({ ...request, username }))
    } catch (error) {
      const begun = isP2pChatError(error, 'ERR_NAME_TAKEN') ? await this.finishSignUp(username, request.password) : undefined
      if (begun === undefined) throw error
      return begun
    }
  }

  /**
   * What an earlier sign-up of this home has made; undefined when the account is not this device's.
   *
   * @throws ERR_NAME_TAKEN (it has another password), ERR_NOT_FOUND, ERR_NO_SERVER
   */
  async finishSignUp (username: string, password: string): Promise<SignedUp | undefined> {
    if (!this.hasThisDevice((await this.lookup(username)).record)) return undefined
    const opened = await this.open(username, password).catch((error: unknown) => {
      if (!isP2pChatError(error, 'ERR_BAD_CREDENTIALS')) throw error
      throw new P2pChatError('ERR_NAME_TAKEN', `This home is a device of ${username} already, and this is not the password. Use the right one, or choose another name.`, { cause: error })
    })
    try {
      const record = opened.register.accountRecord
      return this.hasThisDevice(record) ? { username, record, recoveryKey: formatRecoveryKey(opened.key.seed) } : undefined
    } finally {
      wipe(opened)
    }
  }

  private async makeAccount (request: { username: string, password: string, unlisted: boolean, label: string }): Promise<SignedUp> {
    const { clock, random } = this.components
    const { username } = request
    const credentials = await this.register(username, request.password)
    const key = ed25519KeyPair(random.bytes(32))
    try {
      const nowMs = clock.now()
      const accountRecord = makeAccountRecord(key, {
        username,
        version: 1,
        previousHash: new Uint8Array(0),
        devices: [this.thisDevice(username, key, request.label)],
        createdAtMs: nowMs,
        unlisted: request.unlisted
      })
      const register = makeAccountRegister(key.seed, {
        version: 1,
        opaqueSetupVersion: credentials.setupVersion,
        opaqueRecord: credentials.record,
        vault: this.sealSeed(username, credentials.exportKey, key.seed),
        accountRecord
      })
      await this.write(0, register)
      return { username, record: accountRecord, recoveryKey: formatRecoveryKey(key.seed) }
    } finally {
      key.seed.fill(0)
      credentials.exportKey.fill(0)
    }
  }

  /**
   * Signs in with the password alone; a home that is new to the account becomes another device of it, in the place of the
   * one with the id `replace`, if given. @throws ERR_BAD_CREDENTIALS, ERR_LIMIT, ERR_NOT_FOUND (nothing to replace)
   */
  async signIn (request: { username: string, password: string, label: string, replace?: string }): Promise<SignedIn & { newDevice: boolean }> {
    const username = parseUsername(request.username)
    let newDevice = false
    let isSetupOld = false
    const record = await this.change(username, request.password, (opened) => {
      isSetupOld = opened.register.opaqueSetupVersion < opened.setupVersion
      const before = opened.register.accountRecord
      const isListed = this.hasThisDevice(before)
      const devices = withDevice(before, this.thisDevice(username, opened.key, request.label), request.replace)
      if (isListed && devices.length === before.devices.length) return undefined
      newDevice ||= !isListed
      return this.nextRegister(opened, devices)
    })
    if (isSetupOld) await this.renewSetup(username, request.password)
    return { username, record, newDevice }
  }

  /**
   * Registers the password anew with the setup that the pool made after a server was removed: whoever has that server's
   * disk cannot try passwords against it. Where that fails the next sign-in does it.
   */
  private async renewSetup (username: string, password: string): Promise<void> {
    try {
      await this.change(username, password, async (opened) => opened.register.opaqueSetupVersion < opened.setupVersion ? await this.withPassword(opened, password) : undefined)
    } catch (error) {
      if (!isP2pChatError(error)) throw error
    }
  }

  /** @throws ERR_NOT_FOUND, ERR_BAD_CREDENTIALS, ERR_NOT_PERMITTED (the last device) */
  async removeDevice (username: string, password: string, id: string): Promise<VerifiedAccountRecord> {
    return await this.change(username, password, (opened) => {
      const { devices } = opened.register.accountRecord
      const kept = devices.filter((device) => deviceId(device.deviceKey) !== id)
      if (kept.length === devices.length) throw new P2pChatError('ERR_NOT_FOUND', `${username} has no device ${id}. \`p2pchat devices\` lists them.`)
      if (kept.length === 0) throw new P2pChatError('ERR_NOT_PERMITTED', 'This is the only device of the account; sign in on another one first.')
      return this.nextRegister(opened, kept)
    })
  }

  async changePassword (username: string, oldPassword: string, newPassword: string): Promise<void> {
    assertStrongPassword(newPassword, username)
    await this.change(username, oldPassword, async (opened) => await this.withPassword(opened, newPassword))
  }

  /**
   * A forgotten password, replaced with the recovery key; this home becomes a device of the account, as by `signIn`.
   *
   * @throws ERR_BAD_CREDENTIALS, ERR_LIMIT, ERR_NOT_FOUND, ERR_INVALID_RECORD, ERR_IDENTITY_CHANGED
   */
  async recover (request: { username: string, recoveryKey: string, newPassword: string, label: string, replace?: string }): Promise<SignedIn> {
    const username = parseUsername(request.username)
    assertStrongPassword(request.newPassword, username)
    const key = ed25519KeyPair(parseRecoveryKey(request.recoveryKey))
    try {
      return await untilNoConflict(async () => {
        const { record, registerVersion } = await this.lookup(username)
        if (!constantTimeEqual(record.accountKey, key.publicKey)) throw new P2pChatError('ERR_BAD_CREDENTIALS', `That recovery key is not the one of ${username}.`)
        await this.assertServed(record, key.publicKey)
        const devices = withDevice(record, this.thisDevice(username, key, request.label), request.replace)
        const credentials = await this.register(username, request.newPassword)
        const register = makeAccountRegister(key.seed, {
          version: registerVersion + 1,
          opaqueSetupVersion: credentials.setupVersion,
          opaqueRecord: credentials.record,
          vault: this.sealSeed(username, credentials.exportKey, key.seed),
          accountRecord: this.nextRecord(key, record, devices)
        })
        credentials.exportKey.fill(0)
        await this.write(registerVersion, register)
        return { username, record: register.accountRecord }
      })
    } finally {
      key.seed.fill(0)
    }
  }

  /** Opens the account with its password, and writes the register that `edit` makes of it, if any; again after a conflict. */
  private async change (username: string, password: string, edit: (opened: OpenedAccount) => VerifiedAccountRegister | undefined | Promise<VerifiedAccountRegister | undefined>): Promise<VerifiedAccountRecord> {
    return await untilNoConflict(async (attempt) => {
      const opened = await this.open(username, password).catch((error: unknown) => {
        if (attempt === 1 || !isP2pChatError(error, 'ERR_BAD_CREDENTIALS')) throw error
        throw new P2pChatError('ERR_BAD_CREDENTIALS', `The password of ${username} was changed meanwhile, on another device or by this try, whose first answer was lost. Try again with the one that holds now.`, { cause: error })
      })
      try {
        const next = await edit(opened)
        if (next === undefined) return opened.register.accountRecord
        await this.write(opened.register.version, next)
        return next.accountRecord
      } finally {
        wipe(opened)
      }
    })
  }

  /** @throws ERR_BAD_CREDENTIALS, ERR_RATE_LIMITED, ERR_INVALID_RECORD, ERR_IDENTITY_CHANGED */
  private async open (username: string, password: string): Promise<OpenedAccount> {
    const { passwordWork, poolId } = this.components
    // A login belongs to its channel: on the next one it begins anew.
    const { login, register, setupVersion } = await askServer(this.components, async (channel) => {
      for (let attempt = 1; ; attempt++) {
        const start = await passwordWork.loginStart(password)
        const { loginId, startResponse } = await requests.loginStart(channel, username, start.request)
        const login = await passwordWork.loginFinish({ username, poolId }, password, start.state, startResponse)
        try {
          return { login, ...await requests.loginFinish(channel, loginId, login.finishRequest, username) }
        } catch (error) {
          // It was right a moment ago: another device has registered it, or another one, since.
          if (attempt > 1 || !isP2pChatError(error, 'ERR_BAD_CREDENTIALS')) throw error
        }
      }
    })
    const seed = openVault({ poolId, username, exportKey: login.exportKey }, register.vault)
    const key = ed25519KeyPair(seed)
    const opened: OpenedAccount = { key, register, setupVersion, exportKey: login.exportKey }
    try {
      await this.assertServed(register.accountRecord, key.publicKey)
      return opened
    } catch (error) {
      wipe(opened)
      throw error
    }
  }

  /**
   * Nothing is signed over a record that is older than the one that this home has seen, or another: a device that was
   * removed would be listed again. A head that a device only claims is no hindrance: that device may be the one to remove.
   *
   * @param accountKey as the vault or the recovery key has it
   * @throws ERR_INVALID_RECORD, ERR_IDENTITY_CHANGED
   */
  private async assertServed (served: VerifiedAccountRecord, accountKey: Uint8Array): Promise<void> {
    const pinned = await findContact(this.components.lane, served.username)
    if (!constantTimeEqual(accountKey, served.accountKey) || (pinned !== undefined && !constantTimeEqual(pinned.accountKey, accountKey))) {
      throw new P2pChatError('ERR_IDENTITY_CHANGED', `The server gave another identity for ${served.username} than this home knows; nothing was changed.`)
    }
    if (pinned !== undefined && (served.version < pinned.headVersion || (served.version === pinned.headVersion && !constantTimeEqual(served.hash, pinned.headHash)))) {
      throw new P2pChatError('ERR_INVALID_RECORD', `The server gave an outdated or contradicting record of ${served.username}; nothing was changed. Try again, or another server.`)
    }
  }

  private async register (username: string, password: string): Promise<{ record: Uint8Array, exportKey: Uint8Array, setupVersion: number }> {
    const { passwordWork, poolId } = this.components
    const start = await passwordWork.registrationStart(password)
    const { response, setupVersion } = await askServer(this.components, async (channel) => await requests.registerStart(channel, username, start.request))
    const { record, exportKey } = await passwordWork.registrationFinish({ username, poolId }, password, start.state, response)
    return { record, exportKey, setupVersion }
  }

  private async withPassword (opened: OpenedAccount, password: string): Promise<VerifiedAccountRegister> {
    const { username, version, accountRecord } = opened.register
    assertRegisterKnown(opened.register)
    const credentials = await this.register(username, password)
    const vault = this.sealSeed(username, credentials.exportKey, opened.key.seed)
    credentials.exportKey.fill(0)
    return makeAccountRegister(opened.key.seed, { version: version + 1, opaqueSetupVersion: credentials.setupVersion, opaqueRecord: credentials.record, vault, accountRecord })
  }

  private nextRegister (opened: OpenedAccount, devices: CertifiedDevice[]): VerifiedAccountRegister {
    const { register, key } = opened
    assertRegisterKnown(register)
    const accountRecord = this.nextRecord(key, register.accountRecord, devices)
    return makeAccountRegister(key.seed, { ...register, version: register.version + 1, accountRecord })
  }

  private nextRecord (key: Ed25519KeyPair, before: VerifiedAccountRecord, devices: CertifiedDevice[]): VerifiedAccountRecord {
    assertRecordKnown(before)
    return makeAccountRecord(key, { ...before, version: before.version + 1, previousHash: before.hash, devices })
  }

  /**
   * One compare-and-set.
   *
   * @throws ERR_UNKNOWN_OUTCOME when it was sent, and no server says what became of it
   */
  private async write (expectedVersion: number, register: VerifiedAccountRegister): Promise<void> {
    let isUnanswered = false
    try {
      await this.writeUntilAnswered(expectedVersion, register, () => { isUnanswered = true })
    } catch (error) {
      if (!isUnanswered || !isP2pChatError(error) || isP2pChatError(error, 'ERR_NAME_TAKEN', 'ERR_CONFLICT')) throw error
      throw new P2pChatError('ERR_UNKNOWN_OUTCOME', 'No server answered whether the account was changed; it may have been. Run the same command again once one is reachable; a new password may hold by then.', { cause: error })
    }
  }

  /** The same bytes, until somebody answers: a server that has them says so, so a conflict is always with another's write. */
  private async writeUntilAnswered (expectedVersion: number, register: VerifiedAccountRegister, onUnanswered: () => void): Promise<void> {
    const { clock, channel } = this.components
    const untilMs = clock.monotonicMs() + askTimeoutMs
    for (let attempt = 1; ; attempt++) {
      const server = await channel()
      try {
        await requests.writeRegister(server, expectedVersion, register)
        return
      } catch (error) {
        if (isP2pChatError(error, ...UNANSWERED)) onUnanswered()
        if (!isP2pChatError(error, 'ERR_TIMEOUT', ...ASK_AGAIN)) throw error
        await pauseBeforeAsking(clock, server, error, attempt, untilMs)
      }
    }
  }

  private async lookup (username: string): Promise<requests.Lookup> {
    return await askServer(this.components, async (channel) => await requests.lookup(channel, username))
  }

  private hasThisDevice (record: VerifiedAccountRecord): boolean {
    return findDevice(record, this.components.device.deviceKey) !== undefined
  }

  private sealSeed (username: string, exportKey: Uint8Array, seed: Uint8Array): Uint8Array {
    return sealVault({ poolId: this.components.poolId, username, exportKey }, seed, this.components.random)
  }

  private thisDevice (username: string, account: Ed25519KeyPair, label: string): CertifiedDevice {
    const { device, clock } = this.components
    return consentingDevice({ ...device, addedAtMs: clock.now(), label }, { username, accountKey: account.publicKey })
  }
}

/**
 * Begins anew from what is there by then: another device may change the account at the same time, or the pool the setup
 * that passwords are registered with.
 */
async function untilNoConflict<T> (work: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt)
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_CONFLICT') || attempt >= maxWriteAttempts) throw error
    }
  }
}

function wipe ({ key, exportKey }: OpenedAccount): void {
  key.seed.fill(0)
  exportKey.fill(0)
}
