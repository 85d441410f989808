import assert from 'node:assert/strict'
import { FOUNDING_INVITE_ID, Invites } from '../../../src/rendezvous/join/index.js'
import type { Registers } from '../../../src/rendezvous/registers/index.js'
import { createStoreRegisters } from '../../../src/rendezvous/registers/store-registers.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { SeededRandom } from '../../helpers/seeded-random.js'

const hour = 3_600_000
const key = (number: number): Uint8Array => new Uint8Array(32).fill(number)
const refused = (message: RegExp): object => ({ code: 'ERR_NOT_PERMITTED', message })

describe('invitations', () => {
  let clock: FakeClock
  let registers: Registers
  let invites: Invites
  beforeEach(() => {
    clock = new FakeClock()
    registers = createStoreRegisters({ store: createMemoryStore(), derive: () => [] })
    invites = new Invites({ registers, clock, random: new SeededRandom(1) })
  })

  it('are for one server, which may use its own again, even after it has expired', async () => {
    const { inviteId, secret, expiresAtMs } = await invites.make(hour)
    assert.equal(expiresAtMs, clock.now() + hour)
    await invites.use(inviteId, secret, key(1))
    await assert.rejects(invites.use(inviteId, secret, key(2)), refused(/another server already/))
    await clock.advance(2 * hour)
    await invites.use(inviteId, secret, key(1))
  })

  it('expire', async () => {
    const { inviteId, secret } = await invites.make(hour)
    await clock.advance(hour)
    await assert.rejects(invites.use(inviteId, secret, key(1)), refused(/expired/))
  })

  it('are worth nothing with another secret or id, and who guesses is not told which', async () => {
    const { inviteId, secret } = await invites.make(hour)
    const unknown = refused(/does not know that token/)
    await assert.rejects(invites.use(inviteId, key(9), key(1)), unknown)
    await assert.rejects(invites.use(new Uint8Array(16).fill(9), secret, key(1)), unknown)
    await assert.rejects(invites.use(FOUNDING_INVITE_ID, new Uint8Array(32), key(1)), unknown)
    await invites.use(inviteId, secret, key(1))
  })

  it('begin with one for everybody, until the first other one is made', async () => {
    const secret = key(5)
    await invites.found(secret)
    await invites.found(secret)
    await invites.use(FOUNDING_INVITE_ID, secret, key(1))
    await invites.use(FOUNDING_INVITE_ID, secret, key(2))
    assert.equal(await invites.isFoundingOpen(secret), true)
    assert.equal(await invites.isFoundingOpen(key(6)), false, 'of a server that founded no pool')
    await invites.make(hour)
    assert.equal(await invites.isFoundingOpen(secret), false)
    await assert.rejects(invites.use(FOUNDING_INVITE_ID, secret, key(3)), refused(/no longer taken/))
    await invites.found(secret)
    assert.equal(await invites.isFoundingOpen(secret), false)
  })

  it('go to one of two servers that come at the same time', async () => {
    const { inviteId, secret } = await invites.make(hour)
    // Both have read before either writes.
    const reads: Array<() => void> = []
    const together: Registers = {
      ...registers,
      compareAndSet: async (...args) => await registers.compareAndSet(...args),
      list: async (...args) => await registers.list(...args),
      read: async (name) => {
        const read = await registers.read(name)
        if (reads.length < 2) await new Promise<void>((resolve) => { if (reads.push(resolve) === 2) for (const go of reads) go() })
        return read
      }
    }
    const same = new Invites({ registers: together, clock, random: new SeededRandom(2) })
    const outcomes = await Promise.allSettled([same.use(inviteId, secret, key(1)), same.use(inviteId, secret, key(2))])
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  })

  it('are not given out when nobody knows whether they were kept', async () => {
    const { inviteId, secret } = await invites.make(hour)
    const unsure = new Invites({ registers: { ...registers, read: async (name) => await registers.read(name), compareAndSet: async () => ({ outcome: 'unknown' }), list: async () => ({ outcome: 'unknown' }) }, clock, random: new SeededRandom(3) })
    await assert.rejects(unsure.use(inviteId, secret, key(1)), { code: 'ERR_UNKNOWN_OUTCOME' })
    await assert.rejects(unsure.make(hour), { code: 'ERR_UNKNOWN_OUTCOME' })
  })

  it('last from a second to a month', async () => {
    for (const ttlMs of [0, -1, 999, 1.5, Number.NaN, 31 * 24 * hour]) await assert.rejects(invites.make(ttlMs), { code: 'ERR_USAGE' })
  })
})
