/** Commands of the command line, as they run in the shell: on its node, with its terminal, ended by its Ctrl-C. */
import { P2pChatError } from '../../errors.js'
import type { ChatNode, FileSent } from '../../node/chat-node.js'
import { abortError, raceSignal } from '../../runtime.js'
import type { CommandContext } from '../command.js'
import type { GroupNumbers } from '../group-numbers.js'
import type { Output } from '../output.js'
import { askTwice } from '../password.js'
import { parseArguments } from '../program.js'
import type { View } from '../render/view.js'
import { version } from '../version.js'
import type { Terminal } from './terminal.js'

export interface CommandRunnerComponents {
  context: CommandContext
  node: ChatNode
  terminal: Terminal
  numbers: GroupNumbers
  view: (self: string | null) => View
  /** Takes over files that were sent. */
  follow: (sent: FileSent[]) => void
  /** A command that Ctrl-C ended here went on, and has ended now: what it did is done. */
  endedLate: () => void
}

export class CommandRunner {
  readonly #components: CommandRunnerComponents
  #running = new AbortController()

  constructor (components: CommandRunnerComponents) {
    this.#components = components
  }

  /** Ends the command that runs. */
  interrupt (): void {
    this.#running.abort(new P2pChatError('ERR_ABORTED', 'Cancelled.'))
  }

  /**
   * False when only help was shown. In the background: Ctrl-C is not for it.
   *
   * @throws what the command throws; ERR_ABORTED at Ctrl-C
   */
  async run (argv: string[], { inBackground = false } = {}): Promise<boolean> {
    const { context: { specs, clock, io }, node, terminal, numbers, view, follow, endedLate } = this.#components
    const parsed = parseArguments(argv, { specs, version: version(), inShell: true })
    if (parsed.kind !== 'run') {
      terminal.print(parsed.text.split('\n'))
      return false
    }
    const running = new AbortController()
    if (!inBackground) this.#running = running
    const { signal } = running
    const command = parsed.spec.run({
      specs,
      io,
      clock,
      global: parsed.global,
      out: this.#output(),
      signal,
      node: async () => node,
      askPassword: async (request) => await this.#askPassword(request, signal),
      readText: async () => { throw new P2pChatError('ERR_USAGE', 'Here the text is typed: SEND NAME TEXT') },
      view,
      numbers,
      follow
    }, parsed.given)
    await raceSignal(command, signal).catch((error: unknown) => {
      if (signal.aborted) command.then(endedLate, endedLate)
      throw error
    })
    return true
  }

  async #askPassword (request: Parameters<CommandContext['askPassword']>[0], signal: AbortSignal): Promise<string> {
    // Whoever has left the command is at the prompt again, and would type a line into its question.
    if (signal.aborted) throw abortError(signal)
    const { context: { io }, terminal } = this.#components
    const variable = request.variable ?? 'P2PCHAT_PASSWORD'
    const given = io.env[variable]
    if (!terminal.interactive && given !== undefined && given !== '') return given
    // Its lines come from the keyboard as they are typed: the terminal shows them.
    if (!terminal.interactive && io.stdin.isTTY === true) throw new P2pChatError('ERR_USAGE', `Typed here, the password would be shown: what the shell says goes elsewhere than to your terminal. Give it with ${variable}, or use the command without the shell.`)
    return await askTwice(async (question) => await terminal.ask(question, { hidden: true }), terminal.interactive ? request : { question: request.question })
  }

  #output (): Output {
    const { context, terminal } = this.#components
    const print = async (lines: string[]): Promise<void> => {
      terminal.print(lines)
      await terminal.printed()
    }
    return {
      json: false,
      style: context.out.style,
      show: async (_event, lines) => { await print(lines) },
      note: async (line) => { await print([line]) }
    }
  }
}
