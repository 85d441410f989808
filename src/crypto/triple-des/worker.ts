/** The thread behind a pool: one instance of the module of its own, and one task after the other. */
import { parentPort, workerData } from 'node:worker_threads'
import { assertSameBuild } from '../../build.js'
import { createEngine } from './engine.js'
import { PREFIX_BYTES } from './input.js'
import { moduleBytes } from './module.js'
import { PIECE_AT, PREFIX_AT, type WorkerAnswer, type WorkerMemory, type WorkerTask } from './task.js'

/** Enough work for V8 to notice that the module wants its optimising compiler, which runs on a thread of its own. */
const WARM_UP_BYTES = 1024 * 1024

const port = parentPort
if (port !== null) {
  assertSameBuild(workerData as WorkerMemory)
  const { slots } = workerData as WorkerMemory
  const engine = createEngine(moduleBytes())
  const answer = (message: WorkerAnswer): void => { port.postMessage(message) }
  const warm = new Uint8Array(WARM_UP_BYTES)
  engine.ctr(new Uint8Array(24), new Uint8Array(4), warm, warm, 0)
  port.on('message', ({ slot, bytes, firstBlock }: WorkerTask) => {
    // What the pool has checked needs no check here; and this memory is shared on purpose, with a thread that waits.
    const memory = new Uint8Array(slots[slot]!)
    const key = memory.subarray(0, PREFIX_AT)
    const data = memory.subarray(PIECE_AT, PIECE_AT + bytes)
    engine.ctr(key, memory.subarray(PREFIX_AT, PREFIX_AT + PREFIX_BYTES), data, data, firstBlock)
    key.fill(0)
    answer({ slot })
  })
  answer('ready')
}
