/** What may be asked of a client, as a ChatNode: every call is handed to who knows. */
import { isP2pChatError, P2pChatError } from '../errors.js'
import { safetyNumber } from '../crypto/safety-number.js'
import { tripleDesEngine } from '../crypto/triple-des/index.js'
import { parseUsername } from '../protocol/names.js'
import type * as api from './chat-node.js'
import type { Decision } from './contacts/admission.js'
import { acceptShown, findContact, findRecord, keyToCompare, noteShown } from './contacts/contacts.js'
import { assertNotBlocked } from './contacts/gate.js'
import { asking, isWaiting } from './contacts/requests.js'
import { waitFor } from './delivery/wait.js'
import { parseCursor } from './events/events.js'
import { notSignedIn, requireAccount } from './home/account-state.js'
import { defaultUserPage, serverTimeoutMs } from './limits.js'
import { keepPool } from './pool/pool-session.js'
import * as requests from './pool/requests.js'
import { eitherSignal } from '../runtime.js'
import { changeSettings, findSettings } from './settings.js'
import type { SignedIn } from './signed-in.js'
import { checkTimeout } from './timeout.js'
import { contactsOf, countQueued, historyOf, limitsOf, traceOf } from './queries.js'
import { dirname } from 'node:path'
import { writeBackup } from './backup/index.js'
import { Client } from './client.js'
import { diagnose, readFacts } from './doctor/index.js'
import { listIn } from './transfers/records.js'
import { askFileQuota } from './transfers/upload.js'

export class ClientNode extends Client implements api.ChatNode {
  private readonly ending = new AbortController()
  private backingUp: Promise<unknown> | undefined

  /** What was written of a backup is removed before the process may end. */
  override async stop (): Promise<void> {
    this.ending.abort(new P2pChatError('ERR_CLOSED', 'The node was stopped.'))
    await this.backingUp?.catch(() => {})
    await super.stop()
  }

  async status (): Promise<api.NodeStatus> {
    return {
      account: this.account === undefined ? null : await this.accounts.info(this.account),
      connection: await this.poolNews.connection(this.pool?.connection.current()),
      queued: await countQueued(this.components.lane),
      cipher: tripleDesEngine()
    }
  }

  async usePool (addresses: string[]): Promise<void> {
    const pool = await keepPool(this.components.lane, addresses, this.account?.poolId)
    await this.pool?.connection.stop()
    this.openPool(pool)
  }

  async connect (timeoutMs: number): Promise<void> {
    checkTimeout(timeoutMs)
    await this.channel(timeoutMs)
  }

  async signUp (request: api.SignUpRequest): Promise<{ username: string, recoveryKey: string }> {
    return await this.accounts.signUp(request)
  }

  async signIn (request: api.SignInRequest): Promise<{ username: string, newDevice: boolean }> {
    return await this.accounts.signIn(request)
  }

  async recover (request: api.RecoverRequest): Promise<{ username: string }> {
    return await this.accounts.recover(request)
  }

  async signOut (): Promise<void> {
    await requireAccount(this.components.lane)
    await this.setSignedOut()
    await this.pool?.connection.reconnect()
  }

  async whoAmI (): Promise<api.AccountInfo> {
    return await this.accounts.info(await requireAccount(this.components.lane))
  }

  async devices (): Promise<api.DeviceInfo[]> {
    return await this.accounts.devices()
  }

  async removeDevice (request: { id: string, password: string }): Promise<void> {
    await this.accounts.removeDevice(request)
    await this.signedIn?.tellDevices()
  }

  async changePassword (request: { oldPassword: string, newPassword: string }): Promise<void> {
    await this.accounts.changePassword(request)
  }

  async users (request: api.UsersRequest = {}): Promise<api.UserPage> {
    await requireAccount(this.components.lane)
    const { prefix = '', after = '', limit = defaultUserPage, onlineOnly = false } = request
    const page = await this.ask(async (channel) => await requests.listUsers(channel, { prefix: prefix.toLowerCase(), after: after.toLowerCase(), limit, onlineOnly }))
    return { users: page.users.map(({ username, online }) => ({ username, online })), more: page.more }
  }

