import assert from 'node:assert/strict'
import { PassThrough, Readable, Writable } from 'node:stream'
import { main } from '../../../src/cli/main.js'
import { Interruption } from '../../../src/cli/signals.js'
import { FakeChatNode } from '../helpers/fake-chat-node.js'
import type { NodeEvent } from '../../../src/node/chat-node.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { run } from '../helpers/run.js'
import { historyEntry, messageEvent } from '../helpers/samples.js'
import { tempFolder } from '../helpers/temp-folder.js'

const never = async (): Promise<never> => await new Promise(() => {})

describe('cli: the shell on a pipe', () => {
  const home = tempFolder()

  /** Resolves once the node was asked for it. */
  async function asked (node: FakeChatNode, wanted: keyof FakeChatNode): Promise<void> {
    while (!node.calls.some(({ name }) => name === wanted)) await settle()
  }

  it('ends at a signal, with 0, though its input goes on', async () => {
    const node = new FakeChatNode()
    const interruption = new Interruption()
    const running = run(['shell'], { home: home(), node, interruption })
    await node.listenedTo()
    interruption.interrupt(143)
    assert.equal((await running).status, 0)
    assert.equal(node.running, false)
  })

  it('ends at a signal while a command waits', async () => {
    const node = new FakeChatNode({ safetyNumber: never })
    const interruption = new Interruption()
    const running = run(['shell'], { home: home(), node, interruption, stdin: 'verify bob\nSEND bob never said\n' })
    await asked(node, 'safetyNumber')
    interruption.interrupt(143)
    assert.equal((await running).status, 0)
    assert.ok(!node.calls.some(({ name }) => name === 'send'))
  })

  it('ends at a signal while what it sent is not stored yet', async () => {
    const node = new FakeChatNode({ wait: never })
    const interruption = new Interruption()
    const running = run(['shell'], { home: home(), node, interruption, stdin: 'SEND bob hi\n' })
    await asked(node, 'wait')
    interruption.interrupt(143)
    assert.equal((await running).status, 0)
  })

  it('shows once what comes while it looks for what is unread', async () => {
    const clock = new FakeClock()
    const receivedAt = new Date(clock.now()).toISOString()
    const come = (n: number): { id: string, text: string, receivedAt: string, sentAt: string } => ({ id: String(n).padStart(32, '0'), text: `incoming ${n}`, receivedAt, sentAt: receivedAt })
    const node = new FakeChatNode({
      async contacts () {
        for (const n of [1, 2]) node.emit(messageEvent({ ...come(n), cursor: `c${n}` }))
        node.entries.push(historyEntry(come(1)))
        clock.jump(1_000)
        return [{ username: 'bob', online: true, unread: 1, identity: 'pinned', lastMessageAt: null, standing: 'accepted', waiting: 0 }]
      }
    })
    const interruption = new Interruption()
    const running = run(['shell'], { home: home(), node, clock, interruption })
    while (node.acknowledged !== 'c2') await settle()
    interruption.interrupt(143)
    const { stdout } = await running
    assert.deepEqual(stdout.match(/incoming \d/g), ['incoming 1', 'incoming 2'])
  })

  describe('tells as read what it has shown', () => {
    /** So many unread messages of bob, whose cursors are c001 and so on. */
    async function readThrough (unread: number, stdin: string, come: NodeEvent[] = []): Promise<{ reads: unknown[], stdout: string }> {
      const node = new FakeChatNode()
      node.known = [{ username: 'bob', online: true, unread, identity: 'pinned', lastMessageAt: null, standing: 'accepted', waiting: 0 }]
      node.entries = Array.from({ length: unread }, (_, i) => historyEntry({ id: String(i + 1).padStart(32, 'a'), text: `unread ${i + 1}`, cursor: `c${String(i + 1).padStart(3, '0')}` }))
      const input = new PassThrough()
      const running = run(['shell'], { home: home(), node, stdin: input })
      await node.listenedTo()
      node.emit(...come)
      while (come.length > 0 && node.acknowledged === null) await settle()
      input.end(stdin)
      const { stdout } = await running
      return { reads: node.calls.filter(({ name }) => name === 'markRead').map(({ params }) => params), stdout }
    }
    const late = messageEvent({ id: 'b'.repeat(32), cursor: 'c900', text: 'late', receivedAt: '2999-01-01T00:00:00.000Z' })

    it('and that is answered, up to the last of it', async () => {
      assert.deepEqual((await readThrough(2, 'SEND bob hi\n')).reads, [{ user: 'bob', through: 'c002' }])
      assert.deepEqual((await readThrough(2, 'SEND bob hi\n', [late])).reads, [{ user: 'bob', through: 'c900' }])
    })

    it('but nothing of a conversation of which only the end was shown', async () => {
      assert.deepEqual((await readThrough(40, 'SEND bob hi\n')).reads, [])
      assert.deepEqual((await readThrough(40, 'SEND bob hi\n', [late])).reads, [])
    })

    it('in a room, which shows all that is unread, and nothing that came since', async () => {
      const { reads, stdout } = await readThrough(40, 'CHAT bob\n')
      assert.deepEqual(reads, [{ user: 'bob', through: 'c040' }])
      assert.match(stdout, /unread 1\n[^]*unread 40\n/)
    })

    it('in a room of which only the end fits, and says how to see the rest', async () => {
      const { reads, stdout } = await readThrough(1_003, 'CHAT bob\n')
      assert.deepEqual(reads, [{ user: 'bob', through: 'c1003' }])
      assert.match(stdout, /… 3 more new messages before these: history user:bob --limit 1003\n[^]*unread 4\n/)
    })
  })

  it('ends with the status of the first error, which is on standard error, after all else is done', async () => {
    const node = new FakeChatNode()
    const { status, stdout, stderr } = await run(['shell'], { home: home(), node, stdin: 'SEND nobodyhere hi\nFROB\nSEND bob hello\n' })
    assert.equal(status, 5, stderr)
    assert.match(stderr, /^There is no user "nobodyhere"\.\nUnknown command 'frob'\..*\nNot all of it was done\.\n$/)
    assert.doesNotMatch(stdout, /nobodyhere|frob/)
    assert.ok(node.calls.some(({ name, params }) => name === 'send' && (params as { to: string }).to === 'bob'))
  })

  it('ends with 0 when all was done', async () => {
    const { status, stderr } = await run(['shell'], { home: home(), stdin: 'SEND bob hello\nEXIT\n' })
    assert.deepEqual([status, stderr], [0, ''])
  })

  it('ends with 9 when what it sent is still here', async () => {
    const node = new FakeChatNode({
      status: async () => ({ account: FakeChatNode.account('alice'), connection: { kind: 'offline', poolId: 'pool', retryAfterMs: 1_000, direct: [] }, queued: 1, cipher: 'openssl' })
    })
    node.reached = 'queued'
    const { status, stdout, stderr } = await run(['shell'], { home: home(), node, stdin: 'SEND bob hello\n' })
    assert.equal(status, 9, stderr)
    assert.match(stdout, /1 message still here: kept/)
    assert.match(stderr, /do not send it again/)
  })

  describe('that is read slowly', () => {
    /** A reader that takes one piece at a time, when it is told to. */
    class SlowReader extends Writable {
      text = ''
      #done = (): void => {}

      constructor () { super({ highWaterMark: 1 }) }

      override _write (chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
        this.text += String(chunk)
        this.#done = done
      }

      async takeUntil (isEnough: () => boolean): Promise<void> {
        while (!isEnough()) {
          const done = this.#done
          this.#done = () => {}
          done()
          await settle()
        }
      }
    }

    function open (node: FakeChatNode, stdin: string): { reader: SlowReader, interruption: Interruption, running: Promise<number>, hasEnded: () => boolean } {
      const reader = new SlowReader()
      const interruption = new Interruption()
      let ended = false
      const io = { stdin: Readable.from([Buffer.from(stdin)]), stdout: reader, stderr: new PassThrough(), env: { P2PCHAT_HOME: home() } }
      const running = main(['shell'], { io, createNode: async () => node, interruption }).finally(() => { ended = true })
      return { reader, interruption, running, hasEnded: () => ended }
    }

    it('ends only once all that was printed is taken', async () => {
      const { reader, running, hasEnded } = open(new FakeChatNode(), 'verify bob\nEXIT\n')
      await reader.takeUntil(hasEnded)
      assert.equal(await running, 0)
      assert.match(reader.text, /verify bob --accept/)
      assert.equal(reader.writableLength, 0)
    })

    it('does the next line only then', async () => {
      const node = new FakeChatNode()
      const { reader, running, hasEnded } = open(node, 'verify bob\nSEND bob later\nEXIT\n')
      await reader.takeUntil(() => reader.text.includes('--accept'))
      await settle(20)
      assert.ok(!node.calls.some(({ name }) => name === 'send'))
      await reader.takeUntil(hasEnded)
      assert.equal(await running, 0)
      assert.ok(node.calls.some(({ name }) => name === 'send'))
    })

    it('acknowledges messages only then', async () => {
      const node = new FakeChatNode()
      const { reader, interruption, running } = open(node, 'SEND bob hi\n')
      node.answers.wait = never
      await reader.takeUntil(() => node.calls.some(({ name }) => name === 'wait'))
      const receivedAt = new Date(Date.now() + 60_000).toISOString()
      node.emit(messageEvent({ text: 'incoming', receivedAt }))
      await settle(20)
      assert.equal(node.acknowledged, null)
      await reader.takeUntil(() => node.acknowledged === 'c1')
      interruption.interrupt(143)
      assert.equal(await running, 0)
    })

    it('ends at a signal while nobody takes anything', async () => {
      const { reader, interruption, running } = open(new FakeChatNode(), 'verify bob\nwhoami\nEXIT\n')
      while (reader.text === '') await settle()
      interruption.interrupt(143)
      assert.equal(await running, 0)
    })
  })

  it('takes no password that the terminal would show: what it says goes into a pipe, what is typed does not', async () => {
    const node = new FakeChatNode()
    const stdin = Object.assign(Readable.from([Buffer.from('LOGIN alice\ncorrect horse\n')]), { isTTY: true })
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    await main(['shell'], { io: { stdin, stdout, stderr, env: { P2PCHAT_HOME: home() } }, createNode: async () => node, interruption: new Interruption() })
    assert.match(String(stdout.read()) + String(stderr.read()), /the password would be shown.*P2PCHAT_PASSWORD/)
    assert.ok(!node.calls.some(({ name }) => name === 'signIn'))
  })

  it('ends when nobody reads any more, and says that lines were left', async () => {
    const node = new FakeChatNode()
    const gone = new Writable({ write: (_chunk, _encoding, done) => { done(Object.assign(new Error('Nobody reads.'), { code: 'EPIPE' })) } })
    const stdin = new PassThrough()
    stdin.write('whoami\nSEND bob important\n')
    const stderr = new PassThrough()
    const io = { stdin, stdout: gone, stderr, env: { P2PCHAT_HOME: home() } }
    assert.equal(await main(['shell'], { io, createNode: async () => node, interruption: new Interruption() }), 141)
    assert.match(String(stderr.read()), /lines that were left, if any, are not done/)
    assert.equal(node.running, false)
  })
})
