import assert from 'node:assert/strict'
import { ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { verifyAccountRecord, verifyAccountRegister } from '../../../src/records/index.js'
import { rejects } from '../helpers/expect.js'
import { fakeFinish, fakeOpaque } from '../helpers/fake-opaque.js'
import { makeDevice, nextRegister, type TestClient } from '../helpers/test-client.js'
import { TestPool } from '../helpers/test-pool.js'

describe('account methods', () => {
  let opaque: ReturnType<typeof fakeOpaque>
  let pool: TestPool
  let alice: TestClient

  beforeEach(async () => {
    opaque = fakeOpaque()
    pool = await new TestPool({ opaque }).start()
    alice = await pool.client()
  })

  afterEach(async () => { await pool.stop() })

  describe('register-start', () => {
    it('answers with the current setup', async () => {
      const { registrationResponse, opaqueSetupVersion } = await alice.registerStart('alice')
      assert.equal(registrationResponse.byteLength, 32)
      assert.equal(opaqueSetupVersion, 1)
    })

    it('refuses names that are none and messages that are none', async () => {
      for (const name of ['', 'A', 'Alice', '-alice', 'a\u202eb', 'x'.repeat(33)]) await rejects(alice.registerStart(name), 'ERR_INVALID_NAME')
      await rejects(alice.registerStart('alice', new Uint8Array(31)), 'ERR_CRYPTO_INPUT')
      await rejects(alice.registerStart('alice', new Uint8Array(5000)), 'ERR_LIMIT')
    })
  })

  describe('compare-and-set', () => {
    it('makes an account, once', async () => {
      const account = await alice.signUp('alice')
      const { accountRecord, registerVersion } = await alice.lookup('alice')
      assert.deepEqual(accountRecord, account.register.accountRecord.signed)
      assert.equal(registerVersion, 1n)
      const mallory = await pool.client()
      await rejects(mallory.signUp('alice'), 'ERR_NAME_TAKEN')
      assert.deepEqual((await alice.lookup('alice')).accountRecord, account.register.accountRecord.signed)
    })

    it('gives a name to one of many who want it at the same time', async () => {
      const clients = await Promise.all(Array.from({ length: 20 }, async () => await pool.client()))
      const outcomes = await Promise.allSettled(clients.map(async (client) => await client.signUp('alice')))
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
      for (const outcome of outcomes) if (outcome.status === 'rejected') await rejects(Promise.reject(outcome.reason), 'ERR_NAME_TAKEN')
    })

    it('answers a repeat of what was written', async () => {
      const account = await alice.signUp('alice')
      assert.equal(await alice.write(0, account.register.signed), 1)
      const next = await alice.change(account, { password: 'other' })
      assert.equal(await alice.write(1, next.register.signed), 2)
      assert.equal(await alice.write(7, next.register.signed), 2)
      await rejects(alice.write(0, account.register.signed), 'ERR_NAME_TAKEN')
    })

    it('keeps an account over a crash', async () => {
      const account = await alice.signUp('alice')
      await pool.crash()
      const again = await pool.client({ device: alice.device })
      assert.deepEqual((await again.lookup('alice')).accountRecord, account.register.accountRecord.signed)
    })

    it('adds and removes devices, each version following the one before', async () => {
      let account = await alice.signUp('alice')
      const phone = makeDevice(pool.random, 'phone')
      account = await alice.change(account, { devices: [alice.device.certified, phone.certified] })
      await alice.change(account, { devices: [phone.certified] })
      const record = verifyAccountRecord((await alice.lookup('alice')).accountRecord)
      assert.equal(record.version, 3)
      assert.deepEqual(record.devices.map(({ label }) => label), ['phone'])
    })

    it('tells a stale version', async () => {
      const account = await alice.signUp('alice')
      await alice.change(account, { password: 'other' })
      await rejects(alice.change(account, { password: 'third' }), 'ERR_CONFLICT')
    })

    it('lets only the account key write', async () => {
      const account = await alice.signUp('alice')
      const mallory = ed25519KeyPair(pool.random.bytes(32))
      await rejects(alice.change({ ...account, key: mallory }, { devices: [makeDevice(pool.random).certified] }), 'ERR_NOT_PERMITTED')
      const forged = account.register.signed.slice()
      forged[forged.byteLength - 1] = (forged[forged.byteLength - 1] ?? 0) ^ 1
      await rejects(alice.write(0, forged), 'ERR_INVALID_SIGNATURE')
    })

    it('refuses what breaks a rule', async () => {
      const account = await alice.signUp('alice')
      const bob = ed25519KeyPair(pool.random.bytes(32))
      const device = makeDevice(pool.random).certified
      await rejects(alice.change(account, { version: 3 }), 'ERR_INVALID_RECORD')
      await rejects(alice.change(account, { devices: [device], recordVersion: 3 }), 'ERR_INVALID_RECORD')
      await rejects(alice.change(account, { opaqueRecord: new Uint8Array(191) }), 'ERR_INVALID_RECORD')
      await rejects(alice.change(account, { opaqueSetupVersion: 2 }), 'ERR_INVALID_RECORD')
      await rejects(alice.change(account, { vault: new Uint8Array(1025) }), 'ERR_LIMIT')
      const second = nextRegister(bob, 'bob', nextRegister(bob, 'bob', undefined, { devices: [device] }), { password: 'x' })
      await rejects(alice.write(1, second.signed), 'ERR_NOT_FOUND')
      await rejects(alice.write(0, second.signed), 'ERR_INVALID_RECORD')
      // A first register whose account record is not the first.
      const later = nextRegister(bob, 'bob', nextRegister(bob, 'bob', undefined, { devices: [device] }), { devices: [device], version: 1 })
      await rejects(alice.write(0, later.signed), 'ERR_INVALID_RECORD')
      await rejects(alice.lookup('bob'), 'ERR_NOT_FOUND')
    })

    it('has a password registered again whose setup is not the one of new registrations any more, or not yet', async () => {
      const account = await alice.signUp('alice')
      const bob = ed25519KeyPair(pool.random.bytes(32))
      for (const opaqueSetupVersion of [0, 2]) {
        await rejects(alice.change(account, { password: 'new', opaqueSetupVersion }), 'ERR_CONFLICT')
        await rejects(alice.write(0, nextRegister(bob, 'bob', undefined, { devices: [alice.device.certified], opaqueSetupVersion }).signed), 'ERR_CONFLICT')
      }
    })

    it('refuses a record that does not link to the one before', async () => {
      const account = await alice.signUp('alice')
      const other = nextRegister(account.key, 'alice', undefined, { devices: [makeDevice(pool.random).certified] })
      const fork = nextRegister(account.key, 'alice', other, { devices: [alice.device.certified] })
      await rejects(alice.write(1, fork.signed), 'ERR_INVALID_RECORD')
    })
  })

  describe('sign-in', () => {
    it('gives the register, vault and all, to who knows the password', async () => {
      const account = await alice.signUp('alice', { password: 'right' })
      const laptop = await pool.client()
      const register = await laptop.login('alice', 'right')
      assert.deepEqual(register, account.register.signed)
      assert.deepEqual(verifyAccountRegister(register).vault, account.register.vault)
    })

    it('tells a wrong password and an unknown user nothing apart', async () => {
      await alice.signUp('alice', { password: 'right' })
      const wrong = await alice.loginStart('alice')
      const unknown = await alice.loginStart('nobody')
      assert.deepEqual(opaque.starts, ['real', 'fake'])
      assert.equal(unknown.loginId.byteLength, wrong.loginId.byteLength)
      assert.equal(unknown.startResponse.byteLength, wrong.startResponse.byteLength)
      const one = await rejects(alice.loginFinish(wrong.loginId, fakeFinish('wrong')), 'ERR_BAD_CREDENTIALS')
      const two = await rejects(alice.loginFinish(unknown.loginId, fakeFinish('wrong')), 'ERR_BAD_CREDENTIALS')
      assert.equal(one.message, two.message)
    })

    it('works once, on its own channel, within a minute', async () => {
      await alice.signUp('alice', { password: 'right' })
      const { loginId } = await alice.loginStart('alice')
      const mallory = await pool.client()
      await rejects(mallory.loginFinish(loginId, fakeFinish('right')), 'ERR_TIMEOUT')
      await alice.loginFinish(loginId, fakeFinish('right'))
      await rejects(alice.loginFinish(loginId, fakeFinish('right')), 'ERR_TIMEOUT')
      const failed = await alice.loginStart('alice')
      await rejects(alice.loginFinish(failed.loginId, fakeFinish('wrong')), 'ERR_BAD_CREDENTIALS')
      await rejects(alice.loginFinish(failed.loginId, fakeFinish('right')), 'ERR_TIMEOUT')
      const late = await alice.loginStart('alice')
      await pool.clock.advance(60_000)
      await rejects(alice.loginFinish(late.loginId, fakeFinish('right')), 'ERR_TIMEOUT')
    })

    it('does not take a password that was changed meanwhile', async () => {
      const account = await alice.signUp('alice', { password: 'old' })
      const { loginId } = await alice.loginStart('alice')
      await alice.change(account, { password: 'new' })
      await rejects(alice.loginFinish(loginId, fakeFinish('old')), 'ERR_BAD_CREDENTIALS')
      await alice.login('alice', 'new')
    })

    it('bounds what is under way on one channel: a fifth takes the place of the oldest, whose password may have been wrong', async () => {
      await alice.signUp('alice', { password: 'right' })
      const phone = await pool.client()
      const other = await phone.loginStart('alice')
      const begun = []
      for (let i = 0; i < 5; i++) begun.push(await alice.loginStart('alice'))
      const [oldest, ...kept] = begun.map(({ loginId }) => loginId)
      await rejects(alice.loginFinish(oldest ?? assert.fail(), fakeFinish('right')), 'ERR_TIMEOUT')
      await phone.loginFinish(other.loginId, fakeFinish('right'))
      for (const loginId of kept) await alice.loginFinish(loginId, fakeFinish('right'))
    })
  })

  describe('limits', () => {
    const wrong = async (client: TestClient, username = 'alice'): Promise<void> => { await rejects(client.login(username, 'wrong'), 'ERR_BAD_CREDENTIALS') }

    it('guesses on one account from one address, known or not, and not others', async () => {
      await alice.signUp('alice', { password: 'right' })
      for (const username of ['alice', 'nobody']) {
        for (let i = 0; i < 10; i++) await wrong(alice, username)
        const refused = await rejects(alice.loginStart(username), 'ERR_RATE_LIMITED')
        assert.equal(refused.retryAfterMs, 60_000)
      }
      await (await pool.client()).login('alice', 'right')
      await pool.clock.advance(60_000)
      await alice.login('alice', 'right')
    })

    it('does not count right passwords', async () => {
      await alice.signUp('alice', { password: 'right' })
      for (let i = 0; i < 50; i++) await alice.login('alice', 'right')
    })

    it('counts a registration for an account that exists as a guess', async () => {
      await alice.signUp('alice')
      for (let i = 0; i < 10; i++) await alice.registerStart('alice')
      await rejects(alice.loginStart('alice'), 'ERR_RATE_LIMITED')
      await rejects(alice.registerStart('alice'), 'ERR_RATE_LIMITED')
    })

    it('guesses on one account from many addresses', async () => {
      await alice.signUp('alice')
      for (let i = 0; i < 10; i++) {
        const mallory = await pool.client()
        for (let j = 0; j < 10; j++) await wrong(mallory)
      }
      await rejects((await pool.client()).loginStart('alice'), 'ERR_RATE_LIMITED')
    })

    it('lets an attached device sign in and change its password though strangers used up the account\'s attempts', async () => {
      await alice.signUp('alice', { password: 'right' })
      await alice.attach('alice')
      for (let i = 0; i < 10; i++) {
        const mallory = await pool.client()
        for (let j = 0; j < 10; j++) await (i < 6 ? mallory.registerStart('alice') : wrong(mallory))
      }
      const stranger = await pool.client()
      await stranger.signUp('stranger')
      await stranger.attach('stranger')
      await rejects(stranger.loginStart('alice'), 'ERR_RATE_LIMITED')
      await alice.login('alice', 'right')
      await alice.registerStart('alice')
    })

    it('lets an attached device sign in and change its password though somebody at its address used up the attempts', async () => {
      const address = '/ip4/10.7.7.7/tcp/1'
      const owner = await pool.client({ address })
      await owner.signUp('alice', { password: 'right' })
      await owner.attach('alice')
      const housemate = await pool.client({ address })
      for (let i = 0; i < 10; i++) await wrong(housemate)
      await rejects(housemate.loginStart('alice'), 'ERR_RATE_LIMITED')
      await owner.login('alice', 'right')
      await owner.registerStart('alice')
    })

    it('of an address hold up no attached device of the account, whatever a neighbour does', async () => {
      const perAddress = { burst: 3, refillMs: 60_000 }
      const small = await new TestPool({ limits: { loginsPerAddress: perAddress, registrationsPerAddress: perAddress, accountWritesPerAddress: perAddress, accountRequestsPerDevice: { burst: 2, refillMs: 1000 } } }).start()
      const address = '/ip4/10.7.7.7/tcp/1'
      const owner = await small.client({ address })
      const account = await owner.signUp('alice', { password: 'right' })
      await owner.attach('alice')
      const neighbour = await small.client({ address })
      for (let i = 0; i < 3; i++) {
        await wrong(neighbour, `name${i}`)
        await neighbour.registerStart(`name${i}`)
      }
      for (let i = 0; i < 2; i++) await rejects(neighbour.signUp('alice'), 'ERR_NAME_TAKEN')
      const refused: Array<() => Promise<unknown>> = [
        async () => await neighbour.loginStart('fresh'),
        async () => await neighbour.registerStart('fresh'),
        async () => await neighbour.signUp('fresh'),
        // Of other names it is a stranger, too.
        async () => await owner.loginStart('fresh'),
        async () => await owner.registerStart('fresh')
      ]
      for (const ask of refused) assert.match((await rejects(ask(), 'ERR_RATE_LIMITED')).message, /your address/)
      await owner.login('alice', 'right')
      await owner.registerStart('alice')
      await owner.change(account, { password: 'other' })
      assert.match((await rejects(owner.registerStart('alice'), 'ERR_RATE_LIMITED')).message, /this device/)
      await small.stop()
    })

    it('guesses of an attached device, whatever its address', async () => {
      const device = makeDevice(pool.random)
      await alice.signUp('alice', { password: 'right', devices: [device.certified] })
      for (let i = 0; i < 2; i++) {
        const stolen = await pool.client({ device, address: `/ip4/10.7.7.${i}/tcp/1` })
        await stolen.attach('alice')
        for (let j = 0; j < 10; j++) await wrong(stolen)
      }
      const again = await pool.client({ device, address: '/ip4/10.7.7.9/tcp/1' })
      await again.attach('alice')
      const refused = await rejects(again.loginStart('alice'), 'ERR_RATE_LIMITED')
      assert.match(refused.message, /this device/)
      await alice.login('alice', 'right')
    })

    it('guesses on many accounts from one address, whatever the device', async () => {
      const address = '/ip4/10.7.7.7/tcp/1'
      for (let i = 0; i < 30; i++) {
        const mallory = await pool.client({ address })
        for (let j = 0; j < 10; j++) await wrong(mallory, `user${i}x${j}`)
      }
      const refused = await rejects((await pool.client({ address })).loginStart('fresh'), 'ERR_RATE_LIMITED')
      assert.ok((refused.retryAfterMs ?? 0) > 0)
      await wrong(alice, 'fresh')
    })

    it('repeats of the stored register, which are told to all servers, as changes of the account', async () => {
      const account = await alice.signUp('alice')
      for (let i = 0; i < 30; i++) await alice.write(0, account.register.signed)
      assert.equal((await rejects(alice.write(0, account.register.signed), 'ERR_RATE_LIMITED')).retryAfterMs, 10_000)
      await (await pool.client()).signUp('bob')
      await pool.clock.advance(10_000)
      assert.equal(await alice.write(0, account.register.signed), 1)
    })

    it('registers from one address, whether they change anything or not', async () => {
      const small = await new TestPool({ limits: { accountWritesPerAddress: { burst: 4, refillMs: 1000 } } }).start()
      const owner = await small.client()
      const account = await owner.signUp('alice')
      const mallory = await small.client({ address: '/ip4/10.7.7.7/tcp/1' })
      for (let i = 0; i < 3; i++) await rejects(mallory.signUp('alice'), 'ERR_NAME_TAKEN')
      await rejects(mallory.write(0, new Uint8Array(10)), 'ERR_INVALID_RECORD')
      assert.match((await rejects(mallory.signUp('alice'), 'ERR_RATE_LIMITED')).message, /your address/)
      await owner.change(account, { password: 'other' })
      await small.clock.advance(1000)
      await mallory.signUp('mallory')
      await small.stop()
    })

    it('new accounts from one address, counting only those that were made', async () => {
      const small = await new TestPool({ limits: { signUpsPerAddress: { burst: 2, refillMs: 1000 } } }).start()
      const client = await small.client({ address: '/ip4/10.7.7.7/tcp/1' })
      await client.signUp('one')
      for (let i = 0; i < 3; i++) await rejects(client.signUp('one'), 'ERR_NAME_TAKEN')
      await client.signUp('two')
      await rejects(client.signUp('three'), 'ERR_RATE_LIMITED')
      await small.clock.advance(1000)
      await client.signUp('three')
      await small.stop()
    })
  })
})
