import assert from 'node:assert/strict'
import { verifyAccountRecord, makeLocator, verifyLocator } from '../../../src/records/index.js'
import { presenceGatherMs } from '../../../src/rendezvous/limits.js'
import { settle } from '../../helpers/fake-clock.js'
import { rejects } from '../helpers/expect.js'
import { makeDevice, type TestClient } from '../helpers/test-client.js'
import { TestPool } from '../helpers/test-pool.js'

const at = ['/ip4/192.0.2.1/tcp/1']

describe('directory methods', () => {
  let pool: TestPool
  let alice: TestClient

  beforeEach(async () => {
    pool = await new TestPool().start()
    alice = await pool.user('alice')
  })

  afterEach(async () => { await pool.stop() })

  describe('attach', () => {
    it('answers the account record and the stock of prekeys', async () => {
      const answer = await alice.attach('alice')
      assert.equal(verifyAccountRecord(answer.accountRecord).username, 'alice')
      assert.deepEqual([answer.oneTimePrekeys, answer.signedPrekeyId], [0, 0])
      await alice.upload(7, [1, 2, 3])
      const again = await alice.attach('alice')
      assert.deepEqual([again.oneTimePrekeys, again.signedPrekeyId], [3, 7])
    })

    it('is for devices that the account lists', async () => {
      const mallory = await pool.client()
      await rejects(mallory.attach('alice'), 'ERR_NOT_PERMITTED')
      await rejects(mallory.attach('nobody'), 'ERR_NOT_PERMITTED')
      await rejects(mallory.attach('Alice'), 'ERR_INVALID_NAME')
    })

    it('takes a device whose clock is an hour off, and tells nobody where it can be dialled', async () => {
      for (const off of [-3_600_000, 3_700_000]) {
        await alice.attach('alice', makeLocator(alice.device.key, at, pool.clock.now() + off))
        const [device] = (await alice.lookup('alice')).devices
        assert.deepEqual([device?.online, device?.locator], [true, undefined])
      }
    })

    it('refuses locators that are not this device\'s, or too long', async () => {
      const now = pool.clock.now()
      await rejects(alice.attach('alice', makeLocator(makeDevice(pool.random).key, at, now)), 'ERR_INVALID_SIGNATURE')
      await rejects(alice.attach('alice', new Uint8Array(7000)), 'ERR_LIMIT')
      await rejects(alice.attach('alice', new Uint8Array(9000)), 'ERR_LIMIT')
      await alice.attach('alice', new Uint8Array(0))
      assert.equal((await alice.lookup('alice')).devices[0]?.locator, undefined)
    })

    it('ends when the device is removed, and its channel with it', async () => {
      const bob = await pool.client()
      let account = await bob.signUp('bob')
      await bob.attach('bob')
      const phone = await pool.client()
      account = await bob.change(account, { devices: [bob.device.certified, phone.device.certified] })
      await phone.attach('bob')
      await phone.upload(1, [1])
      await bob.change(account, { devices: [bob.device.certified] })
      await settle()
      assert.ok(phone.channel.closed.aborted)
      assert.ok(!bob.channel.closed.aborted)
      await rejects(alice.take(phone.device.key.publicKey), 'ERR_NOT_FOUND')
      await rejects(alice.append(phone.device.key.publicKey, 'late'), 'ERR_NOT_FOUND')
    })

    it('is not harmed by a stranger who lists the same device', async () => {
      const mallory = await pool.client()
      const stolen = alice.device.certified
      const account = await mallory.signUp('mallory', { devices: [stolen, mallory.device.certified] })
      await mallory.attach('mallory')
      await alice.upload(1, [1])
      await mallory.change(account, { devices: [mallory.device.certified] })
      await settle()
      assert.ok(!alice.channel.closed.aborted)
      await mallory.append(alice.device.key.publicKey, 'still there')
      assert.equal((await mallory.take(alice.device.key.publicKey)).oneTimePrekey?.id, 1)
    })
  })

  describe('lookup', () => {
    it('tells an attached device who is online, and where', async () => {
      const bob = await pool.user('bob')
      const { devices } = await bob.lookup('alice')
      assert.equal(devices.length, 1)
      assert.ok(devices[0]?.online)
      assert.deepEqual(verifyLocator(devices[0]?.locator ?? new Uint8Array(0), alice.device.key.publicKey, pool.clock.now()).addresses, at)
    })

    it('tells others the public record only', async () => {
      const stranger = await pool.client()
      const { devices, accountRecord } = await stranger.lookup('alice')
      assert.deepEqual(devices, [])
      assert.equal(verifyAccountRecord(accountRecord).username, 'alice')
    })

    it('leaves out a locator that has expired, and a device that went', async () => {
      const bob = await pool.user('bob')
      await pool.clock.advance(3_600_000)
      assert.deepEqual((await bob.lookup('alice')).devices.map(({ online, locator }) => [online, locator]), [[true, undefined]])
      await alice.attach('alice')
      assert.notEqual((await bob.lookup('alice')).devices[0]?.locator, undefined)
      await alice.channel.close()
      await settle()
      assert.deepEqual((await bob.lookup('alice')).devices.map(({ online, locator }) => [online, locator]), [[false, undefined]])
    })

    it('knows nobody who is not there', async () => {
      await rejects(alice.lookup('nobody'), 'ERR_NOT_FOUND')
      await rejects(alice.lookup('No Body'), 'ERR_INVALID_NAME')
    })
  })

  describe('list', () => {
    beforeEach(async () => {
      for (const name of ['bob', 'ben', 'bea']) await pool.user(name)
      await pool.user('hidden', { unlisted: true })
      await (await pool.client()).signUp('bert')
    })

    const names = async (fields: Parameters<TestClient['list']>[0]): Promise<string[]> => (await alice.list(fields)).users.map(({ username }) => username)

    it('names all but the unlisted, in order', async () => {
      assert.deepEqual(await names({}), ['alice', 'bea', 'ben', 'bert', 'bob'])
      assert.deepEqual(await names({ prefix: 'be' }), ['bea', 'ben', 'bert'])
      assert.deepEqual(await names({ prefix: 'hid' }), [])
      assert.deepEqual(await names({ onlineOnly: true }), ['alice', 'bea', 'ben', 'bob'])
    })

    it('goes page by page', async () => {
      const first = await alice.list({ limit: 2 })
      assert.deepEqual([first.users.map(({ username }) => username), first.more], [['alice', 'bea'], true])
      const second = await alice.list({ limit: 3, after: 'bea' })
      assert.deepEqual([second.users.map(({ username }) => username), second.more], [['ben', 'bert', 'bob'], false])
      assert.deepEqual(await names({ after: 'bob' }), [])
    })

    it('says who is online, and the version of the record', async () => {
      const { users } = await alice.list({ prefix: 'be' })
      assert.deepEqual(users.map(({ online, recordVersion }) => [online, recordVersion]), [[true, 1n], [true, 1n], [false, 1n]])
    })

    it('is for attached devices, and refuses what is no prefix', async () => {
      await rejects((await pool.client()).list(), 'ERR_NOT_PERMITTED')
      await rejects(alice.list({ prefix: 'a/b' }), 'ERR_INVALID_NAME')
      await rejects(alice.list({ after: 'Ü' }), 'ERR_INVALID_NAME')
      await rejects(alice.list({ prefix: 'x'.repeat(5000) }), 'ERR_LIMIT')
    })
  })

  describe('watch', () => {
    it('answers what is so now, and tells what changes', async () => {
      const { users } = await alice.watch(['bob', 'alice', 'bob'])
      assert.deepEqual(users, [{ username: 'bob', online: false, recordVersion: 0n }, { username: 'alice', online: true, recordVersion: 1n }])
      const bob = await pool.client()
      let account = await bob.signUp('bob')
      await bob.attach('bob')
      await pool.clock.advance(presenceGatherMs)
      assert.deepEqual(alice.presence().at(-1), ['bob', true, 1])
      account = await bob.change(account, { devices: [bob.device.certified, makeDevice(pool.random).certified] })
      await pool.clock.advance(presenceGatherMs)
      assert.deepEqual(alice.presence().at(-1), ['bob', true, 2])
      await bob.change(account, { password: 'other' })
      await pool.clock.advance(presenceGatherMs)
      const told = alice.presence().length
      await bob.channel.close()
      await pool.clock.advance(presenceGatherMs)
      assert.deepEqual(alice.presence().at(-1), ['bob', false, 2])
      assert.equal(alice.presence().length, told + 1)
    })

    it('tells all who watch, and nobody else, of a new device, with the version that a lookup then proves', async () => {
      const bob = await pool.client()
      const account = await bob.signUp('bob')
      const carol = await pool.user('carol')
      await alice.watch(['bob'])
      await carol.watch(['alice'])
      const changed = await bob.change(account, { devices: [bob.device.certified, makeDevice(pool.random).certified] })
      await settle()
      assert.deepEqual(alice.presence(), [['bob', false, 2]])
      assert.deepEqual(carol.presence(), [])
      assert.equal(verifyAccountRecord((await alice.lookup('bob')).accountRecord).version, 2)
      await bob.change(changed, { password: 'other' })
      await settle()
      assert.equal(alice.presence().length, 1, 'a new password is nobody\'s business')
      const { accountRecord, registerVersion } = await alice.lookup('bob')
      assert.deepEqual([verifyAccountRecord(accountRecord).version, registerVersion], [2, 3n])
      assert.deepEqual((await alice.list({ prefix: 'bob' })).users, [{ username: 'bob', online: false, recordVersion: 2n }])
    })

    it('counts an account as online while one of its channels is', async () => {
      await alice.watch(['bob'])
      const bob = await pool.client()
      const phone = await pool.client()
      await bob.signUp('bob', { devices: [bob.device.certified, phone.device.certified] })
      await bob.attach('bob')
      await phone.attach('bob')
      await settle()
      const told = alice.presence().length
      await bob.channel.close()
      await settle()
      assert.equal(alice.presence().length, told)
      await phone.channel.close()
      await settle()
      assert.deepEqual(alice.presence().at(-1), ['bob', false, 1])
    })

    it('replaces the names that were watched before', async () => {
      await alice.watch(['bob'])
      await alice.watch(['carol'])
      await pool.user('bob')
      await pool.user('carol')
      await settle()
      assert.deepEqual([...new Set(alice.presence().map(([name]) => name))], ['carol'])
      await alice.watch([])
      await pool.user('dave')
      assert.equal(alice.presence().some(([name]) => name === 'dave'), false)
    })

    it('bounds the names, and is for attached devices', async () => {
      const many = Array.from({ length: 2_001 }, (_, i) => `user${i}`)
      const refused = await rejects(alice.watch(many), 'ERR_LIMIT')
      assert.match(refused.message, /maxWatchedNames/)
      assert.equal((await alice.watch(many.slice(0, 2_000))).users.length, 2_000)
      await rejects(alice.watch(['a b']), 'ERR_INVALID_NAME')
      await rejects((await pool.client()).watch(['alice']), 'ERR_NOT_PERMITTED')
    })
  })

  it('limits how much one peer reads', async () => {
    const small = await new TestPool({ limits: { readsPerPeer: { burst: 3, refillMs: 1000 } } }).start()
    const client = await small.client()
    for (let i = 0; i < 3; i++) await rejects(client.lookup('nobody'), 'ERR_NOT_FOUND')
    const refused = await rejects(client.lookup('nobody'), 'ERR_RATE_LIMITED')
    assert.equal(refused.retryAfterMs, 1000)
    await small.stop()
  })

  it('limits how much strangers read from one address, whatever their keys, and not who is attached', async () => {
    const small = await new TestPool({ limits: { unattachedReadsPerAddress: { burst: 3, refillMs: 1000 } } }).start()
    const address = '/ip4/10.7.7.7/tcp/1'
    const bob = await small.client({ address })
    await bob.signUp('bob')
    await bob.attach('bob')
    for (let i = 0; i < 2; i++) await (await small.client({ address })).lookup('bob')
    for (const ask of ['lookup', 'attach'] as const) {
      const refused = await rejects((await small.client({ address }))[ask]('bob'), 'ERR_RATE_LIMITED')
      assert.match(refused.message, /your address/)
    }
    for (let i = 0; i < 5; i++) await bob.lookup('bob')
    await bob.attach('bob')
    await (await small.client()).lookup('bob')
    await small.stop()
  })
})
