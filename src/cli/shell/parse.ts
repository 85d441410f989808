/**
 * What a line typed in the shell means. Pure. Two tongues: the commands of the command line without `p2pchat`, and the
 * words that the founding systems taught their users, in any case.
 */

import { FILE_WORDS, sending } from './file-words.js'
import type { Input } from './typed-line.js'

/** Whole lines that leave a room; after a backslash they are said instead. */
const LEAVE_WORDS = ['0', '@#@exit@#@']

/** Words that stand for a command of the command line. */
const COMMAND_WORDS: Record<string, string[]> = {
  join: ['group', 'join'],
  leave: ['group', 'leave'],
  members: ['group', 'members'],
  add: ['group', 'add'],
  remove: ['group', 'remove'],
  show_my_groups: ['groups', '--mine']
}

/** Where help about the other words is found; those of the shell alone are in the help of the shell. */
const HELP_WORDS: Record<string, string[]> = {
  grpsend: ['group', 'send'],
  send_group: ['group', 'send'],
  create: ['group', 'create'],
  list: ['groups'],
  listgrp: ['groups'],
  show_my_groups: ['groups'],
  fileusersend: ['send-file'],
  send_file: ['send-file'],
  filegroupsend: ['group', 'send-file'],
  send_group_file: ['group', 'send-file'],
  chat: [],
  menu: [],
  help: [],
  exit: [],
  quit: []
}

/** The founding words of this version, as completion offers them. */
export const SHELL_WORDS = [
  'SEND', 'GRPSEND', 'SEND_GROUP', 'CHAT', 'CREATE', 'JOIN', 'LEAVE', 'ADD', 'REMOVE', 'MEMBERS', 'LISTGRP', 'LIST', 'SHOW_MY_GROUPS', 'USERS',
  'FILEUSERSEND', 'FILEGROUPSEND', 'SEND_FILE', 'SEND_GROUP_FILE', 'ACCEPT', 'DECLINE', 'FILES', 'SHOW',
  'SIGNUP', 'LOGIN', 'LOGOUT', 'MENU', 'HELP', 'EXIT', 'QUIT'
] as const

export function parseLine (line: string, isInRoom: boolean): Input {
  const trimmed = line.trim()
  if (trimmed === '') return { kind: 'nothing' }
  if (isInRoom) return parseInRoom(line, trimmed)
  const [word = ''] = trimmed.split(/\s+/)
  switch (word.toLowerCase()) {
    case 'send': return parseSend(trimmed)
    case 'grpsend': return parseGroupSend(trimmed)
    case 'send_group': return parseSendGroup(trimmed)
    case 'create': return parseCreate(trimmed)
    case 'chat': return parseChat(trimmed)
    case 'list': return { ...parseList(trimmed), hint: 'These are groups. USERS lists people.' }
    case 'listgrp': return parseList(trimmed)
    case 'login': return parseLogin(trimmed)
    case 'help':
    case '?': return { kind: 'help', words: helpWords(rest(trimmed)) }
    case 'menu': return { kind: 'menu' }
    case 'exit':
    case 'quit': return { kind: 'exit' }
    case '0':
    case '@#@exit@#@': return { kind: 'wrong', message: 'You are in no room. EXIT leaves the shell.' }
    case 'group': return parseGroup(trimmed)
    case 'files':
    case 'contacts':
    case 'device': return withTokens(trimmed, ([, second, ...more]) => ({ kind: 'run', argv: [word.toLowerCase(), ...second === undefined ? [] : [second.toLowerCase()], ...more] }))
    default: return parseOther(trimmed, word.toLowerCase())
  }
}

function parseInRoom (line: string, trimmed: string): Input {
  if (LEAVE_WORDS.includes(trimmed.toLowerCase())) return { kind: 'leave' }
  if (trimmed.startsWith('\\') && LEAVE_WORDS.includes(trimmed.slice(1).toLowerCase())) return { kind: 'say', text: trimmed.slice(1) }
  return { kind: 'say', text: line }
}

