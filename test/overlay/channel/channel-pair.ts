import { openChannel } from '../../../src/overlay/channel/index.js'
import { encodeFrames, FrameDecoder } from '../../../src/overlay/frames/frame-decoder.js'
import type { Channel, Service } from '../../../src/overlay/network.js'
import { Frame, Hello } from '../../../src/protocol/pb/channel.js'
import { silentLogger } from '../../../src/runtime.js'
import type { FakeClock } from '../../helpers/fake-clock.js'
import { streamPair, type MemoryStream, type Wire } from '../../helpers/stream-pair.js'

export interface ChannelOptions {
  capabilities?: string[]
  helloTimeoutMs?: number
  signal?: AbortSignal
  onOpen?: (channel: Channel) => void
}

export async function openOn (stream: MemoryStream, clock: FakeClock, service: Service, options: ChannelOptions = {}): Promise<Channel> {
  return await openChannel({
    stream, clock, service, remotePeer: 'peer', remoteAddress: '/memory/1', via: 'direct', logger: silentLogger, capabilities: [], helloTimeoutMs: 10_000, ...options
  })
}

export interface ChannelPair {
  left: Channel
  right: Channel
  streams: [MemoryStream, MemoryStream]
}

export async function channelPair (clock: FakeClock, leftService: Service, rightService: Service, wire: Wire = {}): Promise<ChannelPair> {
  const { ends } = streamPair(wire)
  const [left, right] = await Promise.all([openOn(ends[0], clock, leftService), openOn(ends[1], clock, rightService)])
  return { left, right, streams: ends }
}

/** The other side of a channel, written by hand: says whatever a test wants. */
export class RawPeer {
  readonly heard: Frame[] = []
  hello: Hello | undefined
  ended = false
  readonly #stream: MemoryStream

  constructor (stream: MemoryStream) {
    this.#stream = stream
    const decoder = new FrameDecoder(1024 * 1024)
    stream.read({
      onBytes: (bytes) => {
        for (let at = 0; at < bytes.byteLength;) {
          const { taken, frame } = decoder.take(bytes, at)
          at += taken
          if (frame === undefined) continue
          if (this.hello === undefined) this.hello = Hello.decode(frame)
          else this.heard.push(Frame.decode(frame))
        }
      },
      onEnd: () => { this.ended = true }
    })
  }

  sayHello (hello: Partial<Hello> = { version: 1 }): void {
    this.sayRaw(Hello.encode(hello))
  }

  say (...frames: Array<Partial<Frame>>): void {
    this.#stream.send(encodeFrames(frames.map((frame) => Frame.encode(frame))))
  }

  /** A part of a frame, as a slow line brings it. */
  trickle (bytes: Uint8Array): void {
    this.#stream.send(bytes)
  }

  sayRaw (...frames: Uint8Array[]): void {
    this.#stream.send(encodeFrames(frames))
  }
}
