/** The shell: lines from a terminal go to the node, events of the node go above the line being typed. */
import { asP2pChatError, isP2pChatError, P2pChatError, type ErrorCode } from '../../errors.js'
import type { ChatNode, MessageState, NodeEvent } from '../../node/chat-node.js'
import { raceSignal, type Timer } from '../../runtime.js'
import type { CommandContext } from '../command.js'
import { checkText, sendToPerson } from '../commands/send.js'
import { asRequest, groupName, keyOf, prefixed, personName, type Conversation } from '../conversation.js'
import { GroupNumbers } from '../group-numbers.js'
import { columnsOf } from '../io.js'
import { errorLine } from '../output.js'
import type { View } from '../render/view.js'
import { count } from '../render/table.js'
import { helpText } from '../program.js'
import { version } from '../version.js'
import { FileWatch } from './file-watch.js'
import { chooseAccount, choosePool, type FirstContactComponents } from './first-contact.js'
import { helpLines, inShellWords } from './texts.js'
import { Listening } from './listening.js'
import type { LocalServer } from './local-server.js'
import { askMenu } from './menu.js'
import { isOld, momentBy, momentOf, ShellModel, type Moment } from './model.js'
import { overview } from './overview.js'
import { isLikeCommand, keptLine, parseLine, SHELL_WORDS } from './parse.js'
import { askParticipants } from './participants.js'
import { openRoom } from './rooms.js'
import { CommandRunner } from './run-command.js'
import type { Terminal } from './terminal.js'
import type { Input } from './typed-line.js'
import { unknownWord } from './unknown-word.js'

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
  readonly #numbers = new GroupNumbers()
  /** What went wrong first where nobody is there to see it: the process ends with its status. */
  #failed: ErrorCode | null = null
  #left = false
  #isOver = false
  #refreshed: Promise<void> = Promise.resolve()
  readonly #listening: Listening
  /** What is older was among the unread messages that were shown at the start. */
  #listensSince: Moment = { wallMs: 0, monotonicMs: 0 }
  #telling: Timer | null = null
  readonly #commands: CommandRunner
  readonly #files: FileWatch

  constructor ({ context, node, terminal, startServer, remember }: ShellComponents) {
    this.#context = context
    this.#node = node
    this.#terminal = terminal
    this.#startServer = startServer
    this.#remember = remember
    this.#files = new FileWatch({
      node,
      clock: context.clock,
      signal: context.signal,
      underWay: this.#model.files,
      view: () => this.#view(),
      print: (lines) => { terminal.print(lines) },
      updatePrompt: () => { this.#updatePrompt() }
    })
    this.#listening = new Listening({ node, clock: context.clock, signal: context.signal, take: async (event) => { await this.#take(event) }, fail: (error) => { this.#fail(error) } })
    this.#commands = new CommandRunner({ context, node, terminal, numbers: this.#numbers, view: (self) => this.#view(self), follow: (sent) => { this.#files.follow(sent) }, endedLate: () => { this.#endedLate() } })
  }

  /** Until EXIT, the end of input or the end of the process. @throws fed by a pipe: with the code of the first error, once all else is done */
  async run (): Promise<void> {
    const end = (): void => {
      this.#terminal.close()
      this.#commands.interrupt()
    }
    this.#context.signal.addEventListener('abort', end, { once: true })
    if (this.#context.signal.aborted) end()
    try {
      if (await this.#begin()) await this.#readLines()
      if (!this.#terminal.interactive) await this.#settle()
      await this.#goodbye()
    } finally {
      this.#isOver = true
      this.#telling?.cancel()
      this.#files.close()
      await this.#listening.stop()
      await this.#terminal.printed()
      this.#context.signal.removeEventListener('abort', end)
      this.#terminal.close()
    }
    if (this.#failed === null || this.#context.signal.aborted) return
    throw new P2pChatError(this.#failed, this.#failed === 'ERR_PENDING' ? 'What is still here is on its way; do not send it again.' : 'Not all of it was done.')
  }

  /** Ctrl-C: ends what runs; on an idle shell says how to leave, and leaves the second time. */
  interrupt (again: boolean): void {
    this.#commands.interrupt()
    if (again) this.#terminal.close()
    else this.#terminal.print([this.#model.room === null ? 'Ctrl-D or EXIT leaves.' : '0 leaves the room, Ctrl-D leaves p2pchat.'])
  }

  /** In a room all that is typed is said: nothing of it is a command. */
  get isInRoom (): boolean {
    return this.#model.room !== null
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
      const kept = keptLine(line, this.#model.room !== null, this.#commandWords)
      if (kept !== null) this.#remember(kept)
      await this.#doLine(line)
      if (this.#left) return
      this.#updatePrompt()
    }
  }

  async #doLine (line: string): Promise<void> {
    const isInRoom = this.#model.room !== null
    const input = parseLine(line, isInRoom)
    const advice = input.kind === 'run' && !isInRoom ? unknownWord(line, [...SHELL_WORDS, ...this.#context.specs.filter(({ inShell }) => inShell).map(({ name }) => name.split(' ')[0] ?? name)]) : null
    await this.#do(advice === null ? input : { kind: 'wrong', message: advice }).catch((error: unknown) => { this.#fail(error) })
  }

  async #do (input: Input): Promise<void> {
    switch (input.kind) {
      case 'nothing': return
      case 'exit':
        this.#left = true
        return
      case 'wrong': throw new P2pChatError('ERR_USAGE', input.message)
      case 'say':
        await this.#say(input.text)
        if (this.#terminal.interactive && isLikeCommand(input.text, this.#commandWords)) this.#terminal.print([this.#style.dim(`Sent to ${this.#model.room?.name ?? ''} as a message. 0 leaves the room; then HELP.`)])
        return
      case 'send': return await this.#send(prefixed(input.to) ?? { kind: 'user', name: personName(input.to) }, input.text)
      case 'group-send': return await this.#sendToGroups([...new Set(input.groups.map((name) => this.#numbers.nameOf(name)))], input.text)
      case 'create': return await this.#create(input.argv, input.asks)
      case 'enter': return await this.#enter(input.name)
      case 'leave': return this.#leave()
      case 'help': return this.#help(input.words)
      case 'menu': return await this.#menu()
      case 'run':
        if (input.inBackground === true) return this.#files.reads(this.#commands.run(input.argv, { inBackground: true }).then(() => {}, (error: unknown) => { this.#fail(error) }))
        await this.#runCommand(input.argv)
        if (input.hint !== undefined) this.#terminal.print([this.#style.dim(input.hint)])
    }
  }

  async #say (text: string): Promise<void> {
    const { room } = this.#model
    if (room !== null) await this.#send(room, text)
  }

  async #send (to: Conversation, text: string): Promise<void> {
    if (to.kind === 'group') return await this.#sendToGroups([to.name], text)
    checkText(text)
    const { id, state } = await sendToPerson(this.#node, { to: to.name, text })
    await this.#sent(to, id, text, state)
  }

  async #sendToGroups (names: string[], text: string): Promise<void> {
    checkText(text)
    for (const { group, id, state } of await this.#node.groupSend({ names, text })) await this.#sent({ kind: 'group', name: group }, id, text, state)
  }

  /** Whoever answers has read what was shown. */
  async #sent (to: Conversation, id: string, text: string, state: MessageState): Promise<void> {
    const { room, followed, shownFrom } = this.#model
    followed.sent(id, to, text, state, this.#context.clock.now())
    this.#scheduleTelling()
    const isHere = room !== null && keyOf(room) === keyOf(to)
    const through = shownFrom.get(keyOf(to))
    if (isHere || through === undefined) return
    shownFrom.delete(keyOf(to))
    await this.#node.markRead({ ...asRequest(to), through })
  }

  async #create (argv: string[], asks: boolean): Promise<void> {
    const name = argv.slice(2).find((word) => !word.startsWith('-')) ?? ''
    if (!await this.#runCommand(argv) || !asks) return
    const line = await askParticipants({
      terminal: this.#terminal,
      node: this.#node,
      commands: this.#commandWords,
      self: this.#model.username ?? '',
      fail: (error) => { this.#fail(error) }
    }, groupName(name))
    if (line !== null) await this.#doLine(line)
  }

  async #enter (name: string): Promise<void> {
    const { room, lines, through } = await openRoom(this.#node, name, this.#view())
    this.#model.opens(room)
    this.#terminal.print(lines)
    if (through !== null) await this.#node.markRead({ ...asRequest(room), through })
  }

  #leave (): void {
    const { room } = this.#model
    if (room !== null) this.#terminal.print([this.#style.dim(room.kind === 'user' ? `You left the room with ${room.name}.` : `You left the room of ${room.name}; you are still in the group.`)])
    this.#model.room = null
  }

  #help (words: string[]): void {
    const lines = words.length === 0 ? helpLines(this.#style, columnsOf(this.#context.io.stdout)) : helpText(words, { specs: this.#context.specs, version: version(), inShell: true }).trimEnd().split('\n')
    this.#terminal.print(lines)
  }

  async #menu (): Promise<void> {
    const show = async (argv: string[]): Promise<boolean> => await this.#runCommand(argv) && !(argv.includes('--mine') && this.#numbers.isEmpty)
    const line = await askMenu({ terminal: this.#terminal, style: this.#style, show })
    if (line !== null) await this.#do(parseLine(line, false))
  }

  /** False when it failed; the person has been told why. */
  async #runCommand (argv: string[]): Promise<boolean> {
    try {
      if (await this.#commands.run(argv)) await this.#refreshAccount()
      return true
    } catch (error) {
      this.#fail(error)
      // The next line may be the password, typed for a question that does not come.
      if (ASKING.has(argv[0] ?? '')) this.#terminal.dropTyped()
      return false
    }
  }

  /** After whatever may have signed somebody in or out. One at a time, so that events are listened to once. */
  async #refreshAccount (): Promise<void> {
    const refreshed = this.#refreshed.then(async () => { await this.#lookAtAccount() })
    this.#refreshed = refreshed.catch(() => {})
    await refreshed
  }

  #endedLate (): void {
    if (this.#isOver || this.#context.signal.aborted) return
    this.#refreshAccount().then(() => { this.#updatePrompt() }, (error: unknown) => { this.#fail(error) })
  }

  async #lookAtAccount (): Promise<void> {
    const { account, connection } = await this.#node.status()
    this.#model.found(connection)
    const username = account?.signedIn === true ? account.username : null
    if (username === this.#model.username) return
    await this.#listening.stop()
    this.#model.username = username
    this.#model.room = null
    if (username === null) return
    // Before it looks: what comes while it does may be missing there.
    this.#listensSince = momentOf(this.#context.clock)
    const { lines, shown, told } = await overview(this.#node, this.#view(), columnsOf(this.#context.io.stdout))
    for (const [key, through] of shown) this.#model.shows(key, through)
    for (const key of told) this.#model.told.add(key)
    this.#terminal.print(lines)
    if (!this.#isOver) this.#listening.start()
  }

  async #take (event: NodeEvent): Promise<void> {
    if (isOld(event, momentBy(this.#context.clock, this.#listensSince))) return
    const { lines, read } = this.#model.take(event, this.#view())
    this.#terminal.print(lines)
    await this.#terminal.printed()
    // More may have come that is not on the screen yet.
    if (read !== null) await this.#node.markRead({ ...asRequest(read), ...('cursor' in event && event.cursor !== undefined ? { through: event.cursor } : {}) }).catch(() => {})
    if (PROMPTING.has(event.event)) this.#updatePrompt()
    if (event.event === 'progress') this.#files.moved()
    if (event.event === 'status') this.#scheduleTelling()
  }

  #scheduleTelling (): void {
    const { clock } = this.#context
    this.#telling?.cancel()
    const waitMs = this.#model.followed.nextTellingMs(clock.now())
    this.#telling = waitMs === null
      ? null
      : clock.schedule(waitMs, () => {
        this.#terminal.print(this.#model.followed.tell(this.#view()))
        this.#scheduleTelling()
      }, { unref: true })
  }

  /** A pipe has ended: what it sent should be on its way before the process is gone. */
  async #settle (): Promise<void> {
    const { clock, global, signal } = this.#context
    const endMs = clock.monotonicMs() + (global.timeoutMs ?? settleTimeoutMs)
    for (const id of this.#model.followed.unsettled) {
      if (signal.aborted) return
      await raceSignal(this.#node.wait({ id, state: 'stored', timeoutMs: Math.max(0, endMs - clock.monotonicMs()) }), signal).catch((error: unknown) => {
        if (!isP2pChatError(error, 'ERR_PENDING', 'ERR_TIMEOUT', 'ERR_ABORTED')) this.#fail(error)
      })
    }
    await this.#files.settle(this.#context.global.timeoutMs)
  }

  async #goodbye (): Promise<void> {
    const { queued } = await this.#node.status()
    const waiting = Math.min(queued, this.#model.followed.unsettled.length)
    const lines = [
      ...waiting === 0 ? [] : [`${count(waiting, 'message')} still here: kept, and sent the next time p2pchat runs.`],
      ...this.#files.leftover()
    ]
    this.#terminal.print(lines)
    if (!this.#terminal.interactive && lines.length > 0) this.#failed ??= 'ERR_PENDING'
  }

  #fail (error: unknown): void {
    const failure = asP2pChatError(error)
    const line = inShellWords(errorLine(failure), this.#context.specs)
    if (this.#terminal.interactive) this.#terminal.print([isP2pChatError(error, 'ERR_ABORTED') ? this.#style.dim('Cancelled.') : this.#style.red(line)])
    else {
      this.#failed ??= failure.code
      void this.#context.out.note(line)
    }
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

  /** First words of the commands of the command line. */
  get #commandWords (): string[] {
    return this.#context.specs.map(({ name }) => name.split(' ')[0] ?? name)
  }

  get #style (): View['style'] {
    return this.#context.out.style
  }

  #view (self: string | null = this.#model.username): View {
    return { style: this.#style, nowMs: this.#context.clock.now(), self, inShell: true }
  }

  #updatePrompt (): void {
    this.#terminal.setPrompt(this.#model.prompt)
  }
}

/** Commands that ask for a password. */
const ASKING = new Set(['login', 'signup', 'passwd', 'recover', 'backup', 'device'])

/** What changes the prompt. */
const PROMPTING = new Set<NodeEvent['event']>(['pool', 'group', 'progress', 'file', 'file-failed'])
