import assert from 'node:assert/strict'
import { checkedAtOnce, sweepPage, sweepPauseMs } from '../../../src/rendezvous/prekeys/limits.js'
import { PoolPrekeys, PrekeyShelf } from '../../../src/rendezvous/prekeys/index.js'
import { silentLogger } from '../../../src/runtime.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { PrekeyDevice } from './prekey-net.js'

describe('whose prekeys stay after news were missed', () => {
  const devices = Array.from({ length: sweepPage + 10 }, (_, i) => new PrekeyDevice(`device ${i}`))
  let clock: FakeClock
  let shelf: PrekeyShelf
  let prekeys: PoolPrekeys
  let asked: number
  let remembered: (device: Uint8Array) => boolean
  let [running, most] = [0, 0]

  beforeEach(async () => {
    clock = new FakeClock()
    shelf = new PrekeyShelf(createMemoryStore());
    [asked, running, most] = [0, 0, 0]
    for (const device of devices) {
      device.signedId = 1
      await shelf.upload(device.key.publicKey, device.signed(), [])
    }
    prekeys = new PoolPrekeys({
      self: 'one',
      shelf,
      links: { ask: async () => new Uint8Array(0), isLinked: () => false },
      replicasOf: () => ['one'],
      isListed: async () => {
        asked++
        most = Math.max(most, ++running)
        await settle()
        running--
        return false
      },
      isRemembered: async (device) => remembered(device),
      clock,
      logger: silentLogger
    })
    prekeys.newsMissed()
  })

  it('is asked of the others for a few at once, with a pause now and then', async () => {
    remembered = () => false
    const sweeping = prekeys.sweep()
    while (clock.pending === 0) await settle()
    assert.equal(asked, sweepPage)
    await clock.advance(sweepPauseMs)
    await sweeping
    assert.deepEqual([asked, most], [devices.length, checkedAtOnce])
    assert.deepEqual(await shelf.devices(undefined, 1), [])
  })

  it('is not asked for devices of accounts that are known', async () => {
    const gone = devices[7]!.key.publicKey
    remembered = (device) => Buffer.compare(device, gone) !== 0
    const sweeping = prekeys.sweep()
    while (clock.pending === 0) await settle()
    await clock.advance(sweepPauseMs)
    await sweeping
    assert.equal(asked, 1)
    assert.equal((await shelf.devices(undefined, Infinity)).length, devices.length - 1)
  })
})
