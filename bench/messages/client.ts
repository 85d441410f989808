/** One client of the benchmark of messages, in a process of its own: does what it is told, and measures itself. */
import '../../src/polyfill.js'
import { createNode, type RunningNode } from '../../src/node/index.js'
import type { WaitRequest } from '../../src/node/chat-node.js'
import { answerParent } from '../lib/asked-process.js'
import type { Answer, Asked } from './jobs.js'

const password = 'a password for benchmarks only'
const waitMs = 60_000
const stopping = new AbortController()
let node: RunningNode | undefined
let shownMs: number[] = []

async function handle (asked: Asked): Promise<number[]> {
  switch (asked.do) {
    case 'start': {
      node = await createNode({ home: asked.home, pool: [asked.pool], listen: ['/ip4/127.0.0.1/tcp/0'] })
      await node.start()
      await node.signUp({ username: asked.username, password })
      listen(node).catch(fail)
      return []
    }
    case 'one-by-one': {
      const times: number[] = []
      for (let i = 0; i < asked.count; i++) times.push(await timed(async () => { await arrive(await send(asked.to), asked.state) }))
      return times
    }
    case 'at-once': return [await timed(async () => {
      const sent = await Promise.all(Array.from({ length: asked.count }, async () => await send(asked.to)))
      await arrive(sent.at(-1) ?? '', asked.state)
    })]
    case 'shown': {
      const times = shownMs
      shownMs = []
      return times
    }
    case 'stop': {
      stopping.abort()
      await node?.stop()
      return []
    }
  }
}

function running (): RunningNode {
  if (node === undefined) throw new Error('The client was not started.')
  return node
}

/** The text says when it was sent, by a clock that all processes of a machine share. */
async function send (to: string): Promise<string> {
  return (await running().send({ to, text: `sent at ${process.hrtime.bigint()}` })).id
}

async function arrive (id: string, state: WaitRequest['state']): Promise<void> {
  await running().wait({ id, state, timeoutMs: waitMs })
}

async function listen (listening: RunningNode): Promise<void> {
  for await (const event of listening.events({}, stopping.signal)) {
    const at = event.event === 'message' ? /^sent at (\d+)$/.exec(event.text)?.[1] : undefined
    if (at !== undefined) shownMs.push(Number(process.hrtime.bigint() - BigInt(at)) / 1e6)
  }
}

async function timed (work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function fail (error: unknown): void {
  console.error(error)
  process.exit(1)
}

answerParent<Asked, Answer>(async (asked) => ({ timesMs: await handle(asked) }))
