import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { OneTimePrekey } from '../../../src/rendezvous/prekeys/types.js'
import { settle } from '../../helpers/fake-clock.js'
import { PrekeyDevice, PrekeyNet } from './prekey-net.js'

const SERVERS = ['ann', 'ben', 'cay', 'dan', 'eve']
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const prekeysOf = (ids: number[]): OneTimePrekey[] => ids.map((id) => ({ id, publicKey: new Uint8Array(32).fill(id % 256) }))

type Step =
  | { do: 'upload', at: string, device: number, count: number }
  | { do: 'upload again' | 'take', at: string, device: number }
  | { do: 'learn' | 'sweep' | 'crash' | 'start', at: string }
  | { do: 'arm', at: string, batches: number, written: boolean }
  | { do: 'roster', members: string[] }
  | { do: 'wait', ms: number }

const server = fc.constantFrom(...SERVERS)
const device = fc.constantFrom(0, 1)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('upload' as const), at: server, device, count: fc.integer({ min: 0, max: 12 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('upload again' as const), at: server, device }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('take' as const), at: server, device }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('learn' as const, 'sweep' as const, 'start' as const), at: server }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), at: server }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('arm' as const), at: server, batches: fc.integer({ min: 1, max: 3 }), written: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('roster' as const), members: fc.uniqueArray(server, { minLength: 1, maxLength: 5 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 3_000 }) }) }
)

interface Uploaded {
  ids: number[]
  signed: Uint8Array
  roster: number
}

/** A newer signed prekey comes to a server while that brings the one before to the others. */
const newerWhileSpread: Step[] = [
  { do: 'take', at: 'ann', device: 0 },
  { do: 'upload', at: 'ann', device: 1, count: 1 },
  { do: 'upload', at: 'cay', device: 0, count: 0 },
  ...[0, 0, 405, 1_736, 1_983].map((ms): Step => ({ do: 'wait', ms })),
  { do: 'roster', members: ['cay', 'eve', 'ben'] },
  { do: 'sweep', at: 'ben' },
  { do: 'take', at: 'ann', device: 0 },
  { do: 'wait', ms: 0 },
  { do: 'upload', at: 'ben', device: 1, count: 0 }
]

