import assert from 'node:assert/strict'
import { devicesWithParked, findInChain, listParked, parkedTotal, putInChain } from '../../../src/node/delivery/in-chain.js'
import { maxHeld, maxHeldBytes, maxParked, maxParkedBytes, maxParkedTries } from '../../../src/node/delivery/limits.js'
import { parkedChains, positionOf } from '../../../src/node/delivery/parked.js'
import { decodeEnvelope } from '../../../src/node/delivery/envelope.js'
import { encode } from '../../../src/protocol/codec.js'
import { Envelope } from '../../../src/protocol/pb/envelope.js'
import { createMemoryStore, type KeyValueStore } from '../../../src/store/index.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { seeded } from '../support.js'
import { Party } from './rig.js'

describe('parked messages', () => {
  let alice: Party
  let bob: Party
  let writtenBytes: number
  let reads: string[]

  beforeEach(async () => {
    const clock = new FakeClock()
    const memory = createMemoryStore()
    writtenBytes = 0
    reads = []
    const store: KeyValueStore = {
      ...memory,
      get: async (key) => { reads.push(key); return await memory.get(key) },
      range: (options) => memory.range(options),
      close: async () => { await memory.close() },
      batch: async (operations, options) => {
        for (const operation of operations) if (operation.type === 'put') writtenBytes += operation.value.byteLength
        await memory.batch(operations, options)
      }
    }
    alice = new Party('alice', { clock, random: seeded('alice') })
    bob = new Party('bob', { clock, random: seeded('bob'), store })
    await alice.knows(bob)
    await bob.knows(alice)
  })

  /** What a server makes of an envelope: its header is not vouched for. */
  const forged = (envelope: Uint8Array, number: number, chain?: number): Uint8Array => {
    const fields = decodeEnvelope(envelope)
    const header = fields.header.slice()
    const view = new DataView(header.buffer)
    view.setUint32(36, number)
    if (chain !== undefined) {
      // Another DH, and a PN far ahead of the chain before it.
      header.set(seeded(`chain ${chain}`).bytes(32))
      view.setUint32(32, 1_000_000)
    }
    return encode(Envelope, { ...fields, header, id: seeded(`${number} ${String(chain)}`).bytes(16) })
  }
  const take = async (envelope: Uint8Array): Promise<string> => await bob.inbox.take(envelope, 'mailbox')
  const park = async (envelope: Uint8Array, count: number): Promise<void> => { for (let i = 0; i < count; i++) assert.equal(await take(forged(envelope, 100_000 + i)), 'taken') }

  it('are counted, with their bytes', async () => {
    await take(await alice.text(bob, 'first'))
    const envelope = await alice.text(bob, 'x')
    await park(envelope, 5)
    const total = await parkedTotal(bob.lane, alice.hex)
    assert.equal(total.count, 5)
    assert.equal(total.bytes, (await listParked(bob.lane, alice.hex)).reduce((sum, { bytes }) => sum + bytes, 0))
    assert.deepEqual(await devicesWithParked(bob.lane), [alice.hex])
  })

  it('are bounded in bytes: what does not fit is not acknowledged', async () => {
    await take(await alice.text(bob, 'first'))
    const long = await alice.text(bob, 'x'.repeat(60_000))
    await park(long, Math.floor(maxParkedBytes / long.byteLength))
    assert.equal(await take(forged(long, 200_000)), 'full')
    assert.equal(await take(forged(await alice.text(bob, 'short'), 200_001)), 'taken')
  })

  it('are bounded in number', async () => {
    await take(await alice.text(bob, 'first'))
    const envelope = await alice.text(bob, 'x')
    await park(envelope, maxParked)
    assert.equal(await take(forged(envelope, 200_000)), 'full')
  }).timeout(60_000)

  it('are not read and written again for each message that is taken', async () => {
    await take(await alice.text(bob, 'first'))
    await park(await alice.text(bob, 'x'.repeat(20_000)), 100)
    await settle(4)
    writtenBytes = 0
    reads = []
    await take(await alice.text(bob, 'small'))
    await settle(4)
    assert.ok(writtenBytes < 20_000, `${writtenBytes} bytes were written`)
    assert.ok(reads.filter((key) => key.startsWith('parked/')).length <= 2, `read: ${reads.join(', ')}`)
    assert.equal((await parkedTotal(bob.lane, alice.hex)).count, 100)
  })

  it('of chains that somebody invented are tried a few at a time, and do not keep a true one from its turn', async () => {
    const sealed: Uint8Array[] = []
    for (let i = 1; i <= 1_003; i++) sealed.push(await alice.text(bob, String(i)))
    await take(sealed[0] as Uint8Array)
    for (let i = 0; i < maxParkedTries * 3; i++) await take(forged(sealed[1] as Uint8Array, 5, i))
    assert.equal((await parkedTotal(bob.lane, alice.hex)).count, maxParkedTries * 3)
    assert.equal(await take(sealed[1_002] as Uint8Array), 'taken')
    assert.equal((await parkedTotal(bob.lane, alice.hex)).count, maxParkedTries * 3 + 1)
    for (let i = 1; i <= 10; i++) {
      await take(sealed[i] as Uint8Array)
      await settle(6)
    }
    assert.equal((await parkedTotal(bob.lane, alice.hex)).count, maxParkedTries * 3)
    assert.ok((await findInChain(bob.lane, alice.hex, 'alice')).held.includes(1_003))
  }).timeout(60_000)

  it('are not pushed out by another under the same id, which is not read again before one of them has gone', async () => {
    await take(await alice.text(bob, 'first'))
    const parked = forged(await alice.text(bob, 'x'), 100_000)
    const other = encode(Envelope, { ...decodeEnvelope(forged(parked, 100_001)), id: decodeEnvelope(parked).id })
    assert.deepEqual([await take(parked), await take(other), await take(parked)], ['taken', 'full', 'taken'])
    assert.equal((await parkedTotal(bob.lane, alice.hex)).count, 1)
  })

  it('are tried in the order of their numbers, chain by chain', () => {
    const mark = (id: string, chain: string, number: number): { id: string, chain: string, number: number, bytes: number } => ({ id, chain, number, bytes: 1 })
    assert.deepEqual(parkedChains([mark('a', 'x', 3), mark('b', 'y', 1), mark('c', 'x', 2)]), [['c', 'a'], ['b']])
    assert.deepEqual(parkedChains([]), [])
    const { number } = positionOf(Envelope.decode(encode(Envelope, { sessionId: new Uint8Array(16), header: new Uint8Array(3) })))
    assert.equal(number, 0)
  })
})

