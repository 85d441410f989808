/** "Padding" of docs/wire/sessions.md. */
import { Refused, join, u8 } from './bytes.js'

const SIZES = [128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536]

/** x ‖ 80 ‖ 00…00 */
export function pad (x: Uint8Array): Buffer {
  const size = SIZES.find(each => each >= x.length + 1)
  if (size === undefined) throw new Refused('too long to pad')
  return join(x, u8(0x80), Buffer.alloc(size - x.length - 1))
}

export function unpad (padded: Uint8Array): Buffer {
  if (!SIZES.includes(padded.length)) throw new Refused('not a padded size')
  let last = padded.length - 1
  while (last >= 0 && padded[last] === 0) last--
  if (padded[last] !== 0x80) throw new Refused('no end of padding')
  return Buffer.from(padded.subarray(0, last))
}
