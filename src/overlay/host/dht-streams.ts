import type { Stream, StreamHandler } from '@libp2p/interface'
import { DHT_PROTOCOL } from '../../protocol/ids.js'
import { maxDhtAnswerBytes, maxDhtQuestionBytes } from './limits.js'

/** What libp2p gives a service that this one needs. */
interface Components {
  registrar: { handle: (protocol: string, handler: StreamHandler, ...rest: never[]) => Promise<void> }
  connectionManager: { openStream: (peer: never, protocol: string | string[], ...rest: never[]) => Promise<Stream> }
}

/**
 * Bounds what comes over one stream of the DHT, which has questions and answers of 4 MiB: a list of a hundred thousand names
 * takes seconds. A service, to be made before the DHT; libp2p's own hook for streams keeps each that comes.
 */
export function boundDhtStreams ({ registrar, connectionManager }: Components): object {
  const handle = registrar.handle.bind(registrar)
  const openStream = connectionManager.openStream.bind(connectionManager)
  registrar.handle = async (protocol, handler, ...rest) => {
    if (protocol !== DHT_PROTOCOL) { await handle(protocol, handler, ...rest); return }
    await handle(protocol, async (stream, connection) => { await handler(bounded(stream, maxDhtQuestionBytes), connection) }, ...rest)
  }
  connectionManager.openStream = async (peer, protocol, ...rest) => {
    const stream = await openStream(peer, protocol, ...rest)
    return protocol === DHT_PROTOCOL ? bounded(stream, maxDhtAnswerBytes) : stream
  }
  return {}
}

/** The same stream; it ends with an error once more than `maxBytes` have come. */
function bounded (stream: Stream, maxBytes: number): Stream {
  let bytes = 0
  stream.addEventListener('message', (event) => {
    bytes += event.data.byteLength
    if (bytes <= maxBytes) return
    event.stopImmediatePropagation()
    stream.abort(new Error(`More than ${maxBytes} bytes came.`))
  })
  return stream
}
