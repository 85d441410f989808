import assert from 'node:assert/strict'
import { x25519KeyPair } from '../../../src/crypto/x25519.js'
import { stepHomeTime } from '../../../src/node/home/home-time.js'
import type { Lane } from '../../../src/node/home/lane.js'
import { serverSlackMs } from '../../../src/node/pool/limits.js'
import { keepRetiredMs, keptRoom, maxAheadMs, maxKeptOneTime, rotationMs, topUpBelow } from '../../../src/node/prekeys/limits.js'
import { Prekeys } from '../../../src/node/prekeys/prekeys.js'
import { mailRetentionMs, maxOneTimePrekeys } from '../../../src/protocol/limits.js'
import { verifySignedPrekey } from '../../../src/records/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { makeDevice, makeLane, seeded } from '../support.js'

const dayMs = 24 * 60 * 60 * 1000

describe('prekeys', () => {
  const device = makeDevice(seeded('prekeys'))
  let clock: FakeClock
  let lane: Lane
  let prekeys: Prekeys

  beforeEach(() => {
    clock = new FakeClock()
    lane = makeLane()
    prekeys = new Prekeys({ clock, random: seeded('prekeys of a test'), device })
  })

  const current = async (): Promise<number> => (await lane.write(async (tx) => await prekeys.currentSigned(tx))).id
  const knows = async (id: number): Promise<boolean> => await prekeys.find(lane, id, undefined) !== undefined

  describe('signed', () => {
    it('are signed by the device, and their private half is here', async () => {
      const { id, signed } = await lane.write(async (tx) => await prekeys.currentSigned(tx))
      const verified = verifySignedPrekey(signed, device.deviceKey)
      const found = await prekeys.find(lane, id, undefined)
      assert.ok(found !== undefined)
      assert.equal(verified.id, id)
      assert.deepEqual(x25519KeyPair(found.signedPrekey.privateKey).publicKey, verified.publicKey)
    })

    it('stay the same for a week, then are made anew', async () => {
      const first = await current()
      await clock.advance(rotationMs - 1)
      assert.equal(await current(), first)
      await clock.advance(1)
      assert.notEqual(await current(), first)
    })

    it('are the same bytes each time within the week', async () => {
      const of = async (): Promise<Uint8Array> => (await lane.write(async (tx) => await prekeys.currentSigned(tx))).signed
      assert.deepEqual(await of(), await of())
    })

    it('are kept, once replaced, as long as mail that names them may lie somewhere', async () => {
      const first = await current()
      await clock.advance(rotationMs)
      await current()
      await clock.advance(mailRetentionMs)
      await current()
      assert.ok(await knows(first))
      await clock.advance(keepRetiredMs - mailRetentionMs)
      await current()
      assert.ok(await knows(first))
      await clock.advance(1)
      await current()
      assert.ok(!await knows(first))
    })

    it('that servers handed out all the time the device was away are kept for the mail it comes back to', async () => {
      const first = await current()
      await clock.advance(90 * dayMs)
      await current()
      await clock.advance(20 * 60 * 1000)
      await current()
      assert.ok(await knows(first), 'the mailbox is not even read yet')
      await clock.advance(keepRetiredMs)
      await current()
      assert.ok(!await knows(first))
    })

    it('do not take the one before with them when a clock in 1970 has made them', async () => {
      const first = await current()
      await stepHomeTime(lane, clock)
      const rightMs = clock.now()
      clock.jump(-rightMs)
      assert.notEqual(await current(), first)
      clock.jump(rightMs)
      for (let i = 0; i < 2; i++) {
        await current()
        assert.ok(await knows(first))
      }
    })

    it('never pile up', async () => {
      const ids: number[] = []
      for (let week = 0; week < 30; week++) {
        ids.push(await current())
        await clock.advance(rotationMs)
      }
      const kept = (await Promise.all(ids.map(knows))).filter(Boolean).length
      assert.ok(kept <= Math.ceil(keepRetiredMs / rotationMs) + 2, `${kept} are kept`)
      assert.equal(new Set(ids).size, ids.length)
    })

    it('are made anew when the clock was more than an hour ahead: others take none from the future', async () => {
      const first = await current()
      clock.jump(-maxAheadMs)
      assert.equal(await current(), first)
      clock.jump(-1)
      const next = await current()
      assert.ok(next > first, 'servers take the one with the higher id')
      assert.ok(await knows(first), 'what was sealed for the other can still be read')
      assert.ok(maxAheadMs < serverSlackMs)
    })

    it('tell how old the oldest is', async () => {
      assert.equal(await prekeys.oldestSignedAtMs(lane), undefined)
      const madeAtMs = clock.now()
      await current()
      await clock.advance(rotationMs)
      await current()
      assert.equal(await prekeys.oldestSignedAtMs(lane), madeAtMs)
    })
  })

  describe('one-time', () => {
    const replenish = async (held: number): Promise<number[]> => (await lane.write(async (tx) => await prekeys.replenish(tx, held))).map(({ id }) => id)
    const isKept = async (signed: number, id: number): Promise<boolean> => (await prekeys.find(lane, signed, id))?.oneTimePrivate !== undefined

    it('fill the server up when it has few, and are left alone while it has enough', async () => {
      assert.equal((await replenish(0)).length, maxOneTimePrekeys)
      assert.equal((await replenish(topUpBelow - 1)).length, maxOneTimePrekeys - topUpBelow + 1)
      assert.deepEqual(await replenish(topUpBelow), [])
      assert.deepEqual(await replenish(maxOneTimePrekeys), [])
    })

    it('have ids of their own, and private halves that fit', async () => {
      const signed = await current()
      const fresh = await lane.write(async (tx) => await prekeys.replenish(tx, 0))
      assert.equal(new Set([signed, ...fresh.map(({ id }) => id)]).size, maxOneTimePrekeys + 1)
      for (const { id, publicKey } of fresh.slice(0, 3)) {
        const found = await prekeys.find(lane, signed, id)
        assert.deepEqual(x25519KeyPair(found?.oneTimePrivate ?? new Uint8Array()).publicKey, publicKey)
      }
    })

    it('are not found once used up, nor with a signed prekey that is gone', async () => {
      const signed = await current()
      const [id = 0] = await replenish(0)
      assert.ok(await isKept(signed, id))
      assert.equal(await prekeys.find(lane, signed + 1_000, id), undefined)
      await lane.write((tx) => { prekeys.useUp(tx, id) })
      assert.equal(await prekeys.find(lane, signed, id), undefined)
    })

    it('asked for directly, by whoever and however often, never push out those at the server', async () => {
      const signed = await current()
      const published = await replenish(0)
      const direct: number[] = []
      for (let i = 0; i < maxKeptOneTime + 50; i++) direct.push((await lane.write(async (tx) => await prekeys.makeDirect(tx))).id)
      for (const id of published) assert.ok(await isKept(signed, id))
      assert.ok(!await isKept(signed, direct[keptRoom] ?? 0))
      assert.ok(await isKept(signed, direct[keptRoom + 1] ?? 0))
      assert.ok(await isKept(signed, direct.at(-1) ?? 0))
    }).timeout(60_000)

    it('are not listed for each new one', async () => {
      const make = async (): Promise<string[]> => await lane.write(async (tx) => {
        const listed: string[] = []
        const watching = { ...tx, get: tx.get.bind(tx), put: tx.put.bind(tx), delete: tx.delete.bind(tx), afterCommit: tx.afterCommit.bind(tx), list: async (prefix: string) => { listed.push(prefix); return await tx.list(prefix) } }
        await prekeys.makeDirect(watching)
        return listed
      })
      assert.deepEqual(await make(), ['direct-prekey/'])
      for (let i = 0; i < 50; i++) assert.deepEqual(await make(), [])
    })

    it('handed out by the server and never used go in the order they came, past a bound', async () => {
      const signed = await current()
      const all: number[] = []
      while (all.length <= maxKeptOneTime) all.push(...await replenish(0))
      const gone = all.length - maxKeptOneTime + keptRoom
      assert.ok(!await isKept(signed, all[gone - 1] ?? 0))
      assert.ok(await isKept(signed, all[gone] ?? 0))
    }).timeout(60_000)
  })
})