/** The text is taken as it was typed, to the end of the line: quotes and dashes are part of it. */
function parseSend (trimmed: string): Input {
  if (beginsWithOption(trimmed)) return withTokens(trimmed, ([, ...more]) => ({ kind: 'run', argv: ['send', ...more] }))
  const [, to = '', text = ''] = /^\S+\s+(\S+)\s+([\s\S]+)$/.exec(trimmed) ?? []
  if (to === '') return { kind: 'wrong', message: 'SEND takes a name and a text: SEND bob hello there' }
  return { kind: 'send', to, text }
}

/** Whoever gives options first writes as on the command line, as no name begins with a dash. */
function beginsWithOption (trimmed: string): boolean {
  return /^\S+\s+-/.test(trimmed)
}

/** Several groups are parted by commas, without spaces: what comes after the first space is the text. */
function parseGroupSend (trimmed: string): Input {
  if (beginsWithOption(trimmed)) return withTokens(trimmed, ([, ...more]) => ({ kind: 'run', argv: ['group', 'send', ...more] }))
  const [, names = '', text = ''] = /^\S+\s+(\S+)\s+([\s\S]+)$/.exec(trimmed) ?? []
  const groups = names.split(',')
  if (names === '') return { kind: 'wrong', message: 'GRPSEND takes a group and a text: GRPSEND team hello there' }
  if (groups.includes('')) return { kind: 'wrong', message: 'Several groups are written without spaces: GRPSEND team,club hello there' }
  return { kind: 'group-send', groups, text }
}

/** The second founding system counts the groups: SEND_GROUP 2 team club hello */
function parseSendGroup (trimmed: string): Input {
  const [, amount = '', more = ''] = /^\S+\s+(\d+)\s+([\s\S]+)$/.exec(trimmed) ?? []
  const groups: string[] = []
  let text = more
  while (groups.length < Number(amount)) {
    const [, group, after] = /^(\S+)\s+([\s\S]+)$/.exec(text) ?? []
    if (group === undefined || after === undefined) break
    groups.push(group)
    text = after
  }
  if (groups.length === 0 || groups.length < Number(amount)) return { kind: 'wrong', message: 'SEND_GROUP takes how many groups, their names or numbers, and the text: SEND_GROUP 2 team club hello there' }
  return { kind: 'group-send', groups, text }
}

function parseCreate (trimmed: string): Input {
  const words = rest(trimmed)
  const named = words.filter((word) => !word.startsWith('-')).length
  if (named === 0) return { kind: 'wrong', message: 'CREATE takes a name for the group: CREATE team' }
  return { kind: 'create', argv: ['group', 'create', ...words], asks: named === 1 && !words.includes('--help') }
}

function parseChat (trimmed: string): Input {
  const words = rest(trimmed)
  const [name] = words
  return words.length === 1 && name !== undefined ? { kind: 'enter', name } : { kind: 'wrong', message: 'CHAT takes one name, of a person or a group: CHAT bob' }
}

function parseList (trimmed: string): Input & { kind: 'run' } {
  const [first, ...more] = rest(trimmed)
  if (first === undefined || first.startsWith('-')) return { kind: 'run', argv: ['groups', ...rest(trimmed)] }
  return { kind: 'run', argv: ['groups', '--prefix', first, ...more] }
}

function parseLogin (trimmed: string): Input {
  const words = rest(trimmed)
  return words.filter((word) => !word.startsWith('-')).length > 1 && !words.some((word) => word.startsWith('-'))
    ? { kind: 'wrong', message: 'LOGIN takes only a name. The password is asked for, and never shown.' }
    : { kind: 'run', argv: ['login', ...words] }
}

