/**
 * Run as a process of its own, to be killed: leaves a file in the blob store of the folder it is given, and says of each
 * chunk that it was kept once that was promised.
 */
import { join } from 'node:path'
import { defaultLimits } from '../../../src/rendezvous/limits.js'
import { StoreBlobs } from '../../../src/rendezvous/blobs/store-blobs.js'
import { silentLogger, systemClock } from '../../../src/runtime.js'
import { openFolderBlobs, openStore } from '../../../src/store/index.js'
import { killedFile } from './killed-file.js'

const [folder = ''] = process.argv.slice(2)
const store = await openStore({ folder, kind: 'server' })
const disk = await openFolderBlobs(join(folder, 'blobs'))
const blobs = new StoreBlobs({ store, disk, clock: systemClock, logger: silentLogger, limits: { ...defaultLimits, minFreeDiskBytes: 0 } })
const file = killedFile()
const created = await blobs.create(file.blob('alice'))
const opened = await blobs.append(file.fileId, 'alice')
if (created.outcome !== 'there' || opened.outcome !== 'open') throw new Error(`${created.outcome} ${opened.outcome}`)
const { writer } = opened
await writer.addLeaves(0, file.leaves(0).leaves, file.leaves(0).path)
const there = new Set(created.status.kept.flatMap(({ first, count }) => Array.from({ length: count }, (_, n) => first + n)))
const promises: Array<Promise<void>> = []
for (let index = 0; index < file.blob('').chunks; index++) {
  if (there.has(index)) continue
  await writer.addChunk(index, file.chunk(index))
  promises.push(writer.kept().then(({ outcome }) => { if (outcome === 'kept') process.stdout.write(`${index}\n`) }))
}
await Promise.all(promises)
await writer.close()
await blobs.close()
await store.close()
