/** Durable state: one interface, its makers, and folders that hold it. */
export type { BatchOptions, KeyValueStore, Operation, RangeOptions } from './key-value.js'
export { keyOf, orderedInteger, parseOrderedInteger, partsOf, rangeUnder, type KeyPart } from './keys.js'
export { createMemoryDisk, createMemoryStore, type MemoryDisk } from './memory.js'
export { openStore, type OpenStoreOptions, type StoreKind } from './open-store.js'
export { writeFileDurably } from './durable-file.js'
export type { BlobDisk, BlobFile } from './blob-disk.js'
export { openFolderBlobs } from './folder-blobs.js'
export { createMemoryBlobs, type MemoryBlobs } from './memory-blobs.js'
