import assert from 'node:assert/strict'
import { Standings } from '../../../src/rendezvous/replication/standings.js'
import { createMemoryDisk, type MemoryDisk } from '../../../src/store/index.js'
import { isP2pChatError } from '../../../src/errors.js'
import { SeededRandom } from '../../helpers/seeded-random.js'

const body = new Uint8Array([1, 2, 3])

/** Of the next start on a disk. */
async function started (disk: MemoryDisk, seed: string): Promise<Standings> {
  disk.crash()
  return await Standings.load(disk.open(), new SeededRandom(seed))
}

describe('What servers know of each other\'s disks', () => {
  it('is vouched for by an answer, and not by a request of who may not know of the start', async () => {
    const [one, two] = [await started(createMemoryDisk(), 'one'), await started(createMemoryDisk(), 'two')]
    assert.deepEqual(two.open('one', one.seal(body)), body)
    assert.equal(two.isVouched, false)
    assert.deepEqual(one.open('two', two.seal(body)), body)
    assert.deepEqual(two.openAnswer('one', one.seal(body)), body)
    assert.equal(two.isVouched, true)
    assert.equal(one.isVouched, false)
  })

  it('gives no answer to an old disk, which may then be asked without being vouched for', async () => {
    const [one, disk] = [await started(createMemoryDisk(), 'one'), createMemoryDisk()]
    one.open('two', (await started(disk, 'two')).seal(body))
    one.open('two', (await started(disk, 'two again')).seal(body))
    const old = await started(createMemoryDisk(), 'an old copy')
    old.open('one', one.seal(body))
    assert.throws(() => one.open('two', old.seal(body)), (error) => isP2pChatError(error, 'ERR_STORE_FOREIGN'))
    assert.equal(old.isVouched, false)
  })
})