describe('messages that are held back', () => {
  it('are bounded in bytes, which are free again once they are shown', async () => {
    const clock = new FakeClock()
    const alice = new Party('alice', { clock, random: seeded('alice') })
    const bob = new Party('bob', { clock, random: seeded('bob') })
    await alice.knows(bob)
    await bob.knows(alice)
    const [one, two, three] = [await alice.text(bob, '1'), await alice.text(bob, '2'), await alice.text(bob, '3')]
    assert.ok(one !== undefined && two !== undefined && three !== undefined)
    assert.equal(await bob.inbox.take(two, 'direct'), 'taken')
    const chain = await findInChain(bob.lane, alice.hex, 'alice')
    assert.ok((chain.heldBytes ?? 0) > 0)
    await bob.lane.write((tx) => { putInChain(tx, alice.hex, { ...chain, heldBytes: maxHeldBytes }) })
    assert.equal(await bob.inbox.take(three, 'direct'), 'full')
    await bob.lane.write((tx) => { putInChain(tx, alice.hex, chain) })
    assert.deepEqual(bob.effects, [], 'nothing was shown meanwhile')
    assert.equal(await bob.inbox.take(one, 'direct'), 'taken')
    assert.deepEqual(bob.effects, ['room made'])
    assert.equal((await findInChain(bob.lane, alice.hex, 'alice')).heldBytes, 0)
    assert.equal(await bob.inbox.take(three, 'direct'), 'taken')
    assert.deepEqual(await bob.texts('alice'), ['1', '2', '3'])
    assert.deepEqual(bob.effects, ['room made'], 'nothing was left since')
  })

  it('are let go also where there is no room for more, by a message that says that nothing else is to be waited for', async () => {
    const clock = new FakeClock()
    const alice = new Party('alice', { clock, random: seeded('alice') })
    const bob = new Party('bob', { clock, random: seeded('bob') })
    await alice.knows(bob)
    await bob.knows(alice)
    assert.equal(await bob.inbox.take(await alice.text(bob, '2', { sequence: 2 }), 'direct'), 'taken')
    const chain = await findInChain(bob.lane, alice.hex, 'alice')
    const full = Array.from({ length: maxHeld - 1 }, (_, i) => i + 10)
    await bob.lane.write((tx) => { putInChain(tx, alice.hex, { ...chain, held: [2, ...full] }) })
    assert.equal(await bob.inbox.take(await alice.text(bob, '4', { sequence: 4 }), 'direct'), 'full')
    assert.equal(await bob.inbox.take(await alice.text(bob, '4', { sequence: 4, lowestAlive: 2 }), 'direct'), 'taken')
    assert.deepEqual(await bob.texts('alice'), [null, '2'])
    assert.deepEqual(bob.effects, ['room made'])
  })
})
