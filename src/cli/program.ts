/** The command table as commander parses it. Pure: a line of arguments in, what is to be done out. */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { P2pChatError } from '../errors.js'
import { duration, type CommandSpec, type GlobalOptions, type Given, type OptionSpec } from './command.js'

export type Parsed =
  | { kind: 'run', spec: CommandSpec, given: Given, global: GlobalOptions }
  | { kind: 'help', text: string }
  | { kind: 'version', text: string }

export interface ProgramOptions {
  specs: readonly CommandSpec[]
  version: string
  /** Inside the shell: no `p2pchat` in front, and no options that belong to the process. */
  inShell: boolean
}

export const GLOBAL_OPTIONS: OptionSpec[] = [
  { flags: '--home <dir>', summary: 'the folder of this device (default: P2PCHAT_HOME, or by platform)' },
  { flags: '--pool <address>', summary: 'where to enter the pool; repeatable (default: P2PCHAT_POOL, or as remembered)', repeatable: true },
  { flags: '--json', summary: 'answer with one JSON object a line' },
  { flags: '--password-stdin', summary: 'read the password from standard input' },
  { flags: '--timeout <time>', summary: 'how long to wait, such as 30s or 2m', parse: duration }
]
/** Those that make sense for one line of the shell. */
const SHELL_OPTIONS = ['--timeout <time>']

