/** A process of the benchmark of groups: the server, or clients of some members, on real disks and sockets. */
import '../../src/cli/memory.js'
import '../../src/polyfill.js'
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { isP2pChatError } from '../../src/errors.js'
import type { ClientNode } from '../../src/node/client-node.js'
import { openClientNode } from '../../src/node/create-node.js'
import { createRendezvous, type RendezvousServer } from '../../src/rendezvous/index.js'
import { sleep, systemClock } from '../../src/runtime.js'
import { fakePasswordWork } from '../../test/simulation/fake-password-work.js'
import { fakeOpaque } from '../../test/rendezvous/helpers/fake-opaque.js'
import { answerParent } from '../lib/asked-process.js'
import { sharedNowMs, type Answer, type Asked } from './jobs.js'

const loopback = ['/ip4/127.0.0.1/tcp/0']
const maxAttempts = 30
const pauseMs = 500
const deliveredTimeoutMs = 120_000
const many = { burst: 100_000, refillMs: 1 }

const sockets = new Set<Socket>()
let closedBytes = 0
for (const channel of ['net.client.socket', 'net.server.socket']) {
  subscribe(channel, (message) => {
    const { socket } = message as { socket: Socket }
    sockets.add(socket)
    socket.once('close', () => {
      sockets.delete(socket)
      closedBytes += socket.bytesWritten
    })
  })
}

let server: RendezvousServer | undefined
const members = new Map<string, Member>()

/** A client, and when it had which message. */
class Member {
  readonly heardAtMs = new Map<string, number>()
  readonly #stop = new AbortController()
  #changed: Array<() => void> = []

  constructor (readonly username: string, readonly node: ClientNode) {
    void this.#listen()
  }

  /** Looks after everything that happens to its groups. */
  async until (isSo: () => Promise<boolean> | boolean): Promise<void> {
    while (!await isSo()) await new Promise<void>((resolve) => { this.#changed.push(resolve) })
  }

  changed (): void {
    for (const resolve of this.#changed.splice(0)) resolve()
  }

  async stop (): Promise<void> {
    this.#stop.abort()
    await this.node.stop()
  }

  /** An event is told when what it tells of is on the disk. */
  async #listen (): Promise<void> {
    try {
      for await (const event of this.node.events({}, this.#stop.signal)) {
        if (event.event !== 'message') continue
        this.heardAtMs.set(event.text, sharedNowMs())
        this.changed()
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error
    }
  }
}

async function handle (asked: Asked): Promise<Omit<Answer, 'cpuMs' | 'sentBytes'>> {
  switch (asked.do) {
    case 'serve': {
      server = await createRendezvous({ dataDir: asked.folder, listen: loopback, opaque: fakeOpaque(), limits: { signUpsPerAddress: many, registrationsPerAddress: many, accountWritesPerAddress: many } })
      await server.start()
      return { pool: server.poolAddress }
    }
    case 'sign-up': {
      for (const username of asked.usernames) members.set(username, await signUp(username, asked))
      return {}
    }
    case 'create': {
      const { group, refused } = await member(asked.username).node.groupCreate({ name: asked.group, members: asked.members })
      if (refused.length > 0) throw new Error(`${refused.length} could not be added: ${refused[0]?.message}`)
      return { epoch: group.epoch }
    }
    case 'until-epoch': {
      await each(asked.of, async (one) => { await one.until(async () => await epochOf(one, asked.group) >= asked.epoch) })
      return { atMs: sharedNowMs() }
    }
    case 'send': {
      const atMs = sharedNowMs()
      const [sent] = await member(asked.username).node.groupSend({ names: [asked.group], text: asked.text })
      return { atMs, id: sent?.id ?? '' }
    }
    case 'until-heard': {
      await each(asked.of, async (one) => { await one.until(() => one.heardAtMs.has(asked.text)) })
      const times = asked.of.map((username) => member(username).heardAtMs.get(asked.text) ?? 0)
      return { atMs: Math.max(...times) }
    }
    case 'until-delivered': {
      await member(asked.username).node.wait({ id: asked.id, state: 'delivered', timeoutMs: deliveredTimeoutMs })
      return { atMs: sharedNowMs() }
    }
    case 'remove': {
      const atMs = sharedNowMs()
      await member(asked.username).node.groupRemove({ name: asked.group, usernames: [asked.gone] })
      return { atMs }
    }
    case 'figures': return {}
    case 'stop': {
      await each([...members.keys()], async (one) => { await one.stop() })
      await server?.stop()
      return {}
    }
  }
}

async function signUp (username: string, { folder, pool }: { folder: string, pool: string }): Promise<Member> {
  const node = await openClientNode({ home: join(folder, username), pool: [pool], listen: loopback, passwordWork: fakePasswordWork })
  await node.start()
  await untilTaken(async () => { await node.signUp({ username, password: 'a password for benchmarks only' }) })
  const one = new Member(username, node)
  node['signedIn']?.book.onChange(() => { one.changed() })
  return one
}

/** With so many processes starting at once, a server may seem to be away. */
async function untilTaken (work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work()
      return
    } catch (error) {
      if (attempt === maxAttempts || !isP2pChatError(error, 'ERR_NO_SERVER', 'ERR_TIMEOUT')) throw error
      await sleep(systemClock, pauseMs)
    }
  }
}

/** The epoch that a member can send in; 0 while there is none. */
async function epochOf ({ node }: Member, name: string): Promise<number> {
  const { lane } = node['components']
  const book = node['signedIn']?.book
  const group = await book?.findByName(lane, name)
  const sending = group === undefined ? undefined : await book?.sendingEpoch(lane, group.id)
  return sending?.kind === 'ready' ? sending.epoch : 0
}

function member (username: string): Member {
  const found = members.get(username)
  if (found === undefined) throw new Error(`${username} is not of this process.`)
  return found
}

async function each (usernames: string[], work: (one: Member) => Promise<void>): Promise<void> {
  await Promise.all(usernames.map(async (username) => { await work(member(username)) }))
}

function sentBytes (): number {
  let bytes = closedBytes
  for (const socket of sockets) bytes += socket.bytesWritten
  return bytes
}

answerParent<Asked, Answer>(async (asked) => ({ ...await handle(asked), sentBytes: sentBytes() }))
