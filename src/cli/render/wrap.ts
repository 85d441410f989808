/** Lines for a terminal of so many columns, broken between words. */

// eslint-disable-next-line no-control-regex -- colours take no room
const COLOUR = /\u001b\[[0-9;]*m/g
/** The later lines of a message (see message.ts): every row of them shows that it goes on. */
// eslint-disable-next-line no-control-regex -- the bar may be dim
const LATER_LINE = /^(?:\u001b\[2m)? +│(?:\u001b\[22m)? /
/** Takes two columns on most terminals: emoji, and the scripts of East Asia. */
const WIDE = /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u
/** A picture (see pictures/protocols.ts). No text of a peer can begin so: safe-text.ts takes escapes out. */
// eslint-disable-next-line no-control-regex -- what terminals take pictures by
const PICTURE = /^\u001b[_\]P]/
const UNSEEN = /^[\p{M}\p{Cf}]/u

/**
 * Rows of at most `columns`, where there is a space to break at; a row that goes on is set in, so that no text can pass
 * for a message of its own. What begins with a space is left as it is: tables, and what is there to be copied.
 */
export function wrapLine (line: string, columns: number): string[] {
  if (PICTURE.test(line)) return [line]
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
  }
  return [...rows, (rows.length === 0 ? later ?? '' : indent) + row]
}

/** Columns that a line takes, about: terminals differ in emoji. */
export function width (line: string): number {
  let columns = 0
  for (const char of withoutColours(line)) columns += UNSEEN.test(char) ? 0 : WIDE.test(char) ? 2 : 1
  return columns
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
