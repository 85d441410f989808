import { leavesPerPiece } from '../../crypto/file/limits.js'
import { LEAF_BYTES } from '../../crypto/file/leaf.js'
import { maxSealBytes } from '../../protocol/limits.js'

export const fileIdBytes = 16
/** A chunk as it travels: a full seal with its salt and tag. A file of one chunk may have a shorter one. */
export const sealedChunkBytes = maxSealBytes + 48
/** A byte that says what it is, the index, the chunk. */
export const maxBlobFrameBytes = 1 + 4 + sealedChunkBytes
export const pieceBytes = leavesPerPiece * LEAF_BYTES
/** An audit path over the pieces of a file of 2^32 chunks. */
export const maxPathBytes = 22 * LEAF_BYTES
/** Ranges of what is there, in one answer: a file that comes in order has one or two. */
export const maxRanges = 1_000
/** What a file costs beside its chunks: its records and the rest of a disk block. */
export const blobOverheadBytes = 8_192

/** Bytes that are synced together: a sync costs as much for fewer, and a crash costs the sender no more than this again. */
export const commitBytes = 2 * 1024 * 1024
/** How long less than that waits for more. */
export const commitDelayMs = 50
/** Bytes of a file that were taken and are not synced: past it nothing more is read from its sender. */
export const maxUncommittedBytes = 16 * 1024 * 1024
/** Pieces of leaf hashes that an open file keeps in memory, 32 KiB each. */
export const maxCachedPieces = 4
/** Reads, writes and syncs of files at a time. The other two threads of four are left to what keeps the mail. */
export const maxDiskCalls = 2
/** After so many written bytes it is looked anew how much of the disk is free. */
export const measureEveryBytes = 16 * 1024 * 1024

/** Streams of files at a time. One costs up to 1 MiB that its reader has not taken. */
export const maxBlobStreams = 128
/** Of these, what one device may have: a few files each way. */
export const maxBlobStreamsPerDevice = 8
/** Whoever opens a stream and names no file within this is hung up on. */
export const openTimeoutMs = 10_000
/** Who has said nothing for this long, and has nothing to wait for, is gone; what was kept stays. */
export const idleTimeoutMs = 120_000
/** Who pauses for longer may come again. */
export const pausedTimeoutMs = 10 * 60_000
/** How long what is asked for may be yet to come: others may have it sooner. */
export const missingTimeoutMs = 30_000
/** Chunks asked for at once: a few windows of a fetcher. */
export const maxWantedChunks = 256
/** Pieces of leaf hashes asked for at once. */
export const maxWantedPieces = 16
/** Frames between two looks whether the device is still signed in. */
export const checkEveryFrames = 64
