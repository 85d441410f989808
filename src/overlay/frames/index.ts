/** Frames over a stream of bytes: u32 big-endian length, then that many bytes. See docs/wire/channel.md. */
export type { ByteReader, ByteStream } from './byte-stream.js'
export { FrameStream } from './frame-stream.js'
