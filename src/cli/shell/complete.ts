import type { CommandSpec } from '../command.js'
import { SHELL_WORDS } from './parse.js'

export interface CompletionSources {
  specs: readonly CommandSpec[]
  /** Names that begin so. */
  users: (prefix: string) => Promise<string[]>
}

/** What could stand where the cursor is, as readline takes it: candidates, and the part of the line they replace. */
export async function complete (line: string, sources: CompletionSources): Promise<[string[], string]> {
  const words = line.split(/\s+/)
  const current = words.at(-1) ?? ''
  const before = words.slice(0, -1).filter((word) => word !== '')
  if (current.startsWith('-')) return [withPrefix(optionsOf(before, sources.specs), current), current]
  if (before.length === 0) return [commands(current, sources.specs), current]
  const first = before[0]?.toLowerCase() ?? ''
  if (before.length === 1 && takesUser(first, sources.specs)) return [await sources.users(current.toLowerCase()), current]
  if (before.length === 1) return [withPrefix(secondWords(first, sources.specs), current), current]
  return [[], current]
}

function commands (prefix: string, specs: readonly CommandSpec[]): string[] {
  const names = [...new Set(specs.filter(({ inShell }) => inShell).map(({ name }) => name.split(' ')[0] ?? name))]
  const isUpper = prefix !== '' && prefix === prefix.toUpperCase()
  const words = isUpper ? SHELL_WORDS : [...new Set([...SHELL_WORDS.map((word) => word.toLowerCase()), ...names])].sort()
  return withPrefix([...words], prefix).map((word) => `${word} `)
}

function takesUser (word: string, specs: readonly CommandSpec[]): boolean {
  return word === 'chat' || specs.some(({ name, completes }) => name === word && completes === 'user')
}

function secondWords (word: string, specs: readonly CommandSpec[]): string[] {
  if (word === 'help') return specs.filter(({ inShell }) => inShell).map(({ name }) => name)
  return specs.flatMap(({ name }) => name.startsWith(`${word} `) ? [name.slice(word.length + 1)] : [])
}

function optionsOf (words: string[], specs: readonly CommandSpec[]): string[] {
  const typed = words.join(' ').toLowerCase()
  const spec = specs.find(({ name }) => typed === name || typed.startsWith(`${name} `))
  return [...(spec?.options ?? []).flatMap(({ flags, hidden }) => hidden === true ? [] : [flags.split(' ')[0] ?? flags]), '--help']
}

function withPrefix (words: string[], prefix: string): string[] {
  return words.filter((word) => word.toLowerCase().startsWith(prefix.toLowerCase()))
}
