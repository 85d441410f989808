import { decodeHello, encodeHello } from '../../../src/overlay/channel/hello.js'
import { decodeMessage, encodeMessage, type Message } from '../../../src/overlay/channel/message.js'
import { encodeFrames, FrameDecoder } from '../../../src/overlay/frames/frame-decoder.js'
import { maxFrameBytes } from '../../../src/protocol/limits.js'
import { bytesOf, meaningOf } from '../meaning.js'
import type { Frozen, Scene } from './index.js'

const capabilities = ['text/1']
const messages: Message[] = [
  { type: 'request', id: 7, method: 'mailbox/read', body: Uint8Array.of(8, 1), timeoutMs: 30_000 },
  { type: 'response', id: 7, body: Uint8Array.of(1, 2, 3) },
  { type: 'failure', id: 8, failure: { code: 'ERR_OVERLOADED', message: 'Try again in a moment.', retryAfterMs: 1_500n, alternatives: ['p2pchat:a', 'p2pchat:b'] } },
  { type: 'notification', method: 'mailbox/mail', body: Uint8Array.of(9) },
  { type: 'cancel', id: 300 }
]

/** One side of a channel from its first byte on. */
export const channel: Scene = {
  make: () => ({
    given: {},
    wire: { stream: meaningOf(encodeFrames([encodeHello(capabilities), ...messages.map(encodeMessage)])) },
    meaning: { capabilities, messages: messages.map(meaningOf) }
  }),
  read: (_given, wire): Frozen => {
    const [hello, ...frames] = framesOf(bytesOf(wire.stream))
    return { capabilities: decodeHello(hello ?? new Uint8Array(0)), messages: frames.map((frame) => meaningOf(decodeMessage(frame))) }
  }
}

function framesOf (stream: Uint8Array): Uint8Array[] {
  const decoder = new FrameDecoder(maxFrameBytes)
  const frames: Uint8Array[] = []
  for (let at = 0; at < stream.byteLength;) {
    const { taken, frame } = decoder.take(stream, at)
    at += taken
    if (frame !== undefined) frames.push(frame)
  }
  return frames
}
