/**
 * A place for data too large for the values of a KeyValueStore: named files, written and read at any offset. What the
 * files mean is kept in a KeyValueStore, written after the file was synced. folder-blobs.ts and memory-blobs.ts make it.
 */
export interface BlobFile {
  /** All of `bytes`, from offset `at` on. */
  write: (bytes: Uint8Array, at: number) => Promise<void>
  /** Fills `into` from offset `at` on. Resolves with how many bytes there were: fewer only at the end of the file. */
  read: (into: Uint8Array, at: number) => Promise<number>
  /** What was written before is there after a crash. */
  sync: () => Promise<void>
  close: () => Promise<void>
}

/**
 * Names are of `a-z`, `0-9` and `-`. Every call may reject with ERR_OVERLOADED (the disk is full: make room) and
 * ERR_STORE_IO (the disk refuses for another reason).
 */
export interface BlobDisk {
  /** An empty file, in the place of one that has this name. That it exists is durable. */
  create: (name: string) => Promise<BlobFile>
  /** Undefined when there is none. */
  open: (name: string) => Promise<BlobFile | undefined>
  /** After a crash it may be there again. */
  remove: (name: string) => Promise<void>
  list: () => Promise<string[]>
  /** What may still be written. */
  freeBytes: () => Promise<number>
}
