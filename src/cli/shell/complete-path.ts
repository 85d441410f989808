/** Paths at a Tab: quotes and backslashes stay as they were begun, `~` is not spelled out. */
import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { resolve } from 'node:path'

/** A folder with more is not what a Tab is for. */
const maxCandidates = 200

/** The word that the cursor is at the end of, as it was typed and as it is meant; `before`: the words in front of it. */
export interface TypedWord {
  before: string[]
  raw: string
  value: string
  quote: '"' | '\'' | null
}

/** Like tokenise in parse.ts, for a line that goes on. */
export function lastWord (line: string): TypedWord {
  const before: string[] = []
  let word: TypedWord = { before, raw: '', value: '', quote: null }
  let isOpen = false
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at)
    if (char === '\\' && word.quote !== '\'' && at + 1 < line.length) {
      word = { ...word, raw: word.raw + char + line.charAt(at + 1), value: word.value + line.charAt(at + 1) }
      at++
    } else if (word.quote !== null) word = { ...word, raw: word.raw + char, ...char === word.quote ? { quote: null } : { value: word.value + char } }
    else if (char === '"' || char === '\'') {
      word = { ...word, raw: word.raw + char, quote: char }
      isOpen = true
    } else if (/\s/.test(char)) {
      if (isOpen || word.raw !== '') before.push(word.value)
      word = { before, raw: '', value: '', quote: null }
      isOpen = false
    } else word = { ...word, raw: word.raw + char, value: word.value + char }
  }
  return word
}

/** What readline takes: candidates, and what of the line they replace. */
export async function completePath ({ raw, value, quote }: TypedWord, env: Record<string, string | undefined>): Promise<[string[], string]> {
  const slash = value.lastIndexOf('/')
  const folder = value.slice(0, slash + 1)
  const prefix = value.slice(slash + 1)
  const entries = await readdir(absolute(folder, env), { withFileTypes: true }).catch(() => [])
  const found = entries
    .filter(({ name }) => name.startsWith(prefix) && (prefix.startsWith('.') || !name.startsWith('.')))
    // What holds control characters cannot be typed, nor shown.
    // eslint-disable-next-line no-control-regex
    .filter(({ name }) => !/[\u0000-\u001f\u007f-\u009f]/.test(name))
    .sort((a, b) => a.name.localeCompare(b.name))
    .slice(0, maxCandidates)
  // A word whose quotes are closed already is written anew.
  const style = quote ?? (/^["']/.test(raw) ? raw.charAt(0) as '"' | '\'' : null)
  return [found.map((entry) => typed(`${folder}${entry.name}`, entry.isDirectory(), style)), raw]
}

function absolute (folder: string, env: Record<string, string | undefined>): string {
  return folder.startsWith('~/') ? `${env.HOME ?? homedir()}${folder.slice(1)}` : resolve(folder === '' ? '.' : folder)
}

function typed (path: string, isFolder: boolean, quote: '"' | '\'' | null): string {
  const end = isFolder ? '/' : `${quote ?? ''} `
  if (quote === '\'') return `'${path.replace(/'/g, '\'\\\'\'')}${end}`
  if (quote === '"') return `"${path.replace(/["\\]/g, '\\$&')}${end}`
  return `${path.replace(/[\s"'\\]/g, '\\$&')}${end}`
}
