/**
 * The methods of ChatNode by name, with their parameters by name. One table for programs and for both sides of the control
 * socket, so that what others give reaches the node only in the shapes the node expects.
 */
import { P2pChatError } from '../errors.js'
import type { ChatNode } from './chat-node.js'

/** `count`: a whole number from 1 on */
type Kind = 'string' | 'number' | 'count' | 'boolean' | 'string[]'
type Params = Record<string, unknown>

export interface Method {
  /** `?` after the kind: may be left out. */
  params: Record<string, Kind | `${Kind}?`>
  /** Exactly one of these is given. */
  oneOf?: string[]
  /** At least one of these is given. */
  someOf?: string[]
  /** Asking twice does what asking once does, or does so with an `id`: safe to ask a new owner when the old one ended before it answered. */
  repeatable: boolean | 'with-id'
  call: (node: ChatNode, params: never) => Promise<unknown>
}

/** What may be given. */
export type Declared = Pick<Method, 'params' | 'oneOf' | 'someOf'>

type CallName = Exclude<keyof ChatNode, 'events'>

export const METHODS: Record<CallName, Method> = {
  status: { params: {}, repeatable: true, call: (node) => node.status() },
  usePool: { params: { addresses: 'string[]' }, repeatable: true, call: (node, { addresses }: { addresses: string[] }) => node.usePool(addresses) },
  connect: { params: { timeoutMs: 'number' }, repeatable: true, call: (node, { timeoutMs }: { timeoutMs: number }) => node.connect(timeoutMs) },
  signUp: { params: { username: 'string', password: 'string', unlisted: 'boolean?', deviceLabel: 'string?' }, repeatable: false, call: (node, request) => node.signUp(request) },
  signIn: { params: { username: 'string', password: 'string', deviceLabel: 'string?', replace: 'string?' }, repeatable: false, call: (node, request) => node.signIn(request) },
  recover: { params: { username: 'string', recoveryKey: 'string', newPassword: 'string', deviceLabel: 'string?', replace: 'string?' }, repeatable: false, call: (node, request) => node.recover(request) },
  signOut: { params: {}, repeatable: false, call: (node) => node.signOut() },
  whoAmI: { params: {}, repeatable: true, call: (node) => node.whoAmI() },
  devices: { params: {}, repeatable: true, call: (node) => node.devices() },
  removeDevice: { params: { id: 'string', password: 'string' }, repeatable: false, call: (node, request) => node.removeDevice(request) },
  changePassword: { params: { oldPassword: 'string', newPassword: 'string' }, repeatable: false, call: (node, request) => node.changePassword(request) },
  users: { params: { prefix: 'string?', onlineOnly: 'boolean?', after: 'string?', limit: 'count?' }, repeatable: true, call: (node, request) => node.users(request) },
  contacts: { params: {}, repeatable: true, call: (node) => node.contacts() },
  acceptContact: { params: { username: 'string' }, repeatable: true, call: (node, request) => node.acceptContact(request) },
  blockContact: { params: { username: 'string' }, repeatable: true, call: (node, request) => node.blockContact(request) },
  safetyNumber: { params: { username: 'string' }, repeatable: true, call: (node, request) => node.safetyNumber(request) },
  acceptIdentity: { params: { username: 'string' }, repeatable: true, call: (node, request) => node.acceptIdentity(request) },
  send: { params: { to: 'string', text: 'string', id: 'string?' }, repeatable: 'with-id', call: (node, request) => node.send(request) },
  groupCreate: { params: { name: 'string', inviteOnly: 'boolean?', unlisted: 'boolean?', members: 'string[]?' }, repeatable: false, call: (node, request) => node.groupCreate(request) },
  groupJoin: { params: { name: 'string' }, repeatable: false, call: (node, request) => node.groupJoin(request) },
  groupLeave: { params: { name: 'string' }, repeatable: false, call: (node, request) => node.groupLeave(request) },
  groupMembers: { params: { name: 'string' }, repeatable: true, call: (node, request) => node.groupMembers(request) },
  groupLog: { params: { name: 'string', limit: 'number?', before: 'number?' }, repeatable: true, call: (node, request) => node.groupLog(request) },
  groupVerify: { params: { name: 'string' }, repeatable: true, call: (node, request) => node.groupVerify(request) },
  groupAdd: { params: { name: 'string', usernames: 'string[]' }, repeatable: false, call: (node, request) => node.groupAdd(request) },
  groupRemove: { params: { name: 'string', usernames: 'string[]' }, repeatable: false, call: (node, request) => node.groupRemove(request) },
  groupPromote: { params: { name: 'string', usernames: 'string[]' }, repeatable: false, call: (node, request) => node.groupPromote(request) },
  groupDemote: { params: { name: 'string', usernames: 'string[]' }, repeatable: false, call: (node, request) => node.groupDemote(request) },
  groupRename: { params: { name: 'string', newName: 'string' }, repeatable: false, call: (node, request) => node.groupRename(request) },
  groupPolicy: { params: { name: 'string', inviteOnly: 'boolean?', unlisted: 'boolean?' }, someOf: ['inviteOnly', 'unlisted'], repeatable: true, call: (node, request) => node.groupPolicy(request) },
  groupSend: { params: { names: 'string[]', text: 'string', id: 'string?' }, repeatable: 'with-id', call: (node, request) => node.groupSend(request) },
  groups: { params: { prefix: 'string?', after: 'string?', limit: 'count?' }, repeatable: true, call: (node, request) => node.groups(request) },
  myGroups: { params: { all: 'boolean?' }, repeatable: true, call: (node, request) => node.myGroups(request) },
  sendFile: { params: { to: 'string?', groups: 'string[]?', path: 'string', name: 'string?', caption: 'string?', id: 'string?' }, oneOf: ['to', 'groups'], repeatable: 'with-id', call: (node, request) => node.sendFile(request) },
  acceptFile: { params: { id: 'string' }, repeatable: false, call: (node, request) => node.acceptFile(request) },
  declineFile: { params: { id: 'string' }, repeatable: false, call: (node, request) => node.declineFile(request) },
  pauseFile: { params: { id: 'string' }, repeatable: false, call: (node, request) => node.pauseFile(request) },
  resumeFile: { params: { id: 'string' }, repeatable: false, call: (node, request) => node.resumeFile(request) },
  transfers: { params: { active: 'boolean?' }, repeatable: true, call: (node, request) => node.transfers(request) },
  waitFile: { params: { id: 'string', timeoutMs: 'number' }, repeatable: true, call: (node, request) => node.waitFile(request) },
  filePreview: { params: { id: 'string' }, repeatable: true, call: (node, request) => node.filePreview(request) },
  settings: { params: {}, repeatable: true, call: (node) => node.settings() },
  changeSettings: { params: { autoAcceptBytes: 'number?', downloadsFolder: 'string?', relayOnly: 'boolean?', contacts: 'string?', receipts: 'boolean?' }, repeatable: true, call: (node, request) => node.changeSettings(request) },
  wait: { params: { id: 'string', state: 'string', timeoutMs: 'number' }, repeatable: true, call: (node, request) => node.wait(request) },
  history: { params: { user: 'string?', group: 'string?', limit: 'number?', before: 'string?', search: 'string?' }, oneOf: ['user', 'group'], repeatable: true, call: (node, request) => node.history(request) },
  markRead: { params: { user: 'string?', group: 'string?', through: 'string?' }, oneOf: ['user', 'group'], repeatable: true, call: (node, request) => node.markRead(request) },
  trace: { params: { id: 'string' }, repeatable: true, call: (node, request) => node.trace(request) },
  limits: { params: {}, repeatable: true, call: (node) => node.limits() },
  backup: { params: { path: 'string', password: 'string' }, repeatable: false, call: (node, request) => node.backup(request) },
  doctor: { params: {}, repeatable: true, call: (node) => node.doctor() },
  acknowledgeEvents: { params: { cursor: 'string', consumer: 'string?' }, repeatable: true, call: (node, request) => node.acknowledgeEvents(request) }
}

