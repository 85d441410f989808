/** The receiving process of the file benchmark: first the bare stream, then the file, with small frames beside it. */
import '../../src/cli/memory.js'
import '../../src/polyfill.js'
import { join } from 'node:path'
import { fromString } from 'uint8arrays/from-string'
import { plainCipher } from '../../src/node/files/cipher.js'
import { systemDisk } from '../../src/node/files/disk.js'
import { Fetcher } from '../../src/node/files/fetch/fetcher.js'
import { openLanding } from '../../src/node/files/landing/landing.js'
import { parseManifest } from '../../src/node/files/manifest.js'
import { openPeerSource } from '../../src/node/files/transfer/peer-source.js'
import { Lane } from '../../src/node/home/lane.js'
import { openLevel } from '../../src/store/level.js'
import { FILE_PROTOCOL } from '../../src/protocol/ids.js'
import { sleep, systemClock } from '../../src/runtime.js'
import { startBareNode, takeBare } from '../lib/bare-stream.js'
import { BULK_PROTOCOL, ECHO_PROTOCOL, cpuMs, linkOver, makeTransport, type Job, type Outcome } from './ends.js'

const signal = new AbortController().signal
const transport = makeTransport()
let maxRss = 0
setInterval(() => { maxRss = Math.max(maxRss, process.memoryUsage.rss()) }, 100).unref()

/** Milliseconds of a stream of this network with nothing in it but bytes. */
async function bulk (sender: Job['sender'], bulkBytes: number): Promise<number> {
  const started = performance.now()
  const { stream } = await transport.open(sender, BULK_PROTOCOL, signal)
  await new Promise<void>((resolve, reject) => {
    let left = bulkBytes
    stream.read({
      onBytes: (bytes) => { left -= bytes.byteLength; if (left <= 0) resolve() },
      onEnd: (error) => { if (error !== undefined) reject(error) }
    })
  })
  const ms = performance.now() - started
  await stream.close()
  return ms
}

async function run ({ sender, bareAddresses, folder, manifest: encoded, bulkBytes }: Job): Promise<Outcome> {
  const bare = await startBareNode()
  const bareCpu = cpuMs()
  const bulkMs = await takeBare(bare, bareAddresses, bulkBytes)
  const bulkCpuMs = cpuMs() - bareCpu
  await bare.stop()
  const ownBulkMs = await bulk(sender, bulkBytes)
  const echoIdleMs = await echoes(sender, sleep(systemClock, 1000))

  const manifest = parseManifest(fromString(encoded, 'base64'))
  const store = await openLevel({ folder: join(folder, 'store'), createIfMissing: true })
  const landing = await openLanding({ lane: new Lane(store), disk: systemDisk, device: '00'.repeat(32) }, { id: 'bench', manifest, folder: join(folder, 'downloads') })
  let fetchedAt = 0
  const begin = performance.now()
  const fileCpu = cpuMs()
  const fetcher = new Fetcher({ clock: systemClock, cipher: plainCipher, landing }, { onProgress: (bytes) => { if (bytes === manifest.bytes) fetchedAt = performance.now() } })
  fetcher.add(openPeerSource('sender', linkOver(await transport.open(sender, FILE_PROTOCOL, signal)), manifest.fileId))
  const landed = fetcher.run()
  const echoBusyMs = await echoes(sender, landed)
  await landed
  const end = performance.now()
  const fileCpuMs = cpuMs() - fileCpu
  await store.close()
  return { bulkMs, ownBulkMs, bulkCpuMs, fetchMs: fetchedAt - begin, finishMs: end - fetchedAt, echoIdleMs, echoBusyMs, maxRss, fileCpuMs }
}

/** Round trips of a small frame every 10 ms until `until` is over. */
async function echoes (sender: Job['sender'], until: Promise<unknown>): Promise<number[]> {
  const link = linkOver(await transport.open(sender, ECHO_PROTOCOL, signal))
  const times: number[] = []
  const wait = { over: false }
  const stop = (): void => { wait.over = true }
  until.then(stop, stop)
  while (!wait.over) {
    const start = performance.now()
    await link.send(new Uint8Array(100))
    await link.next()
    times.push(performance.now() - start)
    await sleep(systemClock, 10)
  }
  await link.close()
  return times
}

process.on('message', (job: Job) => {
  run(job).then(async (outcome) => {
    process.send?.(outcome)
    await transport.stop()
    process.disconnect()
  }, (error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})
await transport.start()
process.send?.('ready')
