/** Lines for a terminal of so many columns, broken between words. */

// eslint-disable-next-line no-control-regex -- colours take no room
const COLOUR = /\u001b\[[0-9;]*m/g
// eslint-disable-next-line no-control-regex -- the same
const COLOUR_OR_CHARACTER = /\u001b\[[0-9;]*m|[^]/gu
/** The later lines of a message (see message.ts): every row of them shows that it goes on. */
// eslint-disable-next-line no-control-regex -- the bar may be dim
const LATER_LINE = /^(?:\u001b\[2m)? +[│|](?:\u001b\[22m)? /
/** Takes two columns on most terminals: emoji, and the scripts of East Asia. */
const WIDE = /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u
/** A picture (see pictures/protocols.ts). No text of a peer can begin so: safe-text.ts takes escapes out. */
// eslint-disable-next-line no-control-regex -- what terminals take pictures by
const PICTURE = /^\u001b[_\]P]/
const UNSEEN = /^[\p{M}\p{Cf}]/u
/** Asks for the character before it as an emoji, which takes two columns: ❤️ */
const AS_EMOJI = '\ufe0f'
/** Nothing in it is blank, so that its end in a row of its own looks like nothing else: addresses, which are copied as one. */
const ASCII = /^[\u0021-\u007e]*\s*$/

/**
 * Rows of at most `columns`; a row that goes on is set in, so that no text can pass for a message of its own. Broken
 * between words, and inside one that fits into no row; not one of ASCII alone, for the terminal to break. What begins
 * with a space is left as it is, tables and what is there to be copied, and so is a text of several lines.
 */
export function wrapLine (line: string, columns: number): string[] {
  if (PICTURE.test(line) || line.includes('\n')) return [line]
  const later = LATER_LINE.exec(line)?.[0]
  if (width(line) <= columns || (later === undefined && /^\s/.test(line))) return [line]
  const indent = later ?? '  '
  const rows: string[] = []
  let row = ''
  for (const word of line.slice(later?.length ?? 0).split(/(?<=\s)(?=\S)/)) {
    const start = rows.length === 0 ? later ?? '' : indent
    // A value that fits into no row stays beside its name, for the terminal to break: it can be copied as one.
    const staysBeside = row.endsWith('  ') && width(indent + word.trimEnd()) > columns
    if (row !== '' && !staysBeside && width(start + (row + word).trimEnd()) > columns) {
      rows.push(start + row.trimEnd())
      row = ''
    }
    row += word
    if (ASCII.test(withoutColours(word))) continue
    for (;;) {
      const start = rows.length === 0 ? later ?? '' : indent
      const end = endWithin(row, Math.max(2, columns - width(start)))
      if (row.slice(end).trimEnd() === '') break
      rows.push(start + row.slice(0, end))
      row = row.slice(end)
    }
  }
  return [...rows, (rows.length === 0 ? later ?? '' : indent) + row]
}

/** Where the first character begins that does not fit; the text's length when all do. */
function endWithin (text: string, columns: number): number {
  let taken = 0
  let before = 0
  for (const { 0: part, index } of text.matchAll(COLOUR_OR_CHARACTER)) {
    before = part.length > 2 ? 0 : charWidth(part, before)
    taken += before
    if (taken > columns) return index
  }
  return text.length
}

/** Columns that a line takes, about and rather more: terminals differ in emoji. */
export function width (line: string): number {
  let columns = 0
  let before = 0
  for (const char of withoutColours(line)) {
    before = charWidth(char, before)
    columns += before
  }
  return columns
}

/** By how much it makes the line wider. `before`: by how much the one before it did. */
function charWidth (char: string, before: number): number {
  if (char === AS_EMOJI) return before === 1 ? 1 : 0
  return UNSEEN.test(char) ? 0 : WIDE.test(char) ? 2 : 1
}

export function withoutColours (line: string): string {
  return line.replace(COLOUR, '')
}

/** Shortened in the middle, so that the extension stays. */
export function shortened (text: string, columns: number): string {
  if (width(text) <= columns) return text
  const chars = Array.from(text)
  const tail = Math.min(8, Math.floor(columns / 3))
  let head = chars.length - tail - 1
  while (head > 0 && width(chars.slice(0, head).join('') + chars.slice(-tail).join('')) + 1 > columns) head--
  return `${chars.slice(0, head).join('')}…${chars.slice(chars.length - tail).join('')}`
}
