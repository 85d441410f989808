/** The thread behind a pool: one instance of the module of its own, and one task after the other. */
import { parentPort } from 'node:worker_threads'
import { tripleDesCtrInPlace } from './index.js'
import type { WorkerAnswer, WorkerTask } from './pool.js'

/** Enough work for V8 to notice that the module wants its optimising compiler, which runs on a thread of its own. */
const WARM_UP_BYTES = 1024 * 1024

const port = parentPort
if (port !== null) {
  const answer = (message: WorkerAnswer, transfer: ArrayBuffer[] = []): void => { port.postMessage(message, transfer) }
  tripleDesCtrInPlace(new Uint8Array(24), new Uint8Array(4), new Uint8Array(WARM_UP_BYTES))
  port.on('message', ({ id, key, prefix, data, firstBlock }: WorkerTask) => {
    tripleDesCtrInPlace(key, prefix, data, firstBlock)
    key.fill(0)
    answer({ id, data }, [data.buffer])
  })
  answer('ready')
}
