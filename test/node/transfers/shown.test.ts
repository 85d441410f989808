import assert from 'node:assert/strict'
import type { OutTransfer } from '../../../src/node/transfers/records.js'
import { isOver, outgoingInfo, type SeenOut } from '../../../src/node/transfers/shown.js'

const message = { id: '0001', to: 'bob' }
const out: OutTransfer = { fileId: 'ab', path: '/cat.png', name: 'cat.png', mime: 'image/png', bytes: 100, atMs: 0, messages: [message], done: [], declined: [], state: { kind: 'active' } }
const nothing: SeenOut = { doneBytes: 0, isMoving: false, isKnown: false }

function stateOf (change: Partial<OutTransfer>, seen: Partial<SeenOut> = {}): string {
  return outgoingInfo({ ...out, ...change }, message, { ...nothing, ...seen }).state
}

describe('transfers: how a file that goes out is shown', () => {
  it('waits until they know of it, is offered then, and active as soon as it moves', () => {
    assert.equal(stateOf({}), 'waiting')
    assert.equal(stateOf({}, { isKnown: true }), 'offered')
    assert.equal(stateOf({}, { isKnown: true, isMoving: true }), 'active')
    assert.equal(stateOf({ declined: ['bob'] }, { isKnown: true, isMoving: true }), 'declined')
  })

  it('what a person or an error has decided is shown before all else', () => {
    for (const kind of ['paused', 'done'] as const) assert.equal(stateOf({ state: { kind }, done: ['aa'], declined: ['bob'], keptUntilMs: 5 }, { isMoving: true }), kind)
    assert.equal(stateOf({ state: { kind: 'done' }, declined: ['bob'], keptUntilMs: 5 }), 'declined', 'nobody has it')
    const failed = outgoingInfo({ ...out, state: { kind: 'failed', code: 'ERR_CONFLICT', message: 'file changed' } }, message, nothing)
    assert.deepEqual([failed.state, failed.error], ['failed', { code: 'ERR_CONFLICT', message: 'file changed' }])
  })

  it('is done when the pool has it, and says until when', () => {
    assert.equal(outgoingInfo(out, message, nothing).keptUntil, undefined)
    const kept = outgoingInfo({ ...out, keptUntilMs: 86_400_000 }, message, { ...nothing, doneBytes: 30 })
    assert.equal(outgoingInfo({ ...out, keptUntilMs: 2 ** 64, atMs: 2 ** 64 }, message, nothing).keptUntil, '9999-12-31T23:59:59.999Z', 'whatever a server says')
    assert.deepEqual([kept.state, kept.keptUntil, kept.doneBytes, isOver(kept)], ['done', '1970-01-02T00:00:00.000Z', 100, true])
  })
})
