import type { BulkStream } from '../../../src/overlay/network.js'
import { controlFrame } from '../../../src/protocol/bulk-frames.js'
import { BlobFrame } from '../../../src/protocol/pb/blob.js'
import { FrameReader } from '../../../src/rendezvous/blobs/frame-reader.js'
import type { BlobWriter, Kept } from '../../../src/rendezvous/blobs/index.js'
import { receiveFile } from '../../../src/rendezvous/blobs/upload.js'
import { FakeClock } from '../../helpers/fake-clock.js'

describe('the stream on which a file is left', () => {
  it('ends with its device, also when other servers never say that they have what came', async () => {
    const clock = new FakeClock()
    let close = (): void => {}
    const closed = new Promise<Kept>((resolve) => { close = () => { resolve({ outcome: 'unknown' }) } })
    const writer: BlobWriter = {
      status: () => ({ chunks: 1, sealedBytes: 1, root: new Uint8Array(32), keptChunks: 0, kept: [], keptPieces: [], expiresAtMs: 0, replicas: 1, servers: 3 }),
      addLeaves: async () => {},
      addChunk: async () => {},
      kept: async () => await closed,
      close: async () => { close() }
    }
    const frames = [controlFrame(BlobFrame, { leaves: { piece: 0, leaves: new Uint8Array(32), path: new Uint8Array(0) } })]
    const stream: Pick<BulkStream, 'source' | 'send'> = {
      source: (async function * () { yield * frames })(),
      send: async () => {}
    }
    await clock.until(receiveFile(stream as BulkStream, new FrameReader(stream as BulkStream, clock), writer, () => {}))
  })
})
