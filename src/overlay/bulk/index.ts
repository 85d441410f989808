/** Streams of frames beside the channels, for bulk: files never stand in the way of messages. */
export { openBulkStream } from './bulk-stream.js'
export { maxBulkStreamsPerPeer } from './limits.js'
