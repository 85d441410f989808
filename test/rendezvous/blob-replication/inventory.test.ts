import assert from 'node:assert/strict'
import type { BlobCopy } from '../../../src/rendezvous/blobs/index.js'
import { Inventory } from '../../../src/rendezvous/blob-replication/inventory.js'
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
    const inventory = new Inventory({ blobs: blobs as never, removals: { every: async () => [], get: async () => undefined } as never, clock: pool.clock, replicas: 3 })
    const roster = pool.rosters.at(-1) ?? assert.fail()
    const listed = [inventory.items(roster, []), inventory.items(roster, [])]
    await pool.clock.advance(10)
    assert.equal(looks.length, 1)
    looks[0]?.()
    for (const items of await Promise.all(listed)) assert.equal(items.length, 1)
    await pool.stop()
  })
})
