import assert from 'node:assert/strict'
import { decode, encode } from '../../../src/protocol/codec.js'
import { maxFrameBytes } from '../../../src/protocol/limits.js'
import { ServerBlobOutcome } from '../../../src/protocol/enums.js'
import { ServerBlobStateResponse } from '../../../src/protocol/pb/server-blob.js'
import type { BlobCopy } from '../../../src/rendezvous/blobs/index.js'
import { sealedChunkBytes } from '../../../src/rendezvous/blobs/limits.js'
import { haveOf, stateToWire } from '../../../src/rendezvous/blob-replication/codec.js'
import { sealedFile } from '../blobs/sealed-file.js'

const copy: BlobCopy = { blob: sealedFile('a', 9).blob('alice'), kept: Uint8Array.of(255, 1), pieces: Uint8Array.of(1), growing: false, changedAtMs: 5, expiresAtMs: 6 }

function read (said: BlobCopy): ReturnType<typeof haveOf> {
  const answer = encode(ServerBlobStateResponse, { outcome: ServerBlobOutcome.DONE, state: stateToWire(said) })
  return haveOf(decode(ServerBlobStateResponse, answer, maxFrameBytes, 'An answer'))
}

describe('what another server says of a file', () => {
  it('is read as it was meant', () => {
    assert.deepEqual(read(copy), { outcome: 'there', copy })
  })

  it('is unknown where a later version says something else', () => {
    assert.deepEqual(haveOf(decode(ServerBlobStateResponse, encode(ServerBlobStateResponse, { outcome: 99 }), maxFrameBytes, 'An answer')), { outcome: 'unknown' })
  })

  it('is refused when no file is like that: its chunks would be counted for minutes', () => {
    const chunks = 2 ** 32 - 1
    for (const wrong of [
      { ...copy, blob: { ...copy.blob, chunks } },
      { ...copy, blob: { ...copy.blob, chunks, sealedBytes: chunks * sealedChunkBytes } },
      { ...copy, kept: Uint8Array.of(255) },
      { ...copy, pieces: new Uint8Array(2) },
      { ...copy, blob: { ...copy.blob, root: new Uint8Array(31) } }
    ]) assert.throws(() => read(wrong), { code: 'ERR_INVALID_RECORD' })
  })
})