/** `events` is a subscription: answered with null, then `event` notifications until either side closes. */
export const EVENTS: Declared = { params: { after: 'string?', consumer: 'string?' } }

export function isMethod (name: string): name is CallName {
  return Object.hasOwn(METHODS, name)
}

export function isRepeatable ({ repeatable }: Pick<Method, 'repeatable'>, params: object): boolean {
  return repeatable === 'with-id' ? 'id' in params && params.id !== undefined : repeatable
}

/**
 * The parameters, checked.
 *
 * @param undeclared what is thrown of a parameter that is not declared
 * @throws ERR_USAGE when one is missing or of another kind
 */
export function checkParams ({ params: declared, oneOf, someOf }: Declared, given: unknown, undeclared = noSuchParameter): Params {
  const params = given ?? {}
  if (typeof params !== 'object' || Array.isArray(params)) throw new P2pChatError('ERR_USAGE', 'The parameters must be an object.')
  // Left out, it would change what was asked for, and nobody would be told.
  const unknown = Object.keys(params).find((name) => !Object.hasOwn(declared, name))
  if (unknown !== undefined) throw undeclared(unknown.slice(0, 100))
  const checked: Params = {}
  for (const [name, kind] of Object.entries(declared)) {
    const value = Object.hasOwn(params, name) ? (params as Params)[name] : undefined
    if (value === undefined && kind.endsWith('?')) continue
    if (!isKind(value, kind.replace('?', '') as Kind)) throw new P2pChatError('ERR_USAGE', `The parameter "${name}" must be ${KINDS[kind.replace('?', '') as Kind]}.`)
    checked[name] = value
  }
  if (oneOf !== undefined && oneOf.filter((name) => Object.hasOwn(checked, name)).length !== 1) throw new P2pChatError('ERR_USAGE', `Exactly one of the parameters ${oneOf.map((name) => `"${name}"`).join(' and ')} must be given.`)
  if (someOf?.some((name) => Object.hasOwn(checked, name)) === false) throw new P2pChatError('ERR_USAGE', `At least one of the parameters ${someOf.map((name) => `"${name}"`).join(' and ')} must be given.`)
  return checked
}

const KINDS: Record<Kind, string> = { string: 'a string', number: 'a number', count: 'a whole number from 1 on', boolean: 'true or false', 'string[]': 'a list of strings' }

function noSuchParameter (name: string): P2pChatError {
  return new P2pChatError('ERR_USAGE', `There is no parameter "${name}".`)
}

function isKind (value: unknown, kind: Kind): boolean {
  if (kind === 'string[]') return Array.isArray(value) && value.every((item) => typeof item === 'string')
  if (kind === 'count') return Number.isSafeInteger(value) && Number(value) >= 1
  if (kind === 'number') return Number.isFinite(value)
  return kind === 'boolean' ? typeof value === 'boolean' : typeof value === 'string'
}
