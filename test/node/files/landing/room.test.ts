import assert from 'node:assert/strict'
import { isShortOfRoom, Room } from '../../../../src/node/files/landing/room.js'
import { rejectsCode } from '../../support.js'
import { MemoryDisk } from '../memory-disk.js'

describe('files: room on the disk', () => {
  const folder = '/downloads'
  const disk = new MemoryDisk()
  disk.capacityBytes = 1_000
  let room: Room
  beforeEach(() => { room = new Room() })

  async function take (id: string, missing: number | (() => number), { keptBytes = 0, at = folder }: { keptBytes?: number, at?: string } = {}): Promise<void> {
    await room.take(disk, { id, name: id, folder: at, missingBytes: typeof missing === 'number' ? () => missing : missing, keptBytes })
  }

  it('is promised once, also to two who ask at the same time', async () => {
    const outcomes = await Promise.allSettled([take('a', 600), take('b', 600)])
    assert.deepEqual(outcomes.map(({ status }) => status), ['fulfilled', 'rejected'])
    await take('c', 400)
    assert.ok(isShortOfRoom(await rejectsCode(take('d', 1), 'ERR_STORE_IO')))
    room.giveBack('a')
    await take('b', 600)
  })

  it('is as much as is still missing of each, and one that is opened again counts once', async () => {
    let missing = 900
    await take('a', () => missing)
    await rejectsCode(take('b', 200), 'ERR_STORE_IO')
    missing = 700
    await take('b', 200)
    await take('a', () => missing)
  })

  it('leaves free what was asked for, and of other folders nothing is known', async () => {
    await rejectsCode(take('a', 600, { keptBytes: 500 }), 'ERR_STORE_IO')
    await take('a', 600, { keptBytes: 400 })
    await take('b', 600, { at: '/other' })
  })
})
