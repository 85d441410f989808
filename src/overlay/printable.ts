/** Control characters, line breaks, halves of surrogate pairs, and marks that are invisible or turn the direction of writing. A fixed list: every peer must judge alike. */
const UNPRINTABLE = '\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\ud800-\\udfff'
const ANY = new RegExp(`[${UNPRINTABLE}]`, 'u')
const ALL = new RegExp(`[${UNPRINTABLE}]`, 'gu')

/** Whether a text from elsewhere may be shown on one line as it is. */
export function isPrintable (text: string): boolean {
  return !ANY.test(text)
}

/** The text without what could play with a terminal, at most `maxChars` long. */
export function printable (text: string, maxChars: number): string {
  return text.slice(0, maxChars).replace(ALL, '')
}
