import { once } from 'node:events'
import { isP2pChatError } from '../../errors.js'
import { later } from '../../later.js'
import type { RendezvousInit, RendezvousServer } from '../../rendezvous/index.js'
import type { MetricsEndpoint } from '../../rendezvous/metrics/endpoint.js'
import { sleep, type Clock } from '../../runtime.js'
import { announcesOtherPorts } from '../announced-ports.js'
import { flagOption, listOption, textOption, type CommandContext, type CommandSpec } from '../command.js'
import { servePoolControl, type ControlServer } from '../control/index.js'
import { serverLogger } from '../logger.js'
import { askedMetrics } from '../metrics.js'
import { serverFolder } from '../paths.js'
import { version } from '../version.js'

/** How often a server whose disk was full looks whether there is room again. */
const roomProbeIntervalMs = 5_000

/** With LevelDB it takes as long as all of the command line. */
const stores = later(async () => await import('../../store/index.js'))

export const rendezvous: CommandSpec = {
  name: 'rendezvous',
  summary: 'run a rendezvous server: sign-up, directory, mailboxes',
  details: [
    'When it is ready it prints one JSON line. Give "pool" in that line to your friends: they enter with --pool, or when the shell asks.',
    '"join" in it, which only the first server of a pool prints, lets more servers in: rendezvous --join TOKEN on another machine. Keep it secret. After the first "pool invite", or once a server was removed, it is good for nothing.',
    'Logs go to standard error. SIGTERM or Ctrl-C ends it cleanly; its data stay in the folder, and it goes on there the next time.'
  ],
  options: [
    { flags: '--data <dir>', summary: 'the folder of this server (default: by platform)' },
    { flags: '--listen <multiaddr>', summary: 'where to listen, such as /ip4/0.0.0.0/tcp/4001; repeatable (default: a free port on all IPv4 interfaces, the same at later starts)', repeatable: true },
    { flags: '--announce <multiaddr>', summary: 'where others reach it, if that is elsewhere; repeatable. Give --listen with that port, too', repeatable: true },
    { flags: '--join <token>', summary: 'enter the pool that this token is for, with a new and empty folder (default: P2PCHAT_JOIN)' },
    { flags: '--despite-damage', summary: 'start on a damaged store with what can be read of it, if it is the only server and there is no backup' },
    { flags: '--metrics <host:port>', summary: 'serve figures for Prometheus at http://HOST:PORT/metrics, such as 127.0.0.1:9464 (default: off)' },
    { flags: '--log <level>', summary: 'debug, info, warn, error or silent (default: info)', choices: ['debug', 'info', 'warn', 'error', 'silent'] },
    { flags: '--until-stdin-ends', summary: 'end when standard input does', hidden: true }
  ],
  examples: ['rendezvous --data ~/p2pchat-server --listen /ip4/0.0.0.0/tcp/4001', 'rendezvous --listen /ip4/0.0.0.0/tcp/4001 --announce /dns4/chat.example.org/tcp/4001', 'rendezvous --data ~/p2pchat-server --join TOKEN'],
  inShell: false,
  endsBySignal: true,
  async run (context, given) {
    // The store, too, as an update may have taken its file away when it is asked why it failed.
    const [{ createRendezvous }] = await Promise.all([import('../../rendezvous/index.js'), stores()])
    const listen = listOption(given, 'listen')
    const announce = listOption(given, 'announce')
    const logger = await serverLogger(textOption(given, 'log') ?? 'info')
    if (announcesOtherPorts(announce ?? [], listen ?? [])) logger.warn({ announce, listen }, 'no port that is announced is listened on: give --listen with that port, unless something forwards one to the other')
    const metricsAt = textOption(given, 'metrics')
    const asked = metricsAt === undefined ? undefined : await askedMetrics(metricsAt, { clock: context.clock, logger })
    const join = textOption(given, 'join') ?? (context.io.env.P2PCHAT_JOIN === '' ? undefined : context.io.env.P2PCHAT_JOIN)
    const folder = serverFolder(textOption(given, 'data'))
    const init: RendezvousInit = {
      dataDir: folder,
      despiteDamage: flagOption(given, 'despiteDamage'),
      version: version(),
      ...(listen === undefined ? {} : { listen }),
      ...(announce === undefined ? {} : { announce }),
      ...(join === undefined ? {} : { join }),
      ...(asked === undefined ? {} : { metrics: asked.metrics }),
      logger
    }
    const ends = Promise.race([aborted(context.signal), ...flagOption(given, 'untilStdinEnds') ? [once(context.io.stdin.resume(), 'end')] : []])
    let server = await createRendezvous(init)
    let endpoint: MetricsEndpoint | undefined
    try {
      endpoint = await asked?.serve()
      const ready = async (): Promise<void> => {
        const token = await server.joinToken()
        const line = { event: 'ready', role: 'rendezvous', pool: server.poolAddress, ...(token === undefined ? {} : { join: token }), peerId: server.peerId, addresses: server.addresses(), ...(endpoint === undefined ? {} : { metrics: endpoint.url }), pid: process.pid }
        await context.out.show(line, [JSON.stringify(line)])
      }
      while (await serve(server, { context, folder, ends, ready }) === 'disk-failed') {
        logger.warn({}, 'there is room again: the server starts anew')
        server = await createRendezvous(init)
      }
    } finally {
      await server.stop()
      await endpoint?.stop()
    }
  }
}

interface Serving {
  context: CommandContext
  folder: string
  /** Resolves when the server shall end. */
  ends: Promise<unknown>
  ready: () => Promise<void>
}

/** Until it ends, or until its disk, which had refused, has room again. The server is stopped then. */
async function serve (server: RendezvousServer, { context, folder, ends, ready }: Serving): Promise<'over' | 'disk-failed'> {
  const over = Promise.race([ends, aborted(server.removed)])
  const waiting = new AbortController()
  let control: ControlServer | null = null
  try {
    const isReady = await Promise.race([server.start().then(() => true), over.then(() => false)])
    if (!isReady && server.removed.aborted) throw server.removed.reason
    if (!isReady) return 'over'
    control = await servePoolControl({ admin: server.admin, clock: context.clock, folder, env: context.io.env })
    await ready()
    await Promise.race([over, failure(server.failed, folder, context.clock, waiting.signal)])
    if (server.removed.aborted) throw server.removed.reason
    if (isP2pChatError(server.failed.reason, 'ERR_STORE_CORRUPT')) {
      const { damagedStore } = await stores()
      throw damagedStore(server.failed.reason, folder, 'server')
    }
    return context.signal.aborted || !server.failed.aborted ? 'over' : 'disk-failed'
  } finally {
    waiting.abort()
    await control?.close()
    await server.stop()
  }
}

/** Resolves once the store has failed, and, if it was for want of room, has some again. */
async function failure (failed: AbortSignal, folder: string, clock: Clock, signal: AbortSignal): Promise<void> {
  await aborted(failed)
  if (!isP2pChatError(failed.reason, 'ERR_STORE_IO')) return
  const { hasRoom } = await stores()
  do await sleep(clock, roomProbeIntervalMs, signal).catch(() => {})
  while (!signal.aborted && !await hasRoom(folder))
}

async function aborted (signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
