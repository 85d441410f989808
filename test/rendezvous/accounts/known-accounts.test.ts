import assert from 'node:assert/strict'
import { KnownAccounts, knownAbsenceMs, knownAccountMs } from '../../../src/rendezvous/accounts/known-accounts.js'
import type { StoredAccount } from '../../../src/rendezvous/accounts/index.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'

const hexOf = (n: number): string => n.toString(16).padStart(2, '0').repeat(32)

describe('KnownAccounts', () => {
  let clock: FakeClock
  let known: KnownAccounts
  let reads: number
  /** What the registers say. */
  let accounts: Map<string, { version: number, devices: number[] }>
  let wait: Promise<void>

  beforeEach(() => {
    clock = new FakeClock()
    reads = 0
    accounts = new Map([['alice', { version: 1, devices: [1] }]])
    wait = Promise.resolve()
    known = new KnownAccounts({
      clock,
      read: async (username) => {
        reads++
        const now = accounts.get(username)
        await wait
        return now === undefined ? undefined : { record: { version: now.version, deviceKeys: now.devices.map((n) => new Uint8Array(32).fill(n)) } } as unknown as StoredAccount
      }
    })
  })

  it('reads an account once, for many who ask, until it is too old', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, async () => await known.get('alice')))
    assert.ok(all.every((account) => account?.recordVersion === 1))
    for (let i = 0; i < 10; i++) await known.get('alice')
    assert.equal(reads, 1)
    await clock.advance(knownAccountMs)
    await known.get('alice')
    assert.equal(reads, 2)
  })

  it('reads again after a change was heard, also what was being read meanwhile', async () => {
    let open = (): void => {}
    wait = new Promise((resolve) => { open = resolve })
    const before = known.get('alice')
    await settle()
    accounts.set('alice', { version: 2, devices: [1, 2] })
    known.forget('alice')
    open()
    assert.equal((await before)?.recordVersion, 1)
    assert.equal((await known.get('alice'))?.recordVersion, 2)
    known.forgetAll()
    await known.get('alice')
    assert.equal(reads, 3)
  })

  it('knows whose a device was, and asks whether it still is once the account was forgotten', async () => {
    assert.equal(await known.ownerOf(hexOf(1)), undefined)
    await known.get('alice')
    assert.equal(await known.ownerOf(hexOf(1)), 'alice')
    assert.equal(reads, 1)
    accounts.set('alice', { version: 2, devices: [2] })
    known.forget('alice')
    assert.equal(await known.ownerOf(hexOf(1)), undefined)
    assert.equal(await known.ownerOf(hexOf(2)), 'alice')
  })

  it('does not deny a device for longer than a few seconds on old knowledge', async () => {
    assert.equal(await known.lists('alice', hexOf(2)), false)
    accounts.set('alice', { version: 2, devices: [1, 2] })
    assert.equal(await known.lists('alice', hexOf(2)), false)
    await clock.advance(knownAbsenceMs)
    assert.equal(await known.lists('alice', hexOf(2)), true)
    assert.equal(reads, 2)
    assert.equal(await known.lists('nobody', hexOf(2)), false)
  })

  it('remembers all accounts of a large pool', async () => {
    for (let i = 0; i < 30_000; i++) {
      accounts.set(`user${i}`, { version: 1, devices: [1] })
      await known.get(`user${i}`)
    }
    assert.equal(reads, 30_000)
    await known.get('user0')
    assert.equal(reads, 30_000)
  })
})
