import { P2pChatError } from '../../../src/errors.js'
import type { AccountInfo, ChatNode, ContactInfo, Finding, HistoryEntry, ListedUser, MessageState, MessageTrace, NodeEvent, NodeStatus, StatusEvent } from '../../../src/node/chat-node.js'
import { FakeFiles } from './fake-files.js'
import { FakeGroups } from './fake-groups.js'
import { historyEntry } from './samples.js'

type Answers = { [Name in keyof ChatNode]?: ChatNode[Name] }

/** Every ChatNode method in memory. What a test needs otherwise, it gives in `answers`; every call is kept. */
export class FakeChatNode implements ChatNode {
  readonly calls: Array<{ name: string, params: unknown }> = []
  readonly log: NodeEvent[] = []
  account: AccountInfo | null
  password = 'correct horse'
  people: ListedUser[] = [{ username: 'alice', online: true }, { username: 'bob', online: true }, { username: 'carol', online: false }]
  known: ContactInfo[] = []
  entries: HistoryEntry[] = []
  readonly rooms = new FakeGroups(() => this.account?.username ?? '', () => this.people)
  readonly files = new FakeFiles()
  acknowledged: string | null = null
  /** How far `wait` finds a message at once. */
  reached: MessageState = 'stored'
  running = false
  #listeners = new Set<() => void>()
  #stopped = new AbortController()
  #nextId = 1

  constructor (readonly answers: Answers = {}, account: AccountInfo | null = account_('alice')) {
    this.account = account
  }

  static account (username: string): AccountInfo {
    return account_(username)
  }

  emit (...events: NodeEvent[]): void {
    this.log.push(...events)
    for (const listener of this.#listeners) listener()
  }

  async start (): Promise<void> { this.running = true }
  async stop (): Promise<void> {
    this.running = false
    this.#stopped.abort()
    for (const listener of this.#listeners) listener()
  }

  async status (): Promise<NodeStatus> {
    return await this.#do('status', {}, () => ({ account: this.account, connection: { kind: 'connected', server: '12D3KooW', poolId: 'pool', home: true }, queued: 0, cipher: 'openssl' }))
  }

  async usePool (addresses: string[]): Promise<void> { await this.#do('usePool', addresses, () => {}) }
  async connect (timeoutMs: number): Promise<void> { await this.#do('connect', timeoutMs, () => {}) }

  async signUp (request: { username: string, password: string }): Promise<{ username: string, recoveryKey: string }> {
    return await this.#do('signUp', request, () => {
      this.account = account_(request.username)
      this.password = request.password
      return { username: request.username, recoveryKey: 'AAAAA-BBBBB-CCCCC-DDDDD' }
    })
  }

  async signIn (request: { username: string, password: string }): Promise<{ username: string, newDevice: boolean }> {
    return await this.#do('signIn', request, () => {
      if (request.password !== this.password) throw new P2pChatError('ERR_BAD_CREDENTIALS', 'Wrong username or password.')
      this.account = account_(request.username)
      return { username: request.username, newDevice: false }
    })
  }

