/** Keys before readline has them: a pasted text comes as one, and what is seen as one character is taken away as one. */
import type { Interface } from 'node:readline'

/** Ask a terminal to say where a paste begins and ends, and not to any more. */
export const PASTES_ON = '\u001b[?2004h'
export const PASTES_OFF = '\u001b[?2004l'

/** Shown for a line break that was pasted: the line that is typed has none. */
const BREAK_SIGN = '␤'

export interface Key {
  name?: string
  ctrl?: boolean
  meta?: boolean
  sequence?: string
}

/** What readline has besides its types; REPLs replace `_ttyWrite`, which takes every key, in the same way. */
type KeyReader = Interface & {
  cursor: number
  isCompletionEnabled: boolean
  _ttyWrite: (text: string | undefined, key: Key) => void
  _insertString: (text: string) => void
}

export interface KeyHandlers {
  /** What of a pasted text, whose line breaks are `\n`, is put where the cursor is. */
  pastedAs: (text: string) => string
  /** Takes the line away, where readline has no key for it; null: it has. */
  clearLine: (() => void) | null
}

export function takeKeys (given: Interface, { pastedAs, clearLine }: KeyHandlers): void {
  const reader = given as KeyReader
  const take = reader._ttyWrite.bind(reader)
  let pasted: string | null = null
  reader._ttyWrite = (text, key) => {
    if (key.name === 'paste-start') pasted = ''
    else if (key.name === 'paste-end') {
      if (pasted !== null) insert(reader, pastedAs(cleaned(pasted)).replace(/\n/g, BREAK_SIGN))
      pasted = null
    } else if (clearLine !== null && key.name === 'u' && key.ctrl === true) clearLine()
    else if (pasted !== null && !isInterrupt(key)) pasted += key.sequence ?? text ?? ''
    else {
      // One whose end was lost would take all keys.
      pasted = null
      for (let times = codePointsAt(reader, key); times > 0; times--) take(text, key)
    }
  }
}

/** Of keys that come together readline puts all but the last at the end of the line, wherever the cursor is. */
function insert (reader: KeyReader, text: string): void {
  const { isCompletionEnabled } = reader
  reader.isCompletionEnabled = true
  reader._insertString(text)
  reader.isCompletionEnabled = isCompletionEnabled
}

/** The text of a typed line: with the line breaks that were pasted. */
export function withBreaks (line: string): string {
  return line.replaceAll(BREAK_SIGN, '\n')
}

/** Without line breaks around it, and without what is no text. */
function cleaned (pasted: string): string {
  // eslint-disable-next-line no-control-regex
  return pasted.replace(/\r\n?|\u2028|\u2029/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '').replace(/^\n+|\n+$/g, '')
}

function isInterrupt ({ name, ctrl }: Key): boolean {
  return name === 'c' && ctrl === true
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** readline goes by code points, of which an emoji may be several: how many the key is for. */
function codePointsAt ({ line, cursor }: KeyReader, { name, ctrl, meta }: Key): number {
  if (ctrl === true || meta === true) return 1
  const isLeft = name === 'backspace' || name === 'left'
  if (!isLeft && name !== 'delete' && name !== 'right') return 1
  const found = isLeft ? [...graphemes.segment(line.slice(0, cursor))].at(-1) : graphemes.segment(line.slice(cursor)).containing(0)
  return Math.max(1, [...found?.segment ?? ''].length)
}