function parseGroup (trimmed: string): Input {
  const [, second = ''] = /^\S+\s+(\S+)/.exec(trimmed) ?? []
  if (second.toLowerCase() === 'send-file') return withTokens(trimmed, ([, , ...more]) => sending(['group', 'send-file', ...more]))
  if (second.toLowerCase() === 'send') return parseGroupSend(trimmed.replace(/^\S+\s+/, ''))
  return withTokens(trimmed, ([, word, ...more]) => ({ kind: 'run', argv: ['group', ...word === undefined ? [] : [word.toLowerCase()], ...more] }))
}

function parseOther (trimmed: string, word: string): Input {
  const meaning = Object.hasOwn(FILE_WORDS, word) ? FILE_WORDS[word] : undefined
  if (meaning !== undefined) return withTokens(trimmed, ([, ...more]) => meaning(more))
  const command = Object.hasOwn(COMMAND_WORDS, word) ? COMMAND_WORDS[word] : undefined
  return withTokens(trimmed, ([, ...more]) => ({ kind: 'run', argv: [...command ?? [word], ...more] }))
}

function withTokens (text: string, then: (tokens: string[]) => Input): Input {
  const tokens = tokenise(text)
  return tokens === null ? { kind: 'wrong', message: 'A quotation mark is not closed.' } : then(tokens)
}

/** Words as a POSIX shell parts them: quotes, and a backslash before one character. Null when a quote is left open. */
export function tokenise (text: string): string[] | null {
  const tokens: string[] = []
  let token: string | null = null
  let quote: string | null = null
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '\\' && quote !== '\'' && at + 1 < text.length) token = (token ?? '') + text.charAt(++at)
    else if (quote !== null) {
      if (char === quote) quote = null
      else token = (token ?? '') + char
    } else if (char === '"' || char === '\'') {
      quote = char
      token ??= ''
    } else if (/\s/.test(char)) {
      if (token !== null) tokens.push(token)
      token = null
    } else token = (token ?? '') + char
  }
  if (quote !== null) return null
  return token === null ? tokens : [...tokens, token]
}

/** Whether a line typed where a name was asked for can only be a command: founding words in capitals, or with more after them. */
export function isCommandLine (line: string, commands: readonly string[]): boolean {
  const [word = '', ...more] = line.trim().split(/\s+/)
  if ((SHELL_WORDS as readonly string[]).includes(word)) return true
  return more.length > 0 && [...SHELL_WORDS, ...commands].some((command) => command.toLowerCase() === word.toLowerCase())
}

/** Whether a line said in a room was probably meant for the shell: a word of it alone, as in HELP or `/quit`, or one for rooms with a name, as in CHAT carol. */
export function isLikeCommand (text: string, commands: readonly string[]): boolean {
  const [word = '', ...more] = text.trim().split(/\s+/)
  if (/^\/[a-z_-]+$/i.test(word)) return true
  return more.length === 0 ? isCommand(word, commands) : word.toLowerCase() === 'chat' && more.length === 1
}

function isCommand (line: string, commands: readonly string[]): boolean {
  const word = line.trim().split(/\s+/)[0]?.toLowerCase() ?? ''
  return word === '?' || [...SHELL_WORDS, ...commands].some((command) => command.toLowerCase() === word)
}

function helpWords (words: string[]): string[] {
  const word = words[0]?.toLowerCase() ?? ''
  const known = { ...COMMAND_WORDS, ...HELP_WORDS }
  return Object.hasOwn(known, word) ? known[word] ?? [] : words
}

/** What of a line may be kept in the history file: never what could be a password typed where none belongs. */
export function keptLine (line: string, isInRoom: boolean, commands: readonly string[]): string | null {
  if (isInRoom || !isCommand(line, commands)) return null
  const words = line.trim().split(/\s+/)
  switch (words[0]?.toLowerCase()) {
    case undefined:
    case '': return null
    case 'login':
    case 'recover': return words.slice(0, 2).join(' ')
    case 'passwd': return 'passwd'
    case 'signup': return words.slice(0, 3).join(' ')
    default: return line.trim()
  }
}

function rest (trimmed: string): string[] {
  return trimmed.split(/\s+/).slice(1)
}
