import type { CommandSpec, Completes } from '../command.js'
import { SETTINGS } from '../commands/settings.js'
import { lastWord, type TypedWord } from './complete-path.js'
import { SHELL_WORDS } from './parse.js'

export interface CompletionSources {
  specs: readonly CommandSpec[]
  /** Names that begin so. */
  users: (prefix: string) => Promise<string[]>
  /** Those of groups that this account is in. */
  ownGroups: (prefix: string) => Promise<string[]>
  /** Those of groups that can be joined. */
  listedGroups: (prefix: string) => Promise<string[]>
  members: (group: string, prefix: string) => Promise<string[]>
  /** Ids of transfers; of those that wait for an answer. */
  files: (prefix: string, offered: boolean) => Promise<string[]>
  /** Of this machine; what replaces the word as it was typed. */
  paths: (word: TypedWord) => Promise<[string[], string]>
}

/** What follows the words that are not commands of the command line by the same name. */
const WORD_ARGUMENTS: Record<string, readonly Completes[]> = {
  chat: ['conversation'],
  grpsend: ['group'],
  create: ['new', 'user'],
  join: ['listed-group'],
  leave: ['group'],
  members: ['group'],
  add: ['group', 'user'],
  remove: ['group', 'member'],
  list: ['listed-group'],
  listgrp: ['listed-group'],
  fileusersend: ['user', 'path'],
  filegroupsend: ['group', 'path'],
  send_file: ['path', 'user'],
  send_group_file: ['path', 'new', 'group']
}

const POLICIES = ['open', 'invite-only', 'listed', 'unlisted']

/** What could stand where the cursor is, as readline takes it: candidates, and the part of the line they replace. */
export async function complete (line: string, sources: CompletionSources): Promise<[string[], string]> {
  const typed = lastWord(line)
  const { before } = typed
  const current = typed.raw
  if (current.startsWith('-')) return [withPrefix(optionsOf(before, sources.specs), current), current]
  if (before.length === 0) return [commands(current, sources.specs), current]
  const first = before[0]?.toLowerCase() ?? ''
  if (first === 'send_group') return await sendGroup(before, current, sources)
  const { completes, given } = argumentsOf(before, sources.specs)
  if (completes !== undefined) {
    const goesOn = completes.length > 1
    const kind = completes[given.length] ?? (goesOn ? completes.at(-1) : 'new')
    return kind === 'path' ? await sources.paths(typed) : await argument(kind, given, current, sources)
  }
  if (before.length === 1) return [withPrefix(secondWords(first, sources.specs), current), current]
  return [[], current]
}

async function argument (kind: Completes | undefined, given: string[], current: string, sources: CompletionSources): Promise<[string[], string]> {
  const prefix = current.toLowerCase()
  switch (kind) {
    case 'user': return [await sources.users(prefix), current]
    case 'group': return await groups(prefix, sources.ownGroups)
    case 'listed-group': return [await sources.listedGroups(prefix), current]
    case 'conversation': return [[...new Set([...await sources.users(prefix), ...await sources.ownGroups(prefix)])].sort(), current]
    case 'member': return [await sources.members(given[0]?.toLowerCase() ?? '', prefix), current]
    case 'file': return [await sources.files(prefix, false), current]
    case 'offer': return [await sources.files(prefix, true), current]
    case 'setting': return [withPrefix(Object.keys(SETTINGS), prefix).map((word) => `${word} `), current]
    case 'policy': return [withPrefix(POLICIES, prefix).map((word) => `${word} `), current]
    default: return [[], current]
  }
}

/** Several are parted by commas: the last is completed. */
async function groups (current: string, ownGroups: CompletionSources['ownGroups']): Promise<[string[], string]> {
  const last = current.split(',').at(-1) ?? ''
  return [await ownGroups(last), last]
}

/** SEND_GROUP 2 team club hello: as many groups as it says. */
async function sendGroup (before: string[], current: string, { ownGroups }: CompletionSources): Promise<[string[], string]> {
  const given = before.length - 2
  return [given >= 0 && given < Number(before[1]) ? await ownGroups(current.toLowerCase()) : [], current]
}

function argumentsOf (before: string[], specs: readonly CommandSpec[]): { completes?: readonly Completes[], given: string[] } {
  const [first = '', second = ''] = before.map((word) => word.toLowerCase())
  if (Object.hasOwn(WORD_ARGUMENTS, first)) return { completes: WORD_ARGUMENTS[first], given: plain(before.slice(1)) }
  const two = specs.find(({ name, inShell }) => inShell && name === `${first} ${second}`)
  if (two !== undefined) return { completes: two.completes, given: plain(before.slice(2)) }
  const one = specs.find(({ name, inShell }) => inShell && name === first)
  return { completes: one?.completes, given: plain(before.slice(1)) }
}

function plain (words: string[]): string[] {
  return words.filter((word) => !word.startsWith('-'))
}

function commands (prefix: string, specs: readonly CommandSpec[]): string[] {
  const names = [...new Set(specs.filter(({ inShell }) => inShell).map(({ name }) => name.split(' ')[0] ?? name))]
  const isUpper = prefix !== '' && prefix === prefix.toUpperCase()
  const words = isUpper ? SHELL_WORDS : [...new Set([...SHELL_WORDS.map((word) => word.toLowerCase()), ...names])].sort()
  return withPrefix([...words], prefix).map((word) => `${word} `)
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
