/** Everything that JSON may leave bare but a terminal would act on or hide: DEL, C1, bidi marks, unseen characters. */
const ESCAPED = /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu

/** One line of JSON whose strings read back exactly, yet hold no character that acts on a terminal. */
export function jsonLine (value: unknown): string {
  return JSON.stringify(value).replace(ESCAPED, (char) => {
    let escaped = ''
    for (let at = 0; at < char.length; at++) escaped += `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`
    return escaped
  })
}
