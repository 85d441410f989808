import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import type { Taken } from '../../../src/node/delivery/inbox.js'
import { acknowledgeDelayMs, acknowledgeSpreadMs, firstMailRetryMs, maxMailRetryMs, maxUnacknowledged } from '../../../src/node/delivery/limits.js'
import { Mailbox } from '../../../src/node/delivery/mailbox.js'
import { encode } from '../../../src/protocol/codec.js'
import { MailboxReadRequest, MailboxReadResponse } from '../../../src/protocol/pb/service.js'
import { verifyMailboxAcknowledgement } from '../../../src/records/index.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { FakeChannel } from '../pool/fake-channel.js'
import { makeDevice, rejectsCode, seeded } from '../support.js'

const PAGE = 3

describe('Mailbox', () => {
  const device = makeDevice(seeded('mailbox'))
  const own = { seed: device.seed, publicKey: device.deviceKey }
  const idOf = (n: number): Uint8Array => new Uint8Array(16).fill(n)
  const entry = (n: number): { cursor: bigint, entryId: Uint8Array, envelope: Uint8Array } => ({ cursor: BigInt(n), entryId: idOf(n), envelope: Uint8Array.of(n) })

  let clock: FakeClock
  let stored: Set<number>
  let log: string[]
  let take: (numbers: number[]) => Promise<Taken[]> | Taken[]
  let onSubscribe: () => void
  let acknowledging: Promise<void>
  let server: FakeChannel
  let mailbox: Mailbox

  beforeEach(() => {
    clock = new FakeClock()
    stored = new Set([1, 2, 3, 4, 5, 6, 7])
    log = []
    take = (numbers) => numbers.map(() => 'taken')
    onSubscribe = () => {}
    acknowledging = Promise.resolve()
    server = new FakeChannel({
      'mailbox/read': (body) => {
        const { afterCursor } = MailboxReadRequest.decode(body)
        const rest = [...stored].filter((n) => BigInt(n) > afterCursor)
        return encode(MailboxReadResponse, { entries: rest.slice(0, PAGE).map(entry), more: rest.length > PAGE })
      },
      'mailbox/subscribe': () => { log.push('subscribe'); onSubscribe(); return new Uint8Array(0) },
      'mailbox/acknowledge': async (body) => {
        const numbers = verifyMailboxAcknowledgement(body, device.deviceKey).map(([n = 0]) => n)
        log.push(`acknowledge ${numbers.join(' ')}`)
        for (const n of numbers) stored.delete(n)
        await acknowledging
        return new Uint8Array(0)
      }
    }, 'server', clock)
    mailbox = new Mailbox({
      clock,
      random: seeded('spread'),
      logger: silentLogger,
      device: own,
      take: async (envelopes) => {
        const numbers = envelopes.map(([n = 0]) => n)
        log.push(`take ${numbers.join(' ')}`)
        return await take(numbers)
      }
    })
  })

  it('is read to its end, page by page, each acknowledged once it is taken; then what comes is asked for', async () => {
    await mailbox.open(server)
    assert.deepEqual(log, ['take 1 2 3', 'acknowledge 1 2 3', 'take 4 5 6', 'acknowledge 4 5 6', 'take 7', 'acknowledge 7', 'subscribe'])
    assert.equal(stored.size, 0)
  })

  it('misses nothing that comes between its end and the subscription', async () => {
    onSubscribe = () => { stored.add(8) }
    await mailbox.open(server)
    assert.deepEqual(log.slice(-3), ['subscribe', 'take 8', 'acknowledge 8'])
  })

  it('acknowledges only what may be, and looks at the rest again later', async () => {
    take = (numbers) => numbers.map((n) => (n === 2 ? 'not-yet' : 'taken'))
    await mailbox.open(server)
    assert.deepEqual([...stored], [2])
    take = (numbers) => numbers.map(() => 'taken')
    await clock.advance(firstMailRetryMs - 1)
    assert.equal(stored.size, 1)
    await clock.advance(1)
    assert.deepEqual(log.slice(-2), ['take 2', 'acknowledge 2'])
    await clock.advance(10 * maxMailRetryMs)
    assert.deepEqual([stored.size, clock.pending], [0, 0])
  })

  it('looks at what still cannot be taken after longer and longer, and soon again once it was', async () => {
    const looks = (): number => log.filter((line) => line === 'take 2').length
    take = (numbers) => numbers.map((n) => (n === 2 ? 'not-yet' : 'taken'))
    await mailbox.open(server)
    await clock.advance(firstMailRetryMs)
    assert.equal(looks(), 1)
    await clock.advance(2 * firstMailRetryMs - 1)
    assert.equal(looks(), 1)
    await clock.advance(1)
    assert.equal(looks(), 2)
    await clock.advance(10 * maxMailRetryMs)
    const before = looks()
    await clock.advance(10 * maxMailRetryMs)
    assert.equal(looks(), before + 10)
    take = (numbers) => numbers.map(() => 'taken')
    await clock.advance(maxMailRetryMs)
    assert.equal(stored.size, 0)
    take = (numbers) => numbers.map(() => 'not-yet')
    await mailbox.pushed(server, [entry(8)])
    stored.add(8)
    take = (numbers) => numbers.map(() => 'taken')
    await clock.advance(firstMailRetryMs)
    assert.deepEqual(log.slice(-2), ['take 8', 'acknowledge 8'])
  })

  it('looks at what waits for an answer to its sender once there is one, and not before', async () => {
    const looks = (): number => log.filter((line) => line === 'take 2').length
    take = (numbers) => numbers.map((n) => (n === 2 ? 'unanswered' : 'taken'))
    await mailbox.answered()
    await mailbox.open(server)
    assert.deepEqual([...stored], [2])
    await clock.advance(10 * maxMailRetryMs)
    assert.deepEqual([looks(), clock.pending], [0, 0])
    await mailbox.answered()
    await clock.advance(firstMailRetryMs)
    assert.equal(looks(), 1)
    await clock.advance(10 * maxMailRetryMs)
    assert.equal(looks(), 1)
    take = (numbers) => numbers.map(() => 'taken')
    for (let i = 0; i < 3; i++) await mailbox.answered()
    await clock.advance(firstMailRetryMs)
    assert.deepEqual([looks(), stored.size], [2, 0])
    await mailbox.answered()
    assert.equal(clock.pending, 0, 'nothing is left')
  })

  it('looks at what there was no room for once there is some, and not before', async () => {
    take = (numbers) => numbers.map((n) => (n === 2 ? 'full' : 'taken'))
    await mailbox.open(server)
    await clock.advance(10 * maxMailRetryMs)
    assert.deepEqual([log.filter((line) => line === 'take 2').length, clock.pending], [0, 0])
    take = (numbers) => numbers.map(() => 'taken')
    mailbox.roomMade()
    await clock.advance(firstMailRetryMs)
    assert.deepEqual([log.at(-1), stored.size, clock.pending], ['acknowledge 2', 0, 0])
  })

  it('looks at what waits for an answer that is given while it is taken', async () => {
    stored = new Set([2])
    let finish = (): void => {}
    take = async (numbers) => { await new Promise<void>((resolve) => { finish = resolve }); return numbers.map(() => 'unanswered') }
    const opened = mailbox.open(server)
    await settle()
    const answered = mailbox.answered()
    take = (numbers) => numbers.map(() => 'taken')
    finish()
    await Promise.all([opened, answered])
    await clock.advance(firstMailRetryMs)
    assert.equal(stored.size, 0)
  })

  it('does not look again on a channel that is gone: the next one is read from its start anyway', async () => {
    take = (numbers) => numbers.map((n) => (n === 2 ? 'not-yet' : 'taken'))
    await mailbox.open(server)
    await server.close()
    const before = log.length
    await clock.advance(maxMailRetryMs)
    assert.equal(log.length, before)
  })

  it('looks again at what the next channel left as well, though the one before was gone', async () => {
    take = (numbers) => numbers.map((n) => (n === 2 ? 'not-yet' : 'taken'))
    await mailbox.open(server)
    await server.close()
    const next = new FakeChannel(server.answers, 'server', clock)
    await mailbox.open(next)
    take = (numbers) => numbers.map(() => 'taken')
    await clock.advance(firstMailRetryMs)
    assert.deepEqual([stored.size, log.at(-1)], [0, 'acknowledge 2'])
  })

  it('acknowledges nothing of what could not be kept', async () => {
    take = (numbers) => {
      if (numbers.includes(4)) throw new P2pChatError('ERR_STORE_IO', 'The disk is full.')
      return numbers.map(() => 'taken')
    }
    await rejectsCode(mailbox.open(server), 'ERR_STORE_IO')
    assert.deepEqual([...stored], [4, 5, 6, 7])
    take = (numbers) => numbers.map(() => 'taken')
    await mailbox.open(server)
    assert.equal(stored.size, 0)
  })

  it('takes one batch after the other, and what was pushed meanwhile as one', async () => {
    stored.clear()
    let finish = (): void => {}
    take = async (numbers) => { await new Promise<void>((resolve) => { finish = resolve }); return numbers.map(() => 'taken') }
    const first = mailbox.pushed(server, [entry(1)])
    await settle()
    const others = [mailbox.pushed(server, [entry(2)]), mailbox.pushed(server, [entry(3), entry(4)])]
    await settle()
    assert.deepEqual(log, ['take 1'])
    take = (numbers) => numbers.map(() => 'taken')
    finish()
    await Promise.all([first, ...others])
    assert.deepEqual(log, ['take 1', 'take 2 3 4'])
    await clock.advance(acknowledgeDelayMs + acknowledgeSpreadMs)
    assert.deepEqual(log.slice(2), ['acknowledge 1 2 3 4'], 'what came in one moment is acknowledged in one go')
  })

  it('acknowledges at once what is too much to leave there', async () => {
    stored.clear()
    await mailbox.pushed(server, Array.from({ length: maxUnacknowledged - 1 }, (_, i) => entry(i % 200)))
    await settle()
    assert.equal(log.length, 1)
    await mailbox.pushed(server, [entry(201)])
    await settle()
    assert.equal(log.length, 3)
    assert.match(log[2] ?? '', /^acknowledge .* 201$/)
  })

  it('takes what is pushed while the server takes its time for an acknowledgement', async () => {
    stored.clear()
    acknowledging = new Promise(() => {})
    await mailbox.pushed(server, [entry(1)])
    await clock.advance(acknowledgeDelayMs + acknowledgeSpreadMs)
    await mailbox.pushed(server, [entry(2)])
    assert.deepEqual(log, ['take 1', 'acknowledge 1', 'take 2'])
  })

  it('acknowledges before it stops what was pushed a moment ago', async () => {
    stored.clear()
    await mailbox.pushed(server, [entry(1)])
    await mailbox.stop()
    assert.deepEqual(log, ['take 1', 'acknowledge 1'])
    assert.equal(clock.pending, 0)
  })

  it('acknowledges nothing to a server that is gone: it will give the same again', async () => {
    stored.clear()
    await mailbox.pushed(server, [entry(1)])
    await server.close()
    await clock.advance(acknowledgeDelayMs + acknowledgeSpreadMs)
    await mailbox.stop()
    assert.deepEqual(log, ['take 1'])
  })

  describe('while this device goes from one server to another', () => {
    const acknowledged = (channel: FakeChannel): number[][] => channel.of('mailbox/acknowledge').map((body) => verifyMailboxAcknowledgement(body, device.deviceKey).map(([n = 0]) => n))
    let next: FakeChannel

    beforeEach(() => {
      stored.clear()
      next = new FakeChannel(server.answers, 'the next server', clock)
    })

    it('acknowledges to each what it pushed, in whatever batch that was taken', async () => {
      let finish = (): void => {}
      take = async (numbers) => { await new Promise<void>((resolve) => { finish = resolve }); return numbers.map(() => 'taken') }
      const first = mailbox.pushed(server, [entry(1)])
      await settle()
      take = (numbers) => numbers.map(() => 'taken')
      const others = [mailbox.pushed(next, [entry(2)]), mailbox.pushed(server, [entry(3)])]
      finish()
      await Promise.all([first, ...others])
      await clock.advance(acknowledgeDelayMs + acknowledgeSpreadMs)
      assert.deepEqual([acknowledged(server), acknowledged(next)], [[[1, 3]], [[2]]])
    })

    it('acknowledges to the new one what the old one pushed before it was left', async () => {
      await mailbox.open(server)
      await mailbox.pushed(server, [entry(1)])
      await mailbox.open(next)
      await server.close()
      await clock.advance(acknowledgeDelayMs + acknowledgeSpreadMs)
      assert.deepEqual([acknowledged(server), acknowledged(next)], [[], [[1]]])
    })
  })

  it('goes on with the next push after one that failed', async () => {
    stored.clear()
    take = () => { throw new P2pChatError('ERR_STORE_IO', 'The disk is full.') }
    await rejectsCode(mailbox.pushed(server, [entry(1)]), 'ERR_STORE_IO')
    take = (numbers) => numbers.map(() => 'taken')
    await mailbox.pushed(server, [entry(2)])
    await clock.advance(acknowledgeDelayMs + acknowledgeSpreadMs)
    assert.deepEqual(log.at(-1), 'acknowledge 2')
  })

  it('waits at the stop for what is being taken, and does not look again after it', async () => {
    let finish = (): void => {}
    take = async (numbers) => { await new Promise<void>((resolve) => { finish = resolve }); return numbers.map(() => 'not-yet') }
    const pushed = mailbox.pushed(server, [entry(1)])
    await settle()
    let stopped = false
    const stopping = mailbox.stop().then(() => { stopped = true })
    await settle()
    assert.equal(stopped, false)
    finish()
    await Promise.all([pushed, stopping])
    assert.equal(clock.pending, 0)
  })
})
