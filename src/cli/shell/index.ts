/**
 * The shell: history, completion, incoming messages above the line being typed, rooms. parse.ts says what a line means,
 * model.ts what is shown and when (both pure); terminal.ts and shell.ts are the I/O around them.
 */
import type { CommandContext } from '../command.js'
import { COMMANDS } from '../commands/index.js'
import { homeFolder, serverFolder } from '../paths.js'
import { complete } from './complete.js'
import { HistoryFile } from './history-file.js'
import { startNewServer, startRememberedServer, type LocalServer, type LocalServerComponents } from './local-server.js'
import { Shell } from './shell.js'
import { openTerminal, type Terminal } from './terminal.js'

/** Runs until the person leaves. */
export async function openShell (context: CommandContext): Promise<void> {
  const { io, clock } = context
  const node = await context.node()
  const home = homeFolder(context.global.home, io.env)
  const history = new HistoryFile(home)
  const remembered = await history.read()
  const serverComponents: LocalServerComponents = { clock, home, env: io.env, program: [process.execPath, ...process.execArgv, process.argv[1] ?? ''] }
  let server: LocalServer | null = null
  let shell: Shell | null = null
  const terminal: Terminal = openTerminal(io, remembered, {
    complete: async (line) => await complete(line, {
      specs: COMMANDS,
      users: async (prefix) => {
        const contacts = (await node.contacts()).map(({ username }) => username).filter((name) => name.startsWith(prefix))
        const listed = await node.users({ prefix, limit: 50 }).then(({ users }) => users.map(({ username }) => username), () => [])
        return [...new Set([...contacts, ...listed])].sort().map((name) => `${name} `)
      }
    }),
    onInterrupt: (again) => { shell?.interrupt(again) }
  })
  try {
    server = await startRememberedServer(serverComponents).catch((error: unknown) => {
      terminal.print([`The server of this machine did not start: ${error instanceof Error ? error.message : String(error)}`])
      return null
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
    await shell.run()
  } finally {
    terminal.close()
    await history.flush()
    await server?.stop()
  }
}
