import { once } from 'node:events'
import type { MetricsEndpoint } from '../../rendezvous/metrics/endpoint.js'
import { flagOption, listOption, textOption, type CommandSpec } from '../command.js'
import { servePoolControl, type ControlServer } from '../control/index.js'
import { serverLogger } from '../logger.js'
import { askedMetrics } from '../metrics.js'
import { serverFolder } from '../paths.js'
import { version } from '../version.js'

export const rendezvous: CommandSpec = {
  name: 'rendezvous',
  summary: 'run a rendezvous server: sign-up, directory, mailboxes',
  details: [
    'When it is ready it prints one JSON line. Give "pool" in that line to your friends: they enter with --pool, or when the shell asks.',
    '"join" in it, which only the first server of a pool prints, lets more servers in: rendezvous --join TOKEN on another machine. Keep it secret. After the first "pool invite" it is good for nothing.',
    'Logs go to standard error. SIGTERM or Ctrl-C ends it cleanly; its data stay in the folder, and it goes on there the next time.'
  ],
  options: [
    { flags: '--data <dir>', summary: 'the folder of this server (default: by platform)' },
    { flags: '--listen <multiaddr>', summary: 'where to listen, such as /ip4/0.0.0.0/tcp/4001; repeatable', repeatable: true },
    { flags: '--announce <multiaddr>', summary: 'where others reach it, if that is elsewhere; repeatable', repeatable: true },
    { flags: '--join <token>', summary: 'enter the pool that this token is for, with a new and empty folder' },
    { flags: '--metrics <host:port>', summary: 'serve figures for Prometheus at http://HOST:PORT/metrics, such as 127.0.0.1:9464 (default: off)' },
    { flags: '--log <level>', summary: 'debug, info, warn, error or silent (default: info)', choices: ['debug', 'info', 'warn', 'error', 'silent'] },
    { flags: '--until-stdin-ends', summary: 'end when standard input does', hidden: true }
  ],
  examples: ['rendezvous --data ~/p2pchat-server --listen /ip4/0.0.0.0/tcp/4001', 'rendezvous --announce /dns4/chat.example.org/tcp/4001', 'rendezvous --data ~/p2pchat-server --join TOKEN'],
  inShell: false,
  endsBySignal: true,
  async run (context, given) {
    const { createRendezvous } = await import('../../rendezvous/index.js')
    const listen = listOption(given, 'listen')
    const announce = listOption(given, 'announce')
    const logger = await serverLogger(textOption(given, 'log') ?? 'info')
    const metricsAt = textOption(given, 'metrics')
    const asked = metricsAt === undefined ? undefined : await askedMetrics(metricsAt, { clock: context.clock, logger })
    const join = textOption(given, 'join')
    const folder = serverFolder(textOption(given, 'data'))
    const server = await createRendezvous({
      dataDir: folder,
      version: version(),
      ...(listen === undefined ? {} : { listen }),
      ...(announce === undefined ? {} : { announce }),
      ...(join === undefined ? {} : { join }),
      ...(asked === undefined ? {} : { metrics: asked.metrics }),
      logger
    })
    let endpoint: MetricsEndpoint | undefined
    let control: ControlServer | null = null
    try {
      endpoint = await asked?.serve()
      const ends = flagOption(given, 'untilStdinEnds') ? [once(context.io.stdin.resume(), 'end')] : []
      const over = Promise.race([...ends, aborted(context.signal), aborted(server.removed)])
      const isReady = await Promise.race([server.start().then(() => true), over.then(() => false)])
      if (!isReady) return
      control = await servePoolControl({ admin: server.admin, clock: context.clock, folder, env: context.io.env })
      const token = await server.joinToken()
      const ready = { event: 'ready', role: 'rendezvous', pool: server.poolAddress, ...(token === undefined ? {} : { join: token }), peerId: server.peerId, addresses: server.addresses(), ...(endpoint === undefined ? {} : { metrics: endpoint.url }), pid: process.pid }
      await context.out.show(ready, [JSON.stringify(ready)])
      await over
      if (server.removed.aborted) throw server.removed.reason
    } finally {
      await control?.close()
      await server.stop()
      await endpoint?.stop()
    }
  }
}

async function aborted (signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
