import type { BulkStream } from '../../overlay/network.js'
import type { FileLink } from '../files/transfer/link.js'

/** A bulk stream as the state machines of files/transfer want it. */
export function bulkLink (stream: BulkStream): FileLink {
  const frames = stream.source[Symbol.asyncIterator]()
  return {
    remotePeer: stream.remotePeer,
    get signs () { return stream.signs ?? 0 },
    send: async (frame) => { await stream.send(frame) },
    async next () {
      const { value, done } = await frames.next()
      return done === true ? undefined : value as Uint8Array
    },
    recycle: (frame) => { stream.recycle?.(frame) },
    close: async () => { await stream.close() },
    abort: (error) => { stream.abort(error) }
  }
}