/** @throws ERR_USAGE with one line that says what to do */
export function parseArguments (argv: readonly string[], options: ProgramOptions): Parsed {
  let parsed: Parsed | null = null
  let shown = ''
  const program = buildProgram(options, (result) => { parsed = result })
  forEachCommand(program, (command) => {
    command.exitOverride().configureOutput({ writeOut: (text) => { shown += text }, writeErr: () => {}, outputError: () => {} })
  })
  try {
    program.parse(isBare(argv) && !options.inShell ? [...argv, 'shell'] : [...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { kind: error.code === 'commander.version' ? 'version' : 'help', text: (options.inShell ? helpText(commandWords(program, argv), options) : shown).trimEnd() }
    throw usageError(error, program, argv, options)
  }
  if (parsed === null) throw new P2pChatError('ERR_USAGE', `Which command? See: ${callName(options)}help`)
  return parsed
}

/** The help of the whole program, or of one command. @throws ERR_USAGE when there is no such command */
export function helpText (words: readonly string[], options: ProgramOptions): string {
  let command = buildProgram(options, () => {})
  for (const word of words) {
    const next = command.commands.find((candidate) => candidate.name() === word.toLowerCase())
    if (next === undefined) throw new P2pChatError('ERR_USAGE', `There is no command "${words.join(' ')}". See: ${callName(options)}help`)
    command = next
  }
  let text = ''
  command.configureOutput({ writeOut: (part) => { text += part } })
  command.outputHelp()
  // In the shell the program has no name, for which a blank stays.
  return text.replace(/^Usage: +/, 'Usage: ')
}

function buildProgram (options: ProgramOptions, onRun: (parsed: Parsed) => void): Command {
  const program = new Command(options.inShell ? '' : 'p2pchat')
  program
    .description(options.inShell ? 'Commands of the shell:' : 'End-to-end encrypted messages between people who own their servers. Without a command it opens the shell.')
    .helpOption('-h, --help', 'show help')
    .configureHelp({ showGlobalOptions: !options.inShell })
    .helpCommand(false)
  if (!options.inShell) program.version(options.version, '-V, --version', 'show the version')
  for (const option of GLOBAL_OPTIONS) {
    if (!options.inShell || SHELL_OPTIONS.includes(option.flags)) program.addOption(commanderOption(option))
  }
  if (!options.inShell) program.addHelpText('after', '\nExamples:\n  p2pchat                                open the shell\n  p2pchat signup alice --pool ADDRESS    make an account\n  p2pchat send bob "See you at six?"     send a message\n  p2pchat help send                      more about one command')
  for (const spec of options.specs) if (!options.inShell || spec.inShell) addCommand(program, spec, options, onRun)
  return program
}

function addCommand (program: Command, spec: CommandSpec, options: ProgramOptions, onRun: (parsed: Parsed) => void): void {
  const words = spec.name.split(' ')
  const examples = (lines: string[]): string => `\nExample:\n${lines.map((line) => `  ${line}`).join('\n')}`
  const parent = words.slice(0, -1).reduce((command, word) => command.commands.find((one) => one.name() === word) ?? command.command(word).helpCommand(false).description(`Commands about a ${word}.`).summary(`commands about a ${word}`)
    .addHelpText('after', examples(exampleLines(spec, options.inShell).slice(0, 1))), program)
  const command = parent.command(words.at(-1) ?? spec.name).summary(spec.summary).description([sentence(spec.summary), ...spec.details ?? []].join('\n')).helpCommand(false)
  for (const part of spec.args?.split(' ') ?? []) command.addArgument(new Argument(part))
  for (const option of spec.options ?? []) command.addOption(commanderOption(option))
  command.addHelpText('after', examples(exampleLines(spec, options.inShell)))
  command.allowExcessArguments(false).action((...received: unknown[]) => {
    const args = received.slice(0, command.registeredArguments.length).flat().filter((arg) => typeof arg === 'string')
    onRun({ kind: 'run', spec, given: { args, options: command.opts() }, global: globalOptions(program.opts()) })
  })
}

/** As they are typed there: in the shell without the program's name, its options and what only other shells know. */
export function exampleLines ({ examples }: CommandSpec, inShell: boolean): string[] {
  if (inShell) return examples.filter((line) => !/[|<]| --(home|pool|json|password-stdin)\b/.test(line))
  return examples.map((line) => line.includes('p2pchat ') ? line : `p2pchat ${line}`)
}

function commanderOption (spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.summary)
  if (spec.choices !== undefined) option.choices([...spec.choices])
  if (spec.hidden === true) option.hideHelp()
  if (spec.repeatable === true) option.argParser((value: string, before: string[] | undefined) => [...before ?? [], value])
  const { parse } = spec
  if (parse !== undefined) {
    option.argParser((value: string) => {
      try {
        return parse(value)
      } catch (error) {
        throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
      }
    })
  }
  return option
}

function globalOptions (values: Record<string, unknown>): GlobalOptions {
  const { home, pool, json, passwordStdin, timeout } = values
  return {
    ...(typeof home === 'string' ? { home } : {}),
    pool: Array.isArray(pool) ? pool.filter((item) => typeof item === 'string') : [],
    json: json === true,
    passwordStdin: passwordStdin === true,
    ...(typeof timeout === 'number' ? { timeoutMs: timeout } : {})
  }
}

/** No command, only options of the program: that opens the shell. */
function isBare (argv: readonly string[]): boolean {
  for (let at = 0; at < argv.length; at++) {
    const option = GLOBAL_OPTIONS.find(({ flags }) => flags.split(' ')[0] === argv[at]?.split('=')[0])
    if (option === undefined) return false
    if (!option.flags.includes('<') || argv[at]?.includes('=') === true) continue
    // Else "shell" would be its value.
    if (++at === argv.length) return false
  }
  return true
}

function usageError (error: CommanderError, program: Command, argv: readonly string[], options: ProgramOptions): P2pChatError {
  if (error.code === 'commander.help') return new P2pChatError('ERR_USAGE', `Which command? See: ${callName(options)}help ${commandWords(program, argv).join(' ')}`.trimEnd())
  const text = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ').replace(/([^.?!)])$/, '$1.')
  const words = commandWords(program, argv)
  const parent = commandAt(program, words)
  if (error.code === 'commander.excessArguments' && parent.commands.length > 0) {
    return new P2pChatError('ERR_USAGE', `After "${words.join(' ')}" comes nothing, or one of: ${parent.commands.map((one) => one.name()).join(', ')}. See: ${callName(options)}help ${words.join(' ')}`)
  }
  const takesText = options.specs.some(({ name, args = '' }) => name === words.join(' ') && args.includes('<text'))
  const dashes = error.code === 'commander.unknownOption' && takesText ? ' A text that begins with a dash comes after --.' : ''
  return new P2pChatError('ERR_USAGE', `${sentence(text)}${dashes} See: ${[`${callName(options)}help`, ...words].join(' ')}`)
}

function commandWords (program: Command, argv: readonly string[]): string[] {
  const words: string[] = []
  let command = program
  for (const word of argv) {
    const next = command.commands.find((candidate) => candidate.name() === word)
    if (next === undefined) continue
    words.push(word)
    command = next
  }
  return words
}

function commandAt (program: Command, words: readonly string[]): Command {
  return words.reduce((command, word) => command.commands.find((one) => one.name() === word) ?? command, program)
}

function forEachCommand (command: Command, visit: (command: Command) => void): void {
  visit(command)
  for (const child of command.commands) forEachCommand(child, visit)
}

function callName ({ inShell }: ProgramOptions): string {
  return inShell ? '' : 'p2pchat '
}

function sentence (text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!)]$/.test(text) ? '' : '.'}`
}
