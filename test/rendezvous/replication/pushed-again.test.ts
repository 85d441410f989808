import assert from 'node:assert/strict'
import { decode } from '../../../src/protocol/codec.js'
import { maxFrameBytes } from '../../../src/protocol/limits.js'
import { MailNotification } from '../../../src/protocol/pb/service.js'
import { Attachments, type Attachment } from '../../../src/rendezvous/directory/index.js'
import { Pumps } from '../../../src/rendezvous/mail/index.js'
import { silentLogger } from '../../../src/runtime.js'
import { settle } from '../../helpers/fake-clock.js'
import { stubChannel, type StubChannel } from '../helpers/stub-channel.js'
import { entry, id, key } from '../mailboxes/suite.js'
import { readUnsigned, TestPool, unsigned, type TestServer } from './helpers.js'

const mailbox = key(7)

/** A device stays connected to a server that no longer keeps its mailbox, and then keeps it again. */
describe('Mail of a mailbox that was given away and taken back', () => {
  let pool: TestPool
  let [home, second, third, fourth]: TestServer[] = []
  let channel: StubChannel
  let pumps: Pumps

  const append = async (number: number): Promise<void> => {
    const { outcome } = await second!.mail.mailboxes.append(entry({ entryId: id(number), mailbox }))
    assert.equal(outcome, 'stored')
    await settle(4)
  }
  const pushed = (): number[] => [...new Set(channel.sent.flatMap(({ body }) => decode(MailNotification, body, maxFrameBytes, '').entries.map(({ entryId }) => entryId[0] ?? -1)))]
  /** Of which `home` is none until it is taken in again. */
  const keptBy = async (...servers: Array<TestServer | undefined>): Promise<void> => {
    pool.decide(...pool.servers.map(({ placed, peerId }) => ({ ...placed, state: servers.some((server) => server?.peerId === peerId) ? 'member' as const : 'draining' as const })))
    await pool.settle(4)
    await settle(4)
  }

  beforeEach(async () => {
    pool = new TestPool({}, readUnsigned)
    for (let index = 0; index < 4; index++) await pool.add(index)
    ;[home, second, third, fourth] = pool.servers
    await keptBy(home, second, third)
    channel = stubChannel()
    const attachments = new Attachments()
    const attachment: Attachment = { channel, username: 'alice', deviceKey: mailbox, locator: undefined, attachedAtMs: 0 }
    attachments.attach(attachment)
    pumps = new Pumps({ mailboxes: home!.mail.mailboxes, attachments, clock: pool.clock, logger: silentLogger })
    pumps.start(attachment)
    for (const number of [1, 2, 3]) await append(number)
    assert.deepEqual(pushed(), [1, 2, 3])
    // What is left has a smaller cursor wherever the mailbox begins anew.
    assert.equal((await unsigned(second!.mail.mailboxes).acknowledge(mailbox, [1, 2].map(id), new Uint8Array(0))).outcome, 'acknowledged')
  })

  it('is pushed, what came meanwhile and what comes then', async () => {
    await keptBy(second, third, fourth)
    assert.deepEqual(await home!.local.totals(), { mailboxes: 0, envelopes: 0, bytes: 0 })
    await append(4)
    assert.deepEqual(pushed(), [1, 2, 3])
    await keptBy(home, second, third)
    assert.deepEqual(pushed(), [1, 2, 3, 4])
    await append(5)
    assert.deepEqual(pushed(), [1, 2, 3, 4, 5])
  })

  it('is pushed by a server that it never left, as the others had not taken it over', async () => {
    fourth!.isUp = false
    await keptBy(second, third, fourth)
    assert.equal((await home!.local.totals()).envelopes, 1)
    await append(4)
    fourth!.isUp = true
    await keptBy(home, second, third)
    assert.deepEqual(pushed(), [1, 2, 3, 4])
    await append(5)
    assert.deepEqual(pushed(), [1, 2, 3, 4, 5])
  })

  it('is pushed at once, however often the server has tried in vain meanwhile', async () => {
    await keptBy(second, third, fourth)
    pumps.start({ channel, username: 'alice', deviceKey: mailbox, locator: undefined, attachedAtMs: 0 })
    for (let minute = 0; minute < 5; minute++) await pool.clock.advance(60_000)
    await append(4)
    await keptBy(home, second, third)
    assert.deepEqual(pushed(), [1, 2, 3, 4])
  })
})
