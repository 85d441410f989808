import assert from 'node:assert/strict'
import { makeLocator, makeSignedPrekey } from '../../../src/records/index.js'
import { endOfTimeMs } from '../../../src/node/limits.js'
import { appendMail, lookup, takeBundle, type Stored } from '../../../src/node/pool/requests.js'
import { encode } from '../../../src/protocol/codec.js'
import { mailRetentionMs } from '../../../src/protocol/limits.js'
import { LookupResponse, MailboxAppendResponse, PrekeyTakeResponse } from '../../../src/protocol/pb/service.js'
import { makeAccount, makeDevice, rejectsCode, seeded } from '../support.js'
import { FakeChannel } from './fake-channel.js'

const dayMs = 24 * 60 * 60 * 1000
const nowMs = Date.UTC(2024, 0, 1)

describe('what a server answers', () => {
  it('of where devices are is believed whatever time it is here', async () => {
    const account = makeAccount('bob', seeded('addresses'))
    const [device] = account.devices
    assert.ok(device !== undefined)
    const locator = makeLocator({ seed: device.seed, publicKey: device.deviceKey }, ['/ip4/192.0.2.1/tcp/1'], 0)
    const channel = new FakeChannel({ 'directory/lookup': () => encode(LookupResponse, { accountRecord: account.record.signed, devices: [{ deviceKey: device.deviceKey, online: true, locator }], registerVersion: 1n }) })
    assert.deepEqual((await lookup(channel, 'bob')).devices.map(({ addresses }) => addresses), [['/ip4/192.0.2.1/tcp/1']])
  })

  describe('of mail it stored is brought within what can be true:', () => {
    const stored = async (replicas: number, servers: number, expiresAtMs: bigint): Promise<Stored> => {
      const channel = new FakeChannel({ 'mailbox/append': () => encode(MailboxAppendResponse, { replicas, servers, expiresAtMs }) })
      return await appendMail(channel, { mailbox: new Uint8Array(32), entryId: new Uint8Array(16), envelope: new Uint8Array(1) }, nowMs)
    }

    it('what can be true stays', async () => {
      const untilMs = nowMs + mailRetentionMs
      assert.deepEqual(await stored(2, 3, BigInt(untilMs)), { replicas: 2, servers: 3, untilMs })
    })

    it('mail neither ends before it could be fetched nor never', async () => {
      for (const expiresAtMs of [0n, 1n, BigInt(nowMs)]) assert.equal((await stored(1, 1, expiresAtMs)).untilMs, nowMs + dayMs)
      for (const expiresAtMs of [8_640_000_000_000_001n, 2n ** 64n - 1n]) assert.equal((await stored(1, 1, expiresAtMs)).untilMs, endOfTimeMs)
      const rightMs = nowMs + 56 * 365 * dayMs
      assert.equal((await stored(1, 1, BigInt(rightMs))).untilMs, rightMs, 'it is the clock here that is behind')
    })

    it('at least one server has it, and no more than there are', async () => {
      const counts = async (replicas: number, servers: number): Promise<number[]> => { const answer = await stored(replicas, servers, 0n); return [answer.replicas, answer.servers] }
      assert.deepEqual(await counts(0, 0), [1, 1])
      assert.deepEqual(await counts(5, 3), [3, 3])
      assert.deepEqual(await counts(4_294_967_295, 4_294_967_295), [50, 50])
    })
  })

  describe('as a bundle', () => {
    const device = makeDevice(seeded('bundles'))
    const take = async (method: 'prekeys/take' | 'peer/bundle', createdAtMs: number): Promise<unknown> => {
      const signedPrekey = makeSignedPrekey({ seed: device.seed, publicKey: device.deviceKey }, { id: 7, publicKey: device.identityKey, createdAtMs })
      const channel = new FakeChannel({ [method]: () => encode(PrekeyTakeResponse, { signedPrekey }) })
      return await takeBundle(channel, method, device.deviceKey, nowMs)
    }

    it('is taken while its signed prekey may be the newest', async () => {
      for (const createdAtMs of [nowMs, nowMs + dayMs, nowMs - 60 * dayMs]) {
        assert.deepEqual(await take('prekeys/take', createdAtMs), { signedPrekeyId: 7, signedPrekey: device.identityKey })
      }
    })

    it('is refused when that is older than 60 days, or from the future', async () => {
      assert.match((await rejectsCode(take('prekeys/take', nowMs - 60 * dayMs - 1), 'ERR_INVALID_RECORD')).message, /older than 60 days/)
      assert.match((await rejectsCode(take('prekeys/take', nowMs + dayMs + 1), 'ERR_INVALID_RECORD')).message, /future/)
    })

    it('is taken at any age from the device itself', async () => {
      await take('peer/bundle', 1)
    })
  })
})
