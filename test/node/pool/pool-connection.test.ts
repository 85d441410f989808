import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import { firstRetryMs, maxRetryMs, searchTimeoutMs, steadyMs } from '../../../src/node/pool/limits.js'
import { PoolConnection, type PoolState } from '../../../src/node/pool/pool-connection.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { rejectsCode, seeded } from '../support.js'
import { FakeChannel } from './fake-channel.js'

type Opening = { resolve: (channel: FakeChannel) => void, reject: (error: unknown) => void, signal: AbortSignal }

describe('PoolConnection', () => {
  let clock: FakeClock
  let openings: Opening[]
  let opened: number[]
  let states: PoolState[]
  let prepare: (channel: FakeChannel) => Promise<void>
  let pool: PoolConnection

  beforeEach(() => {
    clock = new FakeClock()
    openings = []
    opened = []
    states = []
    prepare = async () => {}
    pool = new PoolConnection({
      clock,
      random: seeded('pool'),
      logger: silentLogger,
      openServer: async (signal) => await new Promise((resolve, reject) => {
        opened.push(clock.now())
        signal.addEventListener('abort', () => { reject(signal.reason) }, { once: true })
        openings.push({ resolve, reject, signal })
      }),
      prepare: async (channel) => { await prepare(channel as FakeChannel) },
      onState: (state) => { states.push(state) }
    })
  })

  const kinds = (): string[] => states.map(({ kind }) => kind)
  const noServer = new P2pChatError('ERR_NO_SERVER', 'Nobody is there.')

  async function answer (channel = new FakeChannel()): Promise<FakeChannel> {
    openings.at(-1)?.resolve(channel)
    await settle()
    return channel
  }

  async function fail (error: unknown = noServer): Promise<void> {
    openings.at(-1)?.reject(error)
    await settle()
  }

  it('goes from looking to connected, and has its channel only then', async () => {
    assert.equal(pool.current().kind, 'stopped')
    pool.start()
    pool.start()
    assert.equal(pool.channel(), undefined)
    const channel = await answer()
    assert.equal(pool.channel(), channel)
    assert.deepEqual(kinds(), ['connecting', 'connected'])
    assert.equal(openings.length, 1)
  })

  it('is connected only once the channel is prepared', async () => {
    let ready = (): void => {}
    prepare = async () => { await new Promise<void>((resolve) => { ready = resolve }) }
    pool.start()
    await answer()
    assert.deepEqual(kinds(), ['connecting'])
    ready()
    await settle()
    assert.deepEqual(kinds(), ['connecting', 'connected'])
  })

  it('ends a channel that cannot be prepared, and tries another later', async () => {
    prepare = async () => { throw new P2pChatError('ERR_OVERLOADED', 'Later.') }
    pool.start()
    const channel = await answer()
    assert.ok(channel.closed.aborted)
    assert.equal(pool.current().kind, 'offline')
    await clock.advance(firstRetryMs)
    assert.equal(openings.length, 2)
  })

  it('looks again at once for a server that went away after a while', async () => {
    pool.start()
    const first = await answer()
    await clock.advance(steadyMs)
    await first.close()
    assert.equal(pool.channel(), undefined)
    await settle()
    await answer()
    assert.deepEqual(kinds(), ['connecting', 'connected', 'connecting', 'connected'])
  })

  it('pauses when servers end their channels at once, twice in a row, and longer each time', async () => {
    pool.start()
    for (let i = 0; i < 6; i++) {
      const channel = await answer()
      await channel.close()
      await settle()
      const state = pool.current()
      if (state.kind === 'offline') await clock.advance(state.retryAtMs - clock.now())
    }
    const pauses = opened.slice(1).map((at, i) => at - (opened[i] ?? 0))
    assert.equal(pauses[0], 0, 'the first may have been a restart')
    assert.ok(pauses.slice(1).every((pause) => pause >= firstRetryMs / 2), String(pauses))
    assert.ok((pauses[4] ?? 0) > (pauses[1] ?? 0), String(pauses))
  })

  it('pauses longer after each failure, half of it by chance, up to a bound, and begins anew after a success', async () => {
    pool.start()
    for (let i = 0; i < 9; i++) {
      await fail()
      const state = pool.current()
      assert.ok(state.kind === 'offline')
      const pauseMs = state.retryAtMs - clock.now()
      const longest = Math.min(maxRetryMs, firstRetryMs * 2 ** i)
      assert.ok(pauseMs >= longest / 2 && pauseMs <= longest, `${pauseMs} of ${longest}`)
      const tries = openings.length
      await clock.advance(pauseMs - 1)
      assert.equal(openings.length, tries)
      await clock.advance(1)
      assert.equal(openings.length, tries + 1)
    }
    const channel = await answer()
    await clock.advance(steadyMs)
    await channel.close()
    await settle()
    await fail()
    const state = pool.current()
    assert.ok(state.kind === 'offline' && state.retryAtMs - clock.now() <= firstRetryMs)
  })

  it('gives up a search that takes too long', async () => {
    pool.start()
    await clock.advance(searchTimeoutMs)
    assert.equal(pool.current().kind, 'offline')
    assert.ok(openings[0]?.signal.aborted)
  })

  it('gives up a server that never ends its part of the preparing', async () => {
    prepare = async (channel) => { await new Promise<void>((resolve, reject) => { channel.closed.addEventListener('abort', () => { reject(new P2pChatError('ERR_CLOSED', 'Closed.')) }) }) }
    pool.start()
    const channel = await answer()
    await clock.advance(searchTimeoutMs)
    assert.ok(channel.closed.aborted)
    assert.equal(pool.current().kind, 'offline')
  })

  it('tries at once when asked to, in a pause only', async () => {
    pool.retryNow()
    pool.start()
    pool.retryNow()
    await fail()
    pool.retryNow()
    await settle()
    assert.equal(openings.length, 2)
    assert.equal(opened[1], opened[0])
  })

  it('makes a new channel when asked to, without a pause, as often as asked', async () => {
    pool.start()
    for (let i = 1; i <= 5; i++) {
      const channel = await answer()
      await pool.reconnect()
      await settle()
      assert.ok(channel.closed.aborted)
      assert.equal(openings.length, i + 1)
    }
    assert.ok(opened.every((at) => at === opened[0]))
  })

  describe('waiting for a channel', () => {
    it('has it at once when there is one', async () => {
      pool.start()
      const channel = await answer()
      assert.equal(await pool.waitForChannel(1_000), channel)
    })

    it('waits for the search under way', async () => {
      pool.start()
      const waiting = pool.waitForChannel(1_000)
      const channel = await answer()
      assert.equal(await waiting, channel)
    })

    it('fails with the search under way, and says why', async () => {
      pool.start()
      const waiting = rejectsCode(pool.waitForChannel(60_000), 'ERR_NO_SERVER')
      const why = new P2pChatError('ERR_UNREACHABLE', 'No route.')
      await fail(why)
      assert.equal((await waiting).cause, why)
    })

    it('begins a new search when the last one failed', async () => {
      pool.start()
      await fail()
      const waiting = pool.waitForChannel(60_000)
      await settle()
      assert.equal(openings.length, 2)
      const channel = await answer()
      assert.equal(await waiting, channel)
    })

    it('fails after its time', async () => {
      pool.start()
      const waiting = rejectsCode(pool.waitForChannel(1_000), 'ERR_NO_SERVER')
      await clock.advance(1_000)
      await waiting
      assert.equal(pool.current().kind, 'connecting', 'the search goes on')
    })

    it('waits for the next server when the one it had just went away', async () => {
      pool.start()
      const first = await answer()
      void first.close()
      const waiting = pool.waitForChannel(1_000)
      await settle()
      const second = await answer()
      assert.equal(await waiting, second)
    })

    it('fails before the start and after the stop, and at the stop', async () => {
      await rejectsCode(pool.waitForChannel(1_000), 'ERR_NO_SERVER')
      pool.start()
      const waiting = rejectsCode(pool.waitForChannel(60_000), 'ERR_NO_SERVER')
      await pool.stop()
      await waiting
      await rejectsCode(pool.waitForChannel(1_000), 'ERR_NO_SERVER')
    })
  })

  describe('stop', () => {
    afterEach(() => {
      assert.equal(pool.current().kind, 'stopped')
      assert.equal(clock.pending, 0)
    })

    it('before the start', async () => { await pool.stop() })

    it('while looking', async () => {
      pool.start()
      await settle()
      await pool.stop()
      assert.ok(openings[0]?.signal.aborted)
    })

    it('while preparing, when the server does not answer', async () => {
      prepare = async (channel) => { await new Promise<void>((resolve, reject) => { channel.closed.addEventListener('abort', () => { reject(new P2pChatError('ERR_CLOSED', 'Closed.')) }) }) }
      pool.start()
      const channel = await answer()
      await pool.stop()
      assert.ok(channel.closed.aborted)
    })

    it('while preparing, when that succeeds all the same', async () => {
      let ready = (): void => {}
      prepare = async () => { await new Promise<void>((resolve) => { ready = resolve }) }
      pool.start()
      const channel = await answer()
      const stopping = pool.stop()
      ready()
      await stopping
      assert.ok(channel.closed.aborted)
      assert.ok(!kinds().includes('connected'))
    })

    it('while connected', async () => {
      pool.start()
      const channel = await answer()
      await pool.stop()
      assert.ok(channel.closed.aborted)
    })

    it('in a pause', async () => {
      pool.start()
      await fail()
      await pool.stop()
      await clock.advance(maxRetryMs)
      assert.equal(openings.length, 1)
    })

    it('twice', async () => {
      pool.start()
      await answer()
      await Promise.all([pool.stop(), pool.stop()])
    })
  })
})
