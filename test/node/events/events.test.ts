import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { EventsRequest, NodeEvent } from '../../../src/node/chat-node.js'
import { EventHub } from '../../../src/node/events/event-hub.js'
import { eventOf } from '../../../src/node/events/event-of.js'
import { Events } from '../../../src/node/events/events.js'
import { Lane } from '../../../src/node/home/lane.js'
import { consumerKeptMs, maxConsumers } from '../../../src/node/limits.js'
import { addMessage, formatCursor, type MessageRow } from '../../../src/node/history/messages.js'
import { createMemoryDisk, createMemoryStore } from '../../../src/store/index.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { rejectsCode } from '../support.js'

const id = (n: number): string => n.toString(16).padStart(32, '0')
const presence: NodeEvent = { event: 'presence', username: 'bob', online: true }

class Home {
  readonly store = createMemoryStore()
  readonly lane = new Lane(this.store)
  readonly clock = new FakeClock()
  readonly hub = new EventHub()
  readonly events = new Events({ lane: this.lane, clock: this.clock, hub: this.hub, username: () => 'alice' })

  async arrive (n: number, row: Partial<MessageRow> = {}): Promise<void> {
    await this.lane.write(async (tx) => {
      const added = await addMessage(tx, { id: id(n), from: 'bob', to: 'alice', conversation: 'bob', body: { kind: 'text', text: String(n) }, sentAtMs: 0, receivedAtMs: 0, via: 'direct', read: false, ...row })
      const event = eventOf(added, 'alice')
      if (event !== undefined) tx.afterCommit(() => { this.hub.emit(event) })
    })
  }

  listen (after?: string, consumer?: string): Listener {
    return new Listener(this.events, { ...(after === undefined ? {} : { after }), ...(consumer === undefined ? {} : { consumer }) })
  }
}

class Listener {
  readonly seen: NodeEvent[] = []
  readonly #controller = new AbortController()
  readonly #done: Promise<void>

  constructor (events: Events, request: EventsRequest, perEvent: () => Promise<void> = async () => {}) {
    this.#done = (async () => {
      for await (const event of events.read(request, this.#controller.signal)) {
        this.seen.push(event)
        await perEvent()
      }
    })()
    this.#done.catch(() => {})
  }

  get texts (): string[] {
    return this.seen.map((event) => (event.event === 'message' ? event.text : event.event))
  }

  async end (): Promise<string[]> {
    await settle(4)
    this.#controller.abort()
    await this.#done
    return this.texts
  }
}

