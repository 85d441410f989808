import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface HomeLoad {
  clients: number
  leaving: boolean
}

export namespace HomeLoad {
  let _codec: Codec<HomeLoad>

  export const codec = (): Codec<HomeLoad> => {
    if (_codec == null) {
      _codec = message<HomeLoad>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.clients != null && obj.clients !== 0)) {
          w.uint32(8)
          w.uint32(obj.clients)
        }

        if ((obj.leaving != null && obj.leaving !== false)) {
          w.uint32(16)
          w.bool(obj.leaving)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          clients: 0,
          leaving: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.clients = reader.uint32()
              break
            }
            case 2: {
              obj.leaving = reader.bool()
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
                field: `${prefix}.clients`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.leaving`,
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

  export interface HomeLoadClientsFieldEvent {
    field: '$.clients'
    value: number
  }

  export interface HomeLoadLeavingFieldEvent {
    field: '$.leaving'
    value: boolean
  }

  export function encode (obj: Partial<HomeLoad>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, HomeLoad.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HomeLoad>): HomeLoad {
    return decodeMessage(buf, HomeLoad.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HomeLoad>): Generator<HomeLoadClientsFieldEvent | HomeLoadLeavingFieldEvent> {
    return streamMessage(buf, HomeLoad.codec(), opts)
  }
}
