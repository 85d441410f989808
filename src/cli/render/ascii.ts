/** For terminals of a locale that is not UTF-8: what p2pchat draws with, in ASCII. */
import { entryOf } from './later.js'

const FORMS = { '…': '...', '→': '>', '←': '<', '✓': 'v', '✗': 'x', '●': '*', '○': 'o', '·': '-', '│': '|', '━': '=', '─': '-' }
const DRAWN = new RegExp(`[${Object.keys(FORMS).join('')}]`, 'g')

/** Whether the locale says another encoding than UTF-8, as POSIX has it; where none is said, as in containers, it does not. */
export function isOtherLocale ({ LC_ALL, LC_CTYPE, LANG }: Record<string, string | undefined>): boolean {
  const locale = [LC_ALL, LC_CTYPE, LANG].find((one) => one !== undefined && one !== '')
  return locale !== undefined && !/utf-?8/i.test(locale)
}

/** All else, as the letters of what people wrote, stays. */
export function inAscii (line: string): string {
  return line.replace(DRAWN, (char) => entryOf(FORMS, char, char))
}
