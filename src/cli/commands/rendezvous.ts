import { once } from 'node:events'
import { flagOption, listOption, textOption, type CommandSpec } from '../command.js'
import { serverLogger } from '../logger.js'
import { serverFolder } from '../paths.js'

export const rendezvous: CommandSpec = {
  name: 'rendezvous',
  summary: 'run a rendezvous server: sign-up, directory, mailboxes',
  details: [
    'When it is ready it prints one JSON line. Give "pool" in that line to your friends: they enter with --pool, or when the shell asks.',
    'Logs go to standard error. SIGTERM or Ctrl-C ends it cleanly; its data stay in the folder, and it goes on there the next time.'
  ],
  options: [
    { flags: '--data <dir>', summary: 'the folder of this server (default: by platform)' },
    { flags: '--listen <multiaddr>', summary: 'where to listen, such as /ip4/0.0.0.0/tcp/4001; repeatable', repeatable: true },
    { flags: '--announce <multiaddr>', summary: 'where others reach it, if that is elsewhere; repeatable', repeatable: true },
    { flags: '--log <level>', summary: 'debug, info, warn, error or silent (default: info)', choices: ['debug', 'info', 'warn', 'error', 'silent'] },
    { flags: '--until-stdin-ends', summary: 'end when standard input does', hidden: true }
  ],
  examples: ['rendezvous --data ~/p2pchat-server --listen /ip4/0.0.0.0/tcp/4001', 'rendezvous --announce /dns4/chat.example.org/tcp/4001'],
  inShell: false,
  endsBySignal: true,
  async run (context, given) {
    const { createRendezvous } = await import('../../rendezvous/index.js')
    const listen = listOption(given, 'listen')
    const announce = listOption(given, 'announce')
    const server = await createRendezvous({
      dataDir: serverFolder(textOption(given, 'data')),
      ...(listen === undefined ? {} : { listen }),
      ...(announce === undefined ? {} : { announce }),
      logger: await serverLogger(textOption(given, 'log') ?? 'info')
    })
    await server.start()
    try {
      const ready = { event: 'ready', role: 'rendezvous', pool: server.poolAddress, peerId: server.peerId, addresses: server.addresses(), pid: process.pid }
      await context.out.show(ready, [JSON.stringify(ready)])
      const ends = flagOption(given, 'untilStdinEnds') ? [once(context.io.stdin.resume(), 'end')] : []
      await Promise.race([...ends, aborted(context.signal)])
    } finally {
      await server.stop()
    }
  }
}

async function aborted (signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
