/**
 * A small pool on loopback with everything in memory but files, which lie in a temporary folder: for the tests of programs
 * that use p2pchat, and for ours. The nodes are real: they dial, shake hands, encrypt and sync as they do anywhere.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNode, type CreateNodeOptions, type RunningNode } from './node/index.js'
import { createRendezvous, type RendezvousInit, type RendezvousServer } from './rendezvous/index.js'
import { createMemoryDisk, type MemoryDisk } from './store/index.js'
import type { Logger } from './runtime.js'
import { P2pChatError } from './errors.js'

export interface TestnetOptions {
  logger?: Logger
  /** Limits of the server that a test wants otherwise. */
  limits?: RendezvousInit['limits']
  /** Where OPAQUE's client steps run. Default: in a worker. */
  passwordWork?: CreateNodeOptions['passwordWork']
}

/** One device on the test network. */
export interface TestClient {
  readonly username: string
  /** @throws ERR_CLOSED while the client is stopped */
  readonly node: RunningNode
  /** Goes offline; its disk stays. */
  stop: () => Promise<void>
  /** Comes back with its disk, signed in as before. */
  start: () => Promise<void>
}

export interface Testnet {
  /** What clients are given. */
  readonly poolAddress: string
  readonly server: RendezvousServer
  /** A started client with a new account. */
  signUp: (username: string) => Promise<TestClient>
  /** A started client that is another device of an account made with signUp. */
  signIn: (username: string) => Promise<TestClient>
  /** A started client without an account. */
  client: () => Promise<RunningNode>
  /** Stops the server; clients find it again after startServer. */
  stopServer: () => Promise<void>
  startServer: () => Promise<void>
  /** Stops everything that is still running, and removes the files that came. */
  stop: () => Promise<void>
}

/** What a client has when it is stopped: the folder is for files. */
interface TestHome { disk: MemoryDisk, folder: string }

/** The password of every account that a test network makes. */
export const testPassword = 'a password for tests only'

const loopback = ['/ip4/127.0.0.1/tcp/0']

export async function testnet (options: TestnetOptions = {}): Promise<Testnet> {
  const { passwordWork, limits, logger } = options
  const serverOptions = { ...(logger === undefined ? {} : { logger }), ...(limits === undefined ? {} : { limits }) }
  const nodeOptions = { ...(logger === undefined ? {} : { logger }), ...(passwordWork === undefined ? {} : { passwordWork }) }
  const serverDisk = createMemoryDisk()
  const startServer = async (): Promise<RendezvousServer> => {
    const server = await createRendezvous({ store: serverDisk.open(), listen: loopback, ...serverOptions })
    await server.start()
    return server
  }
  const homes = await mkdtemp(join(tmpdir(), 'p2pchat-testnet-'))
  let homeCount = 0
  let server = await startServer()
  const { poolAddress } = server
  const running = new Set<RunningNode>()

  const makeHome = async (): Promise<TestHome> => {
    const folder = join(homes, String(++homeCount))
    await mkdir(folder)
    return { disk: createMemoryDisk(), folder }
  }

  const startNode = async ({ disk, folder }: TestHome): Promise<RunningNode> => {
    const node = await createNode({ home: folder, store: disk.open(), pool: [poolAddress], listen: loopback, ...nodeOptions })
    await node.start()
    running.add(node)
    return node
  }

  const stopNode = async (node: RunningNode): Promise<void> => {
    running.delete(node)
    await node.stop()
  }

  const clientOf = (username: string, home: TestHome, first: RunningNode): TestClient => {
    let node: RunningNode | undefined = first
    return {
      username,
      get node () {
        if (node === undefined) throw new P2pChatError('ERR_CLOSED', `The client of ${username} is stopped.`)
        return node
      },
      async stop () {
        const stopping = node
        node = undefined
        if (stopping !== undefined) await stopNode(stopping)
      },
      async start () {
        node ??= await startNode(home)
      }
    }
  }

  return {
    poolAddress,
    get server () { return server },
    async signUp (username) {
      const home = await makeHome()
      const node = await startNode(home)
      await node.signUp({ username, password: testPassword })
      return clientOf(username, home, node)
    },
    async signIn (username) {
      const home = await makeHome()
      const node = await startNode(home)
      await node.signIn({ username, password: testPassword })
      return clientOf(username, home, node)
    },
    client: async () => await startNode(await makeHome()),
    stopServer: async () => { await server.stop() },
    startServer: async () => { server = await startServer() },
    async stop () {
      await Promise.all([...running].map(stopNode))
      await server.stop()
      await rm(homes, { recursive: true, force: true })
    }
  }
}
