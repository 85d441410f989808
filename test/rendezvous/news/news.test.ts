import assert from 'node:assert/strict'
import fc from 'fast-check'
import { beatIntervalMs, maxKeptEvents, silentAfterMs } from '../../../src/rendezvous/news/limits.js'
import type { NewsEvent } from '../../../src/rendezvous/news/index.js'
import type { AttachedDevice, Tell } from '../../../src/rendezvous/news/types.js'
import { decodeTell, encodeTell } from '../../../src/rendezvous/news/wire.js'
import { decode, encode } from '../../../src/protocol/codec.js'
import { maxFrameBytes } from '../../../src/protocol/limits.js'
import { NewsTellRequest } from '../../../src/protocol/pb/server-news.js'
import { settle } from '../../helpers/fake-clock.js'
import { FAIR, keyOf, NewsNet, type NewsNode } from './news-net.js'

const SERVERS = ['ann', 'ben', 'cay']
const DEVICES = ['d0', 'd1', 'd2', 'd3', 'd4']
const userOf = (device: string): string => ['alice', 'bob', 'carol'][Number(device.slice(1)) % 3] ?? ''
const account = (username: string, recordVersion: number): NewsEvent => ({ kind: 'account', username, recordVersion })
const all = { lost: 0.2, doubled: 0.2, maxDelayMs: 2_500 }

type Step =
  | { do: 'attach' | 'detach', at: string, device: string }
  | { do: 'cut' | 'heal' | 'flap', a: string, b: string }
  | { do: 'tell' | 'restart', at: string }
  | { do: 'wait', ms: number }

const server = fc.constantFrom(...SERVERS)
const pair = fc.tuple(server, server).filter(([a, b]) => a !== b)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('attach' as const, 'detach' as const), at: server, device: fc.constantFrom(...DEVICES) }) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('cut' as const, 'heal' as const, 'flap' as const), pair).map(([what, [a, b]]): Step => ({ do: what, a, b })) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('tell' as const), at: server }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), at: server }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 4_000 }) }) }
)

/** What every server says of every device must be what is so. */
function assertTruth (net: NewsNet): void {
  const now = net.clock.now()
  for (const node of net.nodes.values()) {
    for (const device of DEVICES) {
      const servers = [...net.nodes.values()].filter(({ channels }) => channels.has(device)).length
      assert.equal(node.whereabouts.ofDevice(keyOf(device), now).servers, servers, `${device} at ${node.name}`)
    }
    for (const username of new Set(DEVICES.map(userOf))) {
      const isOnline = [...net.nodes.values()].some(({ channels }) => [...channels.keys()].some((device) => userOf(device) === username))
      assert.equal(node.whereabouts.isOnline(username), isOnline, `${username} at ${node.name}`)
    }
  }
}

