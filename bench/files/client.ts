/** One client of the benchmark of files, in a process of its own: does what it is told, and measures itself. */
import '../../src/cli/memory.js'
import '../../src/polyfill.js'
import { createNode, type RunningNode } from '../../src/node/index.js'
import { systemClock, sleep } from '../../src/runtime.js'
import type { Libp2pTransport } from '../../src/overlay/host/transport.js'
import { BULK_PROTOCOL, makeTransport } from '../files-core/ends.js'
import { answerParent } from '../lib/asked-process.js'
import type { Answer, Asked } from './jobs.js'

const password = 'a password for benchmarks only'
const pieceBytes = 64 * 1024
const signal = new AbortController().signal
let node: RunningNode | undefined
let transport: Libp2pTransport | undefined
let maxRss = 0
setInterval(() => { maxRss = Math.max(maxRss, process.memoryUsage.rss()) }, 100).unref()

async function handle (asked: Asked): Promise<Omit<Answer, 'cpuMs' | 'maxRss'>> {
  switch (asked.do) {
    case 'start': {
      node = await createNode({ home: asked.home, pool: [asked.pool], listen: ['/ip4/127.0.0.1/tcp/0'] })
      await node.start()
      if (asked.signUp) {
        await node.signUp({ username: asked.username, password })
        await node.changeSettings({ autoAcceptBytes: asked.autoAcceptBytes })
      }
      return {}
    }
    case 'text': {
      const { id } = await running().send({ to: asked.to, text: 'hello' })
      await running().wait({ id, state: 'delivered', timeoutMs: 60_000 })
      return {}
    }
    case 'send-file': {
      const [sent] = await running().sendFile({ to: asked.to, path: asked.path })
      return { id: sent?.id ?? '' }
    }
    case 'until-landed': return { doneBytes: await untilLanded(asked.id, asked.bytes) }
    case 'texts': return { timesMs: await texts(asked.to, asked.until) }
    case 'serve-bulk': return await serveBulk(asked.bytes)
    case 'take-bulk': return { timesMs: [await takeBulk(asked.from, asked.bytes)] }
    case 'stop': {
      await node?.stop()
      await transport?.stop()
      return {}
    }
  }
}

function running (): RunningNode {
  if (node === undefined) throw new Error('The client was not started.')
  return node
}

/** @returns bytes that are there for good; less than all if so many were asked for */
async function untilLanded (id: string, bytes = Number.POSITIVE_INFINITY): Promise<number> {
  for (;;) {
    const found = (await running().transfers({})).find((one) => one.id === id)
    if (found?.state === 'failed') throw new Error(found.error?.message)
    if (found !== undefined && (found.state === 'done' || found.doneBytes >= bytes)) return found.doneBytes
    // Where its end is awaited, without looking again and again, which would be measured as well.
    if (found !== undefined && bytes === Number.POSITIVE_INFINITY) await running().waitFile({ id, timeoutMs: 24 * 3_600_000 })
    else await sleep(systemClock, 20)
  }
}

/** From send to delivered, one after the other with a pause. */
async function texts (to: string, until: Extract<Asked, { do: 'texts' }>['until']): Promise<number[]> {
  const times: number[] = []
  for (;;) {
    if ('count' in until ? times.length === until.count : await hasEnded(until.fileId)) return times
    const start = performance.now()
    const { id } = await running().send({ to, text: `number ${times.length}` })
    await running().wait({ id, state: 'delivered', timeoutMs: 60_000 })
    times.push(performance.now() - start)
    await sleep(systemClock, 50)
  }
}

async function hasEnded (fileId: string): Promise<boolean> {
  const file = (await running().transfers({})).find(({ id }) => id === fileId)
  return file === undefined || file.state === 'done' || file.state === 'failed'
}

async function serveBulk (bytes: number): Promise<{ peerId: string, addresses: string[] }> {
  transport = makeTransport()
  transport.listen(BULK_PROTOCOL, ({ stream }) => {
    void (async () => {
      const piece = new Uint8Array(pieceBytes)
      for (let sent = 0; sent < bytes; sent += pieceBytes) if (!stream.send(piece)) await stream.onDrain()
      await stream.close()
    })()
  })
  await transport.start()
  return { peerId: transport.peerId, addresses: transport.addresses() }
}

async function takeBulk (from: { peerId: string, addresses: string[] }, bytes: number): Promise<number> {
  transport = makeTransport()
  await transport.start()
  const start = performance.now()
  const { stream } = await transport.open(from, BULK_PROTOCOL, signal)
  await new Promise<void>((resolve, reject) => {
    let left = bytes
    stream.read({
      onBytes: (part) => { left -= part.byteLength; if (left <= 0) resolve() },
      onEnd: (error) => { if (error !== undefined) reject(error) }
    })
  })
  const ms = performance.now() - start
  await stream.close()
  return ms
}

answerParent<Asked, Answer>(async (asked) => ({ ...await handle(asked), maxRss }))
