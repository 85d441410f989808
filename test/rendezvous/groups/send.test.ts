import assert from 'node:assert/strict'
import { sha256 } from '../../../src/crypto/bytes.js'
import { EnvelopeKind } from '../../../src/protocol/enums.js'
import type { RendezvousLimits } from '../../../src/rendezvous/index.js'
import type { GroupState } from '../../../src/records/group/index.js'
import { maxEnvelopeBytes } from '../../../src/protocol/limits.js'
import { settle } from '../../helpers/fake-clock.js'
import { makeDevice, type TestDevice } from '../helpers/test-client.js'
import { rejects } from '../helpers/expect.js'
import { GroupUser, hex } from '../helpers/group-client.js'
import { TestPool } from '../helpers/test-pool.js'

const idOf = (name: string): string => hex(sha256(new TextEncoder().encode(name)).slice(0, 16))

describe('groups/send', () => {
  let pool: TestPool
  let alice: GroupUser
  let bob: GroupUser
  let carol: GroupUser
  let dave: GroupUser
  /** of alice, bob and carol */
  let team: GroupState
  /** alice's second device, on a channel of its own */
  let phone: GroupUser

  const begin = async (limits: Partial<RendezvousLimits> = {}): Promise<void> => {
    pool = await new TestPool({ limits }).start()
    const second: TestDevice = makeDevice(pool.random, 'phone')
    const first = makeDevice(pool.random)
    alice = await GroupUser.signUp(pool, 'alice', { device: first, changes: { devices: [first.certified, second.certified] } })
    phone = await alice.again(pool, second)
    bob = await GroupUser.signUp(pool, 'bob')
    carol = await GroupUser.signUp(pool, 'carol')
    dave = await GroupUser.signUp(pool, 'dave')
    team = await carol.join(await bob.join(await alice.found('team')))
  }

  beforeEach(async () => { await begin() })
  afterEach(async () => { await pool.stop() })

  it('puts one envelope into the mailbox of every device of every member but the sender\'s own', async () => {
    const sent = await alice.send(team, 'hello')
    assert.deepEqual({ ...sent, expiresAtMs: Number(sent.expiresAtMs) - pool.clock.now() }, { replicas: 1, servers: 1, expiresAtMs: 2_592_000_000, devices: 3, refused: [] })
    for (const user of [phone, bob, carol]) assert.deepEqual(await user.mail(), [idOf('hello')])
    for (const user of [alice, dave]) assert.deepEqual(await user.mail(), [])
    const status = await pool.server.status()
    assert.equal(status.envelopes, 3)
    assert.equal(status.envelopeBytes, alice.message(team, 'hello').envelope.byteLength, 'the ciphertext is there once')
  })

  it('pushes to who is connected', async () => {
    await Promise.all([phone, bob].map(async ({ client }) => { await client.subscribe() }))
    await alice.send(team, 'hello')
    await settle()
    for (const user of [phone, bob]) assert.equal(user.client.pushed().length, 1)
    assert.equal(carol.client.pushed().length, 0)
  })

  it('leaves out who has it already, until asked again without them, and changes nothing else', async () => {
    assert.equal((await alice.send(team, 'hello', [bob.deviceKey, phone.deviceKey, dave.deviceKey])).devices, 1)
    assert.deepEqual(await bob.mail(), [])
    assert.equal((await alice.send(team, 'hello', [phone.deviceKey])).devices, 2)
    for (const user of [bob, carol]) assert.deepEqual(await user.mail(), [idOf('hello')])
    assert.deepEqual(await phone.mail(), [])
    const [entry] = (await carol.client.read()).entries
    await carol.client.acknowledge([entry!.entryId])
    assert.equal((await alice.send(team, 'hello')).devices, 3)
    assert.deepEqual(await carol.mail(), [], 'what was acknowledged does not come back')
    assert.deepEqual((await pool.server.status()).envelopes, 2)
  })

  it('survives a crash as a whole', async () => {
    await alice.send(team, 'hello')
    await pool.crash()
    const again = await Promise.all([bob, carol, alice].map(async (user) => await user.again(pool)))
    for (const user of again.slice(0, 2)) assert.deepEqual(await user.mail(), [idOf('hello')])
    assert.equal((await again[2]!.send(team, 'hello')).devices, 3)
    assert.deepEqual(await again[0]!.mail(), [idOf('hello')])
    assert.equal((await pool.server.status()).envelopes, 3)
  })

  it('goes by the newest members, whatever head the message names', async () => {
    let now = await dave.join(team)
    await alice.send(team, 'to four')
    assert.deepEqual(await dave.mail(), [idOf('to four')])
    now = await alice.does(now, { kind: 'remove', usernames: ['bob'], lastSeen: [], commitment: undefined })
    await alice.send(team, 'without bob')
    assert.deepEqual(await bob.mail(), [idOf('to four')])
    await rejects(bob.send(team, 'I was here'), 'ERR_NOT_PERMITTED')
    await dave.does(now, { kind: 'leave' })
    await rejects(dave.send(team, 'bye'), 'ERR_NOT_PERMITTED')
  })

  it('passes over devices that their account no longer lists', async () => {
    await alice.setDevices([alice.client.device])
    await settle()
    const sent = await bob.send(team, 'hello')
    assert.equal(sent.devices, 2)
    assert.equal((await pool.server.status()).envelopes, 2)
  })

  it('puts one into a mailbox that two accounts share', async () => {
    const shared = await GroupUser.signUp(pool, 'double', { device: carol.client.device })
    team = await shared.join(team)
    assert.equal((await alice.send(team, 'hello')).devices, 3)
    assert.deepEqual(await carol.mail(), [idOf('hello')])
  })

  it('names full mailboxes, stores for the others, and tries again what was refused', async () => {
    await pool.stop()
    await begin({ maxMailboxEntriesPerSender: 2, maxMailboxBytes: 3_000 })
    for (const name of ['one', 'two']) await alice.client.append(bob.deviceKey, name)
    const sent = await alice.send(team, 'hello')
    assert.equal(sent.devices, 2)
    assert.deepEqual(sent.refused.map(({ deviceKey, limit }) => [hex(deviceKey), limit]), [[hex(bob.deviceKey), 'maxMailboxEntriesPerSender']])
    const [entry] = (await bob.client.read()).entries
    await bob.client.acknowledge([entry!.entryId])
    assert.deepEqual((await alice.send(team, 'hello')).refused, [])
    assert.deepEqual((await bob.mail())[1], idOf('hello'))
    const large = await alice.sendRequest(alice.message(team, 'large', { sealedBytes: 4_000 }))
    assert.equal(large.devices, 0)
    assert.deepEqual(new Set(large.refused.map(({ limit }) => limit)), new Set(['maxMailboxBytes']))
  })

  it('is refused as a whole when the server keeps as much as it may', async () => {
    await pool.stop()
    await begin({ maxStoredMailBytes: 2_500 })
    const refused = await rejects(alice.sendRequest(alice.message(team, 'large', { sealedBytes: 1_500 })), 'ERR_OVERLOADED')
    assert.match(refused.message, /maxStoredMailBytes/)
    assert.equal((await pool.server.status()).envelopes, 0)
    // Three entries of 512 bytes beside it, and 512 for the envelope itself.
    assert.equal((await alice.send(team, 'small')).devices, 3)
    await rejects(bob.send(team, 'one more'), 'ERR_OVERLOADED')
  })

  it('limits how many mailboxes a device writes to', async () => {
    await pool.stop()
    await begin({ groupCopiesPerSender: { burst: 5, refillMs: 100 } })
    await alice.send(team, 'one')
    const refused = await rejects(alice.send(team, 'two'), 'ERR_RATE_LIMITED')
    assert.equal(refused.retryAfterMs, 100)
    assert.equal((await alice.send(team, 'two', [bob.deviceKey])).devices, 2)
  })

  describe('an evil client', () => {
    it('cannot send to a group that it is not in, or that there is not', async () => {
      await rejects(dave.send(team, 'hello'), 'ERR_NOT_PERMITTED')
      const message = dave.message(team, 'hello', { groupId: new Uint8Array(32) })
      await rejects(dave.sendRequest({ ...message, groupId: new Uint8Array(32) }), 'ERR_NOT_FOUND')
      assert.deepEqual(await bob.mail(), [])
    })

    it('cannot speak for another member or device, or under another group', async () => {
      const crew = await bob.found('crew')
      for (const [fields, code] of [
        [{ username: 'alice' }, 'ERR_NOT_PERMITTED'],
        [{ deviceKey: alice.deviceKey }, 'ERR_INVALID_SIGNATURE'],
        [{ senderDevice: alice.deviceKey }, 'ERR_NOT_PERMITTED'],
        [{ groupId: crew.groupId }, 'ERR_INVALID_RECORD'],
        [{ spoil: true }, 'ERR_INVALID_SIGNATURE'],
        [{ kind: EnvelopeKind.MESSAGE }, 'ERR_INVALID_RECORD'],
        [{ recipientDevice: carol.deviceKey }, 'ERR_INVALID_RECORD'],
        [{ entryId: new Uint8Array(15) }, 'ERR_INVALID_RECORD']
      ] as const) await rejects(bob.sendRequest(bob.message(team, 'hello', fields)), code)
      const message = bob.message(team, 'hello')
      await rejects(bob.sendRequest({ ...message, entryId: new Uint8Array(16) }), 'ERR_INVALID_RECORD')
      await rejects(carol.sendRequest(message), 'ERR_NOT_PERMITTED')
      await rejects(bob.sendRequest({ ...message, envelope: new Uint8Array(maxEnvelopeBytes + 1) }), 'ERR_LIMIT')
      assert.deepEqual(await carol.mail(), [])
    })

    it('cannot make the server work on endless exceptions', async () => {
      const message = alice.message(team, 'hello')
      const many = Array.from({ length: 8_001 }, () => new Uint8Array(32))
      await rejects(alice.sendRequest({ ...message, exceptDevices: many }), 'ERR_LIMIT')
      await rejects(alice.sendRequest({ ...message, exceptDevices: Array.from({ length: 150_000 }, () => new Uint8Array(0)) }), 'ERR_LIMIT')
      await rejects(alice.sendRequest({ ...message, exceptDevices: [new Uint8Array(31)] }), 'ERR_INVALID_RECORD')
      assert.equal((await alice.sendRequest({ ...message, exceptDevices: many.slice(1) })).devices, 3)
    })

    it('that knows a message\'s id before it is in the mailboxes cannot take its place there', async () => {
      const message = alice.message(team, 'hello')
      await bob.sendRequest(bob.message(team, 'nonsense', { entryId: message.entryId }))
      await bob.client.append(carol.deviceKey, 'hello')
      await alice.sendRequest(message)
      assert.equal((await carol.client.read()).entries.filter(({ envelope }) => hex(envelope) === hex(message.envelope)).length, 1)
    })

    it('fills its own share of a mailbox with a group, not the others\'', async () => {
      await pool.stop()
      await begin({ maxMailboxEntriesPerSender: 3 })
      for (let i = 0; i < 5; i++) await bob.send(team, `noise ${i}`)
      assert.equal((await carol.mail()).length, 3)
      assert.deepEqual((await alice.send(team, 'hello')).refused, [])
    })
  })
})