  async contacts (): Promise<api.ContactInfo[]> {
    await requireAccount(this.components.lane)
    await this.signedIn?.mailKnown()
    return await contactsOf(this.components.lane, (username) => this.presence.isOnline(username))
  }

  async acceptContact (request: { username: string }): Promise<api.ContactInfo> {
    return await this.decide(request.username, 'accepted')
  }

  async blockContact (request: { username: string }): Promise<api.ContactInfo> {
    const contact = await this.decide(request.username, 'blocked')
    const coming = await listIn(this.components.lane)
    for (const { id, from, group, state } of coming) {
      if (from === contact.username && group === undefined && (state.kind === 'offered' || state.kind === 'active' || state.kind === 'paused')) await this.requireSignedIn().transfers.declineFile({ id, from })
    }
    return contact
  }

  private async decide (name: string, decision: Decision): Promise<api.ContactInfo> {
    const { lane } = this.components
    const { username: self } = await requireAccount(lane)
    const username = parseUsername(name)
    if (username === self) throw new P2pChatError('ERR_USAGE', 'That is you.')
    if (await findContact(lane, username) === undefined) await this.ask(async () => await this.directory.refresh(username))
    await this.note(username, decision)
    const info = (await this.contacts()).find((contact) => contact.username === username)
    if (info === undefined) throw new P2pChatError('ERR_NOT_FOUND', `There is no user ${username}.`)
    return info
  }

  private async note (username: string, decision: Decision): Promise<void> {
    const { gate, delivery, talk } = this.requireSignedIn()
    await this.components.lane.write(async (tx) => {
      const waiting = await gate.decide(tx, username, decision)
      if (decision === 'accepted') {
        await delivery.reception.admitted(tx, username, waiting)
        await talk.letIn(tx, async (by) => by === username)
      } else await delivery.reception.dropped(tx, waiting)
      tx.afterCommit(() => {
        this.presence.watchSoon()
        delivery.lookAgain()
      })
    })
  }

  /** Who was asking when that was given up while nobody was signed in does not have to ask either. */
  protected override async startSignedIn (signedIn: SignedIn): Promise<void> {
    await super.startSignedIn(signedIn)
    if (this.privacy.contacts === 'open') await this.letAllIn()
  }

  /** Nobody has to ask any more. */
  private async letAllIn (): Promise<void> {
    const { lane } = this.components
    for (const username of (await asking(lane)).keys()) await this.note(username, 'accepted')
    const { gate, talk } = this.requireSignedIn()
    await lane.write(async (tx) => { await talk.letIn(tx, async (by) => await gate.isWelcome(tx, by)) })
  }

  /** Whom one writes to does not have to ask any more. @throws ERR_NOT_PERMITTED */
  private async assertMayWrite (username: string): Promise<void> {
    const { lane } = this.components
    await assertNotBlocked(lane, username)
    if (await isWaiting(lane, username)) await this.note(username, 'accepted')
  }

  async safetyNumber (request: { username: string }): Promise<api.SafetyNumber> {
    const { lane } = this.components
    const account = await requireAccount(lane)
    const username = parseUsername(request.username)
    // The lookup takes whatever channel there is then.
    const known = await findContact(lane, username)
    if (known === undefined) await this.ask(async () => await this.directory.refresh(username))
    else if (known.identity === 'changed') await this.directory.lookAgain(username)
    const contact = await findContact(lane, username)
    if (contact === undefined) throw new P2pChatError('ERR_NOT_FOUND', `There is no user ${username}.`)
    const accountKey = keyToCompare(contact)
    await lane.write(async (tx) => { await noteShown(tx, username, accountKey) })
    return { username, number: safetyNumber(account, { username, accountKey }), identity: contact.identity }
  }

