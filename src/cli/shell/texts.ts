import type { CommandSpec } from '../command.js'
import type { Style } from '../render/style.js'
import { table } from '../render/table.js'

const HELP: Array<[string, string]> = [
  ['CHAT bob', 'a room: lines are sent; 0 or @#@EXIT@#@ leaves'],
  ['SEND bob hello there', 'one message, to the end of the line'],
  ['LIST', 'who can be written to'],
  ['contacts', 'whom you write with, and what is unread'],
  ['history bob', 'earlier messages'],
  ['verify bob', 'the safety number that both should see'],
  ['SIGNUP name [roll]', 'make an account'],
  ['LOGIN name · LOGOUT', 'sign in (the password is asked for) and out'],
  ['whoami · devices · passwd', 'your account'],
  ['trace ID · limits', 'the way of a message; what is allowed'],
  ['MENU', 'the same by numbers'],
  ['HELP history', 'more about one command'],
  ['EXIT', 'leave (also QUIT and Ctrl-D)']
]

export function helpLines (style: Style): string[] {
  const lines = table(HELP)
  return [style.bold('What you can type, in any case; Tab completes commands and names:'), ...lines.map((line) => `  ${line}`)]
}

/** A message that names commands of the program, for somebody who types them here without its name. */
export function inShellWords (line: string, specs: readonly CommandSpec[]): string {
  return line.replace(/`p2pchat ((\S+)[^`]*)`/g, (said, command: string, word: string) => {
    return specs.some(({ name, inShell }) => inShell && name.split(' ')[0] === word) ? command : said
  })
}

interface MenuChoice {
  label: string
  command: string
  questions: string[]
}

const MENU: MenuChoice[] = [
  { label: 'chat with somebody', command: 'CHAT', questions: ['With whom? '] },
  { label: 'send one message', command: 'SEND', questions: ['To whom? ', 'Message: '] },
  { label: 'who can be written to', command: 'LIST', questions: [] },
  { label: 'whom I write with, and what is unread', command: 'contacts', questions: [] },
  { label: 'earlier messages with somebody', command: 'history', questions: ['With whom? '] },
  { label: 'compare safety numbers with somebody', command: 'verify', questions: ['With whom? '] },
  { label: 'my account and this device', command: 'whoami', questions: [] },
  { label: 'sign out', command: 'LOGOUT', questions: [] }
]

export function menuLines (style: Style): string[] {
  return MENU.map(({ label }, at) => `  ${style.bold(String(at + 1))}  ${label}`)
}

/** What a number of the menu stands for; null at anything else. */
export function parseMenuChoice (answer: string): Pick<MenuChoice, 'command' | 'questions'> | null {
  return /^[1-9]\d?$/.test(answer.trim()) ? MENU[Number(answer) - 1] ?? null : null
}
