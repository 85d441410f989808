import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { absolutePath } from '../../src/cli/commands/send-file.js'
import { serveControl } from '../../src/cli/control/index.js'
import { GroupNumbers } from '../../src/cli/group-numbers.js'
import { Interruption } from '../../src/cli/signals.js'
import { P2pChatError } from '../../src/errors.js'
import type { TransferInfo } from '../../src/node/chat-node.js'
import { systemClock } from '../../src/runtime.js'
import { FakeClock, settle } from '../helpers/fake-clock.js'
import { FakeChatNode } from './helpers/fake-chat-node.js'
import { fileEvent, offerEvent, progressEvent } from './helpers/fake-files.js'
import { jpegOf, pngOf } from './helpers/pictures.js'
import { run, type Ran, type RunOptions } from './helpers/run.js'
import { messageEvent } from './helpers/samples.js'
import { tempFolder } from './helpers/temp-folder.js'

const turn = async (): Promise<void> => { await settle() }

describe('cli: files', () => {
  const home = tempFolder()
  let node: FakeChatNode
  const cli = async (argv: string[], options: Partial<RunOptions> = {}): Promise<Ran> => await run(argv, { home: home(), node, ...options })
  const callsOf = (name: string): unknown[] => node.calls.filter((call) => call.name === name).map(({ params }) => params)

  beforeEach(() => {
    node = new FakeChatNode()
    node.rooms.put('team', ['alice', 'bob'])
    node.rooms.put('club', ['bob', 'alice'])
  })

  /** A transfer that goes on until the test ends it. */
  function held (): { until: (isThere: () => boolean) => Promise<void>, end: (fields?: Partial<TransferInfo>) => void } {
    let resolve = (_transfer: TransferInfo): void => {}
    let id = ''
    node.answers.waitFile = async (request) => await new Promise<TransferInfo>((_resolve) => {
      id = request.id
      resolve = _resolve
    })
    return {
      async until (isThere) { while (!isThere()) await turn() },
      end: (fields = {}) => { resolve({ ...node.files.all.find((one) => one.id === id) as TransferInfo, state: 'done', ...fields }) }
    }
  }

  describe('send-file', () => {
    it('gives the path from the root on, whoever owns the home, and all that was said of the file', async () => {
      const ran = await cli(['send-file', 'bob', 'package.json', '--name', 'x.json', '--caption', 'Read it'])
      assert.equal(ran.status, 0, ran.stderr)
      assert.deepEqual(callsOf('sendFile'), [{ to: 'bob', path: resolve('package.json'), name: 'x.json', caption: 'Read it' }])
      assert.match(ran.stdout, /^x\.json \(1\.2 MiB\) ✓ stored on 1 of 1 server\n$/)
      assert.equal(ran.stderr, 'Reading x.json …\nSending x.json (1.2 MiB) to bob …\n')
    })

    it('tells programs how far it is, then where it ended', async () => {
      const transfer = held()
      node.files.sizeOf = () => 100
      const running = cli(['send-file', 'bob', 'cat.png', '--json'])
      await node.listenedTo()
      const id = '1'.padStart(32, '0')
      node.emit(progressEvent({ id: 'other' }), messageEvent(), progressEvent({ id, bytes: 40 }), progressEvent({ id, bytes: 100 }))
      await turn()
      await turn()
      transfer.end({ doneBytes: 100 })
      const ran = await running
      assert.equal(ran.status, 0)
      assert.deepEqual(ran.events.map(({ event, bytes, state }) => [event, bytes, state]), [['progress', 40, undefined], ['progress', 100, undefined], ['transfer', 100, 'done'], ['status', undefined, 'stored']])
      assert.equal(ran.stderr, '')
    })

    it('draws a bar on a terminal, and takes it away', async () => {
      const transfer = held()
      const running = cli(['send-file', 'bob', 'movie.mp4'], { errorIsTTY: true, env: { NO_COLOR: '1' } })
      await node.listenedTo()
      node.emit(progressEvent({ id: '1'.padStart(32, '0'), bytes: 45 }))
      await turn()
      await turn()
      transfer.end()
      const { stderr } = await running
      assert.match(stderr, /\rmovie\.mp4 → bob #+\.+ {2}45% {2}45 bytes of 100 bytes {2}10 bytes\/s {2}0:06\u001b\[K/) // eslint-disable-line no-control-regex
      assert.match(stderr, /\r\u001b\[K$/) // eslint-disable-line no-control-regex
      assert.doesNotMatch(stderr, /\u001b\[[0-9;]*m|\n/) // eslint-disable-line no-control-regex
    })

    it('tells how far it has been read where that takes long', async () => {
      const clock = new FakeClock()
      let readOn = (): void => {}
      const whole = new Promise<void>((resolve) => { readOn = resolve })
      const path = resolve('movie.mp4')
      node.answers.sendFile = async () => {
        await whole
        throw new P2pChatError('ERR_CONFLICT', 'file changed: send it again.')
      }
      const reading = { id: '00000001', direction: 'out' as const, peer: 'bob', name: 'movie.mp4', mime: '', bytes: 1000, doneBytes: 0, state: 'preparing' as const, path, at: '' }
      node.answers.transfers = async () => [{ ...reading, doneBytes: 1, path: '/other' }, { ...reading, doneBytes: 450 }]
      const running = cli(['send-file', 'bob', 'movie.mp4', '--json'], { clock })
      while (callsOf('sendFile').length === 0) await turn()
      await clock.advance(500)
      readOn()
      const ran = await running
      assert.deepEqual(ran.events.map(({ event, phase, bytes, total, bytesPerSecond }) => [event, phase, bytes, total, bytesPerSecond]), [['progress', 'preparing', 450, 1000, 1500], ['error', undefined, undefined, undefined, undefined]])
    })

    it('ends with 9 when nothing moves for long, and says not to send it again', async () => {
      held()
      const clock = new FakeClock()
      const running = cli(['send-file', 'bob', 'movie.mp4', '--json'], { clock })
      await node.listenedTo()
      const id = '1'.padStart(32, '0')
      for (const bytes of [10, 20, 20]) {
        node.emit(progressEvent({ id, bytes }))
        await turn()
        await turn()
        await clock.advance(20_000)
      }
      const ran = await running
      assert.equal(ran.status, 9)
      assert.deepEqual(ran.events.map(({ event }) => event), ['progress', 'progress', 'progress', 'transfer', 'status', 'error'])
      assert.match(String(ran.events.at(-1)?.message), /kept and on its way; do not send it again/)
    })

    it('ends with 9 after --timeout, however it moves', async () => {
      node.files.ends = 'active'
      const ran = await cli(['send-file', 'bob', 'movie.mp4', '--timeout', '5'])
      assert.equal(ran.status, 9)
      assert.match(ran.stdout, /movie\.mp4 .* on its way/)
      const [wait] = callsOf('waitFile') as Array<{ timeoutMs: number }>
      assert.ok((wait?.timeoutMs ?? 0) <= 5_000)
    })

    it('says at Ctrl-C that the file is kept, and ends with 130', async () => {
      held()
      const interruption = new Interruption()
      const running = cli(['send-file', 'bob', 'movie.mp4'], { interruption })
      await node.listenedTo()
      interruption.interrupt(130)
      const ran = await running
      assert.equal(ran.status, 130)
      assert.match(ran.stderr, /the file is kept, and goes on by itself.*Do not send it again/)
    })

    it('says at Ctrl-C before the file was read through where to look', async () => {
      const interruption = new Interruption()
      node.answers.sendFile = async () => await new Promise(() => {})
      const running = cli(['send-file', 'bob', 'movie.mp4'], { interruption })
      while (callsOf('sendFile').length === 0) await turn()
      interruption.interrupt(130)
      const ran = await running
      assert.deepEqual([ran.status, /while it was being read/.test(ran.stderr)], [130, true])
    })

    it('says who declined, and what failed', async () => {
      node.files.ends = 'declined'
      const declined = await cli(['send-file', 'bob', 'cat.png'])
      assert.deepEqual([declined.status, declined.stderr.split('\n').at(-2)], [6, 'bob declined cat.png.'])
      node.answers.waitFile = async () => { throw new P2pChatError('ERR_CONFLICT', 'cat.png changed while it was sent.') }
      const failed = await cli(['send-file', 'bob', 'cat.png'])
      assert.deepEqual([failed.status, failed.stderr.split('\n').at(-2)], [1, 'cat.png changed while it was sent.'])
    })

    it('says how far the message about it is where it was sent before, and is no transfer any more', async () => {
      const id = 'ab'.repeat(16)
      node.answers.sendFile = async () => [{ id, to: 'bob', state: 'delivered', name: 'cat.png', bytes: 10 }]
      node.reached = 'delivered'
      const again = async (): Promise<Ran> => await cli(['send-file', 'bob', 'cat.png', '--id', id, '--json'])
      const ran = await again()
      assert.deepEqual([ran.status, ran.events.map(({ event, state }) => [event, state])], [0, [['status', 'delivered']]], ran.stderr)
      node.answers.wait = async () => { throw new P2pChatError('ERR_PENDING', 'Not stored yet.') }
      assert.deepEqual([(await again()).status, callsOf('waitFile')], [9, []])
      node.answers.wait = async () => { throw new P2pChatError('ERR_NOT_FOUND', 'It is not tried any more.') }
      assert.equal((await again()).status, 5)
    })

    it('refuses with the reason of the node', async () => {
      node.answers.sendFile = async () => { throw new P2pChatError('ERR_LIMIT', 'A file may have 4 GiB.') }
      assert.equal((await cli(['send-file', 'bob', 'x'])).status, 8)
      assert.equal((await cli(['send-file', 'b/b', 'x'])).status, 2)
      assert.equal((await cli(['send-file', 'bob', ''])).status, 2)
      assert.equal((await cli(['send-file', 'bob'])).status, 2)
    })

    it('takes ~ only in the shell: elsewhere the user\'s shell has', () => {
      const env = { HOME: '/home/alice' }
      const io = { env } as unknown as Parameters<typeof absolutePath>[0]['io']
      assert.equal(absolutePath({ io, numbers: new GroupNumbers() }, '~/a b'), '/home/alice/a b')
      assert.equal(absolutePath({ io, numbers: null }, '~/a'), resolve('~/a'))
      assert.equal(absolutePath({ io, numbers: new GroupNumbers() }, '~bob'), resolve('~bob'))
    })
  })

  it('sends to groups, once for each, and tells of each', async () => {
    const ran = await cli(['group', 'send-file', 'team,club', 'plan.pdf'])
    assert.equal(ran.status, 0)
    assert.deepEqual(callsOf('sendFile'), [{ groups: ['team', 'club'], path: resolve('plan.pdf') }])
    assert.match(ran.stdout, /^\[team\] plan\.pdf .*\n\[club\] plan\.pdf /)
    assert.equal((await cli(['group', 'send-file', 'team, club', 'x'])).status, 2)
    await cli(['send-file', 'group:team', 'plan.pdf'])
    assert.deepEqual(callsOf('sendFile').at(-1), { groups: ['team'], path: resolve('plan.pdf') })
  })

  describe('accept and decline', () => {
    it('take the beginning of an id, or the only offer, and end when the file is there', async () => {
      const { id } = node.files.put({ id: '3f9a12bc'.padEnd(32, '0'), name: 'movie.mp4' })
      const ran = await cli(['accept', '3F9A'])
      assert.deepEqual([ran.status, ran.stdout], [0, 'movie.mp4 (1.2 MiB): /home/alice/downloads/movie.mp4\n'])
      assert.deepEqual(callsOf('acceptFile'), [{ id }])
      const other = node.files.put({ name: 'b.zip' })
      assert.match((await cli(['decline'])).stdout, /^Declined b\.zip/)
      assert.deepEqual(callsOf('declineFile'), [{ id: other.id }])
    })

    it('see an offer that is older than all that is listed', async () => {
      const { id } = node.files.put({ id: '3f9a12bc'.padEnd(32, '0') })
      node.files.put({ state: 'done' })
      const listed = 1
      node.answers.transfers = async ({ active } = {}) => node.files.all.filter(({ state }) => active !== true || state === 'offered').slice(0, listed)
      assert.equal((await cli(['decline'])).status, 0)
      node.files.set(id, 'offered')
      assert.equal((await cli(['decline', '3f9a'])).status, 0)
      assert.deepEqual(callsOf('declineFile'), [{ id }, { id }])
    })

    it('never guess', async () => {
      node.files.put({ id: 'aa11'.padEnd(32, '0') })
      node.files.put({ id: 'aa22'.padEnd(32, '0') })
      for (const argv of [['accept'], ['accept', 'aa'], ['decline']]) {
        const ran = await cli(argv)
        assert.equal(ran.status, 2, argv.join(' '))
        assert.match(ran.stderr, /Which one\? aa220000 \(cat\.png\), aa110000/)
      }
      assert.equal((await cli(['accept', 'ff'])).status, 5)
      assert.deepEqual([callsOf('acceptFile'), callsOf('declineFile')], [[], []])
    })

    it('take an empty id for none of all', async () => {
      node.files.put({})
      for (const argv of [['accept', ''], ['decline', '']]) assert.equal((await cli(argv)).status, 2)
      assert.deepEqual([callsOf('acceptFile'), callsOf('declineFile')], [[], []])
    })

    it('say that there is none', async () => {
      node.files.put({ state: 'done' })
      const ran = await cli(['accept'])
      assert.deepEqual([ran.status, ran.stderr], [5, 'No file is offered to you.\n'])
    })

    it('show how far it is, until it is there, whoever else listens', async () => {
      const { id } = node.files.put({})
      let land = (): void => {}
      node.answers.waitFile = async () => await new Promise((resolve) => { land = () => { resolve(node.files.wait(id)) } })
      const clock = new FakeClock()
      const running = cli(['accept', '--json'], { clock })
      await node.listenedTo()
      node.emit(progressEvent({ id, direction: 'in', bytes: 10 }))
      await clock.advance(29_000)
      node.emit(progressEvent({ id, direction: 'in', bytes: 90 }))
      await clock.advance(29_000)
      land()
      const ran = await running
      assert.deepEqual([ran.status, ran.events.map(({ event, path }) => path ?? event)], [0, ['progress', 'progress', '/home/alice/downloads/cat.png']])
    })

    it('end with 9 where the rest comes later', async () => {
      node.files.put({})
      node.files.ends = 'active'
      const ran = await cli(['accept', '--timeout', '0', '--json'])
      assert.deepEqual([ran.status, ran.events.map(({ event, state }) => state ?? event)], [9, ['active', 'error']])
    })
  })

  it('lists, pauses and goes on', async () => {
    node.files.put({ id: '3f9a12bc'.padEnd(32, '0'), state: 'active' })
    node.files.put({ state: 'done' })
    assert.equal((await cli(['files'])).stdout.trim().split('\n').length, 2)
    assert.equal((await cli(['files', '--active', '--json'])).events.length, 1)
    assert.match((await cli(['files', 'pause'])).stdout, /^Paused cat\.png .* files resume 3f9a12bc\n$/)
    assert.deepEqual((await cli(['files', 'resume', '3f9a', '--json'])).events.map(({ event, state }) => [event, state]), [['transfer', 'active']])
    assert.equal((await cli(['files', 'nonsense'])).status, 2)
    assert.match((await run(['files'], { home: home(), node: new FakeChatNode() })).stderr, /No files\. To send one/)
  })

  describe('settings', () => {
    it('are shown, one or all, and changed', async () => {
      assert.match((await cli(['settings'])).stdout, /^auto-accept +25 MiB .*\ndownloads-folder +\/home\/alice\/downloads /)
      assert.deepEqual((await cli(['settings', 'auto-accept', '1G', '--json'])).events, [{ event: 'setting', name: 'auto-accept', value: 2 ** 30 }])
      assert.deepEqual((await cli(['settings', 'Auto-Accept', 'none', '--json'])).events, [{ event: 'setting', name: 'auto-accept', value: 0 }])
      await cli(['settings', 'downloads-folder', 'here'])
      assert.deepEqual(callsOf('changeSettings').at(-1), { downloadsFolder: resolve('here') })
      await cli(['settings', 'relay-only', 'on'])
      assert.deepEqual(callsOf('changeSettings').at(-1), { relayOnly: true })
    })

    it('are refused in words, before a node is asked', async () => {
      for (const argv of [['nonsense'], ['auto-accept', 'much'], ['auto-accept', '-1'], ['relay-only', 'maybe'], ['constructor']]) {
        assert.equal((await cli(['settings', ...argv])).status, 2, argv.join(' '))
      }
      assert.match((await cli(['settings', 'auto-accept', 'much'])).stderr, /^auto-accept: It must be a size such as/)
      assert.deepEqual(callsOf('changeSettings'), [])
    })
  })

  describe('listen', () => {
    it('prints files and offers, and progress only where it is asked for', async () => {
      node.emit(progressEvent(), fileEvent(), offerEvent())
      const silent = await cli(['listen', '--exit-after', '2', '--after', 'x'])
      assert.match(silent.stdout, /^\S+( \S+)* bob: cat\.png[^]*bob offers movie\.mp4/)
      assert.doesNotMatch(silent.stdout, /50%/)
      assert.match((await cli(['listen', '--exit-after', '2', '--after', 'x', '--progress'])).stdout, /movie\.mp4 → bob: 50%/)
      assert.deepEqual((await cli(['listen', '--exit-after', '2', '--after', 'x', '--json'])).events.map(({ event }) => event), ['progress', 'file', 'offer'])
    })
  })

  describe('show', () => {
    const colours = { isTTY: true, env: { TERM: 'xterm-256color' } }

    it('shows the newest picture that came, from where it lies', async () => {
      const path = join(home(), 'dot.png')
      await writeFile(path, pngOf(4, 4))
      node.files.put({ state: 'done', path, bytes: 100, name: 'dot.png' })
      const ran = await cli(['show'], colours)
      assert.equal(ran.status, 0, ran.stderr)
      assert.equal(ran.stdout.split('▀').length - 1, 8)
      assert.match(ran.stdout, /dot\.png \(100 bytes\) · .*dot\.png\n$/)
    })

    it('shows the small copy where the file is not here, or blocks are all there is', async () => {
      const { id } = node.files.put({ state: 'offered' })
      node.files.previews.set(id, { mime: 'image/jpeg', base64: Buffer.from(jpegOf(8, 8)).toString('base64') })
      assert.deepEqual((await cli(['show', id, '--json'])).events.map(({ event, width }) => [event, width]), [['picture', 8]])
    })

    it('says why there is nothing to see', async () => {
      assert.equal((await cli(['show'], colours)).status, 5)
      const offered = node.files.put({ state: 'offered' })
      assert.match((await cli(['show', offered.id], colours)).stderr, /not fetched yet: accept/)
      const song = node.files.put({ state: 'done', mime: 'audio/ogg', path: '/x' })
      assert.match((await cli(['show', song.id], colours)).stderr, /no picture/)
      const gone = node.files.put({ state: 'done', path: join(home(), 'gone.png') })
      assert.equal((await cli(['show', gone.id], colours)).status, 5)
      const folder = node.files.put({ state: 'done', path: home() })
      assert.equal((await cli(['show', folder.id], colours)).status, 5)
      const large = node.files.put({ state: 'done', path: '/x', bytes: 2 ** 30 })
      assert.equal((await cli(['show', large.id], colours)).status, 8)
    })

    it('writes no colours where there are none, unless told to', async () => {
      const { id } = node.files.put({ state: 'done' })
      node.files.previews.set(id, { mime: 'image/png', base64: Buffer.from(pngOf(2, 2)).toString('base64') })
      assert.equal((await cli(['show', id])).status, 2)
      assert.equal((await cli(['show', id], { isTTY: true, env: { NO_COLOR: '1' } })).status, 2)
      assert.match((await cli(['show', id, '--protocol', 'blocks'])).stdout, /▀/)
      node.files.put({ state: 'done' })
      assert.equal((await cli(['show', id], { env: { P2PCHAT_PICTURES: 'nonsense' } })).status, 2)
    })
  })

  it('goes through the control socket of the home\'s owner', async () => {
    const owner = await serveControl({ node, clock: systemClock, home: home(), env: {} })
    const alone = { createNode: async () => assert.fail('A node was made.') }
    try {
      assert.equal((await cli(['send-file', 'bob', 'cat.png'], alone)).status, 0)
      node.files.put({ id: 'aa'.padEnd(32, '0') })
      assert.equal((await cli(['accept', 'aa'], alone)).status, 0)
      assert.equal((await cli(['settings', 'auto-accept', '1M'], alone)).status, 0)
      assert.equal((await cli(['files', '--json'], alone)).events.length, 2)
      const [{ id, ...asked } = { id: undefined }] = callsOf('sendFile') as Array<{ id: string | undefined }>
      assert.match(id ?? '', /^[0-9a-f]{32}$/, 'it can be asked again, should the owner be killed')
      assert.deepEqual(asked, { to: 'bob', path: resolve('cat.png') })
    } finally {
      await owner.close()
    }
  })
})
