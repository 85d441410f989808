import assert from 'node:assert/strict'
import { makeSignedPrekey, verifySignedPrekey } from '../../../src/records/index.js'
import { PrekeyShelf } from '../../../src/rendezvous/prekeys/index.js'
import { createMemoryDisk } from '../../../src/store/index.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { rejects } from '../helpers/expect.js'
import { makeDevice, type TestClient } from '../helpers/test-client.js'
import { TestPool } from '../helpers/test-pool.js'

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('prekey methods', () => {
  let pool: TestPool
  let alice: TestClient
  let bob: TestClient
  const takeId = async (): Promise<number | undefined> => (await bob.take(alice.device.key.publicKey)).oneTimePrekey?.id

  beforeEach(async () => {
    pool = await new TestPool().start()
    alice = await pool.user('alice')
    bob = await pool.user('bob')
  })

  afterEach(async () => { await pool.stop() })

  it('hands each one-time prekey out once, then bundles without one', async () => {
    assert.equal(await alice.upload(5, [1, 2, 3]), 3)
    assert.deepEqual([await takeId(), await takeId(), await takeId(), await takeId()], [1, 2, 3, undefined])
    const bundle = await bob.take(alice.device.key.publicKey)
    assert.equal(verifySignedPrekey(bundle.signedPrekey, alice.device.key.publicKey).id, 5)
  })

  it('hands none out twice to those who ask at the same time', async () => {
    await alice.upload(5, range(1, 8))
    const ids = await Promise.all(range(1, 8).map(takeId))
    assert.deepEqual(ids.sort(), range(1, 8))
  })

  it('hands none out again after a crash', async () => {
    await alice.upload(5, [1, 2])
    assert.equal(await takeId(), 1)
    await pool.crash()
    bob = await pool.client({ device: bob.device })
    await bob.attach('bob')
    assert.equal(await takeId(), 2)
  })

  it('takes a repeated upload for what it is', async () => {
    await alice.upload(5, [1, 2, 3])
    assert.equal(await takeId(), 1)
    assert.equal(await alice.upload(5, [1, 2, 3]), 2)
    assert.deepEqual([await takeId(), await takeId(), await takeId()], [2, 3, undefined])
  })

  it('keeps a hundred, the newest', async () => {
    await alice.upload(5, range(1, 60))
    assert.equal(await alice.upload(5, range(61, 130)), 100)
    assert.equal(await takeId(), 31)
    const refused = await rejects(alice.upload(5, range(200, 300)), 'ERR_LIMIT')
    assert.match(refused.message, /100.*maxOneTimePrekeys/)
  })

  it('does not go back to an older signed prekey', async () => {
    await alice.upload(5, [])
    await alice.upload(4, [])
    assert.equal((await alice.attach('alice')).signedPrekeyId, 5)
    await alice.upload(6, [])
    assert.equal((await alice.attach('alice')).signedPrekeyId, 6)
  })

  it('refuses what is not of the attached device, or not well-formed', async () => {
    const foreign = makeSignedPrekey(bob.device.key, { id: 1, publicKey: new Uint8Array(32), createdAtMs: 1 })
    await rejects(alice.upload(1, [1], { signedPrekey: foreign }), 'ERR_INVALID_SIGNATURE')
    await rejects(alice.upload(1, [1], { signedPrekey: new Uint8Array(0) }), 'ERR_INVALID_SIGNATURE')
    await rejects(alice.upload(1, [0]), 'ERR_INVALID_RECORD')
    await rejects(alice.upload(1, [1, 1]), 'ERR_INVALID_RECORD')
    await rejects(alice.upload(1, [], { oneTimePrekeys: [{ id: 1, publicKey: new Uint8Array(31) }] }), 'ERR_INVALID_RECORD')
    const stranger = await pool.client()
    await rejects(stranger.upload(1, [1]), 'ERR_NOT_PERMITTED')
    await rejects(stranger.take(alice.device.key.publicKey), 'ERR_NOT_PERMITTED')
    await rejects(bob.take(alice.device.key.publicKey), 'ERR_NOT_FOUND')
    await rejects(bob.take(makeDevice(pool.random).key.publicKey), 'ERR_NOT_FOUND')
    await rejects(bob.take(new Uint8Array(31)), 'ERR_INVALID_RECORD')
  })

  it('does not let one device use up the stock of another', async () => {
    await alice.upload(5, range(1, 30))
    for (let i = 0; i < 10; i++) assert.notEqual(await takeId(), undefined)
    assert.equal(await takeId(), undefined)
    const carol = await pool.user('carol')
    assert.equal((await carol.take(alice.device.key.publicKey)).oneTimePrekey?.id, 11)
    await pool.clock.advance(60_000)
    assert.equal(await takeId(), 12)
  })

  it('limits bundles for one taker', async () => {
    const small = await new TestPool({ limits: { bundlesPerTaker: { burst: 2, refillMs: 500 } } }).start()
    const dave = await small.user('dave')
    await dave.upload(1, [])
    for (let i = 0; i < 2; i++) await dave.take(dave.device.key.publicKey)
    assert.equal((await rejects(dave.take(dave.device.key.publicKey), 'ERR_RATE_LIMITED')).retryAfterMs, 500)
    await small.stop()
  })

  it('takes so many uploads of one device, each for a hundred requests', async () => {
    const small = await new TestPool({ limits: { readsPerPeer: { burst: 250, refillMs: 1000 } } }).start()
    const client = await small.user('carol')
    await client.upload(1, range(1, 100))
    await client.upload(2, range(101, 200))
    await rejects(client.upload(3, [201]), 'ERR_RATE_LIMITED')
    await small.stop()
  })
})

describe('PrekeyShelf', () => {
  it('has synced that a prekey is gone before it gives it away', async () => {
    const disk = createMemoryDisk()
    const device = makeDevice(new SeededRandom(1)).key
    const signed = makeSignedPrekey(device, { id: 1, publicKey: new Uint8Array(32), createdAtMs: 1 })
    let shelf = new PrekeyShelf(disk.open())
    await shelf.upload(device.publicKey, signed, range(1, 20).map((id) => ({ id, publicKey: new Uint8Array(32).fill(id) })))
    const seen: number[] = []
    for (let i = 0; i < 20; i++) {
      const bundle = await shelf.take(device.publicKey, true)
      seen.push(bundle?.oneTimePrekey?.id ?? 0)
      disk.crash()
      shelf = new PrekeyShelf(disk.open())
    }
    assert.deepEqual(seen, range(1, 20))
  })
})
