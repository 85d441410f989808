import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isP2pChatError, P2pChatError, type ErrorCode } from '../../../src/errors.js'
import { maxHeldBytes, maxOpenRequests, maxServedRequests, maxUnsentRefusals, pauseAtHeldBytes } from '../../../src/overlay/channel/limits.js'
import { encodeFrames } from '../../../src/overlay/frames/frame-decoder.js'
import type { Channel, Service } from '../../../src/overlay/network.js'
import { maxFrameBytes } from '../../../src/protocol/limits.js'
import { Frame } from '../../../src/protocol/pb/channel.js'
import { sleep } from '../../../src/runtime.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { streamPair } from '../../helpers/stream-pair.js'
import { channelPair, openOn, RawPeer } from './channel-pair.js'

const nothing: Service = { requests: {} }
const rejects = async (promise: Promise<unknown>, code: ErrorCode): Promise<void> => {
  await assert.rejects(promise, (error) => isP2pChatError(error, code) || assert.fail(`expected ${code}, got ${String(error)}`))
}
const empty = new Uint8Array(0)

describe('channel', () => {
  let clock: FakeClock
  beforeEach(() => { clock = new FakeClock() })

  async function against (service: Service = nothing): Promise<{ channel: Channel, peer: RawPeer }> {
    const { ends } = streamPair()
    const peer = new RawPeer(ends[1])
    peer.sayHello()
    return { channel: await openOn(ends[0], clock, service), peer }
  }

  describe('hello', () => {
    it('tells each side what the other can do, and ignores what it does not know', async () => {
      const { ends } = streamPair()
      const peer = new RawPeer(ends[1])
      peer.sayHello({ version: 1, capabilities: ['text/1', 'future/9', 'x'.repeat(1000)] })
      const channel = await openOn(ends[0], clock, nothing, { capabilities: ['text/1'] })
      assert.deepEqual(channel.remoteCapabilities, ['text/1', 'future/9'])
      await settle()
      assert.deepEqual(peer.hello, { version: 1, capabilities: ['text/1'] })
      await channel.close()
    })

    it('is refused for another version, for garbage, for silence, when it ends, and when nobody waits any more', async () => {
      const attempt = async (say: (peer: RawPeer, ends: ReturnType<typeof streamPair>['ends']) => void, code: ErrorCode, signal?: AbortSignal): Promise<void> => {
        const { ends } = streamPair()
        const peer = new RawPeer(ends[1])
        say(peer, ends)
        await rejects(clock.until(openOn(ends[0], clock, nothing, signal === undefined ? {} : { signal })), code)
        await clock.advance(5000)
        assert.equal(ends[0].isOpen && ends[1].isOpen, false)
        assert.equal(clock.pending, 0)
        if (code === 'ERR_UNSUPPORTED') assert.equal(peer.hello?.version, 1, 'who speaks another version learns ours')
      }
      await attempt((peer) => { peer.sayHello({ version: 2 }) }, 'ERR_UNSUPPORTED')
      await attempt((peer) => { peer.sayHello({ capabilities: ['text/1'] }) }, 'ERR_UNSUPPORTED')
      await attempt((peer) => { peer.sayRaw(Uint8Array.of(0x0a, 0xff)) }, 'ERR_INVALID_FRAME')
      await attempt((peer) => { peer.sayHello({ version: 1, capabilities: Array.from({ length: 65 }, () => 'a') }) }, 'ERR_INVALID_FRAME')
      await attempt(() => {}, 'ERR_TIMEOUT')
      await attempt((_, ends) => { ends[1].abort(new Error('no')) }, 'ERR_CLOSED')
      await attempt((_, ends) => { ends[1].close().catch(assert.fail) }, 'ERR_CLOSED')
      await attempt(() => {}, 'ERR_ABORTED', AbortSignal.abort())
    })

    it('lets onOpen run before the first request of the same write', async () => {
      const { ends } = streamPair()
      const order: string[] = []
      const peer = new RawPeer(ends[1])
      peer.sayHello()
      peer.say({ id: 1, request: { method: 'm', body: empty, timeoutMs: 100 } })
      await openOn(ends[0], clock, { requests: { m: async () => { order.push('request'); return empty } } }, { onOpen: () => { order.push('open') } })
      await settle()
      assert.deepEqual(order, ['open', 'request'])
    })
  })

  describe('requests', () => {
    it('come back each with its own answer, in any order of answering and in any pieces', async () => {
      await fc.assert(fc.asyncProperty(fc.array(fc.record({ fromLeft: fc.boolean(), delayMs: fc.nat(50), bytes: fc.nat(3000), fails: fc.boolean() }), { maxLength: 150, size: 'large' }), fc.integer(), async (plan, seed) => {
        const clock = new FakeClock()
        const random = new SeededRandom(seed)
        const service: Service = {
          requests: {
            m: async (body) => {
              const view = new DataView(body.buffer, body.byteOffset)
              await sleep(clock, view.getUint16(4))
              if (view.getUint8(6) === 1) throw new P2pChatError('ERR_NOT_FOUND', String(view.getUint32(0)))
              return body
            }
          }
        }
        const cut = (bytes: Uint8Array): Uint8Array[] => {
          const at = random.between(0, bytes.byteLength)
          return [bytes.subarray(0, at), bytes.subarray(at)]
        }
        const { left, right } = await clock.until(channelPair(clock, service, service, { cut, clock, delayMs: () => random.between(0, 20) }))
        const asked = plan.map(async ({ fromLeft, delayMs, bytes, fails }, index) => {
          const body = new Uint8Array(7 + bytes).fill(index)
          const view = new DataView(body.buffer)
          view.setUint32(0, index)
          view.setUint16(4, delayMs)
          view.setUint8(6, fails ? 1 : 0)
          const answer = (fromLeft ? left : right).request('m', body)
          if (fails) await assert.rejects(answer, (error: P2pChatError) => error.code === 'ERR_NOT_FOUND' && error.message === String(index))
          else assert.deepEqual(await answer, body)
        })
        await clock.until(Promise.all(asked))
        await clock.until(Promise.all([left.close(), right.close()]))
        await clock.advance(5000)
        assert.equal(clock.pending, 0)
      }), { numRuns: 25 })
    }).timeout(60_000)

    it('wait their turn above the number that may be open', async () => {
      const answers: Array<() => void> = []
      const { left } = await channelPair(clock, nothing, { requests: { m: async () => { await new Promise<void>((resolve) => { answers.push(resolve) }); return empty } } })
      const asked = Promise.all(Array.from({ length: maxOpenRequests + 10 }, async () => await left.request('m', empty)))
      await settle()
      assert.equal(answers.length, maxOpenRequests)
      for (const answer of answers.splice(0, 4)) answer()
      await settle()
      assert.equal(answers.length, maxOpenRequests)
      while (answers.length > 0) { for (const answer of answers.splice(0)) answer(); await settle() }
      assert.equal((await asked).length, maxOpenRequests + 10)
    })

    it('that wait their turn count their time too, and can be given up', async () => {
      let served = 0
      const { left } = await channelPair(clock, nothing, { requests: { m: async (_, { signal }) => await new Promise((resolve, reject) => { served++; signal.addEventListener('abort', () => { reject(signal.reason) }) }) } })
      const controller = new AbortController()
      const all = Array.from({ length: maxOpenRequests }, async () => { await rejects(left.request('m', empty, { timeoutMs: 1000 }), 'ERR_TIMEOUT') })
      const waiting = rejects(left.request('m', empty, { timeoutMs: 500 }), 'ERR_TIMEOUT')
      const aborted = rejects(left.request('m', empty, { signal: controller.signal }), 'ERR_ABORTED')
      controller.abort()
      await clock.advance(500)
      await Promise.all([waiting, aborted])
      assert.equal(served, maxOpenRequests)
      await clock.advance(500)
      await Promise.all(all)
    })

    it('are refused above the number that is served, and again welcome below', async () => {
      const answers: Array<() => void> = []
      const { peer } = await against({ requests: { m: async () => { await new Promise<void>((resolve) => { answers.push(resolve) }); return empty } } })
      const request = { method: 'm', body: empty, timeoutMs: 60_000 }
      for (let id = 1; id <= maxServedRequests + 3; id++) peer.say({ id, request })
      await settle()
      assert.deepEqual(peer.heard.map(({ id, failure }) => [id, failure?.code, failure?.retryAfterMs]), [1, 2, 3].map((over) => [maxServedRequests + over, 'ERR_OVERLOADED', 1000n]))
      // Giving up does not make room while the handlers go on.
      for (let id = 1; id <= 10; id++) peer.say({ id, cancel: true })
      peer.say({ id: 500, request })
      await settle()
      assert.equal(peer.heard.at(-1)?.failure?.code, 'ERR_OVERLOADED')
      for (const answer of answers.splice(0)) answer()
      await settle()
      peer.say({ id: 501, request })
      await settle()
      assert.equal(answers.length, 1)
      assert.equal(peer.heard.filter(({ response }) => response !== undefined).length, maxServedRequests - 10, 'cancelled ones are not answered')
    })

    it('carry their time to the one who answers', async () => {
      const { peer } = await against({ requests: { m: async (_, { signal }) => await new Promise((resolve, reject) => { signal.addEventListener('abort', () => { reject(signal.reason) }) }) } })
      peer.say({ id: 7, request: { method: 'm', body: empty, timeoutMs: 300 } })
      await clock.advance(299)
      assert.equal(peer.heard.length, 0)
      await clock.advance(1)
      assert.equal(peer.heard[0]?.failure?.code, 'ERR_TIMEOUT')
    })

    it('have no more and no less of it because the clock is set', async () => {
      const dayMs = 24 * 60 * 60 * 1_000
      const { channel, peer } = await against({
        requests: {
          m: async (_, context) => {
            clock.jump(dayMs)
            await new Promise((resolve, reject) => { context.signal.addEventListener('abort', () => { reject(context.signal.reason) }) })
            return empty
          }
        }
      })
      peer.say({ id: 7, request: { method: 'm', body: empty, timeoutMs: 300 } })
      await settle()
      await clock.advance(299)
      assert.equal(peer.heard.length, 0)
      await clock.advance(1)
      assert.equal(peer.heard.splice(0)[0]?.failure?.code, 'ERR_TIMEOUT')
      const asked = Array.from({ length: maxOpenRequests + 1 }, async () => { await channel.request('m', empty, { timeoutMs: 1_000 }).catch(() => {}) })
      clock.jump(-dayMs)
      await settle()
      peer.say({ id: peer.heard[0]!.id, response: empty })
      await settle()
      assert.equal(peer.heard.at(-1)?.request?.timeoutMs, 1_000)
      assert.equal(peer.heard.length, maxOpenRequests + 1)
      await clock.advance(1_000)
      await Promise.all(asked)
    })

    it('that are too large are refused before they are sent', async () => {
      const { left } = await channelPair(clock, nothing, { requests: { m: async (body) => body, huge: async () => new Uint8Array(maxFrameBytes) } })
      await rejects(left.request('m', new Uint8Array(maxFrameBytes)), 'ERR_LIMIT')
      await rejects(left.notify('m', new Uint8Array(maxFrameBytes)), 'ERR_LIMIT')
      await rejects(left.request('m'.repeat(65), empty), 'ERR_LIMIT')
      await rejects(left.request('huge', empty), 'ERR_INTERNAL')
      const body = new Uint8Array(maxFrameBytes - 128)
      assert.deepEqual(await left.request('m', body), body)
      assert.equal(left.closed.aborted, false)
    })

    it('show what the other side says of an error, but cannot play with a terminal', async () => {
      const { channel, peer } = await against()
      const asked = channel.request('m', empty)
      await settle()
      peer.say({
        id: peer.heard[0]?.id ?? 0,
        failure: { code: 'ERR_OF_THE_FUTURE', message: `\u001b[2J\u202eabc\n${'x'.repeat(5000)}`, retryAfterMs: 1n << 60n, alternatives: ['a\u0007b', 'c'] }
      })
      await assert.rejects(asked, (error: P2pChatError) => {
        assert.deepEqual([error.code, error.retryAfterMs, error.alternatives], ['ERR_INTERNAL', 24 * 60 * 60 * 1000, ['ab', 'c']])
        assert.match(error.message, /^\[2Jabcx+$/)
        assert.ok(error.message.length <= 500)
        return true
      })
    })

    it('ignore answers that nobody asked for, twice or too late', async () => {
      const { channel, peer } = await against()
      const asked = channel.request('m', empty, { timeoutMs: 10 })
      await settle()
      peer.say({ id: 99, response: empty }, { id: 98, failure: { code: 'ERR_LIMIT', message: '', alternatives: [] } }, { id: 97, cancel: true })
      await rejects(clock.until(asked), 'ERR_TIMEOUT')
      await settle()
      assert.deepEqual(peer.heard.at(-1), { id: 1, cancel: true })
      peer.say({ id: 1, response: empty }, { id: 1, response: empty })
      await settle()
      assert.equal(channel.closed.aborted, false)
    })
  })

  describe('frames that mean nothing', () => {
    it('end the channel when they are malformed', async () => {
      const request = { method: 'm', body: empty, timeoutMs: 1 }
      const never: Service = { requests: { m: async () => await new Promise(() => {}) } }
      const bad: Array<(peer: RawPeer) => void> = [
        (peer) => { peer.sayRaw(Uint8Array.of(0xff, 0xff, 0xff)) },
        (peer) => { peer.say({ id: 0, request }) },
        (peer) => { peer.say({ id: 3, notification: { method: 'n', body: empty } }) },
        (peer) => { peer.say({ id: 3, response: empty, request }) },
        (peer) => { peer.say({ id: 0, response: empty }) },
        (peer) => { peer.say({ id: 4, request: { ...request, method: 'm'.repeat(65) } }) },
        (peer) => { peer.say({ id: 5, request }, { id: 5, request }) }
      ]
      for (const say of bad) {
        const { channel, peer } = await against(never)
        const asked = channel.request('x', empty)
        say(peer)
        await rejects(asked, 'ERR_CLOSED')
        assert.equal(channel.closed.aborted, true)
        await settle()
        assert.equal(peer.ended, true)
      }
    })

    it('are ignored when they are of the future', async () => {
      const { channel, peer } = await against({ requests: { m: async () => Uint8Array.of(1) } })
      peer.sayRaw(Uint8Array.of(0x08, 0x05, 0x7a, 0x01, 0x00))
      peer.say({ notification: { method: 'unknown', body: empty } }, { notification: { method: 'constructor', body: empty } })
      peer.say({ id: 5, request: { method: 'm', body: empty, timeoutMs: 100 } })
      await settle()
      assert.deepEqual(peer.heard.map(({ id, response }) => [id, response]), [[5, Uint8Array.of(1)]])
      assert.equal(channel.closed.aborted, false)
    })

    it('never bring it down, whatever bytes they are', async () => {
      await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 8 }), async (frames) => {
        const { channel, peer } = await against({ requests: { '': async () => empty }, notifications: { '': () => { throw new Error('x') } } })
        peer.sayRaw(...frames)
        await settle()
        assert.ok(channel.closed.aborted || (await channel.close()) === undefined)
      }), { numRuns: 300 })
    })
  })

  describe('load', () => {
    it('pauses a sender of notifications faster than they are handled, and loses none', async () => {
      const handled: number[] = []
      const gate: Array<() => void> = []
      const { left, streams } = await channelPair(clock, nothing, {
        requests: {},
        notifications: { n: async (body) => { await new Promise<void>((resolve) => { gate.push(resolve) }); handled.push(body[0] ?? -1) } }
      })
      const body = new Uint8Array(100_000)
      let accepted = 0
      const sending = (async () => {
        for (let index = 0; index < 120; index++) {
          await left.notify('n', Uint8Array.from(body).fill(index, 0, 1))
          accepted++
        }
      })()
      await settle(100)
      assert.ok(gate.length * body.byteLength < pauseAtHeldBytes + 3 * body.byteLength, `${gate.length} are being handled`)
      assert.ok(accepted < 70, `${accepted} were accepted`)
      assert.ok(streams[1].unreadBytes < 500_000)
      while (handled.length < 120) {
        for (const open of gate.splice(0)) open()
        await settle()
      }
      await sending
      assert.deepEqual(handled, Array.from({ length: 120 }, (_, index) => index))
      assert.equal(left.closed.aborted, false)
    })

    it('reads on while the work itself waits for an answer on the same channel', async () => {
      const big = new Uint8Array(500_000)
      let done = 0
      const { left, right } = await channelPair(clock, { requests: { ack: async () => empty } }, {
        requests: {},
        notifications: { n: async (_, channel) => { await channel.request('ack', empty); done++ } }
      })
      const sending = (async () => { for (let index = 0; index < 30; index++) await left.notify('n', big) })()
      await settle(300)
      await sending
      await settle(10)
      assert.equal(done, 30)
      assert.equal(right.closed.aborted, false)
    })

    it('refuses requests whose bodies are more than may be held', async () => {
      const { peer } = await against({
        requests: { m: async () => await new Promise(() => {}) },
        // Its own open request keeps the reading going.
        notifications: { n: async (_, channel) => { await channel.request('wait', empty) } }
      })
      peer.say({ notification: { method: 'n', body: empty } })
      const body = new Uint8Array(1_000_000)
      for (let id = 1; id <= 20; id++) peer.say({ id, request: { method: 'm', body, timeoutMs: 1000 } })
      await settle(20)
      const fits = Math.floor(maxHeldBytes / body.byteLength)
      assert.deepEqual(peer.heard.filter(({ failure }) => failure?.code === 'ERR_OVERLOADED').map(({ id }) => id), Array.from({ length: 20 - fits }, (_, index) => fits + 1 + index))
    })

    it('does not answer faster than the answers are read', async () => {
      const { ends } = streamPair({ capacityBytes: 50_000 })
      let served = 0
      const opening = openOn(ends[0], clock, { requests: { m: async () => { served++; return new Uint8Array(900_000) } } })
      const other = new RawPeer(ends[1])
      other.sayHello()
      const channel = await opening
      await settle()
      ends[1].pause()
      for (let id = 1; id <= 500; id++) other.say({ id, request: { method: 'm', body: empty, timeoutMs: 60_000 } })
      await settle(50)
      assert.ok(served <= maxServedRequests)
      await clock.advance(40_000)
      assert.equal(channel.closed.aborted, true, 'who never reads is given up')
    })
  })

  it('ends when refusals pile up that the other side does not read, whether or not an answer is awaited', async () => {
    for (const asks of [false, true]) {
      const { ends } = streamPair({ capacityBytes: 50_000 })
      const peer = new RawPeer(ends[1])
      peer.sayHello()
      const channel = await openOn(ends[0], clock, { requests: { m: async () => new Uint8Array(50_000) } })
      await settle()
      if (asks) channel.request('x', empty).catch(() => {})
      ends[1].pause()
      let said = 0
      const say = async (count: number): Promise<void> => {
        for (; count > 0; count--) peer.say({ id: ++said, request: { method: 'm', body: empty, timeoutMs: 60_000 } })
        await settle()
      }
      // All that may be served, whose answers take up the queue, and as much again as may be refused.
      await say(maxServedRequests)
      await say(maxUnsentRefusals)
      assert.equal(channel.closed.aborted, false)
      await say(10_000)
      assert.equal(channel.closed.aborted, true)
      assert.equal(ends[0].isOpen, false)
    }
  })

  it('refuses as often as it must when the refusals are read', async () => {
    const { channel, peer } = await against({ requests: { m: async () => await new Promise(() => {}) } })
    for (let id = 1; id <= maxServedRequests + 3 * maxUnsentRefusals; id++) {
      peer.say({ id, request: { method: 'm', body: empty, timeoutMs: 60_000 } })
      if (id % 500 === 0) await settle()
    }
    await settle()
    assert.equal(peer.heard.length, 3 * maxUnsentRefusals)
    assert.equal(channel.closed.aborted, false)
  })

  describe('end', () => {
    const traits: Array<[string, (channel: Channel) => unknown]> = [
      ['request', async (channel) => { await rejects(channel.request('m', empty), 'ERR_CLOSED') }],
      ['notify', async (channel) => { await rejects(channel.notify('m', empty), 'ERR_CLOSED') }],
      ['close', async (channel) => { await channel.close() }],
      ['attributes', (channel) => { assert.deepEqual([channel.remotePeer, channel.remoteAddress, channel.via, channel.remoteCapabilities, channel.closed.aborted], ['peer', '/memory/1', 'direct', [], true]) }]
    ]
    const endings: Array<[string, (left: Channel, right: Channel, stream: { abort: (error: Error) => void }) => Promise<void>]> = [
      ['closed here', async (left) => { await left.close() }],
      ['closed there', async (_, right) => { await right.close() }],
      ['broken', async (_, __, stream) => { stream.abort(new Error('broken')) }]
    ]
    for (const [how, end] of endings) {
      it(`leaves nobody waiting and nothing running: ${how}`, async () => {
        let told: unknown
        const hang: Service = { requests: { m: async (_, { signal }) => await new Promise((resolve, reject) => { signal.addEventListener('abort', () => { told = signal.reason; reject(signal.reason) }) }) } }
        const { left, right, streams } = await channelPair(clock, hang, hang)
        const pending = rejects(left.request('m', empty, { timeoutMs: 100_000 }), 'ERR_CLOSED')
        await settle()
        await end(left, right, streams[0])
        await settle()
        await pending
        assert.ok(isP2pChatError(told, 'ERR_CLOSED', 'ERR_ABORTED'))
        for (const [, check] of traits) await check(left)
        for (const [, check] of traits) await check(right)
        await clock.advance(5000)
        assert.deepEqual([streams[0].isOpen, streams[1].isOpen, clock.pending], [false, false, 0])
      })
    }

    it('delivers what was accepted before', async () => {
      const got: number[] = []
      const { left } = await channelPair(clock, nothing, { requests: {}, notifications: { n: (body) => { got.push(body[0] ?? -1) } } })
      for (let index = 0; index < 50; index++) await left.notify('n', Uint8Array.of(index))
      await left.close()
      await settle()
      assert.deepEqual(got, Array.from({ length: 50 }, (_, index) => index))
    })
  })

  it('asks a silent peer whether it is there, and gives it up after 10 seconds', async () => {
    const { channel, peer } = await against()
    await clock.advance(4_999)
    assert.equal(peer.heard.length, 0)
    await clock.advance(1)
    assert.deepEqual(peer.heard.map(({ request }) => request?.method), ['channel/ping'])
    await clock.advance(4_999)
    assert.equal(channel.closed.aborted, false)
    await clock.advance(1)
    assert.equal(channel.closed.aborted, true)
    assert.equal(peer.ended, true)
  })

  it('is content with anything that it hears', async () => {
    const { channel, peer } = await against()
    for (let round = 0; round < 20; round++) {
      await clock.advance(7_000)
      peer.say({ notification: { method: 'x', body: empty } })
    }
    assert.equal(channel.closed.aborted, false)
  })

  it('takes a large frame on a slow line for a sign of life', async () => {
    const got: number[] = []
    const { channel, peer } = await against({ requests: {}, notifications: { x: (body) => { got.push(body.byteLength) } } })
    const bytes = encodeFrames([Frame.encode({ notification: { method: 'x', body: new Uint8Array(100_000) } })])
    for (let at = 0; at < bytes.byteLength; at += 20_000) {
      peer.trickle(bytes.subarray(at, at + 20_000))
      await clock.advance(7_000)
    }
    assert.equal(channel.closed.aborted, false)
    assert.deepEqual(got, [100_000])
  })

  it('does not take for silence what it does not read, having too much to do', async () => {
    let done = (): void => {}
    const { channel, peer } = await against({ requests: { slow: async (body) => await new Promise((resolve) => { done = () => { resolve(body) } }) } })
    for (let id = 1; id <= 5; id++) peer.say({ id, request: { method: 'slow', body: new Uint8Array(1_000_000), timeoutMs: 100_000 } })
    await clock.advance(60_000)
    assert.equal(channel.closed.aborted, false)
    done()
  })
})
