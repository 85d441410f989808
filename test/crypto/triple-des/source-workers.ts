/** Workers for tests: compiled, the file that ships; from source, the same file through a TypeScript loader. */
import { Worker } from 'node:worker_threads'
import type { TripleDesPoolComponents } from '../../../src/crypto/triple-des/pool.js'
import type { WorkerMemory } from '../../../src/crypto/triple-des/task.js'

export function startWorker (workerData: WorkerMemory): Worker {
  const file = new URL('../../../src/crypto/triple-des/worker.js', import.meta.url)
  if (import.meta.url.endsWith('.js')) return new Worker(file, { workerData })
  const source = JSON.stringify(file.href.replace(/js$/, 'ts'))
  // A loader given with --import does not reach the first file of a worker in Node 20.
  return new Worker(`import('tsx/esm/api').then(({ register }) => { register(); return import(${source}) })`, { eval: true, execArgv: [], workerData })
}

/** Undefined when compiled: then the pool starts its own. */
export const sourceWorkers: TripleDesPoolComponents | undefined = import.meta.url.endsWith('.js') ? undefined : { startWorker }
