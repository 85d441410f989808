/** Protobuf in and out, with errors of ours. */
import { P2pChatError } from '../errors.js'

type Loose<T> = T extends Uint8Array
  ? Uint8Array
  : T extends Array<infer Item> ? Array<Loose<Item>> : T extends object ? { [Key in keyof T]: Loose<T[Key]> } : T

export interface MessageType<T> {
  encode: (value: Partial<T>) => Uint8Array<ArrayBuffer>
  decode: (bytes: Uint8Array) => T
}

export function encode<T> (type: MessageType<T>, value: Loose<Partial<T>>): Uint8Array {
  return type.encode(value as Partial<T>)
}

/**
 * Before a successor of something is written from what was decoded: fields of a later version would be lost in it.
 *
 * @throws ERR_UNSUPPORTED when `bytes` say more than this version knows
 */
export function assertKnownWhole<T> (type: MessageType<T>, bytes: Uint8Array, what: string): void {
  if (Buffer.compare(type.encode(type.decode(bytes)), bytes) !== 0) {
    throw new P2pChatError('ERR_UNSUPPORTED', `A newer p2pchat has written ${what}, and this one would lose what it does not know of it: update p2pchat.`)
  }
}

/**
 * Decodes bytes that came from elsewhere. Protobuf decoders give defaults for what is missing, so the caller still
 * validates every field.
 *
 * @param what names the thing in the error
 * @throws ERR_LIMIT when longer than `maxBytes`, before anything is decoded; ERR_INVALID_RECORD when malformed
 */
export function decode<T> (type: MessageType<T>, bytes: Uint8Array, maxBytes: number, what: string): T {
  if (bytes.byteLength > maxBytes) {
    throw new P2pChatError('ERR_LIMIT', `${what} of ${bytes.byteLength} bytes was refused: the limit is ${maxBytes} bytes.`)
  }
  try {
    return type.decode(bytes)
  } catch (cause) {
    throw new P2pChatError('ERR_INVALID_RECORD', `${what} could not be read and was refused.`, { cause })
  }
}