describe('events', () => {
  let home: Home
  beforeEach(() => { home = new Home() })

  it('are what the log holds, then what happens', async () => {
    await home.arrive(1)
    await home.arrive(2)
    const listener = home.listen()
    await settle()
    home.hub.emit(presence)
    await home.arrive(3)
    assert.deepEqual(await listener.end(), ['1', '2', 'presence', '3'])
  })

  it('of messages that this device sent itself are none', async () => {
    await home.arrive(1, { sent: { state: 'queued', steps: [], devices: {} } })
    await home.arrive(2)
    assert.deepEqual(await home.listen().end(), ['2'])
  })

  it('go on after a cursor', async () => {
    for (const n of [1, 2, 3]) await home.arrive(n)
    assert.deepEqual(await home.listen(formatCursor(1)).end(), ['2', '3'])
    assert.deepEqual(await home.listen(formatCursor(3)).end(), [])
  })

  it('are acknowledged without waiting for the disk: the end of the process loses nothing of that, and a power cut has them told again', async () => {
    const disk = createMemoryDisk()
    let lane = new Lane(disk.open())
    const events = (): Events => new Events({ lane, clock: home.clock, hub: home.hub, username: () => 'alice' })
    await lane.write(async (tx) => { for (const n of [1, 2]) await addMessage(tx, { id: id(n), from: 'bob', to: 'alice', conversation: 'bob', body: { kind: 'text', text: String(n) }, sentAtMs: 0, receivedAtMs: 0, via: 'direct', read: false }) })
    await events().acknowledge({ cursor: formatCursor(1) })
    assert.deepEqual(await new Listener(events(), {}).end(), ['2'])
    disk.crash()
    lane = new Lane(disk.open())
    assert.deepEqual(await new Listener(events(), {}).end(), ['1', '2'])
  })

  it('go on after what was acknowledged, which never goes back', async () => {
    for (const n of [1, 2, 3]) await home.arrive(n)
    await home.events.acknowledge({ cursor: formatCursor(2) })
    await home.events.acknowledge({ cursor: formatCursor(1) })
    assert.deepEqual(await home.listen().end(), ['3'])
    assert.deepEqual(await home.listen(formatCursor(0)).end(), ['1', '2', '3'])
  })

  it('that one takes are not hidden from another who listens under a name', async () => {
    await home.arrive(1)
    assert.deepEqual(await home.listen(undefined, 'bot').end(), [], 'a new one begins now')
    await home.arrive(2)
    await home.arrive(3)
    await home.events.acknowledge({ cursor: formatCursor(3) })
    await home.events.acknowledge({ cursor: formatCursor(2), consumer: 'bot' })
    await home.events.acknowledge({ cursor: formatCursor(1), consumer: 'bot' })
    assert.deepEqual([await home.listen().end(), await home.listen(undefined, 'bot').end(), await home.listen(undefined, 'other').end()], [[], ['3'], []])
    assert.deepEqual(await home.listen('0', 'third').end(), ['1', '2', '3'])
    assert.deepEqual(await home.listen(undefined, 'third').end(), ['1', '2', '3'], 'nothing of it was acknowledged')
    await home.events.acknowledge({ cursor: formatCursor(1_000_000), consumer: 'third' })
    await home.arrive(4)
    assert.deepEqual(await home.listen(undefined, 'third').end(), ['4'])
  })

  it('may be listened to under so many names, of which unused ones make room', async () => {
    for (const name of ['', 'A', 'a/b', 'ä', 'x'.repeat(65)]) await rejectsCode(home.events.read({ consumer: name }, new AbortController().signal).next(), 'ERR_USAGE')
    for (let n = 0; n < maxConsumers; n++) await home.listen(undefined, `bot-${n}`).end()
    await rejectsCode(home.events.read({ consumer: 'one-more' }, new AbortController().signal).next(), 'ERR_LIMIT')
    await rejectsCode(home.events.acknowledge({ cursor: '0', consumer: 'one-more' }), 'ERR_LIMIT')
    home.clock.jump(consumerKeptMs + 1)
    await home.listen(undefined, 'bot-7').end()
    await home.arrive(1)
    await home.listen(undefined, 'one-more').end()
    assert.deepEqual([await home.listen(undefined, 'bot-7').end(), await home.listen(undefined, 'bot-8').end()], [['1'], []])
  })

  it('that are still to come are not hidden by a cursor that is not there yet', async () => {
    await home.arrive(1)
    await home.events.acknowledge({ cursor: formatCursor(1_000_000) })
    const listener = home.listen()
    await home.arrive(2)
    assert.deepEqual(await listener.end(), ['2'])
  })

  it('do not begin behind the end of the log, which would hide what is still to come', async () => {
    await home.arrive(1)
    await rejectsCode(home.events.read({ after: formatCursor(2) }, new AbortController().signal).next(), 'ERR_USAGE')
    const listener = home.listen(formatCursor(1))
    await home.arrive(2)
    assert.deepEqual(await listener.end(), ['2'])
  })

  it('refuse what is no cursor', async () => {
    for (const cursor of ['', 'abc', '-1', '1'.repeat(20), '../../x']) {
      await rejectsCode(home.events.acknowledge({ cursor }), 'ERR_USAGE')
      await rejectsCode(home.events.read({ after: cursor }, new AbortController().signal).next(), 'ERR_USAGE')
    }
  })

  it('end when the node stops, after what was told before', async () => {
    const listener = home.listen()
    await home.arrive(1)
    home.hub.close()
    await settle()
    assert.deepEqual(listener.texts, ['1'])
  })

  it('end also when the node stops while the log is read', async () => {
    await home.arrive(1)
    await home.arrive(2)
    const reading = home.events.read({}, new AbortController().signal)
    await reading.next()
    home.hub.close()
    await home.lane.close()
    await home.store.close()
    assert.deepEqual([(await reading.next()).done, (await reading.next()).done], [false, true])
  })

  it('have no hole and no repetition, whenever messages arrive and whoever listens slowly', async () => {
    const scenario = fc.record({ before: fc.nat({ max: 5 }), pauses: fc.array(fc.nat({ max: 6 }), { maxLength: 15 }), slow: fc.nat({ max: 8 }) })
    await fc.assert(fc.asyncProperty(scenario, async ({ before, pauses, slow }) => {
      const one = new Home()
      for (let n = 1; n <= before; n++) await one.arrive(n)
      const listener = new Listener(one.events, {}, async () => { for (let i = 0; i < slow; i++) await Promise.resolve() })
      let n = before
      for (const pause of pauses) {
        for (let i = 0; i < pause; i++) await Promise.resolve()
        n++
        void one.arrive(n)
      }
      await settle(6)
      assert.deepEqual(await listener.end(), Array.from({ length: n }, (_, i) => String(i + 1)))
    }), { numRuns: 60 })
  })

  it('come again from the log to who fell behind, without a hole and without a repetition', async () => {
    const listener = home.events.read({}, new AbortController().signal)
    const first = listener.next()
    await settle()
    const flood = 10_050
    for (let n = 1; n <= flood; n++) await home.arrive(n)
    const seen = [await first]
    while (seen.length < flood + 1) {
      seen.push(await listener.next())
      // Meanwhile more arrive; they would fit again.
      if (seen.length === 200) await home.arrive(flood + 1)
    }
    assert.deepEqual(seen.map(({ value }) => (value?.event === 'message' ? Number(value.text) : 0)), Array.from({ length: flood + 1 }, (_, i) => i + 1))
    await listener.return(undefined)
  }).timeout(60_000)
})
