import assert from 'node:assert/strict'
import { decode } from '../../../src/protocol/codec.js'
import { maxFrameBytes } from '../../../src/protocol/limits.js'
import { MailNotification } from '../../../src/protocol/pb/service.js'
import { Attachments } from '../../../src/rendezvous/directory/index.js'
import { Pumps } from '../../../src/rendezvous/mail/index.js'
import type { Mailboxes } from '../../../src/rendezvous/mailboxes/index.js'
import { createStoreMailboxes } from '../../../src/rendezvous/mailboxes/store-mailboxes.js'
import { defaultLimits } from '../../../src/rendezvous/limits.js'
import { silentLogger } from '../../../src/runtime.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { stubChannel, type StubChannel } from '../helpers/stub-channel.js'
import { entry, key } from '../mailboxes/suite.js'

describe('Pumps', () => {
  const members = 40
  let mailboxes: Mailboxes
  let channels: StubChannel[]
  /** What was read, given to its channel, and left, in the order in which it happened. */
  let log: Array<'read' | 'given' | 'written'>

  beforeEach(async () => {
    const clock = new FakeClock()
    const store = createStoreMailboxes({ store: createMemoryStore(), clock, limits: defaultLimits })
    const attachments = new Attachments()
    log = []
    mailboxes = {
      append: async (fields) => await store.append(fields),
      appendShared: async (fields) => await store.appendShared(fields),
      acknowledge: async (...args) => await store.acknowledge(...args),
      remove: async (mailbox) => { await store.remove(mailbox) },
      sweep: async () => { await store.sweep() },
      onAppended: (listener) => store.onAppended(listener),
      totals: async () => await store.totals(),
      async read (...args) { log.push('read'); return await store.read(...args) }
    }
    const pumps = new Pumps({ mailboxes, attachments, clock, logger: silentLogger })
    channels = Array.from({ length: members }, (_, i) => {
      const channel = stubChannel(`member ${i}`)
      const { notify } = channel
      channel.notify = async (method, body) => {
        await notify(method, body)
        log.push('given')
        // As frames do: at the end of the turn they are encrypted, at the end of the next they are written.
        process.nextTick(() => { process.nextTick(() => { log.push('written') }) })
      }
      const attachment = { channel, username: `member${i}`, deviceKey: key(i), locator: undefined, attachedAtMs: clock.now() }
      attachments.attach(attachment)
      pumps.start(attachment)
      return channel
    })
    await settle()
    log = []
  })

  const sendToAll = async (): Promise<void> => {
    const { entryId, envelope, sender } = entry({ entryId: new Uint8Array(16).fill(1) })
    await mailboxes.appendShared({ mailboxes: channels.map((_, i) => key(i)), entryId, envelope, sender })
    await settle()
  }

  it('push a message for many to each of them, once', async () => {
    await sendToAll()
    assert.deepEqual(channels.map(({ sent }) => sent.length), channels.map(() => 1))
    assert.equal(log.filter((what) => what === 'read').length, 0)
  })

  it('have the first ones written before the last ones are given theirs', async () => {
    await sendToAll()
    assert.ok(log.indexOf('written') < log.lastIndexOf('given'), log.join(' '))
    assert.ok(log.slice(0, log.indexOf('written')).length <= members / 2, log.join(' '))
  })

  it('go on for whoever gets something while others are being served', async () => {
    await Promise.all([sendToAll(), ...channels.map(async (_, i) => { await mailboxes.append(entry({ mailbox: key(i), entryId: new Uint8Array(16).fill(7) })) })])
    await settle()
    const pushed = channels.map(({ sent }) => sent.flatMap(({ body }) => decode(MailNotification, body, maxFrameBytes, '').entries).length)
    assert.deepEqual(pushed, channels.map(() => 2))
  })
})
