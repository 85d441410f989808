/**
 * Names that came from elsewhere, made fit for a folder: the rules of Linux, macOS and Windows at once, for a downloads
 * folder may lie on any of their file systems, or be carried to one.
 */
import { maxNameBytes } from './limits.js'

const FALLBACK = 'file'
/** Devices of Windows, with any extension behind them; the superscript digits count as digits there. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)(?=$|[. ])/iu
/** What Windows refuses in names (`:` also opens a second stream of a file), beside the separators. */
const FORBIDDEN = /[<>:"|?*]/g
/** Control characters, halves of surrogate pairs, unassigned code points; marks that nobody sees or that turn the direction of writing. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
const SPACES = /[\p{Zs}\s]+/gu
/** Hidden files, options of commands, home folders. */
const LEADING = /^[.\-~ ]+/
const TRAILING = /[. ]+$/
/** What a name ends with and keeps when it is cut: `.png`, `.tar.gz`. */
const EXTENSION = /(?:\.tar)?\.[^. ]{1,16}$/iu

/**
 * One name for one file in one folder: NFC, the last part of any path, nothing invisible, not reserved anywhere, not
 * hidden, and no option. At most `maxBytes` of UTF-8; what is cut is in front of the extension.
 */
export function safeFileName (raw: string, maxBytes = maxNameBytes): string {
  // The end of a long name decides what it is; more than this is not looked at.
  const text = raw.slice(-4 * maxBytes).normalize('NFC').replace(UNSEEN, '')
  const last = text.split(/[/\\]/).map((part) => part.trim()).findLast((part) => part !== '' && !/^\.+$/.test(part)) ?? ''
  const trimmed = last.replace(FORBIDDEN, '_').replace(SPACES, ' ').replace(LEADING, '').replace(TRAILING, '').normalize('NFC')
  const named = trimmed === '' ? FALLBACK : RESERVED.test(trimmed) ? `_${trimmed}` : trimmed
  return fit(named, '', maxBytes)
}

/** `cat.png` as `cat (2).png`, within the same limit. @param n 2 and up; 1 is the name itself */
export function numberedName (name: string, n: number, maxBytes = maxNameBytes): string {
  return n === 1 ? name : fit(name, ` (${n})`, maxBytes)
}

function fit (name: string, suffix: string, maxBytes: number): string {
  const extension = EXTENSION.exec(name)?.[0] ?? ''
  const end = suffix + extension
  return cut(name.slice(0, name.length - extension.length), maxBytes - Buffer.byteLength(end)) + end
}

/** Whole code points, and no space or dot where it ends. */
function cut (text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text
  let bytes = 0
  let out = ''
  for (const char of text) {
    bytes += Buffer.byteLength(char)
    if (bytes > maxBytes) break
    out += char
  }
  return out.replace(TRAILING, '')
}
