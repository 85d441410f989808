/** The shell: lines from a terminal go to the node, events of the node go above the line being typed. */
import { asP2pChatError, isP2pChatError, P2pChatError } from '../../errors.js'
import type { ChatNode, MessageEvent, NodeEvent } from '../../node/chat-node.js'
import type { Timer } from '../../runtime.js'
import type { CommandContext } from '../command.js'
import { contactLine } from '../commands/people.js'
import { recipient } from '../commands/recipient.js'
import { checkText } from '../commands/send.js'
import { errorLine, type Output } from '../output.js'
import { askTwice } from '../password.js'
import { historyLines, type View } from '../render/message.js'
import { count } from '../render/table.js'
import { helpText, parseArguments } from '../program.js'
import { version } from '../version.js'
import { chooseAccount, choosePool, type FirstContactComponents } from './first-contact.js'
import { helpLines, inShellWords, menuLines, parseMenuChoice } from './texts.js'
import type { LocalServer } from './local-server.js'
import { ShellModel } from './model.js'
import { keptLine, parseLine, type Input } from './parse.js'
import type { Terminal } from './terminal.js'

/** Lines of earlier messages that a room opens with. */
const roomHistory = 20
/** Unread messages of one person that are shown at the start. */
const unreadShown = 3
/** How long a shell fed by a pipe waits for a server to have what it sent. */
const settleTimeoutMs = 30_000
const connectTimeoutMs = 10_000

export interface ShellComponents {
  context: CommandContext
  node: ChatNode
  terminal: Terminal
  startServer: () => Promise<LocalServer>
  /** Takes a line that may be kept for the next shell. */
  remember: (line: string) => void
}

export class Shell {
  readonly #context: CommandContext
  readonly #node: ChatNode
  readonly #terminal: Terminal
  readonly #startServer: () => Promise<LocalServer>
  readonly #remember: (line: string) => void
  readonly #model = new ShellModel()
  #listening: { stop: AbortController, done: Promise<void> } | null = null
  #telling: Timer | null = null
  #command = new AbortController()

  constructor ({ context, node, terminal, startServer, remember }: ShellComponents) {
    this.#context = context
    this.#node = node
    this.#terminal = terminal
    this.#startServer = startServer
    this.#remember = remember
  }

