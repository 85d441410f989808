import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, stat, writeFile, access } from 'node:fs/promises'
import { connect, createServer, Server, type Socket } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { findSocketPath, remoteChatNode, serveControl, type ControlServer, type RemoteChatNode } from '../../../src/cli/control/index.js'
import { maxAnswerBytes, maxClients, maxRequestBytes, probeMs } from '../../../src/cli/control/limits.js'
import { readLines } from '../../../src/cli/control/lines.js'
import { version } from '../../../src/cli/version.js'
import { P2pChatError } from '../../../src/errors.js'
import type { NodeEvent } from '../../../src/node/chat-node.js'
import { systemClock, type Clock } from '../../../src/runtime.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { FakeChatNode } from '../helpers/fake-chat-node.js'
import { messageEvent } from '../helpers/samples.js'
import { tempFolder } from '../helpers/temp-folder.js'

describe('cli: control socket', () => {
  const home = tempFolder()
  let servers: ControlServer[] = []
  let clients: RemoteChatNode[] = []

  afterEach(async () => {
    for (const client of clients) client.close()
    for (const server of servers) await server.close()
    clients = []
    servers = []
  })

  async function serve (node: FakeChatNode, folder = home(), clock: Clock = systemClock): Promise<ControlServer> {
    const server = await serveControl({ node, clock, home: folder, env: {} })
    servers.push(server)
    return server
  }

  async function client (path: string): Promise<RemoteChatNode> {
    const remote = await remoteChatNode(path)
    assert.ok(remote !== null)
    clients.push(remote)
    return remote
  }

  /** An owner that hears a request and says only what the test lets it say. */
  async function rawOwner (): Promise<{ lines: { path: string, heard: Promise<unknown> }, close: (last: string) => void }> {
    const path = join(home(), 'raw.sock')
    const server = createServer()
    const met = once(server, 'connection') as Promise<[Socket]>
    server.listen(path)
    await once(server, 'listening')
    const heard = met.then(async ([socket]) => await once(socket, 'data'))
    return {
      lines: { path, heard },
      close: (last) => { void met.then(([socket]) => { socket.end(last, () => { socket.destroy(); server.close() }) }) }
    }
  }

  /** Everything a server says to raw bytes, until it closes or has said `lines` lines. */
  async function raw (path: string, bytes: string | Uint8Array, lines = Infinity): Promise<Array<Record<string, unknown>>> {
    const socket = connect(path)
    await once(socket, 'connect')
    socket.on('error', () => {})
    socket.write(bytes)
    let said = ''
    for await (const chunk of socket) {
      said += String(chunk)
      if (said.split('\n').length > lines) break
    }
    socket.destroy()
    return said.trim().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  /** A node that answers `send` once it is let. */
  function heldSend (): { node: FakeChatNode, release: () => void } {
    let release = (): void => {}
    const held = new Promise<void>((resolve) => { release = resolve })
    const node = new FakeChatNode({
      send: async () => {
        await held
        return { id: 'kept', state: 'queued' }
      }
    })
    return { node, release }
  }

  it('lets two clients ask at once, each getting its own answers', async () => {
    const node = new FakeChatNode({ safetyNumber: async ({ username }) => ({ username, number: '1', identity: 'pinned' }) })
    const { path } = await serve(node)
    const [one, two] = [await client(path), await client(path)]
    const asked = Array.from({ length: 200 }, async (_, at) => {
      const username = `user${at}`
      const answer = await (at % 2 === 0 ? one : two).node.safetyNumber({ username })
      assert.equal(answer.username, username)
    })
    await Promise.all(asked)
    assert.deepEqual((await one.node.status()).account?.username, 'alice')
  })

  it('passes every method on with its parameters', async () => {
    const node = new FakeChatNode()
    const remote = (await client((await serve(node)).path)).node
    await remote.usePool(['a', 'b'])
    await remote.connect(5)
    await remote.signIn({ username: 'alice', password: 'correct horse' })
    await remote.history({ user: 'bob', limit: 3 })
    await remote.acknowledgeEvents({ cursor: 'c9' })
    assert.deepEqual(node.calls, [
      { name: 'usePool', params: ['a', 'b'] },
      { name: 'connect', params: 5 },
      { name: 'signIn', params: { username: 'alice', password: 'correct horse' } },
      { name: 'history', params: { user: 'bob', limit: 3 } },
      { name: 'acknowledgeEvents', params: { cursor: 'c9' } }
    ])
  })

  it('passes on lists and what is left out, and takes exactly one of a person and a group', async () => {
    const node = new FakeChatNode()
    const { path } = await serve(node)
    const remote = (await client(path)).node
    await remote.groupCreate({ name: 'team', members: ['bob'], unlisted: true })
    await remote.groupAdd({ name: 'team', usernames: ['carol'] })
    await remote.groupSend({ names: ['team'], text: 'hi' })
    await remote.markRead({ group: 'team' })
    assert.deepEqual((await remote.myGroups({})).map(({ name, members }) => [name, members]), [['team', 3]])
    assert.deepEqual(node.calls.map(({ params }) => params), [{ name: 'team', members: ['bob'], unlisted: true }, { name: 'team', usernames: ['carol'] }, { names: ['team'], text: 'hi' }, { group: 'team' }, {}])
    const asked = [
      ['history', {}], ['history', { user: 'bob', group: 'team' }], ['markRead', {}], ['markRead', { user: 1 }],
      ['groupAdd', { name: 'team', usernames: 'bob' }], ['groupAdd', { name: 'team', usernames: [1] }], ['groupSend', { names: ['team'] }], ['groupPolicy', { name: 'team', unlisted: 'yes' }], ['groupCreate', { name: 'x', members: {} }]
    ]
    const answers = await raw(path, asked.map(([method, params], id) => JSON.stringify({ jsonrpc: '2.0', id, method, params })).join('\n') + '\n', asked.length)
    assert.deepEqual(answers.map(({ error }) => (error as { code: number } | undefined)?.code), asked.map(() => -32602))
    await assert.rejects(remote.history({}), /Exactly one of the parameters "user" and "group"/)
  })

  it('keeps code, message and retryAfterMs of an error', async () => {
    const node = new FakeChatNode({ signUp: async () => { throw new P2pChatError('ERR_RATE_LIMITED', 'Too many tries.', { retryAfterMs: 1234 }) } })
    const remote = await client((await serve(node)).path)
    await assert.rejects(remote.node.signUp({ username: 'bob', password: 'x' }), (error: unknown) => {
      assert.ok(error instanceof P2pChatError)
      assert.deepEqual([error.code, error.message, error.retryAfterMs, error.exitStatus], ['ERR_RATE_LIMITED', 'Too many tries.', 1234, 8])
      return true
    })
  })

  it('streams events, stored ones first, until the listener stops', async () => {
    const node = new FakeChatNode()
    node.emit(messageEvent({ cursor: 'c1', text: 'one' }), messageEvent({ cursor: 'c2', text: 'two' }))
    const remote = await client((await serve(node)).path)
    const stop = new AbortController()
    const texts: string[] = []
    for await (const event of remote.node.events({ after: 'c1' }, stop.signal)) {
      if (event.event === 'message') texts.push(event.text)
      if (texts.length === 1) node.emit(messageEvent({ cursor: 'c3', text: 'three' }))
      if (texts.length === 2) stop.abort()
    }
    assert.deepEqual(texts, ['two', 'three'])
  })

  it('does not lose or double events of a reader that takes its time', async () => {
    const node = new FakeChatNode()
    const long = 'x'.repeat(60_000)
    for (let at = 0; at < 200; at++) node.emit(messageEvent({ cursor: `c${at}`, text: `${at} ${long}` }))
    const remote = await client((await serve(node)).path)
    const stop = new AbortController()
    let next = 0
    for await (const event of remote.node.events({}, stop.signal)) {
      assert.ok(event.event === 'message' && event.text.startsWith(`${next} `))
      await remote.node.acknowledgeEvents({ cursor: event.cursor })
      if (++next === 200) stop.abort()
    }
    assert.equal(node.acknowledged, 'c199')
  })

  it('answers what runs before it ends, for a client that has said all it had to say', async () => {
    const { node, release } = heldSend()
    const { path } = await serve(node)
    const socket = connect({ path, allowHalfOpen: true })
    await once(socket, 'connect')
    socket.end('{"jsonrpc":"2.0","id":1,"method":"send","params":{"to":"bob","text":"hi"}}\n{"jsonrpc":"2.0","id":2,"method":"events"}\n')
    const said: unknown[] = []
    for await (const line of readLines(socket, maxAnswerBytes)) {
      said.push(JSON.parse(line))
      // A subscription ends once it has read that nothing more comes.
      if (line.includes('events-ended')) release()
    }
    socket.destroy()
    assert.deepEqual(said, [
      { jsonrpc: '2.0', id: 2, result: null },
      { jsonrpc: '2.0', method: 'events-ended', params: { id: 2 } },
      { jsonrpc: '2.0', id: 1, result: { id: 'kept', state: 'queued' } }
    ])
  })

  describe('of clients that are killed while they wait', () => {
    const clock = new FakeClock()
    let path: string

    beforeEach(async () => {
      const node = new FakeChatNode({ wait: async () => await new Promise(() => {}) })
      ;({ path } = await serve(node, home(), clock))
    })

    /** Clients in every place there is, each with an answer due. */
    async function fill (): Promise<Socket[]> {
      return await Promise.all(Array.from({ length: maxClients }, async () => {
        const socket = connect({ path, allowHalfOpen: true })
        await once(socket, 'connect')
        socket.write('{"jsonrpc":"2.0","id":1,"method":"wait","params":{"id":"x","state":"delivered","timeoutMs":86400000}}\n')
        return socket
      }))
    }

    async function assertPlace (): Promise<void> {
      for (let tries = 0; tries < 100; tries++) {
        const said = await raw(path, '{"jsonrpc":"2.0","id":1,"method":"hello"}\n', 1).catch(() => [])
        if (said.length > 0) return
      }
      assert.fail('those who are gone keep their places')
    }

    it('frees their places at once', async () => {
      const waiting = await fill()
      for (const socket of waiting) socket.destroy()
      await assertPlace()
    })

    it('frees those of clients that had said all they had to say', async () => {
      const waiting = await fill()
      await Promise.all(waiting.map(async (socket) => {
        socket.end()
        assert.deepEqual(await once(socket, 'data'), [Buffer.from('\n')])
        socket.destroy()
      }))
      await clock.advance(probeMs)
      await assertPlace()
      await servers[0]?.close()
      assert.equal(clock.pending, 0, 'timers are left')
    })
  })

  it('says once, and by a word of its own, that a subscription has failed, and goes on with the rest', async () => {
    const { node, release } = heldSend()
    node.events = async function * () { throw new P2pChatError('ERR_USAGE', 'That is not a cursor.') }
    const { path } = await serve(node)
    const socket = connect(path)
    const lines = readLines(socket, maxAnswerBytes)
    const next = async (): Promise<unknown> => JSON.parse((await lines.next()).value as string)
    socket.write('{"jsonrpc":"2.0","id":1,"method":"send","params":{"to":"bob","text":"hi"}}\n{"jsonrpc":"2.0","id":2,"method":"events","params":{"after":"x"}}\n')
    assert.deepEqual(await next(), { jsonrpc: '2.0', id: 2, result: null })
    assert.deepEqual(await next(), { jsonrpc: '2.0', method: 'events-ended', params: { id: 2, error: { code: -32602, message: 'That is not a cursor.', data: { code: 'ERR_USAGE' } } } })
    release()
    assert.deepEqual(await next(), { jsonrpc: '2.0', id: 1, result: { id: 'kept', state: 'queued' } })
    socket.destroy()
    const events = (await client(path)).node.events({ after: 'x' })[Symbol.asyncIterator]()
    await assert.rejects(events.next(), { code: 'ERR_USAGE', message: 'That is not a cursor.' })
  })

  it('says what is wrong with garbage, and goes on', async () => {
    const { path } = await serve(new FakeChatNode())
    const lines = ['not json', '[]', '{}', '{"jsonrpc":"2.0","id":{},"method":"status"}', '{"jsonrpc":"2.0","id":1,"method":"constructor"}',
      '{"jsonrpc":"2.0","id":2,"method":"send","params":{"to":"bob"}}', '{"jsonrpc":"2.0","id":3,"method":"send","params":[1]}', '{"jsonrpc":"2.0","id":"four","method":"limits"}']
    const answers = await raw(path, lines.join('\n') + '\n', lines.length)
    const errors = new Map(answers.map(({ id, error }) => [id, (error as { code: number } | undefined)?.code]))
    assert.deepEqual(answers.filter(({ id }) => id === null).map(({ error }) => (error as { code: number }).code), [-32700, -32600, -32600, -32600])
    assert.deepEqual([errors.get(1), errors.get(2), errors.get(3), errors.get('four')], [-32601, -32602, -32602, undefined])
  })

  it('refuses what it does not know of a newer client, instead of doing the rest of it', async () => {
    const node = new FakeChatNode()
    const { path } = await serve(node)
    const lines = ['{"jsonrpc":"2.0","id":1,"method":"send","params":{"to":"bob","text":"hi","expireAfterMs":5}}', '{"jsonrpc":"2.0","id":2,"method":"unsend","params":{}}']
    const answers = await raw(path, lines.join('\n') + '\n', lines.length)
    for (const { error } of answers) {
      const { message, data } = error as { message: string, data: { code: string } }
      assert.equal(data.code, 'ERR_UNSUPPORTED')
      assert.match(message, /older than this command; restart it/)
    }
    await assert.rejects((await client(path)).node.send({ to: 'bob', text: 'hi', expireAfterMs: 5 } as never), { code: 'ERR_UNSUPPORTED' })
  })

  it('survives any bytes, and answers the next client', async () => {
    const { path } = await serve(new FakeChatNode())
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      const end = new TextEncoder().encode('\n{"jsonrpc":"2.0","id":"end","method":"status"}\n')
      const socket = connect(path)
      await once(socket, 'connect')
      socket.on('error', () => {})
      socket.end(Buffer.concat([bytes, end]))
      let said = ''
      for await (const chunk of socket) said += String(chunk)
      for (const line of said.trim().split('\n').filter((part) => part !== '')) assert.equal((JSON.parse(line) as { jsonrpc: string }).jsonrpc, '2.0')
    }), { numRuns: 100 })
    assert.equal((await (await client(path)).node.status()).account?.username, 'alice')
  })

  it('refuses an endless line without keeping it, naming the limit', async () => {
    const { path } = await serve(new FakeChatNode())
    const answers = await raw(path, Buffer.alloc(maxRequestBytes + 10, 0x20))
    assert.equal(answers.length, 1)
    assert.match(JSON.stringify(answers[0]), /longer than 1048576 bytes/)
  })

  it('is for its owner alone', async () => {
    const { path } = await serve(new FakeChatNode())
    assert.equal((await stat(path)).mode & 0o777, 0o600)
  })

  it('finds nobody behind a socket that a killed owner left, and replaces it', async () => {
    const path = join(home(), 'control.sock')
    const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`
    const owner = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(owner.stdout, 'data')
    owner.kill('SIGKILL')
    await once(owner, 'exit')
    await access(path)
    assert.equal(await remoteChatNode(path), null)
    await serve(new FakeChatNode())
    assert.deepEqual(await (await client(path)).hello(), { pid: process.pid, version: version() })
  })

  it('finds nobody where there is no socket', async () => {
    assert.equal(await remoteChatNode(join(home(), 'control.sock')), null)
    await writeFile(join(home(), 'control.sock'), 'a file')
    assert.equal(await remoteChatNode(join(home(), 'control.sock')), null)
  })

  it('goes to a shorter folder when the path is too long, and cleans up', async () => {
    const deep = join(home(), 'a'.repeat(60), 'b'.repeat(60))
    await mkdir(deep, { recursive: true })
    assert.equal(await findSocketPath(deep), null)
    const server = await serve(new FakeChatNode(), deep)
    assert.ok(Buffer.byteLength(server.path) <= 103)
    assert.equal(await findSocketPath(deep), server.path)
    assert.deepEqual(await (await client(server.path)).hello(), { pid: process.pid, version: version() })
    await server.close()
    assert.equal(await findSocketPath(deep), null)
    await assert.rejects(access(join(server.path, '..')))
  })

  describe('on a file system without sockets', () => {
    const { listen } = Server.prototype

    /** What such a one says: of WSL on Windows' disks, and of a container's shared folder. */
    const refuse = (code: string, refused: (path: string) => boolean): void => {
      Server.prototype.listen = function (this: Server, ...args: unknown[]) {
        if (refused(String(args[0]))) {
          setImmediate(() => { this.emit('error', Object.assign(new Error(`listen ${code}`), { code })) })
          return this
        }
        return listen.apply(this, args as Parameters<typeof listen>)
      }
    }

    afterEach(() => { Server.prototype.listen = listen })

    for (const code of ['EPERM', 'EIO']) {
      it(`is elsewhere, and back in the home on another one (${code})`, async () => {
        refuse(code, (path) => path.startsWith(home()))
        const server = await serve(new FakeChatNode())
        assert.ok(!server.path.startsWith(home()))
        assert.equal(await findSocketPath(home()), server.path)
        assert.deepEqual(await (await client(server.path)).hello(), { pid: process.pid, version: version() })
        await server.close()
        Server.prototype.listen = listen
        const next = await serve(new FakeChatNode())
        assert.equal(next.path, join(home(), 'control.sock'))
        assert.equal(await findSocketPath(home()), next.path)
      })
    }

    it('is told of where there is nowhere else either', async () => {
      refuse('EPERM', () => true)
      await assert.rejects(serve(new FakeChatNode()), { code: 'ERR_HOME', message: /control socket/ })
    })

    it('is told of at once when it is something else', async () => {
      refuse('EADDRINUSE', (path) => path.startsWith(home()))
      await assert.rejects(serve(new FakeChatNode()), { code: 'ERR_HOME' })
    })
  })

  describe('when the owner ends', () => {
    it('finishes what cannot be asked twice', async () => {
      const { node, release } = heldSend()
      const server = await serve(node)
      const remote = await client(server.path)
      const sending = remote.node.send({ to: 'bob', text: 'hi' })
      while (node.calls.length === 0) await new Promise((resolve) => setImmediate(resolve))
      const closing = server.close()
      release()
      assert.deepEqual(await sending, { id: 'kept', state: 'queued' })
      await closing
      if (!remote.lost.aborted) await once(remote.lost, 'abort')
    })

    it('cuts what can be asked of the next one', async () => {
      const node = new FakeChatNode({ wait: async () => await new Promise(() => {}) })
      const server = await serve(node)
      const remote = await client(server.path)
      const waiting = assert.rejects(remote.node.wait({ id: 'x', state: 'delivered', timeoutMs: 60_000 }), { code: 'ERR_CLOSED' })
      while (node.calls.length === 0) await new Promise((resolve) => setImmediate(resolve))
      await server.close()
      await waiting
      await assert.rejects(remote.node.status(), { code: 'ERR_CLOSED' })
    })

    it('says what it did not run any more, so that it may be asked of the next one', async () => {
      const { lines, close } = await rawOwner()
      const remote = await client(lines.path)
      const sending = remote.node.send({ to: 'bob', text: 'too late' })
      await lines.heard
      // What an owner says last: it read nothing more.
      close('{"jsonrpc":"2.0","method":"ended","params":{}}\n')
      await assert.rejects(sending, { code: 'ERR_CLOSED' })
    })

    it('ends with that word', async () => {
      const server = await serve(new FakeChatNode())
      const socket = connect(server.path)
      await once(socket, 'connect')
      let said = ''
      socket.on('data', (chunk) => { said += String(chunk) })
      const ended = once(socket, 'end')
      await server.close()
      await ended
      socket.destroy()
      assert.deepEqual(JSON.parse(said), { jsonrpc: '2.0', method: 'ended', params: {} })
    })

    it('ends event streams without an error', async () => {
      const node = new FakeChatNode()
      const server = await serve(node)
      const remote = await client(server.path)
      const seen: NodeEvent[] = []
      const reading = (async () => { for await (const event of remote.node.events({}, new AbortController().signal)) seen.push(event) })()
      await node.listenedTo()
      await server.close()
      await reading
      assert.deepEqual(seen, [])
    })

    it('says that the outcome is unknown when it was killed in the middle', async () => {
      const path = join(home(), 'control.sock')
      const script = `require('node:net').createServer((s) => s.once('data', () => process.kill(process.pid, 'SIGKILL'))).listen(${JSON.stringify(path)}, () => console.log('up'))`
      const owner = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
      await once(owner.stdout, 'data')
      const remote = await client(path)
      const withId = assert.rejects(remote.node.send({ to: 'bob', text: 'hi', id: 'ab'.repeat(16) }), { code: 'ERR_CLOSED' }, 'it may be asked of the next one')
      await assert.rejects(remote.node.send({ to: 'bob', text: 'hi' }), { code: 'ERR_UNKNOWN_OUTCOME' })
      await withId
    })
  })
})
