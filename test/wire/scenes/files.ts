import { chunkCount, leafHash, leafPiece, merkleRoot, openChunk, pieceRoots, plainChunkBytes, sealChunk, verifyLeafPiece } from '../../../src/crypto/file/index.js'
import { controlFrame, chunkFrame, readControl, splitFrame } from '../../../src/protocol/bulk-frames.js'
import * as pb from '../../../src/protocol/pb/file.js'
import { concat } from 'uint8arrays/concat'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { bytesOf, meaningOf } from '../meaning.js'
import type { Frozen, Scene } from './index.js'

/** A file of two chunks, sealed; its tree; and the frames that carry a chunk and a control message. */
export const files: Scene = {
  make: () => {
    const random = new SeededRandom('p2pchat wire: files')
    const file = { fileId: random.bytes(16), key: random.bytes(32), bytes: 65_536 + 1_000 }
    const given = meaningOf(file) as Frozen
    const chunks = Array.from({ length: chunkCount(file.bytes) }, (_, index) => sealChunk(file, index, plainChunk(index, plainChunkBytes(file.bytes, index))))
    const leaves = concat(chunks.map(leafHash))
    const wire = {
      // The first chunk is 64 KiB of the same kind as the last one: its leaf says enough of it.
      leaves: meaningOf(leaves),
      root: meaningOf(merkleRoot(leaves)),
      chunk: meaningOf(chunkFrame(1, chunks[1] ?? new Uint8Array(0))),
      control: meaningOf(controlFrame(pb.FileFrame, { open: { fileId: file.fileId } }))
    }
    return { given, wire, meaning: files.read(given, wire) }
  },
  read: (given, wire): Frozen => {
    const file = { fileId: bytesOf(given.fileId), key: bytesOf(given.key), bytes: Number(given.bytes) }
    const [leaves, root] = [bytesOf(wire.leaves), bytesOf(wire.root)]
    const frame = splitFrame(bytesOf(wire.chunk))
    const control = splitFrame(bytesOf(wire.control))
    if (frame.type !== 'chunk' || control.type !== 'control') throw new Error('The frames are others.')
    const total = chunkCount(file.bytes)
    return {
      chunks: total,
      root: meaningOf(merkleRoot(leaves)),
      isProven: verifyLeafPiece(root, total, 0, leafPiece(leaves, pieceRoots(leaves), 0)),
      index: frame.index,
      isLeaf: meaningOf(leafHash(frame.sealed)) === meaningOf(leaves.subarray(32, 64)),
      plaintext: meaningOf(openChunk(file, frame.index, frame.sealed)),
      firstLeaf: meaningOf(leafHash(sealChunk(file, 0, plainChunk(0, plainChunkBytes(file.bytes, 0))))),
      control: meaningOf(readControl(pb.FileFrame, control.bytes))
    }
  }
}

function plainChunk (index: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + index) & 255)
}