  /** Until EXIT, the end of input or the end of the process. */
  async run (): Promise<void> {
    const end = (): void => { this.#terminal.close() }
    this.#context.signal.addEventListener('abort', end, { once: true })
    try {
      if (await this.#begin()) await this.#readLines()
      if (!this.#terminal.interactive) await this.#settle()
      await this.#goodbye()
    } finally {
      this.#context.signal.removeEventListener('abort', end)
      this.#telling?.cancel()
      await this.#stopListening()
      this.#terminal.close()
    }
  }

  /** Ctrl-C: ends what runs; on an idle shell says how to leave, and leaves the second time. */
  interrupt (again: boolean): void {
    this.#command.abort(new P2pChatError('ERR_ABORTED', 'Cancelled.'))
    if (again) this.#terminal.close()
    else this.#terminal.print(['Ctrl-D or EXIT leaves.'])
  }

  async #begin (): Promise<boolean> {
    const { terminal, style } = this.#firstContact()
    if (terminal.interactive) terminal.print([`${style.bold(`p2pchat ${version()}`)} · end-to-end encrypted · HELP shows what to type`])
    const { connection, account } = await this.#node.status()
    if (connection.kind === 'no-pool') {
      if (!terminal.interactive) terminal.print(['No pool is known here: give its address with --pool.'])
      else if (!await choosePool(this.#firstContact())) return false
    } else if (terminal.interactive && connection.kind !== 'connected') await this.#lookForServer()
    if (account === null && terminal.interactive) {
      if (!await chooseAccount(this.#firstContact())) return false
    } else await this.#refreshAccount()
    if (account?.signedIn === false) terminal.print([`You are signed out. To come back: LOGIN ${account.username}`])
    return true
  }

  async #lookForServer (): Promise<void> {
    this.#terminal.print(['Looking for a server…'])
    try {
      await this.#node.connect(connectTimeoutMs)
    } catch (error) {
      this.#fail(error)
      this.#terminal.print(['You can read, and write: it is kept, and goes out as soon as a server is there.',
        'Is the server running? To try another address: EXIT, then p2pchat --pool ADDRESS'])
    }
  }

  async #readLines (): Promise<void> {
    this.#updatePrompt()
    for await (const line of this.#terminal.lines()) {
      const kept = keptLine(line, this.#model.room)
      if (kept !== null) this.#remember(kept)
      const input = parseLine(line, this.#model.room)
      if (input.kind === 'exit') return
      this.#command = new AbortController()
      await this.#do(input).catch((error: unknown) => { this.#fail(error) })
      this.#updatePrompt()
    }
  }

  async #do (input: Input): Promise<void> {
    switch (input.kind) {
      case 'nothing':
      case 'exit': return
      case 'wrong': throw new P2pChatError('ERR_USAGE', input.message)
      case 'say': return await this.#send(this.#model.room ?? '', input.text)
      case 'send': return await this.#send(recipient(input.to), input.text)
      case 'enter': return await this.#enter(input.username)
      case 'leave': return this.#leave()
      case 'help': return this.#help(input.words)
      case 'menu': return await this.#menu()
      case 'run': await this.#runCommand(input.argv)
    }
  }

  async #send (to: string, text: string): Promise<void> {
    checkText(text)
    const { id, state } = await this.#node.send({ to, text })
    this.#model.sent(id, to, text, state, this.#context.clock.now())
    this.#scheduleTelling()
    if (this.#model.room !== to && this.#model.shownFrom.delete(to)) await this.#node.markRead({ user: to })
  }

  async #enter (name: string): Promise<void> {
    const username = recipient(name)
    const entries = await this.#node.history({ user: username, limit: roomHistory })
    if (entries.length === 0) await this.#node.safetyNumber({ username })
    this.#model.room = username
    this.#terminal.print([
      this.#style.dim(`Room with ${username}. 0 or @#@EXIT@#@ leaves; \\0 says 0.`),
      ...entries.flatMap((entry) => historyLines(entry, this.#view()))
    ])
    await this.#node.markRead({ user: username })
  }

  #leave (): void {
    this.#terminal.print([this.#style.dim(`You left the room with ${this.#model.room ?? ''}.`)])
    this.#model.room = null
  }

  #help (words: string[]): void {
    const lines = words.length === 0 ? helpLines(this.#style) : helpText(words, { specs: this.#context.specs, version: version(), inShell: true }).trimEnd().split('\n')
    this.#terminal.print(lines)
  }

  async #menu (): Promise<void> {
    this.#terminal.print(menuLines(this.#style))
    const choice = await this.#terminal.ask('Your choice (0 goes back): ')
    const wanted = parseMenuChoice(choice)
    if (wanted === null) return
    const answers: string[] = []
    for (const question of wanted.questions) answers.push((await this.#terminal.ask(question)).trim())
    if (answers.includes('')) return
    await this.#do(parseLine([wanted.command, ...answers].join(' '), null))
  }

  /** False when it failed; the person has been told why. */
  async #runCommand (argv: string[]): Promise<boolean> {
    try {
      const parsed = parseArguments(argv, { specs: this.#context.specs, version: version(), inShell: true })
      if (parsed.kind === 'show') {
        this.#terminal.print(parsed.text.trimEnd().split('\n'))
        return true
      }
      const { specs, clock, io } = this.#context
      const context: CommandContext = {
        specs,
        io,
        clock,
        global: parsed.global,
        out: this.#output(),
        signal: this.#command.signal,
        node: async () => this.#node,
        askPassword: async (request) => await this.#askPassword(request),
        readText: async () => { throw new P2pChatError('ERR_USAGE', 'Here the text is typed: SEND NAME TEXT') },
        view: (self) => this.#view(self)
      }
      await this.#orCancelled(parsed.spec.run(context, parsed.given))
      await this.#refreshAccount()
      return true
    } catch (error) {
      this.#fail(error)
      return false
    }
  }

  async #orCancelled (running: Promise<void>): Promise<void> {
    const { signal } = this.#command
    const cancelled = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => { reject(signal.reason as Error) }, { once: true })
    })
    await Promise.race([running, cancelled])
  }

  async #askPassword (request: Parameters<CommandContext['askPassword']>[0]): Promise<string> {
    const given = this.#context.io.env[request.variable ?? 'P2PCHAT_PASSWORD']
    if (!this.#terminal.interactive && given !== undefined && given !== '') return given
    return await askTwice(async (question) => await this.#terminal.ask(question, { hidden: true }), this.#terminal.interactive ? request : { question: request.question })
  }

  /** After whatever may have signed somebody in or out. */
  async #refreshAccount (): Promise<void> {
    const { account, connection } = await this.#node.status()
    this.#model.found(connection)
    const username = account?.signedIn === true ? account.username : null
    if (username === this.#model.username) return
    await this.#stopListening()
    this.#model.username = username
    this.#model.room = null
    if (username === null) return
    await this.#showContacts()
    this.#startListening()
  }

  async #showContacts (): Promise<void> {
    const contacts = await this.#node.contacts()
    const view = this.#view()
    if (contacts.length === 0) this.#terminal.print(['Nobody has written yet. LIST shows who is there, CHAT bob opens a room with bob.'])
    for (const contact of contacts) {
      const lines = [contactLine(contact, view.nowMs, view.style)]
      if (contact.unread > 0) {
        this.#model.shownFrom.add(contact.username)
        const entries = (await this.#node.history({ user: contact.username, limit: Math.min(contact.unread, unreadShown) })).filter(({ from }) => from === contact.username)
        lines.push(...entries.flatMap((entry) => historyLines(entry, view)).map((line) => `    ${line}`))
        if (contact.unread > entries.length) lines.push(view.style.dim(`    … CHAT ${contact.username} shows all`))
      }
      this.#terminal.print(lines)
    }
  }

  #startListening (): void {
    const stop = new AbortController()
    const signal = AbortSignal.any([stop.signal, this.#context.signal])
    const sinceMs = this.#context.clock.now()
    const done = this.#listen(signal, sinceMs).catch((error: unknown) => {
      if (!signal.aborted) this.#fail(error)
    })
    this.#listening = { stop, done }
  }

  async #stopListening (): Promise<void> {
    const listening = this.#listening
    this.#listening = null
    listening?.stop.abort()
    await listening?.done
  }

  async #listen (signal: AbortSignal, sinceMs: number): Promise<void> {
    for await (const event of this.#node.events({}, signal)) {
      if (!isOld(event, sinceMs)) await this.#take(event)
      if ('cursor' in event) await this.#node.acknowledgeEvents({ cursor: event.cursor }).catch(() => {})
    }
  }

  async #take (event: NodeEvent): Promise<void> {
    const { lines, read } = this.#model.take(event, this.#view())
    this.#terminal.print(lines)
    if (read !== null) await this.#node.markRead({ user: read }).catch(() => {})
    if (event.event === 'pool') this.#updatePrompt()
    if (event.event === 'status') this.#scheduleTelling()
  }

  #scheduleTelling (): void {
    const { clock } = this.#context
    this.#telling?.cancel()
    const waitMs = this.#model.nextTellingMs(clock.now())
    this.#telling = waitMs === null
      ? null
      : clock.schedule(waitMs, () => {
        this.#terminal.print(this.#model.tell(this.#view()))
        this.#scheduleTelling()
      }, { unref: true })
  }

  /** A pipe has ended: what it sent should be on its way before the process is gone. */
  async #settle (): Promise<void> {
    const endMs = this.#context.clock.now() + (this.#context.global.timeoutMs ?? settleTimeoutMs)
    for (const id of this.#model.unsettled) {
      await this.#node.wait({ id, state: 'stored', timeoutMs: Math.max(0, endMs - this.#context.clock.now()) }).catch((error: unknown) => {
        if (!isP2pChatError(error, 'ERR_PENDING', 'ERR_TIMEOUT')) this.#fail(error)
      })
    }
  }

  async #goodbye (): Promise<void> {
    const { queued } = await this.#node.status()
    const waiting = Math.min(queued, this.#model.unsettled.length)
    if (waiting > 0) this.#terminal.print([`${count(waiting, 'message')} still here: kept, and sent the next time p2pchat runs.`])
  }

  #fail (error: unknown): void {
    if (isP2pChatError(error, 'ERR_ABORTED')) this.#terminal.print([this.#style.dim('Cancelled.')])
    else this.#terminal.print([this.#style.red(inShellWords(errorLine(asP2pChatError(error)), this.#context.specs))])
  }

  #firstContact (): FirstContactComponents {
    return {
      terminal: this.#terminal,
      node: this.#node,
      style: this.#style,
      startServer: this.#startServer,
      run: async (argv) => await this.#runCommand(argv)
    }
  }

  #output (): Output {
    return {
      json: false,
      style: this.#style,
      show: async (_event, lines) => { this.#terminal.print(lines) },
      note: async (line) => { this.#terminal.print([line]) }
    }
  }

  get #style (): View['style'] {
    return this.#context.out.style
  }

  #view (self: string | null = this.#model.username): View {
    return { style: this.#style, nowMs: this.#context.clock.now(), self }
  }

  #updatePrompt (): void {
    this.#terminal.setPrompt(this.#model.prompt)
  }
}

/** Came before this shell listened: it is among the unread messages that were shown at its start. */
function isOld (event: NodeEvent, sinceMs: number): boolean {
  return 'receivedAt' in event && Date.parse((event as MessageEvent).receivedAt) < sinceMs
}
