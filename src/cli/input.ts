import type { Readable } from 'node:stream'
import { P2pChatError } from '../errors.js'

/**
 * All of a stream as text, without one closing line break (what `echo` adds is not part of the message).
 *
 * @throws ERR_LIMIT as soon as more than `maxBytes` have come; ERR_USAGE when it is not UTF-8
 */
export async function readAll (stream: Readable, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream as AsyncIterable<Buffer | string>) {
    const bytes = Buffer.from(chunk as string)
    length += bytes.byteLength
    if (length > maxBytes + 2) throw tooLong(maxBytes)
    chunks.push(bytes)
  }
  const text = decode(Buffer.concat(chunks)).replace(/\r?\n$/, '')
  if (Buffer.byteLength(text) > maxBytes) throw tooLong(maxBytes)
  return text
}

/** The lines of a stream, one at a time, for what is asked for several times. */
export class LineReader {
  readonly #chunks: AsyncIterator<Buffer | string>
  #left = ''
  #decoder = new TextDecoder('utf-8', { fatal: true })

  constructor (stream: Readable) {
    this.#chunks = (stream as AsyncIterable<Buffer | string>)[Symbol.asyncIterator]()
  }

  /** The next line without its end, or null when there is none. @throws ERR_LIMIT at a line longer than `maxChars`; ERR_USAGE: not UTF-8 */
  async next (maxChars: number): Promise<string | null> {
    for (;;) {
      const end = this.#left.indexOf('\n')
      if (end !== -1 || this.#left.length > maxChars) {
        const line = end === -1 ? this.#left : this.#left.slice(0, end)
        if (line.length > maxChars) throw new P2pChatError('ERR_LIMIT', `A line of standard input is longer than ${maxChars} characters.`)
        this.#left = this.#left.slice(end + 1)
        return line.replace(/\r$/, '')
      }
      const { value, done } = await this.#chunks.next()
      if (done === true) {
        const last = this.#left + this.#decode()
        this.#left = ''
        return last === '' ? null : last
      }
      this.#left += typeof value === 'string' ? value : this.#decode(value)
    }
  }

  /** Without bytes: the end, where no character may be left half. */
  #decode (bytes?: Buffer): string {
    return asText(() => this.#decoder.decode(bytes, { stream: bytes !== undefined }))
  }
}

function decode (bytes: Buffer): string {
  return asText(() => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
}

function asText (decoding: () => string): string {
  try {
    return decoding()
  } catch (cause) {
    throw new P2pChatError('ERR_USAGE', 'Standard input is not UTF-8 text.', { cause })
  }
}

function tooLong (maxBytes: number): P2pChatError {
  return new P2pChatError('ERR_LIMIT', `A text may have ${maxBytes} bytes; standard input has more (limit maxTextBytes). Nothing was sent.`)
}
