import assert from 'node:assert/strict'
import { asRestored } from '../../../src/node/backup/restored-message.js'
import type { MessageState } from '../../../src/node/chat-node.js'
import { MESSAGE_SHELF, type MessageRow } from '../../../src/node/history/messages.js'
import { jsonCodec } from '../../../src/node/home/table.js'

describe('a message in a home that was restored', () => {
  const codec = jsonCodec<MessageRow>(MESSAGE_SHELF)

  function restored (state: MessageState, devices: MessageState[]): [MessageState | undefined, ...MessageState[]] {
    const kept: MessageRow = {
      id: '0'.repeat(32),
      from: 'alice',
      to: 'bob',
      conversation: 'bob',
      body: { kind: 'text', text: 'hi' },
      sentAtMs: 1,
      receivedAtMs: 1,
      via: null,
      cursor: 1,
      read: true,
      sent: { state, steps: [{ state, atMs: 1 }], devices: Object.fromEntries(devices.map((one, n) => [`${n}`, { username: 'bob', state: one, via: null, atMs: 1 }])) }
    }
    const { sent } = codec.decode(asRestored(codec.encode(kept)))
    assert.equal(sent?.steps.at(-1)?.state, sent?.state)
    return [sent?.state, ...Object.values(sent?.devices ?? {}).map((device) => device.state)]
  }

  it('has expired where it waited to be sent, for those for whom it did', () => {
    assert.deepEqual(restored('queued', []), ['expired'])
    assert.deepEqual(restored('queued', ['queued', 'queued']), ['expired', 'expired', 'expired'])
    assert.deepEqual(restored('queued', ['stored', 'queued']), ['stored', 'stored', 'expired'])
  })

  it('is as it was where all that was to be sent was', () => {
    for (const state of ['sent', 'stored', 'delivered', 'read', 'expired'] as const) assert.deepEqual(restored(state, []), [state])
    assert.deepEqual(restored('delivered', ['delivered', 'stored']), ['delivered', 'delivered', 'stored'])
  })
})
