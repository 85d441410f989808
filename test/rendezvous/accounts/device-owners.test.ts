import assert from 'node:assert/strict'
import { ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { Accounts, deriveDeviceIndex } from '../../../src/rendezvous/accounts/index.js'
import { knownAbsenceMs } from '../../../src/rendezvous/accounts/known-accounts.js'
import { maxDeviceOwnersRead } from '../../../src/rendezvous/limits.js'
import type { IndexedRegisters } from '../../../src/rendezvous/registers/index.js'
import { createStoreRegisters } from '../../../src/rendezvous/registers/store-registers.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { makeDevice, nextRegister, type TestDevice } from '../helpers/test-client.js'

describe('whether a device is listed', () => {
  const random = new SeededRandom('owners')
  let clock: FakeClock
  let registers: IndexedRegisters
  let accounts: Accounts
  let device: TestDevice
  let reads: number

  beforeEach(() => {
    clock = new FakeClock()
    const stored = createStoreRegisters({ store: createMemoryStore(), derive: deriveDeviceIndex })
    registers = {
      read: async (name) => { reads++; return await stored.read(name) },
      compareAndSet: async (...args) => await stored.compareAndSet(...args),
      list: async (...args) => await stored.list(...args),
      derived: async (...args) => await stored.derived(...args)
    }
    accounts = new Accounts({ registers, clock, currentSetupVersion: 1 })
    device = makeDevice(random)
    reads = 0
  })

  const key = (): Uint8Array => device.key.publicKey
  const signUp = async (username: string): Promise<() => Promise<void>> => {
    const owner = ed25519KeyPair(random.bytes(32))
    const first = nextRegister(owner, username, undefined, { devices: [device.certified] })
    await accounts.write(0, first.signed, () => {})
    return async () => { await accounts.write(1, nextRegister(owner, username, first, { devices: [makeDevice(random).certified] }).signed, () => {}) }
  }
  /** Accounts that list the device, and then drop it. */
  const listAndDrop = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await (await signUp(`a${i}`))()
    reads = 0
  }

  it('is answered by one read for all devices of an account after news were missed, where it is remembered whose they are', async () => {
    const devices = Array.from({ length: 4 }, () => makeDevice(random))
    const { signed } = nextRegister(ed25519KeyPair(random.bytes(32)), 'alice', undefined, { devices: devices.map(({ certified }) => certified) })
    await accounts.write(0, signed, () => {})
    assert.equal(await accounts.isRemembered(devices[0]!.key.publicKey), false)
    await accounts.isListed(devices[0]!.key.publicKey)
    accounts.newsMissed()
    reads = 0
    for (const one of devices) assert.equal(await accounts.isRemembered(one.key.publicKey), true)
    assert.equal(reads, 1)
  })

  it('is read once for all who ask within some seconds, and anew once an account has changed', async () => {
    await listAndDrop(3)
    const all = await Promise.all(Array.from({ length: 100 }, async () => await accounts.hasDevice(key())))
    assert.ok(all.every((has) => !has))
    assert.equal(await accounts.hasDevice(key()), false)
    assert.equal(reads, 3)
    await clock.advance(knownAbsenceMs)
    await accounts.hasDevice(key())
    assert.equal(reads, 6)
    await signUp('bob')
    assert.equal(await accounts.hasDevice(key()), true, 'bob lists it')
  })

  it('is asked anew when another server tells of a change, or may not have told', async () => {
    await listAndDrop(1)
    for (const tell of [() => { accounts.changedElsewhere('b0') }, () => { accounts.newsMissed() }]) {
      await accounts.hasDevice(key())
      const before = reads
      tell()
      await accounts.hasDevice(key())
      assert.equal(reads, before + 1)
    }
  })

  it('counts as so when too many accounts ever listed it, without reading them', async () => {
    const leave = await signUp('zoe')
    await listAndDrop(maxDeviceOwnersRead + 1)
    assert.deepEqual([await accounts.hasDevice(key()), await accounts.isListed(key())], [true, true])
    await leave()
    reads = 0
    assert.equal(await accounts.isListed(key()), true)
    assert.equal(reads, 0)
  })
})
