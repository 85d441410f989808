/**
 * A file from one process to another over libp2p on loopback, through the stages that files go through (reading, sealing,
 * frames, verifying, writing, syncing), beside bare streams: of libp2p as it comes, and of this network. The messages that announce a file are
 * not in it.
 */
import { fork } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toString } from 'uint8arrays/to-string'
import { plainCipher } from '../src/node/files/cipher.js'
import { encodeManifest } from '../src/node/files/manifest.js'
import { openRegularFile } from '../src/node/files/outgoing/regular-file.js'
import { prepareFile } from '../src/node/files/outgoing/prepare.js'
import { FileServing } from '../src/node/files/transfer/serve.js'
import { FILE_PROTOCOL } from '../src/protocol/ids.js'
import { systemClock, systemRandom } from '../src/runtime.js'
import { BULK_PROTOCOL, ECHO_PROTOCOL, cpuMs, linkOver, makeTransport, type Job, type Outcome } from './files-core/ends.js'
import { serveBare, startBareNode } from './lib/bare-stream.js'
import { atLeast, atMost, type Row } from './lib/row.js'
import { sized } from './lib/size.js'

const megabytes = sized(256, 8)
const bytes = megabytes * 1024 * 1024

export async function run (): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'p2pchat-bench-'))
  const transport = makeTransport()
  const bare = await startBareNode()
  let maxRss = 0
  const sender = { bulkCpuMs: 0, fileCpuMs: 0 }
  const watch = setInterval(() => { maxRss = Math.max(maxRss, process.memoryUsage.rss()) }, 100)
  try {
    const path = join(folder, 'movie.mp4')
    await writeRandom(path)
    const file = await openRegularFile(path)
    const begin = performance.now()
    const prepared = await prepareFile({ random: systemRandom, cipher: plainCipher }, { file })
    const prepareMs = performance.now() - begin
    await file.close()

    let bareCpu = 0
    await serveBare(bare, bytes, () => { bareCpu = cpuMs() }, () => { sender.bulkCpuMs = cpuMs() - bareCpu })
    transport.listen(BULK_PROTOCOL, ({ stream }) => {
      void (async () => {
        const piece = new Uint8Array(64 * 1024)
        for (let sent = 0; sent < bytes; sent += piece.byteLength) if (!stream.send(piece)) await stream.onDrain()
        await stream.close()
      })()
    })
    transport.listen(ECHO_PROTOCOL, (opened) => {
      const link = linkOver(opened)
      void (async () => {
        for (let frame = await link.next(); frame !== undefined; frame = await link.next()) await link.send(frame)
        await link.close()
      })()
    })
    transport.listen(FILE_PROTOCOL, (opened) => {
      const cpu = cpuMs()
      const serving = new FileServing({ clock: systemClock, cipher: plainCipher, open: async () => ({ prepared, file: await openRegularFile(path) }) }, linkOver(opened))
      void serving.run().then(() => { sender.fileCpuMs = cpuMs() - cpu })
    })
    await transport.start()
    const outcome = await receive({
      sender: { peerId: transport.peerId, addresses: transport.addresses() },
      bareAddresses: bare.getMultiaddrs().map(String),
      folder,
      manifest: toString(encodeManifest(prepared.manifest), 'base64'),
      bulkBytes: bytes
    })
    return rows(outcome, prepareMs, { ...sender, maxRss })
  } finally {
    clearInterval(watch)
    await Promise.all([bare.stop(), transport.stop()])
    await rm(folder, { recursive: true, force: true })
  }
}

function rows (receiver: Outcome, prepareMs: number, sender: Pick<Outcome, 'maxRss' | 'bulkCpuMs' | 'fileCpuMs'>): Row[] {
  const { bulkMs, ownBulkMs, fetchMs, finishMs, echoIdleMs, echoBusyMs } = receiver
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
  const speed = (ms: number): string => `${(bytes / ms / 1000).toFixed(1)} MB/s`
  return [
    { what: `preparing ${megabytes} MiB (hash, leaf hashes)`, figure: speed(prepareMs) },
    { what: 'bare stream of libp2p as it comes, 64 KiB pieces', figure: speed(bulkMs) },
    { what: 'bare stream of this network', figure: speed(ownBulkMs) },
    { what: 'the file, until every chunk is durable', figure: speed(fetchMs) },
    { what: 'hashing it and giving it its name', figure: `${finishMs.toFixed(0)} ms` },
    atLeast('the file (landed) against the bare stream', bulkMs / (fetchMs + finishMs), 0.5, 'x'),
    { what: 'the same against the bare stream of this network', figure: `${(ownBulkMs / (fetchMs + finishMs)).toFixed(2)} x` },
    { what: 'preparing included', figure: `${(bulkMs / (prepareMs + fetchMs + finishMs)).toFixed(2)} x` },
    { what: 'processor time of the sender, bare stream', figure: seconds(sender.bulkCpuMs) },
    { what: 'processor time of the receiver, bare stream', figure: seconds(receiver.bulkCpuMs) },
    { what: 'processor time of the sender, file', figure: seconds(sender.fileCpuMs) },
    { what: 'processor time of the receiver, file', figure: seconds(receiver.fileCpuMs) },
    { what: 'a small frame and its echo, nothing else under way', figure: `${at(echoIdleMs, 0.5).toFixed(2)} ms` },
    atMost('the same while the file flows, median', at(echoBusyMs, 0.5), 20, 'ms'),
    atMost('the same while the file flows, p99', at(echoBusyMs, 0.99), 100, 'ms'),
    atMost('resident memory of the sender', sender.maxRss / 1024 / 1024, 150, 'MiB'),
    atMost('resident memory of the receiver', receiver.maxRss / 1024 / 1024, 150, 'MiB')
  ]
}

async function receive (job: Job): Promise<Outcome> {
  const child = fork(fileURLToPath(new URL('./files-core/receiver.js', import.meta.url)))
  try {
    return await new Promise<Outcome>((resolve, reject) => {
      let outcome: Outcome | undefined
      child.on('message', (message: 'ready' | Outcome) => {
        if (message === 'ready') child.send(job)
        else outcome = message
      })
      // Ended by itself, so that a profile of it is written.
      child.on('exit', (code) => {
        if (outcome === undefined) reject(new Error(`The receiving process ended with ${code}.`))
        else resolve(outcome)
      })
    })
  } finally {
    child.kill()
  }
}

async function writeRandom (path: string): Promise<void> {
  const file = await open(path, 'w')
  const page = new Uint8Array(1024 * 1024)
  for (let n = 0; n < megabytes; n++) await file.write(randomFillSync(page))
  await file.close()
}

function at (times: number[], quantile: number): number {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? Number.NaN
}
