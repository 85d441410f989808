import assert from 'node:assert/strict'
import { silentLogger } from '../../../src/runtime.js'
import { createMemoryStore, type KeyValueStore } from '../../../src/store/index.js'
import { hasOutgoing, saveOutgoing } from '../../../src/node/files/outgoing/records.js'
import type { PreparedFile } from '../../../src/node/files/outgoing/prepare.js'
import { fromHex } from '../../../src/node/home/hex.js'
import { Lane } from '../../../src/node/home/lane.js'
import { maxExpiredAtOnce, offerTtlMs } from '../../../src/node/transfers/limits.js'
import { listOut, putOut, type OutTransfer } from '../../../src/node/transfers/records.js'
import { Sending, type SendingComponents } from '../../../src/node/transfers/sending.js'
import { FakeClock } from '../../helpers/fake-clock.js'

describe('files that were sent long ago', () => {
  const count = 3 * maxExpiredAtOnce
  let clock: FakeClock
  let lane: Lane
  let commits: number
  let sending: Sending

  const fileId = (n: number): string => n.toString(16).padStart(32, '0')
  const sent = (n: number, state: OutTransfer['state']): OutTransfer => ({ fileId: fileId(n), path: '/f', name: 'f', mime: '', bytes: 1, atMs: clock.now(), messages: [{ id: fileId(n), to: 'bob' }], done: [], declined: [], state })
  const prepared = (n: number): PreparedFile => ({ path: '/f', state: {}, leaves: new Uint8Array(32), manifest: { fileId: fromHex(fileId(n)), key: new Uint8Array(32), root: new Uint8Array(32), sha256: new Uint8Array(32), name: 'f', mime: '', bytes: 1, caption: '' } } as unknown as PreparedFile)

  beforeEach(async () => {
    clock = new FakeClock()
    const store = createMemoryStore()
    commits = 0
    const counted: KeyValueStore = {
      get: async (key) => await store.get(key),
      range: (options) => store.range(options),
      batch: async (...args) => { commits++; await store.batch(...args) },
      close: async () => { await store.close() }
    }
    lane = new Lane(counted)
    sending = new Sending({ lane, clock, logger: silentLogger, emit: () => {} } as unknown as SendingComponents)
    await lane.write((tx) => {
      for (let n = 0; n < count; n++) {
        saveOutgoing(tx, prepared(n))
        putOut(tx, sent(n, { kind: n % 2 === 0 ? 'active' : 'done' }))
      }
    })
    commits = 0
  })

  it('keep nobody on their list who does not wait for a change any more', async () => {
    const over = new AbortController()
    const waiting = [sending.change(over.signal), sending.change(new AbortController().signal)]
    over.abort()
    await waiting[0]
    assert.equal(sending['waiters'].size, 1)
    await clock.advance(offerTtlMs)
    await sending.expire()
    await waiting[1]
    assert.equal(sending['waiters'].size, 0)
  })

  it('expire many in one go, once, and are forgotten after as long again', async () => {
    await clock.advance(offerTtlMs - 1)
    await sending.expire()
    assert.equal(commits, 0)
    await clock.advance(1)
    await sending.expire()
    assert.ok(commits <= 2 * count / maxExpiredAtOnce, `${commits} commits`)
    assert.deepEqual((await listOut(lane)).slice(0, 2).map(({ state }) => state.kind), ['failed', 'done'])
    assert.equal(await hasOutgoing(lane, fileId(0)), false)
    commits = 0
    await sending.expire()
    assert.equal(commits, 0)
    await clock.advance(offerTtlMs)
    await sending.expire()
    assert.deepEqual(await listOut(lane), [])
  })
})