  async acceptIdentity (request: { username: string }): Promise<void> {
    const { lane } = this.components
    await requireAccount(lane)
    const username = parseUsername(request.username)
    await lane.write(async (tx) => {
      const before = await findRecord(tx, username)
      await acceptShown(tx, username)
      const record = await findRecord(tx, username)
      // The devices of the identity before are not written to any more.
      if (record !== undefined) await this.signedIn?.delivery.onRecord(tx, before, { kind: 'current', record, added: [], confirmedAtMs: this.components.clock.now() })
    })
    await this.signedIn?.delivery.resume(username)
  }

  async send (request: api.SendRequest): Promise<{ id: string, state: api.MessageState }> {
    const delivery = this.requireDelivery()
    await this.assertMayWrite(parseUsername(request.to))
    const row = await delivery.send(parseUsername(request.to), request.text, request.id)
    return { id: row.id, state: row.sent?.state ?? 'queued' }
  }

  async wait (request: api.WaitRequest): Promise<api.StatusEvent> {
    const { lane, clock } = this.components
    const { username } = await requireAccount(lane)
    return await waitFor({ reader: lane, clock, hub: this.hub, username }, request)
  }

  async history (request: api.HistoryRequest): Promise<api.HistoryEntry[]> {
    const { username } = await requireAccount(this.components.lane)
    if (request.group !== undefined) await this.signedIn?.groupsKnown()
    return await historyOf(this.components.lane, username, request, this.signedIn?.book)
  }

  async markRead (request: { user?: string, group?: string, through?: string }): Promise<void> {
    const { user, group } = request
    const through = request.through === undefined ? undefined : parseCursor(request.through)
    if ((user === undefined) === (group === undefined)) throw new P2pChatError('ERR_USAGE', 'Name either a user or a group.')
    if (group === undefined) await this.requireDelivery().reception.markRead(parseUsername(user ?? ''), this.privacy.receipts, through)
    else await this.requireGroups().markRead(group, this.privacy.receipts, through)
  }

  async trace (request: { id: string }): Promise<api.MessageTrace> {
    const { username } = await requireAccount(this.components.lane)
    return await traceOf(this.components.lane, username, request.id)
  }

  async limits (): Promise<api.LimitInfo[]> {
    const record = this.account === undefined ? undefined : await findRecord(this.components.lane, this.account.username)
    const channel = this.account?.signedIn === true ? this.pool?.connection.channel() : undefined
    const quota = channel === undefined
      ? undefined
      : await askFileQuota(channel, { timeoutMs: serverTimeoutMs }).catch((error: unknown) => {
        if (!isP2pChatError(error)) throw error
        return undefined
      })
    return await limitsOf(this.components.lane, { devices: record?.devices.length ?? null, quota: quota ?? null })
  }

  backup: api.ChatNode['backup'] = async (request) => {
    const { store, lane, clock, random, passwordWork, files: { disk } } = this.components
    const { username } = await requireAccount(lane)
    if (this.backingUp !== undefined) throw new P2pChatError('ERR_OVERLOADED', 'A backup of this home is being made already. Wait until it is done.')
    const writing = writeBackup({ store, lane, disk, clock, random, stretch: passwordWork.stretchBackup, signal: this.ending.signal }, username, request)
    this.backingUp = writing
    const written = await writing.finally(() => { this.backingUp = undefined })
    return { ...written, queued: (await this.status()).queued }
  }

  doctor: api.ChatNode['doctor'] = async () => {
    const { account, connection, cipher } = await this.status()
    const facts = await readFacts({ ...this.components, disk: this.components.files.disk, home: dirname(this.components.files.downloadsFolder) })
    const signedIn = account?.signedIn === true ? this.signedIn : undefined
    return diagnose({
      ...facts,
      account: account === null ? 'none' : account.signedIn ? 'signed-in' : 'signed-out',
      connection,
      cipher,
      groups: await signedIn?.groups.myGroups({}) ?? [],
      transfers: await signedIn?.transfers.transfers({}) ?? []
    })
  }

