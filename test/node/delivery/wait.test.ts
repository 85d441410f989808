import assert from 'node:assert/strict'
import type { MessageState, StatusEvent } from '../../../src/node/chat-node.js'
import { waitFor } from '../../../src/node/delivery/wait.js'
import { EventHub } from '../../../src/node/events/event-hub.js'
import { addMessage } from '../../../src/node/history/messages.js'
import { Lane } from '../../../src/node/home/lane.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { rejectsCode } from '../support.js'

describe('waiting for a message', () => {
  const id = 'ab'.repeat(16)
  let clock: FakeClock
  let hub: EventHub
  let lane: Lane

  beforeEach(() => {
    clock = new FakeClock()
    hub = new EventHub()
    lane = new Lane(createMemoryStore())
  })

  async function isAt (state: MessageState): Promise<void> {
    await lane.write(async (tx) => {
      await addMessage(tx, {
        id,
        from: 'alice',
        to: 'bob',
        conversation: 'bob',
        body: { kind: 'text', text: 'hi' },
        sentAtMs: 1,
        receivedAtMs: 1,
        via: null,
        read: true,
        sent: { state, steps: [{ state, atMs: 1 }], devices: {} }
      })
    })
  }

  const wait = async (state: 'stored' | 'delivered' | 'read'): Promise<StatusEvent> => await waitFor({ reader: lane, clock, hub, username: 'alice' }, { id, state, timeoutMs: 1000 })

  it('ends at once when it has come so far already, or further', async () => {
    await isAt('delivered')
    assert.deepEqual(await wait('stored'), { event: 'status', id, to: 'bob', state: 'delivered' })
  })

  it('ends with the event that says so, whatever is told of others', async () => {
    await isAt('queued')
    const waiting = wait('delivered')
    await settle()
    hub.emit({ event: 'status', id: 'cd'.repeat(16), to: 'bob', state: 'read' })
    hub.emit({ event: 'status', id, to: 'bob', state: 'sent', via: 'direct' })
    const delivered: StatusEvent = { event: 'status', id, to: 'bob', state: 'delivered', via: 'direct' }
    hub.emit(delivered)
    assert.deepEqual(await waiting, delivered)
  })

  it('refuses what cannot be waited for', async () => {
    await isAt('queued')
    for (const wrong of [{ state: 'bogus' }, { state: 'sent' }, { timeoutMs: Number.NaN }, { timeoutMs: -1 }, { timeoutMs: '5' }]) {
      await rejectsCode(waitFor({ reader: lane, clock, hub, username: 'alice' }, { id, state: 'read', timeoutMs: 0, ...wrong } as never), 'ERR_USAGE')
    }
    assert.equal(clock.pending, 0)
  })

  it('says that it is kept when the time is over', async () => {
    await isAt('queued')
    const waiting = rejectsCode(wait('delivered'), 'ERR_PENDING')
    await settle()
    await clock.advance(1000)
    await waiting
  })

  it('says so when it is not tried any more, or was never there', async () => {
    await rejectsCode(wait('stored'), 'ERR_NOT_FOUND')
    await isAt('queued')
    const waiting = rejectsCode(wait('stored'), 'ERR_NOT_FOUND')
    await settle()
    hub.emit({ event: 'status', id, to: 'bob', state: 'expired' })
    await waiting
  })
})
