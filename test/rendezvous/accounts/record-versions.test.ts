import assert from 'node:assert/strict'
import { ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { Accounts } from '../../../src/rendezvous/accounts/index.js'
import { versionsReadAtOnce } from '../../../src/rendezvous/limits.js'
import type { IndexedRegisters } from '../../../src/rendezvous/registers/index.js'
import { createStoreRegisters } from '../../../src/rendezvous/registers/store-registers.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { makeDevice, nextRegister } from '../helpers/test-client.js'

describe('versions of account records', () => {
  it('are read a few at once after news were missed, and nobody else waits for them', async () => {
    const random = new SeededRandom('versions')
    const stored = createStoreRegisters({ store: createMemoryStore(), derive: () => [] })
    /** Reads that no other server has answered yet. */
    let open: Array<() => void> = []
    let isSlow = false
    const registers: IndexedRegisters = {
      read: async (name) => {
        if (isSlow) await new Promise<void>((resolve) => { open.push(resolve) })
        return await stored.read(name)
      },
      compareAndSet: async (...args) => await stored.compareAndSet(...args),
      list: async (...args) => await stored.list(...args),
      derived: async (...args) => await stored.derived(...args)
    }
    const accounts = new Accounts({ registers, clock: new FakeClock(), currentSetupVersion: 1 })
    const signUp = async (username: string): Promise<void> => {
      const { signed } = nextRegister(ed25519KeyPair(random.bytes(32)), username, undefined, { devices: [makeDevice(random).certified] })
      await accounts.write(0, signed, () => {})
    }
    for (const username of ['alice', 'bob']) await signUp(username)
    accounts.newsMissed()
    assert.equal(await accounts.recordVersion('alice'), 1)
    isSlow = true
    const versions = Promise.all(Array.from({ length: 10_000 }, async (_, i) => await accounts.recordVersion(`user${i}`)))
    await settle()
    assert.equal(open.length, versionsReadAtOnce)
    assert.equal(await accounts.recordVersion('alice'), 1, 'she is known')
    const bob = accounts.read('bob')
    await settle()
    open.pop()?.()
    assert.equal((await bob)?.version, 1)
    while (open.length > 0) {
      const due = open
      open = []
      for (const one of due) one()
      await settle()
      assert.ok(open.length <= versionsReadAtOnce)
    }
    assert.equal((await versions).length, 10_000)
  })
})
