import { maxSealBytes } from '../../protocol/limits.js'

/** File bytes in a chunk: as much as one seal takes, for the cost of a key and a tag is the same for fewer. */
export const chunkBytes = maxSealBytes
/** Leaf hashes that travel together: 32 KiB, for 64 MiB of a file, which are there before the first of them is waited for. */
export const leavesPerPiece = 1_024
/** Chunks are numbered with 32 bits. */
export const maxFileChunks = 0xffff_ffff
