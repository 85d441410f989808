import type { BlobWriter } from '../../../src/rendezvous/blobs/index.js'
import type { StoreBlobs } from '../../../src/rendezvous/blobs/store-blobs.js'
import { sleep } from '../../../src/runtime.js'
import type { BlobDisk, BlobFile } from '../../../src/store/index.js'
import type { SimProcess } from './sim-node.js'

/** Deliberate bugs that the simulation must find. */
export type FileBug = 'told before it is synced' | 'no sync' | 'quorum of one' | 'replica sets from live discovery' | 'removals are forgotten' | 'clocks are believed'

/** Files whose syncs take their time; with the bug they are none. */
export function slowly (disk: BlobDisk, process: SimProcess, withoutSyncs: boolean): BlobDisk {
  const random = process.random.fork('blob disk')
  const slow = (file: BlobFile): BlobFile => ({
    ...file,
    sync: async () => {
      await sleep(process.clock, random.between(0, 5))
      if (!withoutSyncs) await file.sync()
    }
  })
  return {
    create: async (name) => slow(await disk.create(name)),
    open: async (name) => {
      const file = await disk.open(name)
      return file === undefined ? undefined : slow(file)
    },
    remove: async (name) => { await disk.remove(name) },
    list: async () => await disk.list(),
    freeBytes: async () => await disk.freeBytes()
  }
}

/** A bug: says that it is kept while it is being written. */
export function eager (blobs: StoreBlobs): StoreBlobs {
  const hasty = (writer: BlobWriter): BlobWriter => ({
    ...writer,
    kept: async () => ({ outcome: 'kept', keptChunks: 1_000, expiresAtMs: Date.UTC(2030, 0, 1), replicas: 1, servers: 1 })
  })
  return new Proxy(blobs, {
    get (target, name) {
      const found: unknown = Reflect.get(target, name, target)
      if (name !== 'append') return typeof found === 'function' ? found.bind(target) : found
      return async (fileId: Uint8Array, username: string) => {
        const opened = await target.append(fileId, username)
        return opened.outcome === 'open' ? { ...opened, writer: hasty(opened.writer) } : opened
      }
    }
  })
}
