import type { CommandSpec } from '../command.js'
import type { Style } from '../render/style.js'
import { table } from '../render/table.js'
import { width, wrapLine } from '../render/wrap.js'
import { tokenise } from './parse.js'

const HELP: Array<[string, string]> = [
  ['CHAT bob · CHAT team', 'a room: lines are sent; 0 or @#@EXIT@#@ leaves'],
  ['SEND bob hello there', 'one message, to the end of the line'],
  ['USERS · contacts', 'who can be written to; whom you write with'],
  ['GRPSEND team,club hello', 'one message to a group, or to several'],
  ['SEND_GROUP 2 team 3 hello', 'the same; a number is one of the last list'],
  ['contacts accept dave', 'or block: who asks to write, or shall not'],
  ['CREATE team [bob carol]', 'make a group; asks for participants until -1'],
  ['JOIN team · LEAVE team', 'JOIN makes it first if there is none'],
  ['LIST [te] · LISTGRP [te]', 'groups that can be joined'],
  ['SHOW_MY_GROUPS', 'those that you are in, and what is unread'],
  ['MEMBERS team', 'who is in it, and who its admins are'],
  ['ADD team bob · REMOVE team bob', 'as an admin'],
  ['FILEUSERSEND bob cat.png', 'a file; SEND_FILE cat.png bob is the same'],
  ['FILEGROUPSEND team plan.pdf', 'SEND_GROUP_FILE plan.pdf 2 team club as well'],
  ['FILES · ACCEPT · SHOW', 'what comes and goes (DECLINE); a picture'],
  ['history bob · trace bob', 'earlier messages; the way of your newest'],
  ['verify bob · group verify team', 'whether anybody stands in between'],
  ['SIGNUP name [roll]', 'make an account; the password is asked for'],
  ['LOGIN name · LOGOUT · whoami', 'and who you are here; devices, settings'],
  ['doctor · backup FILE', 'what is wrong here; a copy for another disk'],
  ['MENU', 'the same by numbers'],
  ['HELP group · HELP history', 'more about a command'],
  ['EXIT', 'leave (also QUIT and Ctrl-D)']
]

/** Of what was sent. */
const MARKS = 'Sent: … waits here, → on its way, ✓ stored, ✓✓ delivered, ✓✓✓ read, ✗ expired'

/** @param columns of the terminal; where the table is too wide, each meaning is below its command */
export function helpLines (style: Style, columns = Infinity): string[] {
  const wide = table(HELP)
  const fits = wide.every((line) => width(line) + 2 <= columns)
  const lines = fits ? wide : HELP.flatMap(([command, meaning]) => [style.bold(command), ...wrapLine(meaning, columns - 6).map((line) => `    ${line}`)])
  return [style.bold('What you can type, in any case; Tab completes commands and names:'), ...lines.map((line) => `  ${line}`), ...wrapLine(MARKS, columns)]
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
  /** A list that helps with the answers: run first. */
  shows?: string[]
  /** An answer may hold spaces, and is one word all the same. */
  quotes?: true
}

const MY_GROUPS = ['groups', '--mine']

const MENU: MenuChoice[] = [
  { label: 'chat with somebody, or in a group', command: 'CHAT', questions: ['With whom, or in which group? '] },
  { label: 'send one message to somebody', command: 'SEND', questions: ['To whom? ', 'Message: '] },
  { label: 'send one message to groups', command: 'GRPSEND', questions: ['To which group (name or number; several: team,club)? ', 'Message: '], shows: MY_GROUPS },
  { label: 'send a file to somebody', command: 'FILEUSERSEND', questions: ['To whom? ', 'Path of the file: '], quotes: true },
  { label: 'send a file to groups', command: 'FILEGROUPSEND', questions: ['To which group (name or number; several: team,club)? ', 'Path of the file: '], shows: MY_GROUPS, quotes: true },
  { label: 'files that come and go', command: 'FILES', questions: [] },
  { label: 'fetch a file that is offered', command: 'ACCEPT', questions: ['Which one (the eight digits in front)? '], shows: ['files', '--active'] },
  { label: 'who can be written to', command: 'users', questions: [] },
  { label: 'whom I write with, and what is unread', command: 'contacts', questions: [] },
  { label: 'groups that can be joined', command: 'LISTGRP', questions: [] },
  { label: 'my groups, and what is unread', command: 'SHOW_MY_GROUPS', questions: [] },
  { label: 'make a group', command: 'CREATE', questions: ['Name of the new group: '] },
  { label: 'join a group', command: 'JOIN', questions: ['Which group (name or number)? '], shows: ['groups'] },
  { label: 'leave a group', command: 'LEAVE', questions: ['Which group (name or number)? '], shows: MY_GROUPS },
  { label: 'who is in a group', command: 'MEMBERS', questions: ['Which group (name or number)? '], shows: MY_GROUPS },
  { label: 'add somebody to a group', command: 'ADD', questions: ['To which group (name or number)? ', 'Whom? '], shows: MY_GROUPS },
  { label: 'remove somebody from a group', command: 'REMOVE', questions: ['From which group (name or number)? ', 'Whom? '], shows: MY_GROUPS },
  { label: 'earlier messages', command: 'history', questions: ['With whom, or in which group? '] },
  { label: 'compare safety numbers with somebody', command: 'verify', questions: ['With whom? '] },
  { label: 'my account and this device', command: 'whoami', questions: [] },
  { label: 'sign out', command: 'LOGOUT', questions: [] },
  { label: 'leave p2pchat', command: 'EXIT', questions: [] }
]

export function menuLines (style: Style): string[] {
  return MENU.map(({ label }, at) => `  ${style.bold(String(at + 1).padStart(2))}  ${label}`)
}

/** The line that a choice and the answers to its questions make. */
export function menuLine ({ command, quotes }: Pick<MenuChoice, 'command' | 'quotes'>, answers: string[]): string {
  const words = quotes === true ? answers.map((answer) => tokenise(answer)?.length === 1 ? answer : `"${answer.replace(/["\\]/g, '\\$&')}"`) : answers
  return [command, ...words].join(' ')
}

/** What a number of the menu stands for; null at anything else. */
export function parseMenuChoice (answer: string): Omit<MenuChoice, 'label'> | null {
  return /^[1-9]\d?$/.test(answer.trim()) ? MENU[Number(answer) - 1] ?? null : null
}
