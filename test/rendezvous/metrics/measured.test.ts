import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import type { RequestContext } from '../../../src/overlay/network.js'
import type { ReplicatedRegisters } from '../../../src/rendezvous/consensus/index.js'
import type { AppendOutcome, Mailboxes } from '../../../src/rendezvous/mailboxes/index.js'
import { measuredMailboxes, measuredRegisters, measuredRequests, measuredStore, noMetrics, type Metrics } from '../../../src/rendezvous/metrics/index.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { rejects } from '../helpers/expect.js'

/** What was told, as it was told. */
class Told implements Metrics {
  readonly told: unknown[] = []
  request = (told: object): void => { this.told.push(told) }
  mail = (...told: string[]): void => { this.told.push(told) }
  register = (told: object): void => { this.told.push(told) }
  vote = (...told: string[]): void => { this.told.push(told) }
  storeBatch = (told: object): void => { this.told.push(told) }
  running = (): void => {}
}

describe('what is measured', () => {
  let clock: FakeClock
  let metrics: Told
  beforeEach(() => {
    clock = new FakeClock()
    metrics = new Told()
  })

  it('requests, by method and outcome', async () => {
    const requests = measuredRequests({ metrics, clock, protocol: 'pool' }, {
      'a/good': async (body) => {
        await clock.advance(20)
        return body
      },
      'a/refused': async () => { throw new P2pChatError('ERR_LIMIT', 'Too large.') },
      'a/broken': async () => { throw new Error('oh') }
    })
    const context = {} as RequestContext
    assert.deepEqual(await requests['a/good']?.(Uint8Array.of(1), context), Uint8Array.of(1))
    await rejects(requests['a/refused']?.(Uint8Array.of(1), context) ?? assert.fail(), 'ERR_LIMIT')
    await assert.rejects(requests['a/broken']?.(Uint8Array.of(1), context) ?? assert.fail(), /oh/)
    assert.deepEqual(metrics.told, [
      { protocol: 'pool', method: 'a/good', outcome: 'ok', durationMs: 20 },
      { protocol: 'pool', method: 'a/refused', outcome: 'ERR_LIMIT', durationMs: 0 },
      { protocol: 'pool', method: 'a/broken', outcome: 'ERR_INTERNAL', durationMs: 0 }
    ])
  })

  it('deposits, one for each mailbox, reads and acknowledgements', async () => {
    const stored: AppendOutcome = { outcome: 'stored', replicas: 2, servers: 3, expiresAtMs: 1 }
    const inner: Mailboxes = {
      append: async () => ({ outcome: 'refused', limit: 'maxMailboxBytes', max: 1, retryAfterMs: 1 }),
      appendShared: async () => [stored, { outcome: 'unknown' }],
      read: async () => ({ outcome: 'read', entries: [], more: false }),
      acknowledge: async () => ({ outcome: 'acknowledged' }),
      remove: async () => {},
      sweep: async () => {},
      onAppended: () => () => {},
      totals: async () => ({ mailboxes: 0, envelopes: 0, bytes: 0 })
    }
    const mailboxes = measuredMailboxes(metrics, inner)
    const none = new Uint8Array(0)
    assert.equal((await mailboxes.append({ mailbox: none, sender: none, slot: none, entryId: none, envelope: none })).outcome, 'refused')
    assert.deepEqual(await mailboxes.appendShared({ mailboxes: [none, none], sender: none, entryId: none, envelope: none }), [stored, { outcome: 'unknown' }])
    await mailboxes.read(none, { afterCursor: 0, maxEntries: 1, maxBytes: 1 })
    await mailboxes.acknowledge(none, [], none)
    assert.deepEqual(metrics.told, [['append', 'refused'], ['append', 'stored'], ['append', 'unknown'], ['read', 'read'], ['acknowledge', 'acknowledged']])
  })

  it('operations on registers', async () => {
    const inner: ReplicatedRegisters = {
      read: async () => ({ outcome: 'read', register: undefined }),
      compareAndSet: async () => ({ outcome: 'unknown' }),
      list: async () => ({ outcome: 'listed', page: { registers: [], next: undefined } }),
      derived: async () => ({ outcome: 'unknown' })
    }
    const registers = measuredRegisters(metrics, clock, inner)
    await registers.read('account:alice')
    await registers.compareAndSet('account:alice', 0, new Uint8Array(0))
    await registers.list('account:', { limit: 1 })
    await registers.derived('x', { limit: 1 })
    assert.deepEqual(metrics.told, [
      { operation: 'read', outcome: 'read', durationMs: 0 },
      { operation: 'compare-and-set', outcome: 'unknown', durationMs: 0 },
      { operation: 'list', outcome: 'listed', durationMs: 0 },
      { operation: 'list', outcome: 'unknown', durationMs: 0 }
    ])
  })

  it('batches of the store, and those that the disk refuses', async () => {
    const inner = createMemoryStore()
    const store = measuredStore(metrics, clock, inner)
    await store.batch([{ type: 'put', key: 'a', value: Uint8Array.of(1) }], { sync: true })
    assert.deepEqual(await store.get('a'), Uint8Array.of(1))
    inner.batch = async () => { throw new P2pChatError('ERR_STORE_IO', 'The disk is full.') }
    await rejects(store.batch([], { sync: false }), 'ERR_STORE_IO')
    assert.deepEqual(metrics.told, [{ sync: true, ok: true, durationMs: 0 }, { sync: false, ok: false, durationMs: 0 }])
  })

  it('costs nothing when nobody asks: everything is what it was', () => {
    const requests = {}
    const store = createMemoryStore()
    assert.equal(measuredRequests({ metrics: noMetrics, clock, protocol: 'pool' }, requests), requests)
    assert.equal(measuredStore(noMetrics, clock, store), store)
  })
})
