import { SEAL_OVERHEAD_BYTES } from '../../crypto/seal.js'
import { chunkBytes } from '../../crypto/file/index.js'

/** The largest file, unless the user sets another: 65,536 chunks, whose leaf hashes are 2 MiB. */
export const maxFileBytes = 4 * 1024 * 1024 * 1024
/** A name on every file system in use: Linux and macOS take 255 bytes, Windows 255 characters. */
export const maxNameBytes = 255
/** A name on those that take less: eCryptfs takes 143 bytes. */
export const shortNameBytes = 140
/** What a sender may claim as a name; it is cut to maxNameBytes where it lands. */
export const maxClaimedNameBytes = 1_024
/** A MIME type (RFC 6838 §4.2: 127 characters on either side of the slash). */
export const maxMimeBytes = 255
/** A text beside a file. With the preview it must fit into one message, which takes maxTextBytes. */
export const maxCaptionBytes = 16_384
/** A thumbnail of some 256 by 256 pixels. */
export const maxPreviewBytes = 32_768
/** Sides of a preview: no viewer should be made to reserve more. */
export const maxPreviewPixels = 1_024
/** Everything above, with room for the fields around it. */
export const maxManifestBytes = 56_000

/** A chunk frame: a byte, the index, the sealed chunk. All other frames are smaller. */
export const maxFileFrameBytes = 1 + 4 + chunkBytes + SEAL_OVERHEAD_BYTES
/** Bytes asked for and not yet here, of one source: texts of the same connection wait behind no more than this … */
export const windowBytes = 1024 * 1024
/** … and on a slow way behind no more than this: two ranges, so that one comes while the other is being written. */
export const minWindowBytes = 512 * 1024
/** A way counts as slow when chunks wait for each other for longer than this. A text is to be there in 100 ms. */
export const queueMs = 50
/** A way is near when a range is here within this: on the same machine, or in a network of a gigabit a second. */
export const nearMs = 10
/** Chunks asked for at once; several such ranges fill the window, so that it never runs empty between two. */
export const rangeChunks = 4
/** What a kill or a power cut may cost: bytes asked for, or here and not yet on the disk for good. */
export const maxUnsafeBytes = 4 * 1024 * 1024
/** What the serving side lets be asked for at once: a few windows; more is not what a fetcher of this protocol does. */
export const maxWantedChunks = 256
/** A source that was asked and has sent nothing for this long is given up; others go on meanwhile. */
export const sourceStallMs = 15_000
/** On a slow way a chunk takes longer; it is waited for so many times as long, while some of it comes. That is half a KB/s. */
export const maxSlowStalls = 8
/** Whoever opens a stream and names no file within this is hung up on. */
export const openTimeoutMs = 10_000
/** A fetcher that asks for nothing for this long, and has not said that it pauses, is gone. On the slowest way a range takes eight minutes. */
export const idleTimeoutMs = 10 * 60_000
/** Chunks that are here and not opened yet: enough not to wait for the next ones, few enough for the processor's cache. */
export const maxUnopenedChunks = 16
/** Smaller files are opened here: starting a thread takes as long as a few MiB of them. */
export const minThreadBytes = 8 * 1024 * 1024
/** Chunks that are with the thread, or opened and on their way to the disk: enough that neither side waits for the other. */
export const threadSlots = 32
/** Heap of the thread: it keeps nothing, and without a limit what it throws away would lie around. */
export const threadMemory = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 }
/** A thread that has had nothing to open for this long is ended: it takes 15 MiB of memory. */
export const threadIdleMs = 10_000
/** Chunks that are read from the disk in one go: a thread is woken once for all of them. */
export const pageChunks = 8
/** Such pages that are read ahead of the chunk being sealed. */
export const readAheadPages = 2
/**
 * Written chunks that are worth a sync of their own; fewer wait for more, but no longer than saveDelayMs. Texts that come
 * meanwhile are synced on the same disk, and wait behind each of these: so rather few and large ones.
 */
export const saveChunks = 32
/** How far progress may lag behind what was written. */
export const saveDelayMs = 250
/** Sealed chunks kept of all files that are being sent: on the disk, and mostly in its cache. Beyond it the oldest go. */
export const maxSpoolBytes = 1024 * 1024 * 1024
/** A smaller file is sealed again sooner than its chunks are kept and removed. */
export const minSpooledBytes = 4 * 1024 * 1024
/** What must stay free on the disk beside the file: the home's own store needs room to work. */
export const minFreeBytes = 64 * 1024 * 1024
/** Of chunks that lie side by side, what goes to the disk in one call; there are two such buffers for each file that comes in. */
export const gatherBytes = 1024 * 1024
/** Smaller writes are left to the system's cache, which puts them together. */
export const minDirectBytes = 256 * 1024
/** Place, length and memory of a write past that cache: pages, which are enough for every disk. */
export const directAlignBytes = 4_096
