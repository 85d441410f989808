import { P2pChatError } from '../errors.js'
import type { CommandSpec, Completes } from './command.js'
import { SETTINGS } from './commands/settings.js'

const GLOBAL_FLAGS = ['--home', '--pool', '--json', '--password-stdin', '--timeout', '--help']

/** A completion script, made from the command table. @throws ERR_USAGE at another shell than bash, zsh and fish */
export function completionScript (shell: string, specs: readonly CommandSpec[]): string {
  switch (shell) {
    case 'bash': return bash(specs)
    case 'zsh': return `#compdef p2pchat\nautoload -U +X bashcompinit && bashcompinit\n${bash(specs)}`
    case 'fish': return fish(specs)
    default: throw new P2pChatError('ERR_USAGE', 'There are completions for bash, zsh and fish. See: p2pchat help completion')
  }
}

function bash (specs: readonly CommandSpec[]): string {
  const cases = firstWords(specs).map((word) => {
    const mine = specs.filter(({ name }) => name.split(' ')[0] === word)
    const seconds = mine.flatMap(({ name }) => name.split(' ')[1] ?? [])
    const names = [
      ...takes(mine, 'user', 'conversation', 'member') ? [namesFrom('contacts', 'username')] : [],
      ...takes(mine, 'file', 'offer') ? [shortIds()] : [],
      ...takes(mine, 'group', 'conversation') ? [namesFrom('groups --mine', 'name')] : []
    ].join('')
    const shells = takes(mine, 'shell') ? ['bash', 'zsh', 'fish'] : []
    const commands = [...takes(mine, 'command') ? firstWords(specs) : [], ...takes(mine, 'setting') ? Object.keys(SETTINGS) : [], ...takes(mine, 'policy') ? ['open', 'invite-only', 'listed', 'unlisted'] : []]
    return `    ${word}) words="${[...seconds, ...shells, ...commands, ...mine.flatMap(flags), ...GLOBAL_FLAGS].join(' ')}${names}" ;;`
  })
  const choices = specs.flatMap(({ options = [] }) => options).flatMap(({ flags, choices: values }) => values === undefined
    ? []
    : [`    ${longName(flags)}) COMPREPLY=( $(compgen -W "${values.join(' ')}" -- "$current") ); return ;;`])
  return `_p2pchat() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" word command="" words=""
  case "$previous" in
    --home|--data) COMPREPLY=( $(compgen -d -- "$current") ); return ;;
    --key) compopt -o filenames 2>/dev/null; COMPREPLY=( $(compgen -f -- "$current") ); return ;;
${choices.join('\n')}
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in ${firstWords(specs).join('|')}) command="$word"; break ;; esac
  done
  case "$command" in
    "") words="${[...firstWords(specs), ...GLOBAL_FLAGS, '--version'].join(' ')}" ;;
${cases.join('\n')}
  esac
  COMPREPLY=( $(compgen -W "$words" -- "$current") )
  case " \${COMP_WORDS[*]:1:COMP_CWORD-1} " in
    ${pathWords(specs).map((word) => `*" ${word} "*`).join('|')}) compopt -o filenames 2>/dev/null; COMPREPLY+=( $(compgen -f -- "$current") ) ;;
  esac
}
complete -F _p2pchat p2pchat
`
}

function fish (specs: readonly CommandSpec[]): string {
  const lines = ['complete -c p2pchat -f', `set -l commands ${firstWords(specs).join(' ')}`]
  for (const spec of specs) {
    const [first = '', second] = spec.name.split(' ')
    const when = second === undefined ? 'not __fish_seen_subcommand_from $commands' : `__fish_seen_subcommand_from ${first}`
    lines.push(`complete -c p2pchat -n "${when}" -a ${second ?? first} -d ${quote(spec.summary)}`)
    if (second !== undefined) lines.push(`complete -c p2pchat -n "not __fish_seen_subcommand_from $commands" -a ${first}`)
    for (const option of spec.options ?? []) {
      if (option.hidden === true) continue
      const values = option.choices === undefined ? '' : ` -x -a ${quote(option.choices.join(' '))}`
      lines.push(`complete -c p2pchat -n "__fish_seen_subcommand_from ${first}" -l ${longName(option.flags).slice(2)}${option.flags.includes('<') && values === '' ? ' -r' : values} -d ${quote(option.summary)}`)
    }
    if (takes([spec], 'command')) lines.push(`complete -c p2pchat -n "__fish_seen_subcommand_from ${first}" -a ${quote(firstWords(specs).join(' '))}`)
    if (takes([spec], 'path')) lines.push(`complete -c p2pchat -n "__fish_seen_subcommand_from ${second ?? first}" -F`)
    if (takes([spec], 'setting')) lines.push(`complete -c p2pchat -n "__fish_seen_subcommand_from ${first}" -a ${quote(Object.keys(SETTINGS).join(' '))}`)
    if (takes([spec], 'policy')) lines.push('complete -c p2pchat -n "__fish_seen_subcommand_from policy" -a "open invite-only listed unlisted"')
    if (takes([spec], 'shell')) lines.push(`complete -c p2pchat -n "__fish_seen_subcommand_from ${first}" -a "bash zsh fish"`)
  }
  lines.push('complete -c p2pchat -l home -r -d "the folder of this device"', 'complete -c p2pchat -l pool -x -d "where to enter the pool"',
    'complete -c p2pchat -l json -d "one JSON object a line"', 'complete -c p2pchat -l password-stdin', 'complete -c p2pchat -l timeout -x', 'complete -c p2pchat -l help')
  return `${lines.join('\n')}\n`
}

function takes (specs: readonly CommandSpec[], ...kinds: Completes[]): boolean {
  return specs.some(({ completes = [] }) => completes.some((kind) => kinds.includes(kind)))
}

/** Bash that asks this home for names; quick, for it waits for no server. */
function namesFrom (command: string, field: string): string {
  return ` $(p2pchat ${command} --json --timeout 0 2>/dev/null | sed -n 's/.*"${field}":"\\([a-z0-9._-]*\\)".*/\\1/p')`
}

/** The eight digits that `files` shows, of those that are not over. */
function shortIds (): string {
  return ' $(p2pchat files --active --json --timeout 0 2>/dev/null | sed -n \'s/.*"id":"\\([0-9a-f]\\{8\\}\\).*/\\1/p\')'
}

function firstWords (specs: readonly CommandSpec[]): string[] {
  return [...new Set(specs.map(({ name }) => name.split(' ')[0] ?? name))].sort()
}

/** After which words paths come. */
function pathWords (specs: readonly CommandSpec[]): string[] {
  const words = specs.filter(({ completes = [] }) => completes.includes('path')).map(({ name, completes = [] }) => completes.includes('setting') ? 'downloads-folder' : name.split(' ').at(-1) ?? name)
  return [...new Set(words)]
}

function flags (spec: CommandSpec): string[] {
  return (spec.options ?? []).filter(({ hidden }) => hidden !== true).map(({ flags }) => longName(flags))
}

function longName (flags: string): string {
  return flags.split(' ')[0] ?? flags
}

function quote (text: string): string {
  return `'${text.replace(/'/g, '\\\'')}'`
}
