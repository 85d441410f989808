import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { drainTimeoutMs } from '../../src/cli/control/index.js'
import { openNode, type OpenedNode, type OpenNodeComponents, type OwnedNode } from '../../src/cli/open-node.js'
import { Interruption } from '../../src/cli/signals.js'
import { P2pChatError } from '../../src/errors.js'
import type { NodeEvent } from '../../src/node/chat-node.js'
import { systemClock } from '../../src/runtime.js'
import { FakeClock, settle } from '../helpers/fake-clock.js'
import { SeededRandom } from '../helpers/seeded-random.js'
import { FakeChatNode } from './helpers/fake-chat-node.js'
import { run } from './helpers/run.js'
import { messageEvent } from './helpers/samples.js'
import { tempFolder } from './helpers/temp-folder.js'

/** A home whose lock one fake node at a time can have. */
class Lock {
  readonly owners: FakeChatNode[] = []
  held = false
  /** What the home's history holds when the next owner opens it. */
  log: NodeEvent[] = []

  readonly createNode = async (): Promise<OwnedNode> => {
    await new Promise((resolve) => setImmediate(resolve))
    if (this.held) throw new P2pChatError('ERR_STORE_LOCKED', 'Locked.')
    this.held = true
    const node = new FakeChatNode()
    node.emit(...this.log)
    const stop = node.stop.bind(node)
    node.stop = async () => {
      await stop()
      this.held = false
    }
    this.owners.push(node)
    return node
  }
}

interface Gate { opened: Promise<void>, open: () => void }

function gate (): Gate {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => { open = resolve })
  return { opened, open }
}

