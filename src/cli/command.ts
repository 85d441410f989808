/** What a command is: one table entry makes its parsing, its help, its completion, its place in the manual. */
import type { ChatNode, FileSent } from '../node/chat-node.js'
import type { Clock } from '../runtime.js'
import type { GroupNumbers } from './group-numbers.js'
import type { Io } from './io.js'
import type { Output } from './output.js'
import type { AskPassword } from './password.js'
import type { View } from './render/view.js'

export interface GlobalOptions {
  home?: string
  pool: string[]
  json: boolean
  passwordStdin: boolean
  /** How long to wait for what the command waits for. */
  timeoutMs?: number
}

export interface CommandContext {
  /** Every command there is, for those that tell about commands or run them. */
  specs: readonly CommandSpec[]
  io: Io
  out: Output
  clock: Clock
  global: GlobalOptions
  /** Aborts when the user or the system wants the command to end. */
  signal: AbortSignal
  /** The home's node, opened at the first call. */
  node: () => Promise<ChatNode>
  askPassword: AskPassword
  /** A text from standard input, at most `maxBytes`. */
  readText: (maxBytes: number) => Promise<string>
  /** How to render for the person who looks: `self` is their username. */
  view: (self: string | null) => View
  /** In the shell: what the numbers of the last list of groups stand for. */
  numbers: GroupNumbers | null
  /** In the shell: it tells how far a file is, so that a command that sent one ends at once. */
  follow: ((sent: FileSent[]) => void) | null
}

export interface Given {
  args: string[]
  options: Record<string, string | boolean | number | string[] | undefined>
}

export interface OptionSpec {
  /** as commander has it: `--limit <n>` */
  flags: string
  summary: string
  choices?: readonly string[]
  /** Reads the value. @throws Error whose message says what is allowed */
  parse?: (value: string) => number | string
  repeatable?: boolean
  /** Not shown in help. */
  hidden?: boolean
}

/**
 * `conversation`: a contact or a group of one's own; `member`: of the group before it; `file`: the id of a transfer,
 * `offer`: of one that waits for an answer; `path`: of this machine; `setting`: its name; `new`: nothing that is there yet.
 */
export type Completes = 'user' | 'group' | 'listed-group' | 'conversation' | 'member' | 'policy' | 'file' | 'offer' | 'path' | 'setting' | 'command' | 'shell' | 'new'

export interface CommandSpec {
  /** One or two words. */
  name: string
  /** as commander has it: `<username> [rollnumber]` */
  args?: string
  /** What each argument is, for completion; the last of several goes on. */
  completes?: readonly Completes[]
  summary: string
  details?: string[]
  options?: OptionSpec[]
  examples: string[]
  /** Whether it can be typed in the shell. */
  inShell: boolean
  /** Ends by itself, and well, when `signal` aborts: it runs until then. */
  endsBySignal?: boolean
  /** Does what the lines of standard input say: from a pipe, some are left when nobody reads the answers any more. */
  readsLines?: boolean
  run: (context: CommandContext, given: Given) => Promise<void>
}

/** A whole number from `min` to `max`, for OptionSpec.parse. */
export function wholeNumber (min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (!/^\d+$/.test(value) || number < min || number > max) throw new Error(`It must be a whole number from ${min} to ${max}.`)
    return number
  }
}

/** `30` and `30s` are seconds, `500ms`, `2m`; in milliseconds. */
export function duration (value: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(value)
  if (match === null) throw new Error('It must be a time such as 30, 30s, 500ms or 2m.')
  const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] as 'ms' | 's' | 'm' | 'h' | undefined ?? 's']
  const durationMs = Math.round(Number(match[1]) * unitMs)
  if (durationMs > maxTimeoutMs) throw new Error('It must not be longer than 24 hours.')
  return durationMs
}

/** Node's timers hold 24.8 days; a command that waits for a day is a listener. */
const maxTimeoutMs = 24 * 3_600_000

export function textOption (given: Given, name: string): string | undefined {
  const value = given.options[name]
  return typeof value === 'string' ? value : undefined
}

export function numberOption (given: Given, name: string): number | undefined {
  const value = given.options[name]
  return typeof value === 'number' ? value : undefined
}

export function listOption (given: Given, name: string): string[] | undefined {
  const value = given.options[name]
  return Array.isArray(value) ? value : undefined
}

export function flagOption (given: Given, name: string): boolean {
  return given.options[name] === true
}
