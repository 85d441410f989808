import assert from 'node:assert/strict'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../../src/errors.js'
import type { BlobCopy } from '../../../src/rendezvous/blobs/index.js'
import { Inventory } from '../../../src/rendezvous/blob-replication/inventory.js'
import { BLOB_PLACEMENT } from '../../../src/rendezvous/blob-replication/limits.js'
import { SetSum, type ItemSet } from '../../../src/rendezvous/replication/digest.js'
import { replicasOf, type RosterView } from '../../../src/rendezvous/replication/placement.js'
import { timesOf } from '../../../src/rendezvous/steady-clock.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { rejects } from '../helpers/expect.js'
import { sealedFile } from '../blobs/sealed-file.js'
import { range } from '../blobs/place.js'
import { BlobPool } from './pool.js'

describe('the list of files', () => {
  it('is told to nobody while somebody else looks what has changed', async () => {
    const pool = await BlobPool.of(3)
    const [one] = pool.servers
    assert.ok(one !== undefined)
    const file = sealedFile('a', 2)
    await pool.create(one, file)
    await pool.leave(one, file, range(2))
    const looks: Array<() => void> = []
    const describe = async (fileId: Uint8Array): Promise<BlobCopy | undefined> => {
      await new Promise<void>((resolve) => { looks.push(resolve) })
      return await one.local.describe(fileId)
    }
    const blobs = { describe, everyBlob: async () => [file.fileId], onKept: () => () => {} }
    const inventory = new Inventory({ blobs: blobs as never, removals: { every: async () => [], get: async () => undefined } as never, times: timesOf(pool.clock), replicas: 3 })
    const roster = pool.rosters.at(-1) ?? assert.fail()
    const listed = [inventory.items(roster, []), inventory.items(roster, [])]
    await pool.clock.advance(10)
    assert.equal(looks.length, 1)
    looks[0]?.()
    for (const items of await Promise.all(listed)) assert.equal(items.under('').length, 1)
    await pool.stop()
  })

  it('is made at the next asking where the disk refused the first time', async () => {
    const clock = new FakeClock()
    const file = sealedFile('a', 1)
    let isRefused = true
    const everyBlob = async (): Promise<Uint8Array[]> => {
      if (isRefused) throw new P2pChatError('ERR_STORE_IO', 'The disk refuses.')
      return [file.fileId]
    }
    const describe = async (): Promise<object> => ({ blob: file.blob('alice'), kept: Uint8Array.of(0), pieces: Uint8Array.of(0), expiresAtMs: clock.now() + 86_400_000 })
    const inventory = new Inventory({ blobs: { describe, everyBlob, onKept: () => {} } as never, removals: { every: async () => [], get: async () => undefined } as never, times: timesOf(clock), replicas: 3 })
    const roster: RosterView = { version: 1, servers: [{ peerId: 'server', serverKey: new Uint8Array(32), state: 'member' }] }
    await rejects(inventory.items(roster, ['server']), 'ERR_STORE_IO')
    isRefused = false
    assert.equal((await inventory.items(roster, ['server'])).under('').length, 1)
  })

  it('is made in turns, and only anew where something has changed', async () => {
    const clock = new FakeClock()
    const [files, removed] = [range(2_000).map((n) => sealedFile(`listed ${n}`, 1)), new Set<string>()]
    const copies = new Map(files.map(({ fileId, blob }) => [toString(fileId, 'base16'), { blob: blob('alice'), kept: Uint8Array.of(0), pieces: Uint8Array.of(0), expiresAtMs: clock.now() + 86_400_000 }]))
    const inventory = new Inventory({
      blobs: { describe: async (fileId: Uint8Array) => copies.get(toString(fileId, 'base16')), everyBlob: async () => files.map(({ fileId }) => fileId), onKept: () => {} } as never,
      removals: { every: async () => [], get: async (fileId: Uint8Array) => removed.has(toString(fileId, 'base16')) ? { username: 'alice', expiresAtMs: Infinity } : undefined } as never,
      times: timesOf(clock),
      replicas: 3
    })
    const roster: RosterView = { version: 1, servers: range(5).map((n) => ({ peerId: `server ${n}`, serverKey: new Uint8Array(32).fill(n), state: 'member' })) }
    const keepers = (fileId: Uint8Array): string[] => replicasOf(fileId, roster, 3, BLOB_PLACEMENT).map(({ peerId }) => peerId)
    let turns = 0
    const count = (): void => {
      turns++
      counting = setImmediate(count)
    }
    let counting = setImmediate(count)
    const turnsOf = async <T> (task: () => Promise<T>): Promise<{ turns: number, result: T }> => {
      const before = turns
      const result = await task()
      return { turns: turns - before, result }
    }
    const all = async (): Promise<ItemSet> => await inventory.items(roster, ['server 1', 'server 0'])
    const expected = (): string[] => files.map(({ fileId }) => fileId).filter((id) => keepers(id).includes('server 0') && keepers(id).includes('server 1')).map((id) => toString(id, 'base16')).sort()
    const first = await turnsOf(all)
    assert.deepEqual(first.result.under('').map(({ key }) => key), expected())
    assert.ok(first.turns >= 2, `${first.turns} turns`)
    const again = await turnsOf(all)
    assert.equal(again.turns, 0)
    const fingerprint = again.result.sum('').fingerprint()
    assert.deepEqual(fingerprint, SetSum.of(again.result.under('')).fingerprint())
    // One is removed: only those beside it are summed anew.
    const [gone = assert.fail()] = expected()
    removed.add(gone)
    inventory.changed(fromString(gone, 'base16'))
    const changed = await turnsOf(all)
    assert.equal(changed.turns, 0)
    assert.deepEqual(changed.result.under(gone).map(({ value }) => value), [new Uint8Array(16)])
    assert.notDeepEqual(changed.result.sum('').fingerprint(), fingerprint)
    assert.deepEqual(again.result.sum('').fingerprint(), fingerprint)
    const others = await turnsOf(async () => await inventory.notKeptBy(roster, 'server 0'))
    assert.deepEqual(others.result.map((id) => toString(id, 'base16')).sort(), files.map(({ fileId }) => fileId).filter((id) => !keepers(id).includes('server 0')).map((id) => toString(id, 'base16')).sort())
    assert.ok(others.turns >= 2, `${others.turns} turns`)
    // What expires is left out, and another roster asked about anew.
    clock.jump(86_400_000)
    assert.deepEqual((await all()).under('').map(({ key }) => key), [gone])
    clock.jump(-86_400_000)
    assert.equal((await inventory.items({ version: 2, servers: roster.servers.slice(0, 3) }, ['server 0', 'server 1'])).sum('').count, 2_000)
    clearImmediate(counting)
  })
})