describe('News between servers', () => {
  it('end in the true table, whatever links and messages do, and no event is missed without being told so', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), fc.integer(), async (steps, seed) => {
      const net = new NewsNet(SERVERS, seed)
      for (const name of SERVERS) net.start(name)
      net.weather = all
      net.connectAll()
      let version = 0
      /** What each server told in its present run, and when each other one was started. */
      const told = new Map<string, number[]>(SERVERS.map((name) => [name, []]))
      const node = (name: string): NewsNode => net.nodes.get(name) ?? assert.fail()
      for (const one of steps) {
        switch (one.do) {
          case 'attach': node(one.at).attach(one.device, userOf(one.device)); break
          case 'detach': node(one.at).detach(one.device); break
          case 'cut': net.link(one.a, one.b, false); break
          case 'heal': net.link(one.a, one.b, true); break
          case 'flap': net.flap(one.a, one.b); break
          case 'tell': {
            node(one.at).news.tell(account('alice', ++version))
            told.get(one.at)?.push(version)
            break
          }
          case 'restart': {
            const before = node(one.at)
            before.news.stop()
            for (const other of SERVERS) if (other !== one.at) net.link(one.at, other, false)
            net.start(one.at)
            // What it told in its life before, and what it has not heard, is known to nobody: who is told of a gap reads.
            told.set(one.at, [])
            break
          }
          case 'wait': await net.clock.advance(one.ms)
        }
      }
      net.weather = FAIR
      await net.clock.advance(30_000)
      net.connectAll()
      await net.clock.advance(2 * silentAfterMs + 3 * beatIntervalMs)
      assertTruth(net)
      for (const from of SERVERS) {
        for (const to of SERVERS) {
          if (from === to || node(to).gaps > 0) continue
          const heard = node(to).told.flatMap((event) => event.kind === 'account' ? [event.recordVersion] : []).filter((one) => told.get(from)?.includes(one) === true)
          assert.deepEqual(heard, told.get(from), `${to} heard ${from}`)
        }
      }
      for (const { news } of net.nodes.values()) news.stop()
    }), { numRuns: 150 })
  }).timeout(120_000)

  describe('of three servers', () => {
    let net: NewsNet
    let ann: NewsNode
    let ben: NewsNode
    let cay: NewsNode

    beforeEach(async () => {
      net = new NewsNet(SERVERS, 1)
      ;[ann, ben, cay] = SERVERS.map((name) => net.start(name)) as [NewsNode, NewsNode, NewsNode]
      net.connectAll()
      await settle()
    })

    afterEach(() => { for (const { news } of net.nodes.values()) news.stop() })

    it('say who came and who went, once each', async () => {
      ann.attach('d0', 'alice')
      await settle()
      for (const node of [ann, ben, cay]) assert.deepEqual(node.presence, [['alice', true]])
      // A second device, elsewhere: she was there already.
      ben.attach('d3', 'alice')
      await settle()
      ann.detach('d0')
      await settle()
      for (const node of [ann, ben, cay]) assert.deepEqual(node.presence, [['alice', true]])
      ben.detach('d3')
      await settle()
      for (const node of [ann, ben, cay]) assert.deepEqual(node.presence, [['alice', true], ['alice', false]])
    })

    it('take a device that moves for one, with the newest locator, wherever it was heard', async () => {
      const locator = (name: string, expiresInMs: number): { signed: Uint8Array, expiresAtMs: number } => ({ signed: new TextEncoder().encode(name), expiresAtMs: net.clock.now() + expiresInMs })
      ann.attach('d0', 'alice', locator('old', 1_000))
      ben.attach('d0', 'alice', locator('new', 2_000))
      await settle()
      for (const node of [ann, ben, cay]) assert.deepEqual(node.whereabouts.ofDevice(keyOf('d0'), net.clock.now()), { servers: 2, locator: new TextEncoder().encode('new') })
      ann.attach('d0', 'alice', locator('newest', 3_000))
      await settle()
      assert.deepEqual(cay.whereabouts.ofDevice(keyOf('d0'), net.clock.now()).locator, new TextEncoder().encode('newest'))
      // Who watches her is told that she is to be dialled elsewhere.
      assert.deepEqual(cay.presence, [['alice', true], ['alice', true]])
      ann.detach('d0')
      await settle()
      assert.deepEqual(cay.whereabouts.ofDevice(keyOf('d0'), net.clock.now()), { servers: 1, locator: new TextEncoder().encode('new') })
      assert.equal(cay.whereabouts.ofDevice(keyOf('d0'), net.clock.now() + 2_000).locator, undefined)
      assert.equal(cay.presence.length, 2)
    })

    it('tell nobody again what is told again', async () => {
      ann.attach('d0', 'alice', { signed: new Uint8Array(1), expiresAtMs: net.clock.now() + 3_600_000 })
      await settle()
      const tells = net.arrived.get('news/tell') ?? 0
      // The table comes anew, under a new ticket.
      const late = encodeTell({ ticket: new Uint8Array(16), sequence: 0, begins: true, complete: true, attached: [], detached: [], run: new Uint8Array(16), lastEvent: 0, gap: false, events: [] })
      for (const [node, from] of [[ann, 'cay'], [cay, 'ann']] as const) await node.news.handlers['news/tell']!(from, late)
      await settle()
      assert.ok((net.arrived.get('news/tell') ?? 0) >= tells + 2)
      for (const node of [ann, ben, cay]) assert.deepEqual(node.presence, [['alice', true]])
    })

    it('forget what a server said when its link ends, and have it again when it is back', async () => {
      ann.attach('d0', 'alice')
      ben.attach('d1', 'bob')
      await settle()
      net.link('ann', 'cay', false)
      await settle()
      assert.deepEqual([cay.whereabouts.isOnline('alice'), cay.whereabouts.isOnline('bob')], [false, true])
      ann.attach('d2', 'carol')
      net.link('ann', 'cay', true)
      await settle()
      assert.deepEqual(['alice', 'bob', 'carol'].map((name) => cay.whereabouts.isOnline(name)), [true, true, true])
    })

    it('tell what happened while a link was down for a moment, in order and without a gap', async () => {
      const gaps = cay.gaps
      ann.news.tell(account('alice', 1))
      await settle()
      net.link('ann', 'cay', false)
      for (const version of [2, 3]) ann.news.tell(account('alice', version))
      net.link('ann', 'cay', true)
      await settle()
      ann.news.tell(account('alice', 4))
      await settle()
      assert.deepEqual(cay.told, [1, 2, 3, 4].map((version) => account('alice', version)))
      assert.equal(cay.gaps, gaps)
    })

    it('say that something was missed when it was more than is kept, or of a life before', async () => {
      ann.news.tell(account('alice', 1))
      await settle()
      const gaps = cay.gaps
      net.link('ann', 'cay', false)
      for (let version = 2; version < maxKeptEvents + 10; version++) ann.news.tell(account('alice', version))
      net.link('ann', 'cay', true)
      await settle()
      assert.equal(cay.gaps, gaps + 1)
      assert.ok(cay.told.length < maxKeptEvents)
      net.link('ann', 'cay', false)
      ann.news.stop()
      net.start('ann')
      net.link('ann', 'cay', true)
      await settle()
      assert.equal(cay.gaps, gaps + 2)
    })

    it('tell a large table in pages, and nothing twice', async () => {
      net.link('ann', 'cay', false)
      for (let i = 0; i < 1_050; i++) ann.attach(`many-${i}`, `user-${i}`)
      await settle(60)
      net.arrived.clear()
      net.link('ann', 'cay', true)
      await settle(60)
      for (let i = 0; i < 1_050; i++) assert.equal(cay.whereabouts.ofDevice(keyOf(`many-${i}`), 0).servers, 1)
      assert.ok((net.arrived.get('news/tell') ?? 0) <= 13, `${net.arrived.get('news/tell')}`)
    })

    it('cost a slow neighbour\'s teller one word a device, however often it came and went', async () => {
      net.weather = { lost: 1, doubled: 0, maxDelayMs: 0 }
      for (let round = 0; round < 500; round++) {
        ann.attach('d0', 'alice')
        ann.detach('d0')
      }
      net.weather = FAIR
      ann.attach('d0', 'alice')
      net.arrived.clear()
      await net.clock.advance(20_000)
      assert.ok(cay.whereabouts.isOnline('alice'))
      assert.ok((net.arrived.get('news/tell') ?? 0) < 20)
    })

    it('are asked for again when nothing comes any more', async () => {
      ann.attach('d0', 'alice')
      await settle()
      // A new process that this end has not noticed: the link seems to have been there all the time.
      ann.news.stop()
      const again = net.start('ann')
      again.attach('d1', 'bob')
      await net.clock.advance(silentAfterMs + 2 * beatIntervalMs)
      for (const node of [ben, cay]) assert.deepEqual(['alice', 'bob'].map((name) => node.whereabouts.isOnline(name)), [false, true])
    })

    it('of kinds that are not known yet, and what of them cannot be read, hold up nothing else; what is missed is told', () => {
      const tell: Tell = { ticket: new Uint8Array(16), sequence: 0, begins: true, complete: true, attached: [], detached: [], run: new Uint8Array(16), lastEvent: 4, gap: false, events: [account('alice', 1), account('bob', 2)] }
      const device = (username: string): AttachedDevice => ({ deviceKey: keyOf('d0'), username, locator: undefined, attachedAtMs: 0 })
      const body = encodeTell({ ...tell, attached: [device('alice'), device('No Name')], detached: [keyOf('d1'), new Uint8Array(5)], events: [...tell.events, account('No Name', 1)] })
      const message = decode(NewsTellRequest, body, maxFrameBytes, '')
      assert.deepEqual(decodeTell(encode(NewsTellRequest, { ...message, events: [{}, ...message.events] })), { ...tell, attached: [device('alice')], detached: [keyOf('d1')], gap: true })
      assert.equal(decodeTell(encode(NewsTellRequest, { ...decode(NewsTellRequest, encodeTell(tell), maxFrameBytes, ''), events: [{}] })).gap, false, 'of an unknown kind nothing is missed')
    })

    it('refuse what cannot be read', async () => {
      const { handlers } = ann.news
      for (const body of [new Uint8Array([1, 2, 3]), new Uint8Array(0)]) {
        for (const method of ['news/subscribe', 'news/tell']) await assert.rejects(handlers[method]!('ben', body), { code: 'ERR_INVALID_RECORD' })
      }
    })
  })
})
