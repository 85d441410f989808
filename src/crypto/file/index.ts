/**
 * Files: every chunk sealed under a key of its own, and a Merkle tree over what travels (docs/wire/files.md).
 *
 * layout.ts: how a file lies in chunks; chunk.ts: sealing and opening one; leaf.ts and merkle.ts: the tree over their leaf hashes.
 */
export { chunkCount, plainChunkBytes, sealedChunkBytes } from './layout.js'
export { FILE_ID_BYTES, FILE_KEY_BYTES, openChunk, openChunkInPlace, sealChunk, type FileSecret } from './chunk.js'
export { LEAF_BYTES, leafHash } from './leaf.js'
export { leafPiece, merkleRoot, pieceLength, pieceRoots, verifyLeafPiece, type LeafPiece } from './merkle.js'
export { chunkBytes, leavesPerPiece, maxFileChunks } from './limits.js'