describe('cli: opening a home', () => {
  const home = tempFolder()
  let opened: OpenedNode[] = []

  afterEach(async () => {
    for (const one of opened) await one.close()
    opened = []
  })

  async function open (lock: Lock, pool: string[] = [], changes: Partial<OpenNodeComponents> = {}, signal = new AbortController().signal): Promise<OpenedNode> {
    const one = await openNode({ clock: systemClock, random: new SeededRandom(1), env: {}, createNode: lock.createNode, ...changes }, { home: home(), pool, signal })
    opened.push(one)
    return one
  }

  it('owns a home that nobody owns, and others ask it', async () => {
    const lock = new Lock()
    const first = await open(lock)
    const second = await open(lock)
    await second.node.send({ to: 'bob', text: 'hi' })
    await first.node.contacts()
    assert.equal(lock.owners.length, 1)
    assert.deepEqual(lock.owners[0]?.calls.map(({ name }) => name), ['send', 'contacts'])
  })

  it('settles a race of many starters: one owner, all served', async () => {
    const lock = new Lock()
    const all = await Promise.all(Array.from({ length: 8 }, () => open(lock)))
    await Promise.all(all.map(({ node }) => node.status()))
    assert.equal(lock.owners.length, 1)
    assert.equal(lock.owners[0]?.calls.length, 8)
  })

  it('becomes the owner when the owner has ended', async () => {
    const lock = new Lock()
    const first = await open(lock)
    const second = await open(lock)
    await first.close()
    assert.equal((await second.node.status()).account?.username, 'alice')
    assert.equal(lock.owners.length, 2)
  })

  it('goes on with events where the last owner stopped', async () => {
    const lock = new Lock()
    lock.log = [messageEvent({ cursor: 'c1', text: 'one' })]
    const first = await open(lock)
    const second = await open(lock)
    const stop = new AbortController()
    const texts: string[] = []
    for await (const event of second.node.events({ consumer: 'bot' }, stop.signal)) {
      if (event.event !== 'message') continue
      texts.push(event.text)
      if (texts.length === 2) stop.abort()
      else {
        void first.close().then(async () => {
          await second.node.status()
          lock.owners[1]?.emit(messageEvent({ cursor: 'c2', text: 'two' }))
        })
      }
    }
    assert.deepEqual(texts, ['one', 'two'])
    assert.deepEqual(lock.owners.map(({ calls }) => calls.find(({ name }) => name === 'events')?.params), [{ consumer: 'bot' }, { after: 'c1', consumer: 'bot' }])
  })

  describe('while another connection of the same process has a request under way', () => {
    /** An owner in the middle of a send that cannot be asked twice, asked by a second process that listens as well. */
    async function sending (lock: Lock, stop: AbortSignal): Promise<{ first: OpenedNode, second: OpenedNode, sent: Promise<object>, release: () => void, listening: Promise<void> }> {
      const first = await open(lock)
      const second = await open(lock)
      const owner = lock.owners[0] as FakeChatNode
      const held = gate()
      owner.answers.groupSend = async () => {
        await held.opened
        return [{ group: 'team', id: 'kept', state: 'queued' }]
      }
      const listening = (async () => { for await (const event of second.node.events({}, stop)) assert.fail(event.event) })()
      await owner.listenedTo()
      const sent = second.node.groupSend({ names: ['team', 'club'], text: 'hi' })
      sent.catch(() => {})
      while (!owner.calls.some(({ name }) => name === 'groupSend')) await settle()
      return { first, second, sent, release: held.open, listening }
    }

    it('lets it be answered by an owner that ends, which closes event streams first', async () => {
      const stop = new AbortController()
      const lock = new Lock()
      const { first, sent, release, listening } = await sending(lock, stop.signal)
      const closing = first.close()
      await settle(20)
      release()
      assert.deepEqual(await sent, [{ group: 'team', id: 'kept', state: 'queued' }])
      await closing
      while (lock.owners.length < 2) await settle()
      await lock.owners[1]?.listenedTo()
      stop.abort()
      await listening
    })

    it('lets it be answered also when a later one was refused', async () => {
      const stop = new AbortController()
      const { first, second, sent, release, listening } = await sending(new Lock(), stop.signal)
      const closing = first.close()
      const later = second.node.contacts()
      await settle(20)
      release()
      assert.deepEqual(await sent, [{ group: 'team', id: 'kept', state: 'queued' }])
      assert.deepEqual(await later, [])
      await closing
      stop.abort()
      await listening
    })

    it('does not cut it when it stops to listen', async () => {
      const stop = new AbortController()
      const lock = new Lock()
      const { sent, release, listening } = await sending(lock, stop.signal)
      stop.abort()
      await listening
      await settle(20)
      release()
      assert.deepEqual(await sent, [{ group: 'team', id: 'kept', state: 'queued' }])
      assert.equal(lock.owners.length, 1)
    })
  })

  it('is kept by a process that a signal ends for as long as it answers what it has begun', async () => {
    const node = new FakeChatNode()
    const held = gate()
    node.answers.backup = async ({ path }) => {
      await held.opened
      return { path, bytes: 1, messages: 0, queued: 0, waiting: 0, files: 0 }
    }
    const clock = new FakeClock()
    const interruption = new Interruption()
    let hasEnded = false
    const listening = run(['listen'], { home: home(), node, clock, interruption }).finally(() => { hasEnded = true })
    await node.listenedTo()
    const { node: other } = await open(new Lock())
    const made = other.backup({ path: '/backup', password: 'a long secret' })
    while (!node.calls.some(({ name }) => name === 'backup')) await settle()
    interruption.interrupt(143)
    await clock.advance(drainTimeoutMs - 1)
    assert.equal(hasEnded, false)
    held.open()
    assert.equal((await made).path, '/backup')
    assert.equal((await listening).status, 0)
  })

  it('does not repeat what may have been done', async () => {
    const lock = new Lock()
    const path = join(home(), 'control.sock')
    const owner = createServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', (data) => {
        if (String(data).includes('hello')) socket.write('{"jsonrpc":"2.0","id":1,"result":{"pid":1}}\n')
        else owner.close(() => {}) && socket.destroy()
      })
    }).listen(path)
    await once(owner, 'listening')
    const second = await open(lock)
    await assert.rejects(second.node.groupSend({ names: ['team', 'club'], text: 'hi' }), { code: 'ERR_UNKNOWN_OUTCOME' })
    assert.equal((await second.node.send({ to: 'bob', text: 'again' })).state, 'queued')
    assert.deepEqual(lock.owners[0]?.calls.map(({ params }) => params), [{ to: 'bob', text: 'again' }])
  })

  it('asks the next owner under the same id for what goes to one, when the owner was killed in the middle', async () => {
    const lock = new Lock()
    const asked: unknown[] = []
    const owner = createServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', (data) => {
        const { id, method, params } = JSON.parse(String(data)) as { id: number, method: string, params: unknown }
        if (method === 'hello') socket.write(`{"jsonrpc":"2.0","id":${id},"result":{"pid":1}}\n`)
        else {
          asked.push(params)
          owner.close(() => {}) && socket.destroy()
        }
      })
    }).listen(join(home(), 'control.sock'))
    await once(owner, 'listening')
    const second = await open(lock)
    assert.equal((await second.node.send({ to: 'bob', text: 'hi' })).state, 'queued')
    assert.match((asked[0] as { id: string }).id, /^[0-9a-f]{32}$/)
    assert.deepEqual(lock.owners[0]?.calls.map(({ params }) => params), asked)
  })

  it('tells an owner of another pool than the one it knows', async () => {
    const lock = new Lock()
    await open(lock)
    await open(lock, FakeChatNode.account('alice').poolAddresses)
    await open(lock, ['p2pchat:pool@/ip4/127.0.0.1/tcp/2/p2p/y'])
    const others = [['p2pchat:other@/ip4/127.0.0.1/tcp/2/p2p/y'], ['p2pchat:pool@/ip4/127.0.0.1/tcp/3/p2p/z']]
    for (const pool of others) await open(lock, pool)
    assert.deepEqual(lock.owners[0]?.calls.filter(({ name }) => name === 'usePool').map(({ params }) => params), others)
  })

  it('gives up on an owner that has the lock and serves nobody, naming the home', async () => {
    const lock = new Lock()
    lock.held = true
    const clock = new FakeClock()
    const opening = open(lock, [], { clock })
    await assert.rejects(clock.until(opening), (error: unknown) => error instanceof P2pChatError && error.code === 'ERR_STORE_LOCKED' && error.message.includes(home()))
  })

  it('gives up on an owner that takes the call and says nothing', async () => {
    const silent = createServer((socket) => { socket.on('error', () => {}) }).listen(join(home(), 'control.sock'))
    await once(silent, 'listening')
    const clock = new FakeClock()
    const wait = { over: false }
    const opening = open(new Lock(), [], { clock }).finally(() => { wait.over = true })
    opening.catch(() => {})
    while (!wait.over) {
      if (clock.pending > 0) await clock.advance(1_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await assert.rejects(opening, { code: 'ERR_STORE_LOCKED' })
    silent.close()
  })

  it('stops waiting when it is told to', async () => {
    const lock = new Lock()
    lock.held = true
    const stop = new AbortController()
    const opening = open(lock, [], {}, stop.signal)
    stop.abort()
    await assert.rejects(opening, { code: 'ERR_ABORTED' })
  })

  it('passes on what else is wrong with the home', async () => {
    const createNode = async (): Promise<OwnedNode> => { throw new P2pChatError('ERR_STORE_NEWER', 'Newer.') }
    await assert.rejects(open(new Lock(), [], { createNode }), { code: 'ERR_STORE_NEWER' })
  })
})
