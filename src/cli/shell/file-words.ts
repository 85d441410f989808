/** The founding words for files, as commands of the command line. Pure. */
import type { Input } from './typed-line.js'

type Meaning = (tokens: string[]) => Input

/** By the word in small letters; `tokens` are what follows it. */
export const FILE_WORDS: Record<string, Meaning> = {
  fileusersend: (tokens) => named('FILEUSERSEND bob cat.png, or FILEUSERSEND bob NAME PATH', ['send-file'], tokens),
  filegroupsend: (tokens) => named('FILEGROUPSEND team plan.pdf, or FILEGROUPSEND team NAME PATH', ['group', 'send-file'], tokens),
  send_file: pathFirst,
  send_group_file: counted,
  'send-file': (tokens) => sending(['send-file', ...tokens])
}

/** `bob [NAME] PATH`; with options it is taken as on the command line. */
function named (usage: string, command: string[], tokens: string[]): Input {
  if (tokens.some((token) => token.startsWith('--'))) return sending([...command, ...tokens])
  const [to, first, second] = tokens
  if (to === undefined || first === undefined || tokens.length > 3) return wrong(`${command.length === 1 ? 'FILEUSERSEND' : 'FILEGROUPSEND'} takes a name and a path, which is put in quotes where it has spaces: ${usage}`)
  return second === undefined ? sending([...command, '--', to, first]) : sending([...command, '--name', first, '--', to, second])
}

/** `PATH bob` */
function pathFirst (tokens: string[]): Input {
  const [path, to] = tokens
  if (path === undefined || to === undefined || tokens.length > 2) return wrong('SEND_FILE takes a path, which is put in quotes where it has spaces, and a name: SEND_FILE cat.png bob')
  return sending(['send-file', '--', to, path])
}

/** `PATH 2 team club` */
function counted (tokens: string[]): Input {
  const [path, amount = '', ...groups] = tokens
  if (path === undefined || !/^\d+$/.test(amount) || Number(amount) === 0 || groups.length !== Number(amount)) {
    return wrong('SEND_GROUP_FILE takes a path, which is put in quotes where it has spaces, how many groups, and their names or numbers: SEND_GROUP_FILE plan.pdf 2 team club')
  }
  return sending(['group', 'send-file', '--', groups.join(','), path])
}

/** Reading a large file through takes its time: other lines need not wait for it. */
export function sending (argv: string[]): Input {
  return { kind: 'run', argv, inBackground: !argv.includes('--help') }
}

function wrong (message: string): Input {
  return { kind: 'wrong', message }
}
