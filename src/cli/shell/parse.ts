/**
 * What a line typed in the shell means. Pure. Two tongues: the commands of the command line without `p2pchat`, and the
 * words that the founding systems taught their users, in any case.
 */

export type Input =
  | { kind: 'nothing' }
  /** a line in a room */
  | { kind: 'say', text: string }
  | { kind: 'leave' }
  | { kind: 'enter', username: string }
  | { kind: 'send', to: string, text: string }
  /** as on the command line */
  | { kind: 'run', argv: string[] }
  | { kind: 'help', words: string[] }
  | { kind: 'menu' }
  | { kind: 'exit' }
  | { kind: 'wrong', message: string }

/** Whole lines that leave a room; after a backslash they are said instead. */
const LEAVE_WORDS = ['0', '@#@EXIT@#@']

const GROUP_WORDS = new Set(['grpsend', 'create', 'join', 'listgrp', 'show_my_groups', 'send_group', 'add', 'remove', 'group', 'groups'])
const FILE_WORDS = new Set(['fileusersend', 'filegroupsend', 'send_file', 'send_group_file', 'send-file', 'accept', 'decline'])
const NO_GROUPS = 'This version has no groups yet. Write to a person: SEND NAME TEXT, or CHAT NAME.'
const NO_FILES = 'This version sends no files yet. Write to a person: SEND NAME TEXT, or CHAT NAME.'

/** The founding words of this version, as completion offers them. */
export const SHELL_WORDS = ['SEND', 'CHAT', 'LIST', 'SIGNUP', 'LOGIN', 'LOGOUT', 'MENU', 'HELP', 'EXIT', 'QUIT'] as const

/** @param room with whom a room is open, or null */
export function parseLine (line: string, room: string | null): Input {
  const trimmed = line.trim()
  if (trimmed === '') return { kind: 'nothing' }
  if (room !== null) return parseInRoom(line, trimmed)
  const [word = ''] = trimmed.split(/\s+/)
  switch (word.toLowerCase()) {
    case 'send': return parseSend(trimmed)
    case 'chat': return parseChat(trimmed)
    case 'list': return { kind: 'run', argv: ['users', ...rest(trimmed)] }
    case 'login': return parseLogin(trimmed)
    case 'help':
    case '?': return { kind: 'help', words: rest(trimmed) }
    case 'menu': return { kind: 'menu' }
    case 'exit':
    case 'quit': return { kind: 'exit' }
    case '0':
    case '@#@exit@#@': return { kind: 'wrong', message: 'You are in no room. EXIT leaves the shell.' }
    case 'send_group_file':
    case 'filegroupsend': return { kind: 'wrong', message: NO_FILES }
    default: return parseOther(trimmed, word.toLowerCase())
  }
}

function parseInRoom (line: string, trimmed: string): Input {
  if (LEAVE_WORDS.includes(trimmed)) return { kind: 'leave' }
  if (trimmed.startsWith('\\') && LEAVE_WORDS.includes(trimmed.slice(1))) return { kind: 'say', text: trimmed.slice(1) }
  return { kind: 'say', text: line }
}

/** The text is taken as it was typed, to the end of the line: quotes and dashes are part of it. */
function parseSend (trimmed: string): Input {
  const [, to = '', text = ''] = /^\S+\s+(\S+)\s+([\s\S]+)$/.exec(trimmed) ?? []
  if (to.startsWith('-')) return withTokens(trimmed, (argv) => ({ kind: 'run', argv }))
  if (to === '') return { kind: 'wrong', message: 'SEND takes a name and a text: SEND bob hello there' }
  return { kind: 'send', to, text }
}

function parseChat (trimmed: string): Input {
  const words = rest(trimmed)
  const [username] = words
  return words.length === 1 && username !== undefined ? { kind: 'enter', username } : { kind: 'wrong', message: 'CHAT takes one name: CHAT bob' }
}

function parseLogin (trimmed: string): Input {
  const words = rest(trimmed)
  return words.filter((word) => !word.startsWith('-')).length > 1 && !words.some((word) => word.startsWith('-'))
    ? { kind: 'wrong', message: 'LOGIN takes only a name. The password is asked for, and never shown.' }
    : { kind: 'run', argv: ['login', ...words] }
}

function parseOther (trimmed: string, word: string): Input {
  if (GROUP_WORDS.has(word)) return { kind: 'wrong', message: NO_GROUPS }
  if (FILE_WORDS.has(word)) return { kind: 'wrong', message: NO_FILES }
  return withTokens(trimmed, ([, ...more]) => ({ kind: 'run', argv: [word, ...more] }))
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

/** What of a line may be kept in the history file: never what could be a password typed where none belongs. */
export function keptLine (line: string, room: string | null): string | null {
  if (room !== null) return null
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
