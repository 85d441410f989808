import assert from 'node:assert/strict'
import { decode } from '../../../src/protocol/codec.js'
import { maxFrameBytes } from '../../../src/protocol/limits.js'
import { MailNotification } from '../../../src/protocol/pb/service.js'
import { maxPushRetryMs, Pump, pushRetryMs, readAfterPushMs } from '../../../src/rendezvous/mail/pump.js'
import type { Mailboxes, PlacedEntry } from '../../../src/rendezvous/mailboxes/index.js'
import { createStoreMailboxes } from '../../../src/rendezvous/mailboxes/store-mailboxes.js'
import { defaultLimits, maxReadEntries } from '../../../src/rendezvous/limits.js'
import { silentLogger } from '../../../src/runtime.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { stubChannel, type StubChannel } from '../helpers/stub-channel.js'
import { entry, key } from '../mailboxes/suite.js'

describe('Pump', () => {
  let mailboxes: Mailboxes
  let reads: number
  let channel: StubChannel
  let pump: Pump
  let clock: FakeClock
  let appended = 0
  const appendOne = async (): Promise<void> => {
    const entryId = new Uint8Array(16)
    new DataView(entryId.buffer).setUint32(0, ++appended)
    await mailboxes.append(entry({ entryId }))
  }
  const append = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      await appendOne()
      pump.wake()
    }
  }
  const pushed = (): number[] => channel.sent.flatMap(({ body }) => decode(MailNotification, body, maxFrameBytes, '').entries.map(({ entryId }) => new DataView(entryId.buffer, entryId.byteOffset).getUint32(0)))
  const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1)

  beforeEach(() => {
    appended = 0
    reads = 0
    clock = new FakeClock()
    const store = createStoreMailboxes({ store: createMemoryStore(), clock, limits: defaultLimits })
    mailboxes = {
      append: async (fields) => await store.append(fields),
      appendShared: async (fields) => await store.appendShared(fields),
      acknowledge: async (...args) => await store.acknowledge(...args),
      remove: async (mailbox) => { await store.remove(mailbox) },
      sweep: async () => { await store.sweep() },
      onAppended: (listener) => store.onAppended(listener),
      totals: async () => await store.totals(),
      async read (...args) { reads++; return await store.read(...args) }
    }
    channel = stubChannel()
    pump = new Pump({ mailboxes, clock, logger: silentLogger, channel, mailbox: key(1), afterCursor: 0 })
  })

  it('holds one page for a reader who does not read, and goes on when he does', async () => {
    channel.full = true
    await append(maxReadEntries * 3)
    await settle()
    assert.equal(channel.sent.length, 1)
    assert.equal(reads, 1)
    channel.drain()
    await settle(50)
    assert.deepEqual(pushed(), upTo(maxReadEntries * 3))
    assert.ok(channel.sent.every(({ body }) => body.byteLength < maxFrameBytes))
  })

  it('loses no wake while it is pushing', async () => {
    channel.full = true
    await append(1)
    await settle()
    await append(1)
    channel.drain()
    await settle()
    assert.deepEqual(pushed(), [1, 2])
  })

  it('ends with its channel', async () => {
    channel.end()
    await append(3)
    await settle()
    assert.deepEqual(pushed(), [])
  })

  it('pushes what was stored just now without reading it, and reads the mailbox later', async () => {
    mailboxes.onAppended((_mailbox, entry) => { pump.wake(entry) })
    await appendOne()
    await settle()
    await appendOne()
    await settle()
    assert.deepEqual(pushed(), [1, 2])
    assert.equal(reads, 0)
    await clock.advance(readAfterPushMs)
    assert.equal(reads, 1)
    assert.deepEqual(pushed(), [1, 2])
    assert.equal(clock.pending, 0)
  })

  it('leaves no timer when its channel ends', async () => {
    mailboxes.onAppended((_mailbox, entry) => { pump.wake(entry) })
    await appendOne()
    await settle()
    assert.equal(clock.pending, 1)
    channel.end()
    await appendOne()
    await settle()
    assert.equal(clock.pending, 0)
  })

  it('reads where something came between, and pushes nothing twice', async () => {
    const entries: Array<PlacedEntry | undefined> = []
    mailboxes.onAppended((_mailbox, entry) => { entries.push(entry) })
    for (let i = 0; i < 4; i++) await appendOne()
    const [first, second, third, fourth] = entries
    pump.wake(second)
    await settle()
    assert.equal(reads, 1)
    pump.wake(first)
    pump.wake(fourth)
    pump.wake(third)
    pump.wake()
    await settle()
    assert.deepEqual(pushed(), [1, 2, 3, 4])
  })

  it('reads what came while it was pushing something unread, for a reader who does not read', async () => {
    mailboxes.onAppended((_mailbox, entry) => { pump.wake(entry) })
    channel.full = true
    await appendOne()
    await settle()
    for (let i = 0; i < 20; i++) await appendOne()
    await settle()
    assert.deepEqual([channel.sent.length, reads], [1, 0])
    channel.drain()
    await settle(50)
    assert.deepEqual(pushed(), upTo(21))
    assert.ok(reads <= 2, `${reads} reads`)
  })

  it('reads what could not be pushed unread', async () => {
    mailboxes.onAppended((_mailbox, entry) => { pump.wake(entry) })
    const { notify } = channel
    channel.notify = async () => { throw new Error('broken') }
    await appendOne()
    await settle()
    channel.notify = notify
    await clock.advance(pushRetryMs)
    assert.deepEqual(pushed(), [1])
  })

  it('goes on after a read that failed', async () => {
    const { read } = mailboxes
    mailboxes.read = async () => ({ outcome: 'unknown' })
    await append(1)
    await settle()
    mailboxes.read = read
    await append(1)
    await settle()
    assert.deepEqual(pushed(), [1, 2])
    assert.equal(clock.pending, 0)
  })

  it('tries again by itself when a mailbox could not be read, ever more seldom, until its channel ends', async () => {
    const { read } = mailboxes
    mailboxes.read = async () => {
      reads++
      return { outcome: 'unknown' }
    }
    await append(1)
    await clock.advance(pushRetryMs * 7)
    assert.equal(reads, 4, 'at 0, 1, 3 and 7 seconds')
    mailboxes.read = read
    await clock.advance(maxPushRetryMs)
    assert.deepEqual(pushed(), [1])
    mailboxes.read = async () => { throw new Error('broken') }
    await append(1)
    await settle()
    channel.end()
    await clock.advance(pushRetryMs)
    assert.equal(clock.pending, 0)
  })
})
