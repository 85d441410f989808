/**
 * A program: the shell in a process of its own, on a node in memory. SIGUSR2 lets a message come in. FAKE_ACCOUNT says
 * who is signed in (default: alice; `none`: nobody, and no pool is known); FAKE_GROUPS that there are groups; FAKE_FILES that
 * there are files, which SIGUSR2 then moves. The file `stopped` in the home says that the node was stopped.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import '../../../src/polyfill.js'
import { main } from '../../../src/cli/main.js'
import type { NodeStatus } from '../../../src/node/chat-node.js'
import { FakeChatNode } from '../helpers/fake-chat-node.js'
import { fileScene } from '../helpers/file-scene.js'
import { groupEvent } from '../helpers/fake-groups.js'
import { historyEntry, messageEvent } from '../helpers/samples.js'

const name = process.env.FAKE_ACCOUNT ?? 'alice'
const isFresh = name === 'none'
let hasPool = !isFresh
const node: FakeChatNode = new FakeChatNode({
  status: async (): Promise<NodeStatus> => ({
    account: node.account,
    connection: hasPool ? { kind: 'connected', server: '12D3KooW', poolId: 'pool', home: true } : { kind: 'no-pool' },
    queued: 0,
    cipher: 'openssl'
  }),
  usePool: async () => { hasPool = true }
}, isFresh ? null : FakeChatNode.account(name))

const later = (): string => new Date(Date.now() + 1_000).toISOString()
if (!isFresh) node.known = [{ username: 'bob', online: true, unread: 2, identity: 'pinned', lastMessageAt: new Date().toISOString(), standing: 'accepted', waiting: 0 }, { username: 'carol', online: false, unread: 0, identity: 'pinned', lastMessageAt: null, standing: 'accepted', waiting: 0 }]
const hasGroups = process.env.FAKE_GROUPS !== undefined
if (hasGroups) {
  const { to: _, ...unread } = historyEntry({ from: 'bob', group: 'team', text: 'who brings cake?', sentAt: later() })
  node.entries.push(unread)
  node.rooms.put('team', ['bob', 'alice', 'carol'], { unread: 1, lastMessageAt: later() })
  node.rooms.put('club', ['carol', 'bob'])
  node.rooms.put('board', ['bob'], { inviteOnly: true })
}
const files = process.env.FAKE_FILES === undefined ? null : fileScene(node, later)
let received = 0
process.on('SIGUSR2', () => {
  if (files !== null) {
    files.step()
    return
  }
  received++
  const fields = { id: String(received).padStart(32, 'c'), cursor: `c${received}`, text: `incoming ${received}`, receivedAt: later(), sentAt: later() }
  if (!hasGroups) {
    node.emit(messageEvent(fields))
    return
  }
  const { to: _, ...inGroup } = messageEvent({ ...fields, group: 'team' })
  node.emit(groupEvent({ cursor: `g${received}`, at: later(), kind: 'join', by: 'dave', users: [], message: 'dave joined' }), inGroup)
})

const stop = node.stop.bind(node)
node.stop = async () => {
  await stop()
  writeFileSync(join(process.env.P2PCHAT_HOME ?? '.', 'stopped'), '')
}
const status = await main(process.argv.slice(2), { createNode: async () => node })
process.stdout.write(`calls: ${JSON.stringify(node.calls.filter(({ name }) => ['send', 'markRead', 'signIn', 'signUp', 'usePool', 'groupSend', 'groupCreate', 'groupAdd', 'groupJoin', 'sendFile', 'acceptFile', 'declineFile', 'changeSettings'].includes(name)))}\n`)
process.exit(status)
