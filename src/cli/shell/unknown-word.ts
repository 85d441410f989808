/** Advice for a line whose first word is none of the shell. Pure. */
import { safeLine } from '../render/safe-text.js'

/** Null: the word is known. @param words of the shell, in any case */
export function unknownWord (line: string, words: readonly string[]): string | null {
  const [typed = '', ...more] = line.trim().split(/\s+/)
  const word = typed.toLowerCase()
  const known = words.map((one) => one.toLowerCase())
  if (known.includes(word) || word.startsWith('-')) return null
  const bare = word.replace(/^\//, '')
  const near = known.map((one) => ({ one, changes: changesBetween(bare, one) })).sort((a, b) => a.changes - b.changes)[0]
  // Of a short word two letters are most of it.
  const isNear = near !== undefined && near.changes <= (bare.length > 3 ? 2 : 1)
  const meant = near !== undefined && isNear ? near.changes === 0 ? ` Without the slash: ${near.one.toUpperCase()}.` : ` Did you mean ${near.one.toUpperCase()}?` : ''
  const writing = more.length === 0 || isNear ? '' : ' To write to somebody: CHAT bob, then your lines.'
  return `Unknown command '${safeLine(word, 40)}'.${meant}${writing} HELP shows what to type.`
}

/** How many letters are put in, left out, replaced or swapped with the next. */
function changesBetween (a: string, b: string): number {
  const rows: number[][] = []
  for (let i = 0; i <= a.length; i++) {
    rows.push([i])
    for (let j = 1; j <= b.length; j++) {
      const at = (row: number, column: number): number => rows[row]?.[column] ?? j
      const isSame = a[i - 1] === b[j - 1]
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      rows[i]?.push(i === 0 ? j : Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (isSame ? 0 : 1), isSwapped ? at(i - 2, j - 2) + 1 : Infinity))
    }
  }
  return rows[a.length]?.[b.length] ?? Infinity
}