  async * events (request: api.EventsRequest = {}, signal: AbortSignal = new AbortController().signal): AsyncGenerator<api.NodeEvent> {
    const { signedOut } = this
    await requireAccount(this.components.lane)
    const over = eitherSignal(signal, signedOut.signal)
    try {
      yield * this.eventLog.read(request, over.signal)
    } finally {
      over.clear()
    }
    if (signedOut.signal.aborted && !signal.aborted) throw notSignedIn()
  }

  async acknowledgeEvents (request: { cursor: string, consumer?: string }): Promise<void> {
    await this.eventLog.acknowledge(request)
  }

  groupCreate: api.ChatNode['groupCreate'] = async (request) => await this.requireGroups().groupCreate(request)
  groupJoin: api.ChatNode['groupJoin'] = async (request) => await this.requireGroups().groupJoin(request)
  groupLeave: api.ChatNode['groupLeave'] = async (request) => await this.requireGroups().groupLeave(request)
  groupMembers: api.ChatNode['groupMembers'] = async (request) => await this.requireGroups().groupMembers(request)
  groupLog: api.ChatNode['groupLog'] = async (request) => await this.requireGroups().groupLog(request)
  groupVerify: api.ChatNode['groupVerify'] = async (request) => await this.requireGroups().groupVerify(request)
  groupAdd: api.ChatNode['groupAdd'] = async (request) => await this.requireGroups().groupAdd(request)
  groupRemove: api.ChatNode['groupRemove'] = async (request) => await this.requireGroups().groupRemove(request)
  groupPromote: api.ChatNode['groupPromote'] = async (request) => await this.requireGroups().groupPromote(request)
  groupDemote: api.ChatNode['groupDemote'] = async (request) => await this.requireGroups().groupDemote(request)
  groupRename: api.ChatNode['groupRename'] = async (request) => await this.requireGroups().groupRename(request)
  groupPolicy: api.ChatNode['groupPolicy'] = async (request) => await this.requireGroups().groupPolicy(request)
  groupSend: api.ChatNode['groupSend'] = async (request) => await this.requireGroups().groupSend(request)
  sendFile: api.ChatNode['sendFile'] = async (request) => {
    const { transfers, groupsKnown } = this.requireSignedIn()
    if (request.groups !== undefined) await groupsKnown()
    if (request.to !== undefined) await this.assertMayWrite(parseUsername(request.to))
    return await transfers.sendFile(request)
  }

  acceptFile: api.ChatNode['acceptFile'] = async (request) => { await this.requireSignedIn().transfers.acceptFile(request) }
  declineFile: api.ChatNode['declineFile'] = async (request) => { await this.requireSignedIn().transfers.declineFile(request) }
  pauseFile: api.ChatNode['pauseFile'] = async (request) => { await this.requireSignedIn().transfers.pauseFile(request) }
  resumeFile: api.ChatNode['resumeFile'] = async (request) => { await this.requireSignedIn().transfers.resumeFile(request) }
  transfers: api.ChatNode['transfers'] = async (request) => await this.requireSignedIn().transfers.transfers(request)
  waitFile: api.ChatNode['waitFile'] = async (request) => await this.requireSignedIn().transfers.waitFile(request)
  filePreview: api.ChatNode['filePreview'] = async (request) => await this.requireSignedIn().transfers.filePreview(request)
  settings: api.ChatNode['settings'] = async () => await findSettings(this.components.lane, this.components.files.downloadsFolder)
  changeSettings: api.ChatNode['changeSettings'] = async (request) => {
    await changeSettings(this.components.lane, request)
    const settings = await this.settings()
    const before = this.privacy
    this.setPrivacy(settings)
    if (settings.contacts === 'open' && this.signedIn !== undefined) await this.letAllIn()
    if (settings.relayOnly !== before.relayOnly || settings.contacts !== before.contacts) await this.reachability.changed()
    return settings
  }

  groups: api.ChatNode['groups'] = async (request) => await this.requireGroups().groups(request)
  myGroups: api.ChatNode['myGroups'] = async (request) => await this.requireGroups().myGroups(request)
}
