import assert from 'node:assert/strict'
import { maxWaitingMessages } from '../../src/node/contacts/limits.js'
import { keepWaiting } from '../../src/node/contacts/requests.js'
import { park } from '../../src/node/delivery/in-chain.js'
import { maxParkedBytes } from '../../src/node/delivery/limits.js'
import type { Arrived } from '../../src/node/delivery/shelf.js'
import type { Lane } from '../../src/node/home/lane.js'
import { limitsOf } from '../../src/node/queries.js'
import { makeLane } from './support.js'

describe('the limits that are shown', () => {
  let lane: Lane
  const quota = { maxBytes: 1_000n, usedBytes: 30n, maxBlobBytes: 500n, maxBlobs: 7, usedBlobs: 2 }

  beforeEach(() => { lane = makeLane() })

  const shown = async (known: Parameters<typeof limitsOf>[1]): Promise<Map<string, [number | null, number]>> => new Map((await limitsOf(lane, known)).map(({ name, used, max }) => [name, [used, max]]))

  it('say what waits of people who ask, and what of one device cannot be read yet', async () => {
    await lane.write(async (tx) => {
      for (const sender of ['mallory', 'mallory', 'trudy']) await keepWaiting(tx, { sender } as unknown as Arrived)
      for (const [device, bytes] of [['aa', 100], ['bb', 300]] as const) {
        await park(tx, 'alice', device, new Uint8Array(16), { envelope: new Uint8Array(bytes), via: 'mailbox', reason: 'early' }, { chain: '', number: 0 })
      }
    })
    const limits = await shown({ devices: 3, quota: null })
    assert.deepEqual(limits.get('maxAsking'), [2, 200])
    assert.deepEqual(limits.get('maxWaitingMessages'), [null, maxWaitingMessages])
    assert.deepEqual(limits.get('maxParkedBytes'), [300, maxParkedBytes])
    assert.deepEqual(limits.get('maxDevices'), [3, 8])
    assert.deepEqual(limits.get('maxGroupMembers'), [null, 1_000])
    assert.deepEqual(limits.get('maxFileBytes'), [null, 4 * 1024 ** 3])
  })

  it('hold what the servers keep of files when they have said it, and nothing that is no limit', async () => {
    const limits = await shown({ devices: null, quota })
    assert.deepEqual(['maxBlobBytes', 'maxBlobsPerAccount', 'maxBlobBytesPerAccount'].map((name) => limits.get(name)), [[null, 500], [2, 7], [30, 1_000]])
    const without = await shown({ devices: null, quota: null })
    assert.deepEqual([...limits.keys()].filter((name) => !without.has(name)), ['maxBlobBytes', 'maxBlobsPerAccount', 'maxBlobBytesPerAccount'])
    assert.equal(limits.has('unacknowledged'), false)
  })
})
