/**
 * The shell: history, completion, incoming messages above the line being typed, rooms. parse.ts says what a line means,
 * model.ts what is shown and when (both pure); terminal.ts and shell.ts are the I/O around them.
 */
import { asP2pChatError } from '../../errors.js'
import type { ChatNode } from '../../node/chat-node.js'
import type { CommandContext } from '../command.js'
import { errorLine } from '../output.js'
import { shortId } from '../render/file.js'
import { homeFolder, serverFolder } from '../paths.js'
import { completePath } from './complete-path.js'
import { complete, type CompletionSources } from './complete.js'
import { HistoryFile } from './history-file.js'
import { startNewServer, startRememberedServer, type LocalServer, type LocalServerComponents } from './local-server.js'
import { Shell } from './shell.js'
import { openTerminal, type Terminal } from './terminal.js'

/** Names that a server is asked for at a Tab. */
const maxCompletions = 50

/** Runs until the person leaves. */
export async function openShell (context: CommandContext): Promise<void> {
  const { io, clock } = context
  const home = homeFolder(context.global.home, io.env)
  const serverComponents: LocalServerComponents = { clock, home, env: io.env, program: [process.execPath, ...process.execArgv, process.argv[1] ?? ''] }
  // Before the node, which would else find nobody at its first try.
  let server = await rememberedServer(context, serverComponents)
  try {
    const node = await context.node()
    const history = new HistoryFile(home)
    const remembered = await history.read()
    let shell: Shell | null = null
    const terminal: Terminal = openTerminal(io, remembered, {
      complete: async (line) => await complete(line, { specs: context.specs, ...namesOf(node), paths: async (word) => await completePath(word, io.env) }),
      onInterrupt: (again) => { shell?.interrupt(again) }
    })
    shell = new Shell({
      context,
      node,
      terminal,
      remember: (line) => { if (terminal.interactive) history.add(line) },
      startServer: async () => {
        server = await startNewServer(serverComponents, serverFolder(undefined))
        return server
      }
    })
    try {
      await shell.run()
    } finally {
      terminal.close()
      await history.flush()
    }
  } finally {
    await server?.stop()
  }
}

async function rememberedServer (context: CommandContext, components: LocalServerComponents): Promise<LocalServer | null> {
  try {
    return await startRememberedServer(components)
  } catch (error) {
    await context.out.note(`The server of this machine did not start. ${errorLine(asP2pChatError(error))}`)
    return null
  }
}

/** Contacts and one's own groups are known without a server. */
function namesOf (node: ChatNode): Omit<CompletionSources, 'specs' | 'paths'> {
  const own = async (): Promise<string[]> => (await node.myGroups({})).map(({ name }) => name)
  return {
    async users (prefix) {
      const listed = await node.users({ prefix, limit: maxCompletions }).then(({ users }) => users, () => [])
      return candidates([...await node.contacts(), ...listed].map(({ username }) => username), prefix)
    },
    ownGroups: async (prefix) => candidates(await own(), prefix),
    async listedGroups (prefix) {
      const mine = await own()
      const { groups } = await node.groups({ prefix, limit: maxCompletions })
      return candidates(groups.map(({ name }) => name).filter((name) => !mine.includes(name)), prefix)
    },
    async files (prefix, offered) {
      const all = await node.transfers({})
      const wanted = all.filter(({ direction, state }) => offered ? direction === 'in' && state === 'offered' : state !== 'declined')
      return candidates(wanted.map(({ id }) => shortId(id)), prefix)
    },
    members: async (name, prefix) => candidates((await node.groupMembers({ name })).map(({ username }) => username), prefix)
  }
}

function candidates (names: string[], prefix: string): string[] {
  return [...new Set(names)].filter((name) => name.startsWith(prefix)).sort().map((name) => `${name} `)
}
