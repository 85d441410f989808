/**
 * What peers and servers say, made fit for a terminal. A text may hold escape sequences that repaint the screen,
 * marks that turn reading order around, and characters nobody sees; none of them survives. Emoji (also joined ones),
 * letters of every script and line breaks do. Texts in `--json` do not come through here: see json.ts.
 */

/** Combining marks on one letter that are still a language's; more only climb over other lines. */
const maxMarksPerLetter = 6

/* eslint-disable no-control-regex -- finding control characters is what these are for */
/**
 * ECMA-48: CSI sequences, strings that end in ST or BEL (OSC, DCS, SOS, PM, APC), two-character escapes. No string runs
 * over the beginning of another: many that never end would each be read to the end of the text.
 */
const ESCAPE_SEQUENCE = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u0090\u0098\u009c-\u009f]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-Z\\^-~]/g
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g
const LINE_BREAK = /\r\n?|[\u0085\u2028\u2029\u000b\u000c]/g
/* eslint-enable no-control-regex */
/** Marks, embeddings, overrides and isolates of the bidirectional algorithm (UAX 9). */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
/**
 * Characters without a glyph, but for joiners (see JOINER), the choice between text and emoji (FE0E, FE0F), and the
 * tags that make a regional flag: after a black flag, up to the cancel tag.
 */
const UNSEEN = /(\u{1f3f4}[\u{e0020}-\u{e007e}]{2,8}\u{e007f})|(?!\u200c|\u200d|\ufe0e|\ufe0f)\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]/gu
/** Drawn as nothing, in room of its own, though no space: braille without a dot, a note without a head. */
const BLANK = /[\u2800\u{1d159}]/gu
const JOINING_SCRIPTS = ['Arabic', 'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala']
const LETTERS = JOINING_SCRIPTS.map((script) => `\\p{Script=${script}}`).join('')
const EMOJI_END = '\\p{Extended_Pictographic}|\\p{Emoji_Modifier}|\\ufe0f|\\u20e3'
/** Joiners between two parts of an emoji, or between letters of scripts that spell with them, mean something. */
const JOINER = new RegExp(`(?<=${EMOJI_END})\\u200d(?=\\p{Extended_Pictographic})|(?<=[${LETTERS}\\p{M}])[\\u200c\\u200d](?=[${LETTERS}])|([\\u200c\\u200d])`, 'gu')
const MARKS = new RegExp(`(\\p{M}{${maxMarksPerLetter}})\\p{M}+`, 'gu')
const LONE_SURROGATE = /\p{Surrogate}/gu

/** Text of several lines, safe to print; line breaks are `\n`. */
export function safeText (text: string): string {
  return text
    .replace(LONE_SURROGATE, '\ufffd')
    .replace(ESCAPE_SEQUENCE, '')
    .replace(LINE_BREAK, '\n')
    .replace(/\t/g, '    ')
    .replace(CONTROL, '')
    .replace(BIDI, '')
    .replace(BLANK, ' ')
    .replace(UNSEEN, (_match, flag: string | undefined) => flag ?? '')
    .replace(JOINER, (match, stray: string | undefined) => stray === undefined ? match : '')
    .replace(MARKS, '$1')
}

/** The same on one line, at most `maxChars` characters: for names, addresses, error messages and previews. */
export function safeLine (text: string, maxChars = 500): string {
  const line = safeText(text).replace(/\s+/g, (space) => space.includes('\n') ? ' ' : space).trim()
  const chars = Array.from(line)
  return chars.length <= maxChars ? line : `${chars.slice(0, maxChars - 1).join('')}…`
}

/** Without the line breaks at its end. Not by a pattern: `\n+$` reads every run of line breaks once for each of them. */
export function withoutLastBreaks (text: string): string {
  let end = text.length
  while (text[end - 1] === '\n') end--
  return text.slice(0, end)
}
