import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isP2pChatError } from '../../../../src/errors.js'
import { EnvelopeKind } from '../../../../src/protocol/enums.js'
import { decodeEnvelope } from '../../../../src/node/delivery/envelope.js'
import { groupConversation, readConversation } from '../../../../src/node/history/messages.js'
import { Rig, type End } from './rig.js'

type Op =
  | { kind: 'send', by: number }
  /** one of the mails that wait, taken in any order, perhaps left there */
  | { kind: 'mail', to: number, which: number, again: boolean }
  | { kind: 'read-log' | 'catch-up' | 'restart' | 'offline', who: number }
  | { kind: 'crash', who: number, batches: number, written: boolean }
  | { kind: 'connect', who: number, other: number }
  | { kind: 'epoch' | 'join' | 'leave' }
  | { kind: 'time', ms: number }

const who = fc.nat({ max: 3 })
const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('send' as const), by: who }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('mail' as const), to: who, which: fc.nat(), again: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('read-log' as const, 'catch-up' as const, 'restart' as const, 'offline' as const), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const), who, batches: fc.integer({ min: 1, max: 6 }), written: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('connect' as const), who, other: who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('epoch' as const, 'epoch' as const, 'join' as const, 'leave' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.constantFrom(10, 300, 1_500) }) }
)

/** A process that has died, or is dying, fails in no other way than that. */
async function unlessDead (end: End, work: () => Promise<unknown>): Promise<void> {
  if (end.dead) return
  try {
    await work()
  } catch (error) {
    assert.ok(isP2pChatError(error, 'ERR_CLOSED', 'ERR_NOT_PERMITTED', 'ERR_NOT_FOUND'), String(error))
  }
}

async function run (rig: Rig, end: End, other: End, step: Op, number: number): Promise<void> {
  const { world } = rig
  switch (step.kind) {
    case 'send':
      await unlessDead(end, async () => await end.send(`${number}`))
      return
    case 'mail': {
      const box = rig.server.box(end.hex)
      const mail = box[step.which % Math.max(1, box.length)]
      if (mail === undefined) return
      await unlessDead(end, async () => {
        if (await end.take(mail.envelope) === 'taken' && !step.again && box.includes(mail)) box.splice(box.indexOf(mail), 1)
      })
      return
    }
    case 'read-log':
      await unlessDead(end, async () => { await end.book.learn() })
      return
    case 'catch-up':
      await unlessDead(end, async () => { await end.book.catchUp() })
      return
    case 'restart':
      await end.restart()
      return
    case 'offline':
      end.server = end.server === undefined ? rig.server.channel(end.device) : undefined
      return
    case 'crash':
      end.crashAt(step)
      return
    case 'connect':
      if (end !== other) end.connect(other)
      return
    case 'epoch':
      world.change({ kind: 'epoch' })
      return
    case 'join':
      if (!world.head.members.has('dave')) world.change({ kind: 'join', account: rig.end('dave').account })
      return
    case 'leave':
      if (world.head.members.has('carol')) world.change({ kind: 'leave', username: 'carol' })
      return
    case 'time':
      await rig.clock.advance(step.ms)
  }
}

/** What a device has sent to whom, by its own history. */
async function sentBy (end: End): Promise<Array<{ text: string, sequence: number, epoch: number }>> {
  const rows = await readConversation(end.lane, groupConversation(end.rig.world.id), { limit: 10_000 })
  return rows.flatMap(({ sent, body }) => (sent?.place === undefined || body.kind !== 'text' ? [] : [{ text: body.text, ...sent.place }]))
}

async function shown (end: End, from: string): Promise<string[]> {
  return (await end.texts()).filter((text) => text.startsWith(`${from}: `)).map((text) => text.slice(from.length + 2))
}

describe('any schedule of sending, delays, repetitions, changes of keys and members, crashes and restarts', () => {
  it('has every member show every message that is meant for them once, and in the order in which its device sent them', async () => {
    await fc.assert(fc.asyncProperty(fc.array(op, { minLength: 20, maxLength: 80 }), fc.nat(), async (ops, seed) => {
      const rig = await Rig.of({ seed: `schedule ${seed}` })
      await rig.outsider('dave')
      for (const [i, step] of ops.entries()) {
        const end = rig.ends['who' in step ? step.who : 'by' in step ? step.by : 'to' in step ? step.to : 0] as End
        const other = rig.ends['other' in step ? step.other : 0] as End
        await run(rig, end, other, step, i)
      }
      // Everyone comes back, and knows everything.
      if (rig.world.head.due) rig.world.change({ kind: 'epoch' })
      for (const end of rig.ends) {
        await end.restart()
        await end.book.catchUp()
      }
      await rig.clock.advance(120_000)
      await rig.settle()
      for (const from of rig.ends) {
        const sent = await sentBy(from)
        assert.deepEqual(sent.map(({ sequence }) => sequence), sent.map((_, i) => i + 1), 'sequences have no holes')
        for (const to of rig.ends) {
          if (to === from) continue
          const meant = sent.filter(({ epoch }) => rig.world.maker(epoch)?.members.has(to.username)).map(({ text }) => text)
          const seen = await shown(to, from.username)
          // Who left may have missed the last ones, and may not have got rid of theirs.
          const isOwed = [to, from].every(({ username }) => rig.world.head.members.has(username))
          assert.deepEqual(seen, isOwed ? meant : meant.slice(0, seen.length), `${to.username} of ${from.username}`)
        }
      }
      for (const end of rig.ends) {
        if (!rig.world.head.members.has(end.username)) continue
        assert.deepEqual(await end.keys('group-held', 'group-parked', 'group-parked-total', 'group-due', 'group-wait', 'group-sealed', 'group-untallied'), [])
        const left = rig.server.box(end.hex).filter(({ envelope }) => decodeEnvelope(envelope).kind === EnvelopeKind.GROUP_MESSAGE)
        assert.equal(left.length, 0)
      }
      await rig.stop()
    }), { numRuns: 60 })
  }).timeout(180_000)
})
