import { P2pChatError } from '../../errors.js'

const LINE_FEED = 0x0a

/**
 * Lines of UTF-8 out of a byte stream, without their line feed. Never holds more than one line of `maxBytes`.
 *
 * @throws ERR_LIMIT at a longer line; ERR_INVALID_FRAME at bytes that are not UTF-8
 */
export async function * readLines (source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string> {
  let parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of source) {
    let from = 0
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, from)
      const part = chunk.subarray(from, end === -1 ? undefined : end)
      length += part.byteLength
      if (length > maxBytes) throw new P2pChatError('ERR_LIMIT', `A line on the control socket is longer than ${maxBytes} bytes.`)
      if (part.byteLength > 0) parts.push(part)
      if (end === -1) break
      const line = decode(parts)
      parts = []
      length = 0
      from = end + 1
      if (line.trim() !== '') yield line
    }
  }
}

function decode (parts: Uint8Array[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))
  } catch (cause) {
    throw new P2pChatError('ERR_INVALID_FRAME', 'A line on the control socket is not UTF-8.', { cause })
  }
}