  recover: ChatNode['recover'] = async (request) => await this.#do('recover', request, () => {
    if (request.recoveryKey !== 'AAAAA-BBBBB-CCCCC-DDDDD') throw new P2pChatError('ERR_BAD_CREDENTIALS', 'This is not the recovery key of that account.')
    this.account = account_(request.username)
    this.password = request.newPassword
    return { username: request.username }
  })

  async signOut (): Promise<void> {
    await this.#do('signOut', {}, () => { if (this.account !== null) this.account = { ...this.account, signedIn: false } })
  }

  async whoAmI (): Promise<AccountInfo> {
    return await this.#do('whoAmI', {}, () => {
      if (this.account === null || !this.account.signedIn) throw new P2pChatError('ERR_NOT_SIGNED_IN', 'You are not signed in.')
      return this.account
    })
  }

  devices: ChatNode['devices'] = async () => await this.#do('devices', {}, () => [
    { id: '00112233aabbccdd', label: 'desk', addedAt: '2024-11-22T10:00:00.000Z', current: true, online: true }
  ])

  removeDevice: ChatNode['removeDevice'] = async (request) => { await this.#do('removeDevice', request, () => {}) }
  changePassword: ChatNode['changePassword'] = async (request) => { await this.#do('changePassword', request, () => {}) }

  users: ChatNode['users'] = async (request = {}) => await this.#do('users', request, () => ({
    users: this.people.filter(({ username, online }) => username.startsWith(request.prefix ?? '') && (request.onlineOnly !== true || online)),
    more: false
  }))

  contacts: ChatNode['contacts'] = async () => await this.#do('contacts', {}, () => this.known)
  acceptContact: ChatNode['acceptContact'] = async (request) => await this.#do('acceptContact', request, () => this.#decided(request.username, 'accepted'))
  blockContact: ChatNode['blockContact'] = async (request) => await this.#do('blockContact', request, () => this.#decided(request.username, 'blocked'))
  safetyNumber: ChatNode['safetyNumber'] = async (request) => await this.#do('safetyNumber', request, () => {
    if (!this.people.some(({ username }) => username === request.username)) throw new P2pChatError('ERR_NOT_FOUND', `There is no user ${request.username}.`)
    return { username: request.username, number: '01234567890123456789012345678901234567890123456789012345678901', identity: 'pinned' as const }
  })

  acceptIdentity: ChatNode['acceptIdentity'] = async (request) => { await this.#do('acceptIdentity', request, () => {}) }

  send: ChatNode['send'] = async (request) => await this.#do('send', request, () => {
    if (!this.people.some(({ username }) => username === request.to)) throw new P2pChatError('ERR_NOT_FOUND', `There is no user "${request.to}".`)
    const id = String(this.#nextId++).padStart(32, '0')
    this.entries.push(historyEntry({ id, from: this.account?.username ?? '', to: request.to, text: request.text, state: 'queued', cursor: id }))
    return { id, state: 'queued' as const }
  })

  groupCreate: ChatNode['groupCreate'] = async (request) => await this.#do('groupCreate', request, () => this.rooms.create(request))
  groupJoin: ChatNode['groupJoin'] = async (request) => await this.#do('groupJoin', request, () => this.rooms.join(request))
  groupLeave: ChatNode['groupLeave'] = async (request) => { await this.#do('groupLeave', request, () => { this.rooms.leave(request) }) }
  groupMembers: ChatNode['groupMembers'] = async (request) => await this.#do('groupMembers', request, () => this.rooms.members(request))
  groupLog: ChatNode['groupLog'] = async (request) => await this.#do('groupLog', request, () => this.rooms.log(request))
  groupVerify: ChatNode['groupVerify'] = async (request) => await this.#do('groupVerify', request, () => this.rooms.verify(request))
  groupAdd: ChatNode['groupAdd'] = async (request) => await this.#do('groupAdd', request, () => this.rooms.add(request))
  groupRemove: ChatNode['groupRemove'] = async (request) => { await this.#do('groupRemove', request, () => { this.rooms.remove(request) }) }
  groupPromote: ChatNode['groupPromote'] = async (request) => { await this.#do('groupPromote', request, () => { this.rooms.setAdmin(request, true) }) }
  groupDemote: ChatNode['groupDemote'] = async (request) => { await this.#do('groupDemote', request, () => { this.rooms.setAdmin(request, false) }) }
  groupRename: ChatNode['groupRename'] = async (request) => { await this.#do('groupRename', request, () => { this.rooms.rename(request) }) }
  groupPolicy: ChatNode['groupPolicy'] = async (request) => { await this.#do('groupPolicy', request, () => { this.rooms.policy(request) }) }
  groups: ChatNode['groups'] = async (request = {}) => await this.#do('groups', request, () => this.rooms.list(request))
  myGroups: ChatNode['myGroups'] = async (request = {}) => await this.#do('myGroups', request, () => this.rooms.mine(request))
  groupSend: ChatNode['groupSend'] = async (request) => await this.#do('groupSend', request, () => {
    const sent = this.rooms.send(request, () => String(this.#nextId++).padStart(32, '0'))
    for (const { group, id } of sent) {
      const { to: _, ...entry } = historyEntry({ id, from: this.account?.username ?? '', group, text: request.text, state: 'queued', cursor: id })
      this.entries.push(entry)
    }
    return sent
  })

  sendFile: ChatNode['sendFile'] = async (request) => await this.#do('sendFile', request, () => {
    if (request.to !== undefined && !this.people.some(({ username }) => username === request.to)) throw new P2pChatError('ERR_NOT_FOUND', `There is no user "${request.to}".`)
    const sent = this.files.send(request, () => String(this.#nextId++).padStart(32, '0'))
    for (const { id, to, group, name, bytes } of sent) {
      const { to: _, ...entry } = historyEntry({ id, from: this.account?.username ?? '', text: null, kind: 'file', state: 'queued', cursor: id })
      this.entries.push({ ...entry, ...(group === undefined ? { to: to ?? '' } : { group }), file: { name, mime: 'image/png', bytes, sha256: 'ab'.repeat(32), path: request.path, status: 'sent' } })
    }
    return sent
  })

  acceptFile: ChatNode['acceptFile'] = async (request) => { await this.#do('acceptFile', request, () => { this.files.accept(request.id) }) }
  declineFile: ChatNode['declineFile'] = async (request) => { await this.#do('declineFile', request, () => { this.files.set(request.id, 'declined') }) }
  pauseFile: ChatNode['pauseFile'] = async (request) => { await this.#do('pauseFile', request, () => { this.files.set(request.id, 'paused') }) }
  resumeFile: ChatNode['resumeFile'] = async (request) => { await this.#do('resumeFile', request, () => { this.files.set(request.id, 'active') }) }
  transfers: ChatNode['transfers'] = async (request = {}) => await this.#do('transfers', request, () => this.files.all.filter(({ state }) => request.active !== true || !['done', 'declined', 'failed'].includes(state)))
  waitFile: ChatNode['waitFile'] = async (request) => await this.#do('waitFile', request, () => this.files.wait(request.id))
  filePreview: ChatNode['filePreview'] = async (request) => await this.#do('filePreview', request, () => this.files.previews.get(request.id) ?? null)
  settings: ChatNode['settings'] = async () => await this.#do('settings', {}, () => this.files.settings)
  changeSettings: ChatNode['changeSettings'] = async (request) => await this.#do('changeSettings', request, () => {
    this.files.settings = { ...this.files.settings, ...request }
    return this.files.settings
  })

  wait: ChatNode['wait'] = async (request) => await this.#do('wait', request, () => {
    const order: MessageState[] = ['queued', 'sent', 'stored', 'delivered', 'read']
    if (order.indexOf(this.reached) < order.indexOf(request.state)) throw new P2pChatError('ERR_PENDING', 'Not there yet.')
    const group = this.entries.find(({ id }) => id === request.id)?.group
    const of = this.rooms.all.find(({ name }) => name === group)?.members.length ?? 1
    const where = group === undefined ? { to: 'bob' } : { group, members: { delivered: this.reached === 'stored' ? 0 : of - 1, read: 0, of: of - 1 } }
    return { event: 'status', id: request.id, ...where, state: this.reached, replicas: 1, servers: 1 } satisfies StatusEvent
  })

  history: ChatNode['history'] = async (request) => await this.#do('history', request, () => {
    const of = this.entries.filter(({ from, to, group }) => request.group === undefined ? group === undefined && (from === request.user || to === request.user) : group === request.group)
    const end = request.before === undefined ? of.length : of.findIndex(({ cursor }) => cursor === request.before)
    return of.slice(Math.max(0, end - (request.limit ?? 50)), end)
  })

  markRead: ChatNode['markRead'] = async (request) => { await this.#do('markRead', request, () => {}) }
  trace: ChatNode['trace'] = async (request) => await this.#do('trace', request, () => ({
    id: request.id,
    ...this.#whereto(request.id),
    state: 'stored' as const,
    steps: [{ state: 'queued' as const, at: '2024-11-22T10:00:00.000Z' }, { state: 'stored' as const, at: '2024-11-22T10:00:01.000Z', replicas: 1, servers: 1 }],
    devices: [{ username: 'bob', deviceId: '00112233aabbccdd', state: 'stored' as const, via: 'mailbox' as const, at: '2024-11-22T10:00:01.000Z' }]
  }))

  backup: ChatNode['backup'] = async (request) => await this.#do('backup', request, () => ({ path: request.path, bytes: 65_000, messages: 12, queued: 1, waiting: 2, files: 1 }))
  findings: Finding[] = []
  doctor: ChatNode['doctor'] = async () => await this.#do('doctor', {}, () => this.findings)

  limits: ChatNode['limits'] = async () => await this.#do('limits', {}, () => [
    { name: 'text', unit: 'bytes', used: null, max: 60_000, reason: 'One key seals at most 64 KiB.' },
    { name: 'devices', unit: 'devices', used: 1, max: 8, reason: 'A message is sealed once for each.' }
  ])

  async * events (request: { after?: string } = {}, signal: AbortSignal = new AbortController().signal): AsyncIterable<NodeEvent> {
    this.calls.push({ name: 'events', params: request })
    const after = request.after ?? this.acknowledged
    const cursorOf = (event: NodeEvent): string | null => 'cursor' in event ? event.cursor ?? null : null
    let at = after === null ? 0 : this.log.findIndex((event) => cursorOf(event) === after) + 1
    for (;;) {
      for (; at < this.log.length; at++) yield this.log[at] as NodeEvent
      if (signal.aborted || this.#stopped.signal.aborted) return
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#listeners.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        this.#listeners.add(wake)
        signal.addEventListener('abort', wake, { once: true })
      })
      if (signal.aborted) return
    }
  }

  acknowledgeEvents: ChatNode['acknowledgeEvents'] = async (request) => {
    await this.#do('acknowledgeEvents', request, () => { this.acknowledged = request.cursor })
  }

  /** Resolves once somebody listens to events. */
  async listenedTo (): Promise<void> {
    while (this.#listeners.size === 0) await new Promise<void>((resolve) => { setImmediate(resolve) })
  }

  #decided (username: string, standing: 'accepted' | 'blocked'): ContactInfo {
    if (!this.people.some((one) => one.username === username)) throw new P2pChatError('ERR_NOT_FOUND', `There is no user ${username}.`)
    const before = this.known.find((one) => one.username === username) ?? { username, online: false, unread: 0, identity: 'pinned' as const, lastMessageAt: null }
    const contact: ContactInfo = { ...before, standing, waiting: 0 }
    this.known = [...this.known.filter((one) => one.username !== username), contact]
    return contact
  }

  #whereto (id: string): Pick<MessageTrace, 'to' | 'group' | 'members'> {
    const group = this.entries.find((entry) => entry.id === id)?.group
    return group === undefined ? { to: 'bob' } : { group, members: { delivered: 1, read: 0, of: 2, missing: ['carol'] } }
  }

  async #do<T> (name: keyof ChatNode, params: unknown, usual: () => T): Promise<T> {
    this.calls.push({ name, params })
    const answer = this.answers[name] as ((params: unknown) => Promise<T>) | undefined
    return answer === undefined ? usual() : await answer(params)
  }
}

function account_ (username: string): AccountInfo {
  return { username, deviceId: '00112233aabbccdd', peerId: '12D3KooWFake', signedIn: true, poolAddresses: ['p2pchat:pool@/ip4/127.0.0.1/tcp/1/p2p/x,/ip4/127.0.0.1/tcp/2/p2p/y'] }
}
