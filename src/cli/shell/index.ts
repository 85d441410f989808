/**
 * The shell: history, completion, incoming messages above the line being typed, rooms. parse.ts says what a line means,
 * model.ts what is shown and when (both pure); terminal.ts and shell.ts are the I/O around them.
 */
import { asP2pChatError } from '../../errors.js'
import type { CommandContext } from '../command.js'
import { errorLine } from '../output.js'
import { homeFolder, serverFolder } from '../paths.js'
import { completePath } from './complete-path.js'
import { complete } from './complete.js'
import { completionNames } from './completion-names.js'
import { HistoryFile } from './history-file.js'
import { startNewServer, startRememberedServer, type LocalServer, type LocalServerComponents } from './local-server.js'
import { Shell } from './shell.js'
import { openTerminal, type Terminal } from './terminal.js'

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
      complete: async (line) => shell?.isInRoom === true ? [[], line] : await complete(line, { specs: context.specs, ...completionNames(node, clock), paths: async (word) => await completePath(word, io.env) }),
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
