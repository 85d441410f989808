import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface SignUpRegister {
  closed: boolean
}

export namespace SignUpRegister {
  let _codec: Codec<SignUpRegister>

  export const codec = (): Codec<SignUpRegister> => {
    if (_codec == null) {
      _codec = message<SignUpRegister>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.closed != null && obj.closed !== false)) {
          w.uint32(8)
          w.bool(obj.closed)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          closed: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.closed = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.closed`,
                value: reader.bool()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface SignUpRegisterClosedFieldEvent {
    field: '$.closed'
    value: boolean
  }

  export function encode (obj: Partial<SignUpRegister>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SignUpRegister.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignUpRegister>): SignUpRegister {
    return decodeMessage(buf, SignUpRegister.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignUpRegister>): Generator<SignUpRegisterClosedFieldEvent> {
    return streamMessage(buf, SignUpRegister.codec(), opts)
  }
}