describe('Prekeys of several servers', () => {
  it('never hand out a one-time prekey twice, whatever is lost, doubled, late or crashes, and whoever keeps them', async () => {
    let handedOut = 0
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80 }), fc.integer(), async (steps, seed) => {
      const net = new PrekeyNet(SERVERS, seed)
      net.weather = { lost: 0.15, doubled: 0.2, maxDelayMs: 1_200 }
      const devices = [new PrekeyDevice('one'), new PrekeyDevice('two')] as const
      const uploads = new Map<PrekeyDevice, Uploaded>()
      const given = new Map<PrekeyDevice, Set<number>>(devices.map((one) => [one, new Set()]))
      const quiet = (promise: Promise<unknown> | undefined): void => { promise?.catch(() => {}) }
      const take = async (at: string, from: PrekeyDevice): Promise<boolean> => {
        const bundle = await net.prekeys(at)?.take(from.key.publicKey, true)
        const id = bundle?.oneTimePrekey?.id
        if (id === undefined) return false
        handedOut++
        assert.ok(given.get(from)?.has(id) === false, `${id} was given twice`)
        given.get(from)?.add(id)
        return true
      }
      const doubled: unknown[] = []
      const watch = (promise: Promise<unknown>): void => {
        promise.catch((error: unknown) => { if (error instanceof assert.AssertionError) doubled.push(error) })
      }
      for (const one of steps) {
        const newest = net.rosters.length - 1
        switch (one.do) {
          case 'upload': {
            const from = devices[one.device]!
            const ids = range(from.last + 1, from.last + one.count)
            from.last += one.count
            from.signedId++
            const upload = { ids, signed: from.signed(), roster: net.server(one.at).knows }
            uploads.set(from, upload)
            quiet(net.prekeys(one.at)?.upload(from.key.publicKey, upload.signed, prekeysOf(ids)))
            break
          }
          case 'upload again': {
            // A client repeats a request when it got no answer, here or at another server that goes by the same roster.
            const from = devices[one.device]!
            const upload = uploads.get(from)
            if (upload === undefined || upload.roster !== newest || net.server(one.at).knows !== newest) break
            quiet(net.prekeys(one.at)?.upload(from.key.publicKey, upload.signed, prekeysOf(upload.ids)))
            break
          }
          case 'take': watch(take(one.at, devices[one.device]!)); break
          case 'learn': net.server(one.at).knows = Math.min(net.server(one.at).knows + 1, newest); break
          case 'sweep': quiet(net.prekeys(one.at)?.sweep()); break
          case 'crash': net.crash(one.at); break
          case 'arm': net.arm(one.at, { batches: one.batches, written: one.written }); break
          case 'start': net.start(one.at); break
          case 'roster': net.rosters.push(one.members); break
          case 'wait': await net.clock.advance(one.ms)
        }
      }
      await net.clock.advance(60_000)
      net.weather = { lost: 0, doubled: 0, maxDelayMs: 0 }
      const newest = net.rosters.length - 1
      for (const name of SERVERS) {
        net.arm(name, { batches: Infinity, written: true })
        net.start(name)
        net.server(name).knows = newest
      }
      for (let round = 0; round < 2; round++) for (const name of SERVERS) await net.clock.until(net.prekeys(name)!.sweep())
      for (const from of devices) {
        const replicas = net.replicasOf(from.key.publicKey, newest)
        const stocks = await Promise.all(SERVERS.map(async (name) => await net.server(name).process!.shelf.stock(from.key.publicKey)))
        const signedIds = stocks.map(({ signedPrekeyId }) => signedPrekeyId)
        // Whoever has to keep it has the newest signed prekey that anybody has, and nobody else has any.
        for (const [i, name] of SERVERS.entries()) assert.equal(signedIds[i], replicas.includes(name) ? Math.max(...signedIds) : 0, `${name} of ${replicas.join()}`)
        while (await net.clock.until(take(SERVERS[from.last % 5]!, from)));
      }
      assert.deepEqual(doubled, [])
    }), { numRuns: 100, examples: [[newerWhileSpread, 2_147_483_632]] })
    assert.ok(handedOut > 100, `only ${handedOut} were handed out`)
  }).timeout(120_000)

  describe('that are well', () => {
    let net: PrekeyNet
    const device = new PrekeyDevice('one')
    const key = device.key.publicKey
    device.signedId = 1

    beforeEach(() => { net = new PrekeyNet(SERVERS, 1) })

    const takeAll = async (at: string): Promise<number[]> => {
      const ids: number[] = []
      for (;;) {
        const id = (await net.prekeys(at)?.take(key, true))?.oneTimePrekey?.id
        if (id === undefined) return ids.sort((a, b) => a - b)
        ids.push(id)
      }
    }

    it('lie in disjoint parts of nearly the same size, the signed prekey everywhere', async () => {
      assert.equal(await net.prekeys('ann')?.upload(key, device.signed(), prekeysOf(range(1, 100))), 100)
      const replicas = net.replicasOf(key, 0)
      for (const name of replicas) {
        const { oneTimePrekeys, signedPrekeyId, upTo } = await net.server(name).process!.shelf.stock(key)
        assert.ok(oneTimePrekeys >= 33 && oneTimePrekeys <= 34)
        assert.deepEqual([signedPrekeyId, upTo], [1, 100])
      }
      assert.deepEqual(await net.prekeys('eve')?.stock(key), { oneTimePrekeys: 100, signedPrekeyId: 1 })
      assert.deepEqual(await takeAll('dan'), range(1, 100))
    })

    it('give the newest signed prekey that is found on the way to a one-time prekey', async () => {
      await net.prekeys('ann')?.upload(key, device.signed(), prekeysOf([1]))
      const [, second] = net.replicasOf(key, 0) as [string, string, string]
      const newer = new PrekeyDevice('one')
      newer.signedId = 2
      await net.server(second).process!.shelf.upload(key, newer.signed(), [])
      const outside = SERVERS.find((name) => !net.replicasOf(key, 0).includes(name))!
      // The second of them has the only one-time prekey.
      assert.deepEqual(await net.prekeys(outside)?.take(key, true), { signedPrekey: newer.signed(), oneTimePrekey: prekeysOf([1])[0] })
      // Others have an older signed prekey, and so the device is asked for it again.
      assert.equal((await net.prekeys('ann')?.stock(key))?.signedPrekeyId, 1)
    })

    it('move with the servers of the mailbox, and none is lost when all answer', async () => {
      await net.prekeys('ann')?.upload(key, device.signed(), prekeysOf(range(1, 90)))
      const leaving = net.replicasOf(key, 0)[1]!
      net.rosters.push(SERVERS.filter((name) => name !== leaving))
      for (const name of SERVERS) net.server(name).knows = 1
      assert.equal((await net.prekeys('ann')?.stock(key))?.oneTimePrekeys, 60)
      await net.prekeys(leaving)?.sweep()
      assert.equal((await net.prekeys('ann')?.stock(key))?.oneTimePrekeys, 90)
      assert.deepEqual(await net.server(leaving).process!.shelf.stock(key), { oneTimePrekeys: 0, signedPrekeyId: 0, upTo: 90 })
      assert.deepEqual(await takeAll('ann'), range(1, 90))
    })

    it('are gone where they were before they are handed over, also when no answer comes', async () => {
      await net.prekeys('ann')?.upload(key, device.signed(), prekeysOf(range(1, 90)))
      const leaving = net.replicasOf(key, 0)[1]!
      net.rosters.push(SERVERS.filter((name) => name !== leaving))
      for (const name of SERVERS) net.server(name).knows = 1
      const taking = net.replicasOf(key, 1).find((name) => !net.replicasOf(key, 0).includes(name))!
      // It has them on its disk, and dies before it can say so.
      net.arm(taking, { batches: 1, written: true })
      await net.clock.until(net.prekeys(leaving)!.sweep())
      const left = await net.server(leaving).process!.shelf.take(key, true)
      assert.equal(left?.oneTimePrekey, undefined)
      net.start(taking)
      assert.deepEqual(await takeAll('ann'), range(1, 90))
    })

    it('are not sent a second time when it is unknown whether they arrived', async () => {
      const [, second] = net.replicasOf(key, 0) as [string, string, string]
      net.crash(second)
      await net.prekeys(net.replicasOf(key, 0)[0]!)?.upload(key, device.signed(), prekeysOf(range(1, 30)))
      net.start(second)
      assert.deepEqual((await takeAll('ann')).length, 20)
      // The signed prekey comes with the next sweep, and with it that these ids are no more.
      for (const name of SERVERS) await net.prekeys(name)?.sweep()
      assert.deepEqual(await net.server(second).process!.shelf.stock(key), { oneTimePrekeys: 0, signedPrekeyId: 1, upTo: 30 })
    })

    it('say that it is unknown when nobody who may have one answers, and that there is none when all say so', async () => {
      assert.equal(await net.prekeys('ann')?.take(key, true), undefined)
      const replicas = net.replicasOf(key, 0)
      const outside = SERVERS.find((name) => !replicas.includes(name))!
      for (const name of replicas) net.crash(name)
      await assert.rejects(net.prekeys(outside)!.take(key, true), { code: 'ERR_UNKNOWN_OUTCOME' })
      await assert.rejects(net.prekeys(outside)!.upload(key, device.signed(), []), { code: 'ERR_UNKNOWN_OUTCOME' })
      assert.deepEqual(await net.prekeys(outside)!.stock(key), { oneTimePrekeys: 0, signedPrekeyId: 0 })
    })

    it('go everywhere with the device', async () => {
      await net.prekeys('ann')?.upload(key, device.signed(), prekeysOf(range(1, 9)))
      await net.prekeys('eve')?.remove(key)
      await settle()
      for (const name of SERVERS) assert.deepEqual(await net.server(name).process!.shelf.stock(key), { oneTimePrekeys: 0, signedPrekeyId: 0, upTo: 0 })
    })

    describe('of a device that is gone, when a server is away', () => {
      let away: string
      const isThere = async (): Promise<boolean> => (await net.server(away).process!.shelf.stock(key)).signedPrekeyId !== 0

      beforeEach(async () => {
        away = net.replicasOf(key, 0)[1]!
        const here = SERVERS.find((name) => name !== away)!
        await net.prekeys('ann')?.upload(key, device.signed(), prekeysOf(range(1, 9)))
        net.crash(away)
        await net.prekeys(here)?.remove(key)
        net.start(away)
        assert.equal(await isThere(), true)
      })

      it('go there with the next sweep of whoever removed it', async () => {
        net.isListed = () => false
        for (const name of SERVERS) if (name !== away) await net.prekeys(name)?.sweep()
        assert.equal(await isThere(), false)
      })

      it('stay when an account lists it again', async () => {
        for (const name of SERVERS) if (name !== away) await net.prekeys(name)?.sweep()
        assert.equal(await isThere(), true)
      })
    })
  })
})
