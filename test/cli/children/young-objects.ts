/** A program with the memory of the binary: prints how large its space of young objects grows, in bytes, with and after a thread. */
import { once } from 'node:events'
import { getHeapSpaceStatistics } from 'node:v8'
import { Worker } from 'node:worker_threads'
import '../../../src/cli/memory.js'

const rounds = 400
const objectsPerRound = 5_000
const keptRounds = 40

/** Most objects live through a few collections, which is what makes the space grow. */
function youngSpaceBytes (): number {
  const kept: object[][] = []
  let largest = 0
  for (let round = 0; round < rounds; round++) {
    kept.push(Array.from({ length: objectsPerRound }, (_, index) => ({ index, of: [round] })))
    if (kept.length > keptRounds) kept.shift()
    largest = Math.max(largest, getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0)
  }
  return largest
}

const thread = new Worker('require("node:worker_threads").parentPort.once("message", () => {})', { eval: true })
await once(thread, 'online')
const withThread = youngSpaceBytes()
thread.postMessage('end')
await once(thread, 'exit')
console.log(JSON.stringify({ withThread, after: youngSpaceBytes() }))
