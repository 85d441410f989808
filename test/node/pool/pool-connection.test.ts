import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import { firstRetryMs, homeCheckMs, homeRetryMs, lingerTickMs, maxLingerMs, maxRetryMs, maxSearchAgeMs, maxServerTries, minRefusedMoveMs, prepareTimeoutMs, searchTimeoutMs, steadyMs } from '../../../src/node/pool/limits.js'
import type { Standing, Wanted } from '../../../src/node/pool/opener.js'
import { PoolConnection, type PoolState } from '../../../src/node/pool/pool-connection.js'
import type { Channel, PeerAddress } from '../../../src/overlay/network.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { rejectsCode, seeded } from '../support.js'
import { FakeChannel } from './fake-channel.js'

type Opening = { resolve: (channel: FakeChannel) => void, reject: (error: unknown) => void, wanted: Wanted, signal: AbortSignal }

describe('PoolConnection', () => {
  let clock: FakeClock
  let openings: Opening[]
  let opened: number[]
  let states: PoolState[]
  let prepare: (channel: FakeChannel) => Promise<void>
  let findHome: (channel: Channel, from: { sent: boolean, not: ReadonlySet<string> }) => Promise<Standing>
  let pool: PoolConnection

  beforeEach(() => {
    clock = new FakeClock()
    openings = []
    opened = []
    states = []
    prepare = async () => {}
    findHome = async (channel) => ({ channel, isHome: true })
    pool = new PoolConnection({
      clock,
      random: seeded('pool'),
      logger: silentLogger,
      openServer: async (wanted, signal) => await new Promise((resolve, reject) => {
        opened.push(clock.now())
        signal.addEventListener('abort', () => { reject(signal.reason) }, { once: true })
        openings.push({ resolve, reject, wanted, signal })
      }),
      findHome: async (channel, from) => await findHome(channel, from),
      prepare: async (channel) => { await prepare(channel as FakeChannel) },
      serversAt: (addresses) => addresses.map(peer),
      onState: (state) => { states.push(state) }
    })
  })

  const peer = (peerId: string): PeerAddress => ({ peerId, addresses: [] })
  /** The server that is used now. */
  const at = (): string | undefined => pool.channel()?.remotePeer
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
    assert.equal(at(), channel.remotePeer)
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

  it('ends a channel that cannot be prepared, and tries another at once; later, when there is no other', async () => {
    prepare = async () => { throw new P2pChatError('ERR_OVERLOADED', 'Later.') }
    pool.start()
    const channel = await answer(new FakeChannel({}, 'first'))
    assert.ok(channel.closed.aborted)
    assert.deepEqual(openings.map(({ wanted }) => [...wanted.last]), [[], ['first']])
    await answer(new FakeChannel({}, 'first'))
    assert.equal(pool.current().kind, 'offline')
    await clock.advance(firstRetryMs)
    assert.equal(openings.length, 3)
    assert.equal(openings[2]?.wanted.failures, 1)
  })

  it('goes where a server without room sends it, and gives up after a few', async () => {
    prepare = async (channel) => { throw new P2pChatError('ERR_OVERLOADED', 'Full.', { alternatives: [`next of ${channel.remotePeer}`] }) }
    pool.start()
    for (let i = 1; i <= maxServerTries; i++) {
      assert.equal(pool.current().kind, 'connecting')
      await answer(new FakeChannel({}, `server ${i}`))
      if (i < maxServerTries) assert.deepEqual(openings[i]?.wanted.first, [peer(`next of server ${i}`)])
    }
    assert.equal(pool.current().kind, 'offline')
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
    assert.deepEqual(states[2], { kind: 'connecting', lost: first.remotePeer })
    assert.deepEqual([...openings[1]?.wanted.last ?? []], [first.remotePeer], 'others are tried before it')
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
    const channel = await answer(new FakeChannel({}, 'silent'))
    await clock.advance(prepareTimeoutMs)
    assert.ok(channel.closed.aborted)
    assert.equal(openings.length, 2, 'another one is tried')
    await clock.advance(searchTimeoutMs - prepareTimeoutMs)
    assert.equal(pool.current().kind, 'offline')
  })

  describe('home', () => {
    const go = async (to: FakeChannel): Promise<void> => { findHome = async (channel) => (channel.remotePeer === to.remotePeer ? { channel, isHome: true } : { channel: to, isHome: true }) }

    it('is gone to before anything is prepared at the server that was found', async () => {
      const home = new FakeChannel({}, 'home')
      const prepared: string[] = []
      prepare = async (channel) => { prepared.push(channel.remotePeer) }
      await go(home)
      pool.start()
      const entry = await answer(new FakeChannel({}, 'entry'))
      assert.equal(at(), 'home')
      assert.deepEqual(prepared, ['home'])
      assert.ok(entry.closed.aborted)
      assert.deepEqual(kinds(), ['connecting', 'connected'])
    })

    it('that cannot be prepared is replaced by the server that was found, until it can', async () => {
      const home = new FakeChannel({}, 'home')
      prepare = async (channel) => { if (channel.remotePeer === 'home') throw new P2pChatError('ERR_TIMEOUT', 'Silent.') }
      await go(home)
      pool.start()
      const entry = await answer(new FakeChannel({}, 'entry'))
      assert.equal(at(), 'entry')
      assert.ok(home.closed.aborted)
      assert.equal(pool.current().kind === 'connected' && (pool.current() as { isHome: boolean }).isHome, false)
      await clock.advance(homeRetryMs / 2 - 1)
      prepare = async () => {}
      const again = new FakeChannel({}, 'home')
      await go(again)
      assert.equal(at(), 'entry')
      await clock.advance(homeRetryMs / 2 + 1)
      assert.equal(at(), 'home')
      assert.equal((pool.current() as { movedFrom?: string }).movedFrom, 'entry')
      await clock.advance(lingerTickMs)
      assert.ok(entry.closed.aborted)
      assert.ok(!kinds().includes('offline'))
    })

    it('is asked for again now and then', async () => {
      let asked = 0
      findHome = async (channel) => { asked++; return { channel, isHome: true } }
      pool.start()
      await answer()
      await clock.advance(homeCheckMs)
      assert.equal(asked, 2)
      await clock.advance(homeCheckMs)
      assert.ok(asked >= 3)
      assert.deepEqual(kinds(), ['connecting', 'connected'])
    })

    it('is not asked for where a server was just lost', async () => {
      const asked: string[][] = []
      findHome = async (channel, { not }) => { asked.push([...not]); return { channel, isHome: true } }
      pool.start()
      const first = await answer(new FakeChannel({}, 'first'))
      await first.close()
      await settle()
      await answer(new FakeChannel({}, 'second'))
      assert.deepEqual(asked, [[], ['first']])
    })
  })

  describe('a server that ends', () => {
    it('is left for another without a break, after a moment by chance', async () => {
      pool.start()
      const first = await answer(new FakeChannel({ slow: async () => await new Promise((resolve) => { clock.schedule(1_000, () => { resolve(new Uint8Array(1)) }) }) }, 'first'))
      const underWay = pool.channel()?.request('slow', new Uint8Array(0))
      pool.leaving('first', [peer('second')], 2_000)
      await settle()
      assert.equal(openings.length, 1)
      await clock.advance(2_000)
      assert.deepEqual(openings[1]?.wanted, { first: [peer('second')], last: new Set(), not: new Set(['first']), others: true, failures: 0 })
      assert.equal(at(), 'first', 'it goes on being used meanwhile')
      await answer(new FakeChannel({}, 'second'))
      assert.equal(at(), 'second')
      assert.equal((await underWay)?.byteLength, 1, 'what was under way gets its answer')
      await clock.advance(maxLingerMs)
      assert.ok(first.closed.aborted)
      assert.deepEqual(kinds(), ['connecting', 'connected', 'connected'])
    })

    it('keeps the channel that it was left over when it is soon gone back to', async () => {
      pool.start()
      const first = await answer(new FakeChannel({}, 'first'))
      for (const [from, to] of [['first', new FakeChannel({}, 'second')], ['second', first]] as const) {
        pool.leaving(from, [peer(to.remotePeer)], 0)
        await settle()
        await answer(to)
      }
      assert.equal(at(), 'first')
      await clock.advance(maxLingerMs)
      assert.ok(!first.closed.aborted)
      assert.equal(at(), 'first')
    })

    it('is used on when there is no other, and lost in the end', async () => {
      pool.start()
      const first = await answer(new FakeChannel({}, 'first'))
      pool.leaving('first', [peer('second')], 0)
      await settle()
      await fail()
      assert.equal(at(), 'first')
      await clock.advance(steadyMs)
      await first.close()
      await settle()
      assert.equal(pool.current().kind, 'connecting')
      assert.equal(openings.length, 3)
    })

    it('that says so while it is being prepared is left as well', async () => {
      prepare = async (channel) => { if (channel.remotePeer === 'first') pool.leaving('first', [peer('second')], 0) }
      pool.start()
      await answer(new FakeChannel({}, 'first'))
      assert.equal(openings.length, 2)
      await answer(new FakeChannel({}, 'second'))
      assert.equal(at(), 'second')
    })

    it('and another one that ends are left as quickly as they say so', async () => {
      pool.start()
      await answer(new FakeChannel({}, 'server 0'))
      for (let i = 0; i < 5; i++) {
        pool.leaving(`server ${i}`, [], 0)
        await settle()
        await answer(new FakeChannel({}, `server ${i + 1}`))
        assert.equal(at(), `server ${i + 1}`)
      }
      assert.ok(!kinds().includes('offline'))
    })
  })

  describe('a server with too much to do', () => {
    const full = (name: string, ...alternatives: string[]): FakeChannel => new FakeChannel({ ask: () => { throw new P2pChatError('ERR_OVERLOADED', 'Full.', { alternatives }) } }, name)
    const ask = async (): Promise<void> => { await rejectsCode(pool.channel()!.request('ask', new Uint8Array(0)), 'ERR_OVERLOADED'); await settle() }

    it('is left for those that it names, and not back at once', async () => {
      pool.start()
      await answer(full('first', 'second'))
      await ask()
      assert.deepEqual(openings[1]?.wanted, { first: [peer('second')], last: new Set(), not: new Set(['first']), others: false, failures: 0 })
      await answer(full('second', 'first'))
      assert.equal(at(), 'second')
      await ask()
      assert.equal(openings.length, 2, 'no back and forth')
      await clock.advance(minRefusedMoveMs)
      await ask()
      assert.deepEqual(openings[2]?.wanted.first, [peer('first')])
    })

    const leave = async (from: string, to: string): Promise<void> => { pool.leaving(from, [peer(to)], 0); await settle() }

    it('is not heard any more once it was left: what it refuses costs the next one no move', async () => {
      pool.start()
      await answer(full('first', 'third'))
      const first = pool.channel()!
      await leave('first', 'second')
      await answer(full('second', 'first'))
      await rejectsCode(first.request('ask', new Uint8Array(0)), 'ERR_OVERLOADED')
      await ask()
      assert.deepEqual(openings[2]?.wanted.first, [peer('first')])
    })

    for (const when of ['before it was left', 'after it was left'] as const) {
      it(`is used again later in spite of what it wanted ${when}`, async () => {
        pool.start()
        await answer(full('first'))
        await leave('first', 'second')
        if (when === 'before it was left') await leave('first', 'third')
        await answer(full('second'))
        if (when === 'after it was left') await leave('first', 'third')
        findHome = async () => ({ channel: new FakeChannel({}, 'first'), isHome: true })
        await clock.advance(homeCheckMs)
        assert.deepEqual([at(), openings.length], ['first', 2])
      })
    }

    it('is left as well when it cannot do what it should, and used on when no other is reached', async () => {
      pool.start()
      await answer(full('first'))
      assert.equal(pool.giveUp('first', [peer('first')]), false)
      assert.equal(pool.giveUp('first', [peer('first'), peer('second')]), true)
      await settle()
      assert.deepEqual(openings[1]?.wanted, { first: [peer('second')], last: new Set(), not: new Set(['first']), others: false, failures: 0 })
      await fail()
      assert.equal(at(), 'first')
      assert.equal(pool.giveUp('first', [peer('second')]), false)
      await settle()
      assert.equal(openings.length, 2, 'not again and again')
    })

    it('is used on when it names nobody, or only itself', async () => {
      pool.start()
      await answer(full('first', 'first'))
      await ask()
      assert.equal(openings.length, 1)
    })
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
      assert.equal((await pool.waitForChannel(1_000)).remotePeer, channel.remotePeer)
    })

    it('waits for the search under way', async () => {
      pool.start()
      const waiting = pool.waitForChannel(1_000)
      await answer()
      assert.equal(await waiting, pool.channel())
    })

    it('fails with the search under way, and says why', async () => {
      pool.start()
      const waiting = rejectsCode(pool.waitForChannel(60_000), 'ERR_NO_SERVER')
      const why = new P2pChatError('ERR_UNREACHABLE', 'No route.')
      await fail(why)
      assert.equal((await waiting).cause, why)
    })

    it('does not fail with a search that began long before, but with the next one', async () => {
      pool.start()
      await clock.advance(maxSearchAgeMs + 1)
      const waiting = rejectsCode(pool.waitForChannel(60_000), 'ERR_NO_SERVER')
      await fail(new P2pChatError('ERR_UNREACHABLE', 'Too early.'))
      assert.equal(openings.length, 2, 'at once')
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
      await answer()
      assert.equal(await waiting, pool.channel())
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
      await answer(new FakeChannel({}, 'second'))
      assert.equal((await waiting).remotePeer, 'second')
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
