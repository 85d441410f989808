import { PassThrough, Readable, Writable } from 'node:stream'
import { main } from '../../../src/cli/main.js'
import type { OwnedNode } from '../../../src/cli/open-node.js'
import { Interruption } from '../../../src/cli/signals.js'
import { systemClock, type Clock } from '../../../src/runtime.js'
import { FakeChatNode } from './fake-chat-node.js'

export interface Ran {
  status: number
  stdout: string
  stderr: string
  /** Standard output as JSON objects. */
  events: Array<Record<string, unknown>>
}

export interface RunOptions {
  home: string
  node?: FakeChatNode
  createNode?: () => Promise<OwnedNode>
  stdin?: string | Buffer | Readable
  env?: Record<string, string>
  clock?: Clock
  /** As if standard output were a terminal. */
  isTTY?: boolean
  columns?: number
  /** As if standard error were one. */
  errorIsTTY?: boolean
  interruption?: Interruption
  /** Called with what was written to standard output. */
  onStdout?: (text: string) => void
}

/** The whole command line in this process, with a node of the test's. */
export async function run (argv: string[], options: RunOptions): Promise<Ran> {
  const stdout = sink(options.onStdout)
  const stderr = sink()
  const io = {
    stdin: options.stdin === undefined ? new PassThrough() : options.stdin instanceof Readable ? options.stdin : Readable.from([Buffer.from(options.stdin)]),
    stdout: Object.assign(stdout.stream, { isTTY: options.isTTY, columns: options.columns }),
    stderr: Object.assign(stderr.stream, { isTTY: options.errorIsTTY, columns: 80 }),
    env: { P2PCHAT_HOME: options.home, ...options.env }
  }
  const node = options.node ?? new FakeChatNode()
  const status = await main(argv, {
    io,
    clock: options.clock ?? systemClock,
    createNode: options.createNode ?? (async () => node),
    interruption: options.interruption ?? new Interruption()
  })
  const text = stdout.text()
  const events = text.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>)
  return { status, stdout: text, stderr: stderr.text(), events }
}

function sink (onText: (text: string) => void = () => {}): { stream: Writable, text: () => string } {
  let text = ''
  const stream = new Writable({
    write (chunk, _encoding, done) {
      text += String(chunk)
      onText(String(chunk))
      done()
    }
  })
  return { stream, text: () => text }
}
