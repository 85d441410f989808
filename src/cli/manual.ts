/** What the manual says beside the command table: the environment, exit statuses and files; and the man page of it all. */
import type { CommandSpec, OptionSpec } from './command.js'
import { exampleLines } from './program.js'

/** Every variable of the environment that the command line reads. */
export const ENVIRONMENT: ReadonlyArray<[name: string, meaning: string]> = [
  ['P2PCHAT_HOME', 'the folder of this device, when --home is not given'],
  ['P2PCHAT_POOL', 'pool addresses, parted by white space, when --pool is not given'],
  ['P2PCHAT_PASSWORD', 'the password, for scripts; the shell on a terminal asks all the same'],
  ['P2PCHAT_NEW_PASSWORD', 'the new password of passwd'],
  ['P2PCHAT_RECOVERY_KEY', 'the recovery key of recover'],
  ['P2PCHAT_BACKUP_PASSWORD', 'the password of a backup, for backup and restore'],
  ['P2PCHAT_JOIN', 'the token of a pool, for rendezvous, when --join is not given'],
  ['P2PCHAT_PICTURES', 'kitty, iterm2, sixel or blocks: how show writes pictures (default: what the terminal says of itself)'],
  ['P2PCHAT_LOG', 'debug, info, warn or error: what the client writes to standard error (default: nothing)'],
  ['NO_COLOR', 'when it is not empty, nothing is coloured; nor when TERM is dumb, nor outside of a terminal'],
  ['LC_ALL', 'the encoding of the terminal: where it is not UTF-8, marks and bars are ASCII and no QR code is shown'],
  ['LC_CTYPE', 'the same, when LC_ALL is not set'],
  ['LANG', 'the same, when neither is set'],
  ['XDG_DATA_HOME', 'on Linux, where the default folders are (default: ~/.local/share)'],
  ['XDG_RUNTIME_DIR', 'where the control socket is, when the path of the home is too long for one']
]

export const EXIT_STATUSES: ReadonlyArray<[status: number, meaning: string]> = [
  [0, 'done'],
  [1, 'anything else'],
  [2, 'a wrong command line, or a name or password that cannot be taken'],
  [3, 'wrong username or password, or not signed in'],
  [4, 'no rendezvous server is reachable'],
  [5, 'no such user, group, message, device or file'],
  [6, 'not permitted; also when a contact\'s identity has changed'],
  [7, 'the name is taken'],
  [8, 'refused by a limit'],
  [9, 'kept and on its way, but not yet where --wait asked within --timeout: do not send it again']
]

/** The man page in the language of man(7). */
export function manPage (specs: readonly CommandSpec[], globals: readonly OptionSpec[], version: string): string {
  const lines = [
    `.TH P2PCHAT 1 "" "p2pchat ${escape(version)}"`,
    '.SH NAME', 'p2pchat \\- end\\-to\\-end encrypted messages between people who own their servers',
    '.SH SYNOPSIS', '.B p2pchat', '.RI [ options ]', '.RI [ command ]',
    '.SH DESCRIPTION', 'Without a command it opens the shell. Options may stand before or after the command.',
    'One process owns a home, and every other command on that home goes through it, so that a shell, a listener and any number of scripts work side by side.',
    '.SH OPTIONS', ...globals.flatMap(option),
    '.SH COMMANDS', ...specs.flatMap(command),
    '.SH EXIT STATUS', ...EXIT_STATUSES.flatMap(([status, meaning]) => ['.TP', `.B ${status}`, escape(meaning)]),
    'A command that a signal cuts off ends with 128 and the number of the signal; listen, rendezvous, pool up and the shell end with 0.',
    '.SH ENVIRONMENT', ...ENVIRONMENT.flatMap(([name, meaning]) => ['.TP', `.B ${name}`, escape(meaning)]),
    '.SH SEE ALSO', 'docs/cli.md in the package: JSON events and answers, the control socket, the words of the shell.'
  ]
  return `${lines.join('\n')}\n`
}

function command (spec: CommandSpec): string[] {
  return [
    '.SS', `p2pchat ${escape(spec.name)}${spec.args === undefined ? '' : ` ${escape(spec.args)}`}`,
    `${escape(spec.summary.charAt(0).toUpperCase() + spec.summary.slice(1))}.`,
    ...(spec.details ?? []).map(escape),
    ...(spec.options ?? []).filter(({ hidden }) => hidden !== true).flatMap(option),
    '.PP', 'Example:', '.EX', ...exampleLines(spec, false).map((line) => `  ${escape(line)}`), '.EE'
  ]
}

function option ({ flags, summary }: OptionSpec): string[] {
  return ['.TP', `.B ${escape(flags)}`, escape(summary)]
}

/** Backslashes, dashes that are to be typed, and what would be a request at the start of a line. */
function escape (text: string): string {
  return text.replace(/\\/g, '\\e').replace(/-/g, '\\-').replace(/^(?=[.'])/, '\\&')
}
