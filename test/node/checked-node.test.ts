import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNode, type RunningNode } from '../../src/node/index.js'
import { createMemoryDisk } from '../../src/store/index.js'
import { rejectsCode } from './support.js'

/** As a program without types calls it. */
type Untyped = Record<string, (...args: unknown[]) => Promise<unknown>>

describe('a node as programs have it', () => {
  let home: string
  let node: RunningNode

  const call = async (name: string, ...args: unknown[]): Promise<unknown> => await (node as unknown as Untyped)[name]?.(...args)

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'p2pchat-checked-'))
    node = await createNode({ home, store: createMemoryDisk().open(), listen: [] })
  })

  afterEach(async () => {
    await node.stop()
    await rm(home, { recursive: true, force: true })
  })

  it('is asked nothing before it was started', async () => {
    const error = await rejectsCode(node.status(), 'ERR_USAGE')
    assert.equal(error.message, 'Call start() first.')
    await rejectsCode(node.events()[Symbol.asyncIterator]().next(), 'ERR_USAGE')
    await node.start()
    assert.equal((await node.status()).connection.kind, 'no-pool')
  })

  it('is not started again after it was stopped', async () => {
    await node.start()
    await node.stop()
    await rejectsCode(node.start(), 'ERR_CLOSED')
  })

  it('says that it was stopped to who asks it something then', async () => {
    await node.start()
    await node.stop()
    for (const asked of [node.status(), node.events()[Symbol.asyncIterator]().next()]) assert.match((await rejectsCode(asked, 'ERR_CLOSED')).message, /This node was stopped/)
  })

  it('refuses arguments of other kinds than it takes', async () => {
    await node.start()
    const wrong: Array<[string, ...unknown[]]> = [
      ['send'], ['send', 'bob'], ['send', { to: 'bob' }], ['history'], ['usePool', 'p2pchat:x'], ['usePool'], ['connect', '5'],
      ['groupSend', { text: 'x' }], ['groupSend', { names: 'team', text: 'x' }], ['groupAdd', { name: 'team', usernames: 'alice' }], ['groupPolicy', { name: 'team' }],
      ['backup', { path: '/x' }], ['changeSettings', { foo: 1 }], ['users', { limit: -4 }], ['users', { limit: 1.5 }], ['groups', { limit: 0 }]
    ]
    for (const [name, ...args] of wrong) await rejectsCode(call(name, ...args), 'ERR_USAGE')
    await rejectsCode(node.events({ after: 5 } as never)[Symbol.asyncIterator]().next(), 'ERR_USAGE')
    await rejectsCode(node.events({}, 'x' as never)[Symbol.asyncIterator]().next(), 'ERR_USAGE')
  })

  it('needs no argument where all of it may be left out', async () => {
    await node.start()
    for (const asked of [node.users(), node.groups(), node.myGroups(), node.transfers(), node.events()[Symbol.asyncIterator]().next()]) await rejectsCode(asked, 'ERR_NOT_SIGNED_IN')
  })
})
