/**
 * Files on several servers. A file is kept by three of the pool's storing servers, chosen by its id; what is told as kept
 * was synced by two of them. Any server takes a file and passes its chunks on as they come (replicated-blobs.ts,
 * pool-writer.ts, lane.ts), and gives one from whoever has it (pool-reader.ts, remote-source.ts). Chunks and leaf hashes
 * prove themselves, so copies need no order: each server compares in a few small messages what it has with the others
 * (inventory.ts) and takes what it lacks (keeper.ts, copy-file.ts). Rosters, placement, fences and digests are those of
 * mail (../replication). docs/pool-files.md tells it in full; handlers.ts, remote-replica.ts and serve.ts put it on the
 * wire.
 */
export { createPoolBlobs, type PoolBlobs, type PoolBlobsComponents, type PoolBlobsStatus } from './pool-blobs.js'
export type { BlobDrainProgress } from './drain.js'
export type { KeeperReport as BlobKeeperReport } from './keeper.js'
export { defaultBlobReplicationLimits, maxServerBlobStreams, type BlobReplicationLimits } from './limits.js'
