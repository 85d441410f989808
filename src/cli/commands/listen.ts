import { isP2pChatError } from '../../errors.js'
import type { ConnectionState, NodeEvent } from '../../node/chat-node.js'
import { flagOption, numberOption, textOption, wholeNumber, type CommandSpec } from '../command.js'
import { eventLines } from '../render/message.js'

export const listen: CommandSpec = {
  name: 'listen',
  summary: 'print what comes in, forever',
  details: [
    'Every message at least once, with the same id when it comes again. What was printed is not repeated by the next listen, unless --after says from where.',
    'All listeners and the shell of a home share one mark for that. Under a name (--as) a listener has its own, and misses nothing of what came since it first ran.',
    'Files that come are fetched up to the size of settings auto-accept; larger ones are offers, for accept and decline.',
    'It also sends what waits in the outbox. Ctrl-C or SIGTERM ends it, with exit status 0.'
  ],
  options: [
    { flags: '--exit-after <n>', summary: 'end after this many messages, files and offers', parse: wholeNumber(1, 1_000_000_000) },
    { flags: '--progress', summary: 'also how far files are, a few times a second (with --json always)' },
    { flags: '--after <cursor>', summary: 'begin after this cursor, which an earlier event carried; 0: with all there is' },
    { flags: '--as <name>', summary: 'under a name: what others of this home print is printed here, too' }
  ],
  examples: ['listen', 'listen --json --exit-after 1', 'listen --json --as my-bot | my-bot'],
  inShell: false,
  endsBySignal: true,
  async run (context, given) {
    const node = await context.node()
    const { username } = await node.whoAmI()
    const exitAfter = numberOption(given, 'exitAfter') ?? Infinity
    const withProgress = context.out.json || flagOption(given, 'progress')
    const after = textOption(given, 'after')
    const name = textOption(given, 'as')
    const consumer = name === undefined ? {} : { consumer: name }
    const stop = new AbortController()
    const signal = AbortSignal.any([context.signal, stop.signal])
    let messages = 0
    let connection: ConnectionState['kind'] | null = null
    if (context.io.stderr.isTTY === true) await context.out.note(`Listening for ${username}. Ctrl-C ends it.`)
    for await (const event of node.events({ ...consumer, ...(after === undefined ? {} : { after }) }, signal)) {
      if (event.event === 'progress' && !withProgress) continue
      // Between two tries it is connecting, and then offline again: no news to a person, though to a program.
      const isNews = event.event !== 'pool' || (event.connection.kind !== 'connecting' && event.connection.kind !== connection)
      if (event.event === 'pool' && isNews) connection = event.connection.kind
      await context.out.show(event, isNews ? eventLines(event, context.view(username)) : [])
      if ('cursor' in event && event.cursor !== undefined) {
        await node.acknowledgeEvents({ cursor: event.cursor, ...consumer }).catch((error: unknown) => {
          // The owner ended between printing and acknowledging: the next owner repeats the event, as promised.
          if (!isP2pChatError(error, 'ERR_CLOSED')) throw error
        })
      }
      if (isMessage(event) && ++messages >= exitAfter) stop.abort()
      if (signal.aborted) break
    }
  }
}

const COUNTED = new Set<NodeEvent['event']>(['message', 'file', 'offer', 'unknown-content'])

function isMessage (event: NodeEvent): boolean {
  return COUNTED.has(event.event)
}
