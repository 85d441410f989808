import assert from 'node:assert/strict'
import { completionNames } from '../../../src/cli/shell/completion-names.js'
import type { NodeStatus } from '../../../src/node/chat-node.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { FakeChatNode } from '../helpers/fake-chat-node.js'

const never = async (): Promise<never> => await new Promise(() => {})
const offline = async (): Promise<NodeStatus> => ({ account: null, connection: { kind: 'offline', poolId: 'p', retryAfterMs: 1, direct: [] }, queued: 0, cipher: 'openssl' })

describe('cli: names for a Tab', () => {
  const clock = new FakeClock()

  function nodeOf (answers: FakeChatNode['answers'] = {}): FakeChatNode {
    const node = new FakeChatNode(answers)
    node.known = [{ username: 'bob', online: false, unread: 0, identity: 'pinned', lastMessageAt: null, standing: 'accepted', waiting: 0 }]
    node.rooms.put('team', ['alice', 'bob'])
    node.rooms.put('club', ['bob'])
    return node
  }

  it('are those that are known here, and those of the server', async () => {
    const { users, ownGroups, listedGroups } = completionNames(nodeOf(), clock)
    assert.deepEqual(await users(''), ['alice ', 'bob ', 'carol '])
    assert.deepEqual(await ownGroups(''), ['team '])
    assert.deepEqual(await listedGroups(''), ['club '])
    assert.equal(clock.pending, 0)
  })

  it('are not asked of a server that is not there', async () => {
    const node = nodeOf({ status: offline })
    const { users, listedGroups } = completionNames(node, clock)
    assert.deepEqual([await users(''), await listedGroups('')], [['bob '], []])
    assert.ok(!node.calls.some(({ name }) => name === 'users' || name === 'groups'))
  })

  it('do without a server that does not answer soon', async () => {
    const { users, listedGroups } = completionNames(nodeOf({ users: never, groups: never }), clock)
    const both = Promise.all([users(''), listedGroups('')])
    await settle()
    await clock.advance(500)
    assert.deepEqual(await both, [['bob '], []])
  })
})
