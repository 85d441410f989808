import { once } from 'node:events'
import { P2pChatError } from '../../errors.js'
import { textOption, wholeNumber, type CommandSpec } from '../command.js'
import { write } from '../io.js'
import { poolFolder } from '../paths.js'
import { safeLine } from '../render/safe-text.js'

const maxLocalServers = 50

export const poolUp: CommandSpec = {
  name: 'pool up',
  args: '<n>',
  completes: ['new'],
  summary: 'run N servers on this machine as one pool, until Ctrl-C',
  details: [
    'Each is a process of its own with its data in DIR/1, DIR/2 and so on. When all are there it prints one JSON line as rendezvous does, with "servers". A server that is killed is started again.',
    'Each listens on all IPv4 interfaces, on a free port that it keeps: whoever reaches this machine over the network can sign up.',
    'The next time the same servers go on; with a larger N new ones join them. Servers on one machine share its fate: for more than trying it out, run them on several.'
  ],
  options: [
    { flags: '--data <dir>', summary: 'the folder of the pool\'s servers (default: by platform)' },
    { flags: '--log <level>', summary: 'debug, info, warn, error or silent (default: info)', choices: ['debug', 'info', 'warn', 'error', 'silent'] }
  ],
  examples: ['pool up 3', 'pool up 5 --data ~/p2pchat-pool --log warn'],
  inShell: false,
  endsBySignal: true,
  async run (context, given) {
    const { LocalPool } = await import('../pool/local-pool.js')
    const { io, clock, signal, out } = context
    const count = numberOfServers(given.args[0] ?? '')
    const folder = poolFolder(textOption(given, 'data'))
    const log = (number: number, line: string): void => { write(io.stderr, `${number} ${safeLine(line, 4000)}\n`).catch(() => {}) }
    const pool = new LocalPool({
      clock,
      env: io.env,
      program: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
      folder,
      count,
      args: ['--log', textOption(given, 'log') ?? 'info'],
      onLog: log,
      onEnd: (number, error) => { log(number, error === undefined ? 'has ended; it is started again' : error.message) },
      signal
    })
    try {
      const started = await Promise.race([pool.start(), aborted(signal)])
      if (started === undefined) return
      const { joinToken, servers } = pool
      const ready = { event: 'ready', role: 'pool', pool: started.pool, ...(joinToken === undefined ? {} : { join: joinToken }), servers: servers.map(({ number, peerId, addresses, pid, data }) => ({ number, peerId, addresses, pid, data })), pid: process.pid }
      await out.show(ready, [JSON.stringify(ready)])
      await aborted(signal)
    } finally {
      await pool.stop()
    }
  }
}

function numberOfServers (text: string): number {
  try {
    return Number(wholeNumber(1, maxLocalServers)(text))
  } catch (cause) {
    throw new P2pChatError('ERR_USAGE', `How many servers? ${cause instanceof Error ? cause.message : ''} See: p2pchat help pool up`, { cause })
  }
}

async function aborted (signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort')
}
