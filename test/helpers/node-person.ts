/** Clients in this process, for end-to-end tests of servers in processes of their own: many are cheap. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNode, type RunningNode } from '../../src/node/index.js'
import type { Logger } from '../../src/runtime.js'
import { createMemoryDisk } from '../../src/store/index.js'
import { testPasswordWork } from './password-work.js'

/** Nothing more comes when nothing has come for so long: retries pause for a minute at most, and may be in vain twice on a busy machine. */
const silenceMs = 180_000
/** Of what somebody's node logs, so much is told when a test fails. */
const maxLogLines = 400

/** Somebody with one device, whose disk stays when it is stopped. */
export class NodePerson {
  readonly #disk = createMemoryDisk()
  readonly #texts = new Map<string, string[]>()
  #count = 0
  #changed: () => void = () => {}
  #node: RunningNode | undefined
  #folder: string | undefined
  #listening = new AbortController()
  /** The last lines of what its node has logged, the oldest first. */
  readonly log: string[] = []

  private constructor (readonly username: string, private readonly pool: string) {}

  static async signUp (username: string, pool: string): Promise<NodePerson> {
    const person = new NodePerson(username, pool)
    try {
      await person.start(async (node) => { await node.signUp({ username, password: 'a password for tests only' }) })
    } catch (error) {
      await person.stop()
      throw error
    }
    return person
  }

  get node (): RunningNode {
    if (this.#node === undefined) throw new Error(`${this.username} is not there.`)
    return this.#node
  }

  textsOf (from: string): string[] {
    return this.#texts.get(from) ?? []
  }

  /** @param first done before it listens: an account is what has events */
  async start (first: (node: RunningNode) => Promise<void> = async () => {}): Promise<void> {
    const home = this.#folder ??= await mkdtemp(join(tmpdir(), 'p2pchat-person-'))
    const node = this.#node = await createNode({ home, store: this.#disk.open(), pool: [this.pool], listen: ['/ip4/127.0.0.1/tcp/0'], passwordWork: testPasswordWork, logger: this.#logger() })
    await node.start()
    await first(node)
    this.#listening = new AbortController()
    void this.#listen(node, this.#listening.signal)
  }

  async stop (): Promise<void> {
    this.#listening.abort()
    await this.#node?.stop()
    this.#node = undefined
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true })
    this.#folder = undefined
  }

  /** Until so many messages have come, over all times that it was there, or none comes any more. */
  async heard (count: number): Promise<void> {
    while (this.#count < count) {
      const before = this.#count
      await Promise.race([new Promise<void>((resolve) => { this.#changed = resolve }), new Promise<void>((resolve) => { setTimeout(resolve, silenceMs).unref() })])
      if (this.#count === before) return
    }
  }

  #logger (): Logger {
    const note = (fields: object, message: string): void => {
      this.log.push(`${new Date().toISOString()} ${message} ${JSON.stringify(fields, (_, value: unknown) => value instanceof Error ? value.message : value)}`)
      if (this.log.length > maxLogLines) this.log.shift()
    }
    return { debug: () => {}, info: note, warn: note, error: note }
  }

  async #listen (node: RunningNode, signal: AbortSignal): Promise<void> {
    for await (const event of node.events({}, signal)) {
      if (event.event !== 'message' || event.own) continue
      this.#texts.set(event.from, [...this.textsOf(event.from), event.text])
      this.#count++
      if (event.cursor !== undefined) await node.acknowledgeEvents({ cursor: event.cursor })
      this.#changed()
    }
  }
}
