/** Frames of the streams that files travel on (docs/wire/files.md): byte 0, then a protobuf; or byte 1, an index, a chunk. */
import { P2pChatError } from '../errors.js'
import { encode, type MessageType } from './codec.js'

export type BulkFrame =
  | { type: 'control', bytes: Uint8Array }
  | { type: 'chunk', index: number, sealed: Uint8Array }
  /** of a version to come: to be ignored */
  | { type: 'unknown' }

const CONTROL = 0
const CHUNK = 1
const chunkHeadBytes = 5

export function controlFrame<T> (type: MessageType<T>, value: Parameters<typeof encode<T>>[1]): Uint8Array {
  const encoded = encode(type, value)
  const frame = new Uint8Array(1 + encoded.byteLength)
  frame[0] = CONTROL
  frame.set(encoded, 1)
  return frame
}

/** Where to put a sealed chunk, so that {@link chunkFrame} need not copy it: its frame is around it. Its bytes are anything yet. */
export function chunkRoom (sealedBytes: number): Uint8Array {
  // Zeros that are overwritten at once cost as much as a copy.
  return new Uint8Array(Buffer.allocUnsafeSlow(chunkHeadBytes + sealedBytes).buffer, chunkHeadBytes)
}

export function chunkFrame (index: number, sealed: Uint8Array): Uint8Array {
  const isInRoom = sealed.byteOffset === chunkHeadBytes && sealed.buffer.byteLength === chunkHeadBytes + sealed.byteLength
  const frame = isInRoom ? new Uint8Array(sealed.buffer) : new Uint8Array(chunkHeadBytes + sealed.byteLength)
  frame[0] = CHUNK
  new DataView(frame.buffer).setUint32(1, index)
  if (!isInRoom) frame.set(sealed, chunkHeadBytes)
  return frame
}

/** @throws ERR_INVALID_FRAME */
export function splitFrame (frame: Uint8Array): BulkFrame {
  switch (frame[0]) {
    case CONTROL: return { type: 'control', bytes: frame.subarray(1) }
    case CHUNK:
      if (frame.byteLength < chunkHeadBytes) throw invalidFrame()
      return { type: 'chunk', index: new DataView(frame.buffer, frame.byteOffset).getUint32(1), sealed: frame.subarray(chunkHeadBytes) }
    default: return { type: 'unknown' }
  }
}

/** The protobuf of a control frame, of which at most one field may be there. @throws ERR_INVALID_FRAME */
export function readControl<T extends object> (type: MessageType<T>, bytes: Uint8Array): T {
  const message = decoded(type, bytes)
  if (Object.values(message).filter((field) => field !== undefined).length > 1) throw invalidFrame()
  return message
}

function decoded<T> (type: MessageType<T>, bytes: Uint8Array): T {
  try {
    return type.decode(bytes)
  } catch (cause) {
    throw invalidFrame(cause)
  }
}

function invalidFrame (cause?: unknown): P2pChatError {
  return new P2pChatError('ERR_INVALID_FRAME', 'A frame of the other side cannot be read.', { cause })
}
