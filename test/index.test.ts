import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import * as library from '../src/index.js'
import type {
  BackupInfo, ChatNode, Clock, ContactRequestEvent, CreateNodeOptions, DeviceAddedEvent, DrainStatus, EventsRequest, FileEvent, FileFailedEvent, FileSent, GroupEvent, GroupInfo, GroupLogEntry,
  GroupMemberInfo, GroupPage, GroupSendRequest, GroupSent, GroupVerification, KeyValueStore, Logger, MadeToken, MessageEvent, NodeEvent, NodeSettings, OfferEvent, PasswordWork, PoolAdmin, PoolFinding, PoolStatus, ProgressEvent, Random,
  RendezvousInit, SendFileRequest, SendRequest, ServerStatus, TransferInfo
} from '../src/index.js'

type Answer<Name extends keyof ChatNode> = ChatNode[Name] extends (...args: never[]) => Promise<infer T> ? T : never

/** A bot that names the types of what it is given and gives: it is for the compiler. */
class Bot {
  take (event: NodeEvent): string {
    switch (event.event) {
      case 'message': return this.#message(event)
      case 'file': case 'offer': case 'progress': case 'file-failed': return this.#file(event)
      case 'group': return this.#group(event)
      case 'contact-request': case 'device-added': return this.#person(event)
      default: return event.event
    }
  }

  #message = (event: MessageEvent): string => event.text
  #file = (event: FileEvent | OfferEvent | ProgressEvent | FileFailedEvent): string => event.name
  #group = (event: GroupEvent): string => event.group
  #person = (event: ContactRequestEvent | DeviceAddedEvent): string => event.username
}

interface Asked {
  send: SendRequest
  groupSend: GroupSendRequest
  sendFile: SendFileRequest
  events: EventsRequest
  options: Pick<CreateNodeOptions, 'logger'> & Pick<RendezvousInit, 'logger'> & { logger: Logger, clock?: Clock, random?: Random } & { store?: KeyValueStore, passwordWork?: PasswordWork }
}

interface Answered {
  groupSend: GroupSent[]
  sendFile: FileSent[]
  transfers: TransferInfo[]
  settings: NodeSettings
  groups: GroupPage
  myGroups: GroupInfo[]
  groupMembers: GroupMemberInfo[]
  groupLog: GroupLogEntry[]
  groupVerify: GroupVerification
  backup: BackupInfo
}

type Administered = [PoolAdmin, PoolStatus, ServerStatus, DrainStatus, MadeToken, PoolFinding]

describe('the library', () => {
  it('has a type for whatever a program gives it or is given', () => {
    const answered = <Name extends keyof Answered>(_name: Name, _answer: Answered[Name] extends Answer<Name> ? true : never): void => {}
    answered('groupSend', true)
    answered('sendFile', true)
    answered('backup', true)
    const unused: Partial<Asked> & { admin?: Administered } = {}
    assert.deepEqual([unused, new Bot().take({ event: 'contact-request', username: 'bob', message: '' })], [{}, 'bob'])
  })

  it('can be required, too, and says which version it is', () => {
    const { exports } = createRequire(import.meta.url)('p2pchat/package.json') as { exports: Record<string, string | { default?: string }> }
    assert.deepEqual(Object.values(exports).filter((target) => typeof target === 'object' && target.default === undefined), [])
  })

  it('has these functions', () => {
    assert.deepEqual(Object.keys(library).sort(), ['ERROR_EXIT_STATUS', 'P2pChatError', 'createNode', 'createRendezvous', 'isP2pChatError', 'restoreHome', 'testPassword', 'testnet'])
  })
})
