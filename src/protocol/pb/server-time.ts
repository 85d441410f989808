import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface SteadyTime {
  steadyMs: bigint
}

export namespace SteadyTime {
  let _codec: Codec<SteadyTime>

  export const codec = (): Codec<SteadyTime> => {
    if (_codec == null) {
      _codec = message<SteadyTime>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.steadyMs != null && obj.steadyMs !== 0n)) {
          w.uint32(8)
          w.uint64(obj.steadyMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          steadyMs: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.steadyMs = reader.uint64()
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
                field: `${prefix}.steadyMs`,
                value: reader.uint64()
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

  export interface SteadyTimeSteadyMsFieldEvent {
    field: '$.steadyMs'
    value: bigint
  }

  export function encode (obj: Partial<SteadyTime>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SteadyTime.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SteadyTime>): SteadyTime {
    return decodeMessage(buf, SteadyTime.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SteadyTime>): Generator<SteadyTimeSteadyMsFieldEvent> {
    return streamMessage(buf, SteadyTime.codec(), opts)
  }
}
