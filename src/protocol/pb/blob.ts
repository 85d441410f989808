/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface BlobRange {
  first: number
  count: number
}

export namespace BlobRange {
  let _codec: Codec<BlobRange>

  export const codec = (): Codec<BlobRange> => {
    if (_codec == null) {
      _codec = message<BlobRange>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.first != null && obj.first !== 0)) {
          w.uint32(8)
          w.uint32(obj.first)
        }

        if ((obj.count != null && obj.count !== 0)) {
          w.uint32(16)
          w.uint32(obj.count)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          first: 0,
          count: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.first = reader.uint32()
              break
            }
            case 2: {
              obj.count = reader.uint32()
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
                field: `${prefix}.first`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.count`,
                value: reader.uint32()
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

  export interface BlobRangeFirstFieldEvent {
    field: '$.first'
    value: number
  }

  export interface BlobRangeCountFieldEvent {
    field: '$.count'
    value: number
  }

  export function encode (obj: Partial<BlobRange>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BlobRange.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobRange>): BlobRange {
    return decodeMessage(buf, BlobRange.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobRange>): Generator<BlobRangeFirstFieldEvent | BlobRangeCountFieldEvent> {
    return streamMessage(buf, BlobRange.codec(), opts)
  }
}

export interface BlobState {
  chunks: number
  sealedBytes: bigint
  root: Uint8Array<ArrayBuffer>
  keptChunks: number
  kept: BlobRange[]
  keptPieces: BlobRange[]
  expiresAtMs: bigint
  replicas: number
  servers: number
}

export namespace BlobState {
  let _codec: Codec<BlobState>

  export const codec = (): Codec<BlobState> => {
    if (_codec == null) {
      _codec = message<BlobState>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.chunks != null && obj.chunks !== 0)) {
          w.uint32(8)
          w.uint32(obj.chunks)
        }

        if ((obj.sealedBytes != null && obj.sealedBytes !== 0n)) {
          w.uint32(16)
          w.uint64(obj.sealedBytes)
        }

        if ((obj.root != null && obj.root.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.root)
        }

        if ((obj.keptChunks != null && obj.keptChunks !== 0)) {
          w.uint32(32)
          w.uint32(obj.keptChunks)
        }

        if (obj.kept != null && obj.kept.length > 0) {
          for (const value of obj.kept) {
            w.uint32(42)
            BlobRange.codec().encode(value, w)
          }
        }

        if (obj.keptPieces != null && obj.keptPieces.length > 0) {
          for (const value of obj.keptPieces) {
            w.uint32(50)
            BlobRange.codec().encode(value, w)
          }
        }

        if ((obj.expiresAtMs != null && obj.expiresAtMs !== 0n)) {
          w.uint32(56)
          w.uint64(obj.expiresAtMs)
        }

        if ((obj.replicas != null && obj.replicas !== 0)) {
          w.uint32(64)
          w.uint32(obj.replicas)
        }

        if ((obj.servers != null && obj.servers !== 0)) {
          w.uint32(72)
          w.uint32(obj.servers)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          chunks: 0,
          sealedBytes: 0n,
          root: uint8ArrayAlloc(0),
          keptChunks: 0,
          kept: [],
          keptPieces: [],
          expiresAtMs: 0n,
          replicas: 0,
          servers: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.chunks = reader.uint32()
              break
            }
            case 2: {
              obj.sealedBytes = reader.uint64()
              break
            }
            case 3: {
              obj.root = reader.bytes()
              break
            }
            case 4: {
              obj.keptChunks = reader.uint32()
              break
            }
            case 5: {
              if (opts.limits?.kept != null && obj.kept.length === opts.limits.kept) {
                throw new MaxLengthError('Decode error - repeated field "kept" had too many elements')
              }

              obj.kept.push(BlobRange.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.kept$
              }))
              break
            }
            case 6: {
              if (opts.limits?.keptPieces != null && obj.keptPieces.length === opts.limits.keptPieces) {
                throw new MaxLengthError('Decode error - repeated field "keptPieces" had too many elements')
              }

              obj.keptPieces.push(BlobRange.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.keptPieces$
              }))
              break
            }
            case 7: {
              obj.expiresAtMs = reader.uint64()
              break
            }
            case 8: {
              obj.replicas = reader.uint32()
              break
            }
            case 9: {
              obj.servers = reader.uint32()
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
        const obj = {
          kept: 0,
          keptPieces: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.chunks`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.sealedBytes`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.root`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.keptChunks`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              if (opts.limits?.kept != null && obj.kept === opts.limits.kept) {
                throw new MaxLengthError('Streaming decode error - repeated field "kept" had too many elements')
              }

              for (const evt of BlobRange.codec().stream(reader, reader.uint32(), `${prefix}.kept[]`, {
                limits: opts.limits?.kept$
              })) {
                yield {
                  ...evt,
                  index: obj.kept
                }
              }

              obj.kept++

              break
            }
            case 6: {
              if (opts.limits?.keptPieces != null && obj.keptPieces === opts.limits.keptPieces) {
                throw new MaxLengthError('Streaming decode error - repeated field "keptPieces" had too many elements')
              }

              for (const evt of BlobRange.codec().stream(reader, reader.uint32(), `${prefix}.keptPieces[]`, {
                limits: opts.limits?.keptPieces$
              })) {
                yield {
                  ...evt,
                  index: obj.keptPieces
                }
              }

              obj.keptPieces++

              break
            }
            case 7: {
              yield {
                field: `${prefix}.expiresAtMs`,
                value: reader.uint64()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.replicas`,
                value: reader.uint32()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.servers`,
                value: reader.uint32()
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

  export interface BlobStateChunksFieldEvent {
    field: '$.chunks'
    value: number
  }

  export interface BlobStateSealedBytesFieldEvent {
    field: '$.sealedBytes'
    value: bigint
  }

  export interface BlobStateRootFieldEvent {
    field: '$.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface BlobStateKeptChunksFieldEvent {
    field: '$.keptChunks'
    value: number
  }

  export interface BlobStateKeptFirstFieldEvent {
    field: '$.kept[].first'
    value: number
    index: number
  }

  export interface BlobStateKeptCountFieldEvent {
    field: '$.kept[].count'
    value: number
    index: number
  }

  export interface BlobStateKeptPiecesFirstFieldEvent {
    field: '$.keptPieces[].first'
    value: number
    index: number
  }

  export interface BlobStateKeptPiecesCountFieldEvent {
    field: '$.keptPieces[].count'
    value: number
    index: number
  }

  export interface BlobStateExpiresAtMsFieldEvent {
    field: '$.expiresAtMs'
    value: bigint
  }

  export interface BlobStateReplicasFieldEvent {
    field: '$.replicas'
    value: number
  }

  export interface BlobStateServersFieldEvent {
    field: '$.servers'
    value: number
  }

  export function encode (obj: Partial<BlobState>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BlobState.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobState>): BlobState {
    return decodeMessage(buf, BlobState.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobState>): Generator<BlobStateChunksFieldEvent | BlobStateSealedBytesFieldEvent | BlobStateRootFieldEvent | BlobStateKeptChunksFieldEvent | BlobStateKeptFirstFieldEvent | BlobStateKeptCountFieldEvent | BlobStateKeptPiecesFirstFieldEvent | BlobStateKeptPiecesCountFieldEvent | BlobStateExpiresAtMsFieldEvent | BlobStateReplicasFieldEvent | BlobStateServersFieldEvent> {
    return streamMessage(buf, BlobState.codec(), opts)
  }
}

export interface BlobQuota {
  maxBytes: bigint
  usedBytes: bigint
  maxBlobBytes: bigint
  maxBlobs: number
  usedBlobs: number
}

export namespace BlobQuota {
  let _codec: Codec<BlobQuota>

  export const codec = (): Codec<BlobQuota> => {
    if (_codec == null) {
      _codec = message<BlobQuota>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.maxBytes != null && obj.maxBytes !== 0n)) {
          w.uint32(8)
          w.uint64(obj.maxBytes)
        }

        if ((obj.usedBytes != null && obj.usedBytes !== 0n)) {
          w.uint32(16)
          w.uint64(obj.usedBytes)
        }

        if ((obj.maxBlobBytes != null && obj.maxBlobBytes !== 0n)) {
          w.uint32(24)
          w.uint64(obj.maxBlobBytes)
        }

        if ((obj.maxBlobs != null && obj.maxBlobs !== 0)) {
          w.uint32(32)
          w.uint32(obj.maxBlobs)
        }

        if ((obj.usedBlobs != null && obj.usedBlobs !== 0)) {
          w.uint32(40)
          w.uint32(obj.usedBlobs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          maxBytes: 0n,
          usedBytes: 0n,
          maxBlobBytes: 0n,
          maxBlobs: 0,
          usedBlobs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.maxBytes = reader.uint64()
              break
            }
            case 2: {
              obj.usedBytes = reader.uint64()
              break
            }
            case 3: {
              obj.maxBlobBytes = reader.uint64()
              break
            }
            case 4: {
              obj.maxBlobs = reader.uint32()
              break
            }
            case 5: {
              obj.usedBlobs = reader.uint32()
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
                field: `${prefix}.maxBytes`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.usedBytes`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.maxBlobBytes`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.maxBlobs`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.usedBlobs`,
                value: reader.uint32()
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

  export interface BlobQuotaMaxBytesFieldEvent {
    field: '$.maxBytes'
    value: bigint
  }

  export interface BlobQuotaUsedBytesFieldEvent {
    field: '$.usedBytes'
    value: bigint
  }

  export interface BlobQuotaMaxBlobBytesFieldEvent {
    field: '$.maxBlobBytes'
    value: bigint
  }

  export interface BlobQuotaMaxBlobsFieldEvent {
    field: '$.maxBlobs'
    value: number
  }

  export interface BlobQuotaUsedBlobsFieldEvent {
    field: '$.usedBlobs'
    value: number
  }

  export function encode (obj: Partial<BlobQuota>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BlobQuota.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobQuota>): BlobQuota {
    return decodeMessage(buf, BlobQuota.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobQuota>): Generator<BlobQuotaMaxBytesFieldEvent | BlobQuotaUsedBytesFieldEvent | BlobQuotaMaxBlobBytesFieldEvent | BlobQuotaMaxBlobsFieldEvent | BlobQuotaUsedBlobsFieldEvent> {
    return streamMessage(buf, BlobQuota.codec(), opts)
  }
}

export interface BlobCreateRequest {
  fileId: Uint8Array<ArrayBuffer>
  chunks: number
  sealedBytes: bigint
  root: Uint8Array<ArrayBuffer>
}

export namespace BlobCreateRequest {
  let _codec: Codec<BlobCreateRequest>

  export const codec = (): Codec<BlobCreateRequest> => {
    if (_codec == null) {
      _codec = message<BlobCreateRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.fileId != null && obj.fileId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.fileId)
        }

        if ((obj.chunks != null && obj.chunks !== 0)) {
          w.uint32(16)
          w.uint32(obj.chunks)
        }

        if ((obj.sealedBytes != null && obj.sealedBytes !== 0n)) {
          w.uint32(24)
          w.uint64(obj.sealedBytes)
        }

        if ((obj.root != null && obj.root.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.root)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          fileId: uint8ArrayAlloc(0),
          chunks: 0,
          sealedBytes: 0n,
          root: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.fileId = reader.bytes()
              break
            }
            case 2: {
              obj.chunks = reader.uint32()
              break
            }
            case 3: {
              obj.sealedBytes = reader.uint64()
              break
            }
            case 4: {
              obj.root = reader.bytes()
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
                field: `${prefix}.fileId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.chunks`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.sealedBytes`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.root`,
                value: reader.bytes()
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

  export interface BlobCreateRequestFileIdFieldEvent {
    field: '$.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface BlobCreateRequestChunksFieldEvent {
    field: '$.chunks'
    value: number
  }

  export interface BlobCreateRequestSealedBytesFieldEvent {
    field: '$.sealedBytes'
    value: bigint
  }

  export interface BlobCreateRequestRootFieldEvent {
    field: '$.root'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<BlobCreateRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BlobCreateRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobCreateRequest>): BlobCreateRequest {
    return decodeMessage(buf, BlobCreateRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobCreateRequest>): Generator<BlobCreateRequestFileIdFieldEvent | BlobCreateRequestChunksFieldEvent | BlobCreateRequestSealedBytesFieldEvent | BlobCreateRequestRootFieldEvent> {
    return streamMessage(buf, BlobCreateRequest.codec(), opts)
  }
}

export interface BlobCreateResponse {
  state?: BlobState
  quota?: BlobQuota
}

export namespace BlobCreateResponse {
  let _codec: Codec<BlobCreateResponse>

  export const codec = (): Codec<BlobCreateResponse> => {
    if (_codec == null) {
      _codec = message<BlobCreateResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.state != null) {
          w.uint32(10)
          BlobState.codec().encode(obj.state, w)
        }

        if (obj.quota != null) {
          w.uint32(18)
          BlobQuota.codec().encode(obj.quota, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.state = BlobState.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.state
              })
              break
            }
            case 2: {
              obj.quota = BlobQuota.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.quota
              })
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
              yield * BlobState.codec().stream(reader, reader.uint32(), `${prefix}.state`, {
                limits: opts.limits?.state
              })

              break
            }
            case 2: {
              yield * BlobQuota.codec().stream(reader, reader.uint32(), `${prefix}.quota`, {
                limits: opts.limits?.quota
              })

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

  export interface BlobCreateResponseStateChunksFieldEvent {
    field: '$.state.chunks'
    value: number
  }

  export interface BlobCreateResponseStateSealedBytesFieldEvent {
    field: '$.state.sealedBytes'
    value: bigint
  }

  export interface BlobCreateResponseStateRootFieldEvent {
    field: '$.state.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface BlobCreateResponseStateKeptChunksFieldEvent {
    field: '$.state.keptChunks'
    value: number
  }

  export interface BlobCreateResponseStateKeptFirstFieldEvent {
    field: '$.state.kept[].first'
    value: number
    index: number
  }

  export interface BlobCreateResponseStateKeptCountFieldEvent {
    field: '$.state.kept[].count'
    value: number
    index: number
  }

  export interface BlobCreateResponseStateKeptPiecesFirstFieldEvent {
    field: '$.state.keptPieces[].first'
    value: number
    index: number
  }

  export interface BlobCreateResponseStateKeptPiecesCountFieldEvent {
    field: '$.state.keptPieces[].count'
    value: number
    index: number
  }

  export interface BlobCreateResponseStateExpiresAtMsFieldEvent {
    field: '$.state.expiresAtMs'
    value: bigint
  }

  export interface BlobCreateResponseStateReplicasFieldEvent {
    field: '$.state.replicas'
    value: number
  }

  export interface BlobCreateResponseStateServersFieldEvent {
    field: '$.state.servers'
    value: number
  }

  export interface BlobCreateResponseQuotaMaxBytesFieldEvent {
    field: '$.quota.maxBytes'
    value: bigint
  }

  export interface BlobCreateResponseQuotaUsedBytesFieldEvent {
    field: '$.quota.usedBytes'
    value: bigint
  }

  export interface BlobCreateResponseQuotaMaxBlobBytesFieldEvent {
    field: '$.quota.maxBlobBytes'
    value: bigint
  }

  export interface BlobCreateResponseQuotaMaxBlobsFieldEvent {
    field: '$.quota.maxBlobs'
    value: number
  }

  export interface BlobCreateResponseQuotaUsedBlobsFieldEvent {
    field: '$.quota.usedBlobs'
    value: number
  }

  export function encode (obj: Partial<BlobCreateResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BlobCreateResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobCreateResponse>): BlobCreateResponse {
    return decodeMessage(buf, BlobCreateResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobCreateResponse>): Generator<BlobCreateResponseStateChunksFieldEvent | BlobCreateResponseStateSealedBytesFieldEvent | BlobCreateResponseStateRootFieldEvent | BlobCreateResponseStateKeptChunksFieldEvent | BlobCreateResponseStateKeptFirstFieldEvent | BlobCreateResponseStateKeptCountFieldEvent | BlobCreateResponseStateKeptPiecesFirstFieldEvent | BlobCreateResponseStateKeptPiecesCountFieldEvent | BlobCreateResponseStateExpiresAtMsFieldEvent | BlobCreateResponseStateReplicasFieldEvent | BlobCreateResponseStateServersFieldEvent | BlobCreateResponseQuotaMaxBytesFieldEvent | BlobCreateResponseQuotaUsedBytesFieldEvent | BlobCreateResponseQuotaMaxBlobBytesFieldEvent | BlobCreateResponseQuotaMaxBlobsFieldEvent | BlobCreateResponseQuotaUsedBlobsFieldEvent> {
    return streamMessage(buf, BlobCreateResponse.codec(), opts)
  }
}

export interface BlobStatusRequest {
  fileId: Uint8Array<ArrayBuffer>
}

export namespace BlobStatusRequest {
  let _codec: Codec<BlobStatusRequest>

  export const codec = (): Codec<BlobStatusRequest> => {
    if (_codec == null) {
      _codec = message<BlobStatusRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.fileId != null && obj.fileId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.fileId)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          fileId: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.fileId = reader.bytes()
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
                field: `${prefix}.fileId`,
                value: reader.bytes()
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

  export interface BlobStatusRequestFileIdFieldEvent {
    field: '$.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<BlobStatusRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BlobStatusRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobStatusRequest>): BlobStatusRequest {
    return decodeMessage(buf, BlobStatusRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobStatusRequest>): Generator<BlobStatusRequestFileIdFieldEvent> {
    return streamMessage(buf, BlobStatusRequest.codec(), opts)
  }
}

export interface BlobStatusResponse {
  state?: BlobState
  quota?: BlobQuota
}

export namespace BlobStatusResponse {
  let _codec: Codec<BlobStatusResponse>

  export const codec = (): Codec<BlobStatusResponse> => {
    if (_codec == null) {
      _codec = message<BlobStatusResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.state != null) {
          w.uint32(10)
          BlobState.codec().encode(obj.state, w)
        }

        if (obj.quota != null) {
          w.uint32(18)
          BlobQuota.codec().encode(obj.quota, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.state = BlobState.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.state
              })
              break
            }
            case 2: {
              obj.quota = BlobQuota.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.quota
              })
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
              yield * BlobState.codec().stream(reader, reader.uint32(), `${prefix}.state`, {
                limits: opts.limits?.state
              })

              break
            }
            case 2: {
              yield * BlobQuota.codec().stream(reader, reader.uint32(), `${prefix}.quota`, {
                limits: opts.limits?.quota
              })

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

  export interface BlobStatusResponseStateChunksFieldEvent {
    field: '$.state.chunks'
    value: number
  }

  export interface BlobStatusResponseStateSealedBytesFieldEvent {
    field: '$.state.sealedBytes'
    value: bigint
  }

  export interface BlobStatusResponseStateRootFieldEvent {
    field: '$.state.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface BlobStatusResponseStateKeptChunksFieldEvent {
    field: '$.state.keptChunks'
    value: number
  }

  export interface BlobStatusResponseStateKeptFirstFieldEvent {
    field: '$.state.kept[].first'
    value: number
    index: number
  }

  export interface BlobStatusResponseStateKeptCountFieldEvent {
    field: '$.state.kept[].count'
    value: number
    index: number
  }

  export interface BlobStatusResponseStateKeptPiecesFirstFieldEvent {
    field: '$.state.keptPieces[].first'
    value: number
    index: number
  }

  export interface BlobStatusResponseStateKeptPiecesCountFieldEvent {
    field: '$.state.keptPieces[].count'
    value: number
    index: number
  }

  export interface BlobStatusResponseStateExpiresAtMsFieldEvent {
    field: '$.state.expiresAtMs'
    value: bigint
  }

  export interface BlobStatusResponseStateReplicasFieldEvent {
    field: '$.state.replicas'
    value: number
  }

  export interface BlobStatusResponseStateServersFieldEvent {
    field: '$.state.servers'
    value: number
  }

  export interface BlobStatusResponseQuotaMaxBytesFieldEvent {
    field: '$.quota.maxBytes'
    value: bigint
  }

  export interface BlobStatusResponseQuotaUsedBytesFieldEvent {
    field: '$.quota.usedBytes'
    value: bigint
  }

  export interface BlobStatusResponseQuotaMaxBlobBytesFieldEvent {
    field: '$.quota.maxBlobBytes'
    value: bigint
  }

  export interface BlobStatusResponseQuotaMaxBlobsFieldEvent {
    field: '$.quota.maxBlobs'
    value: number
  }

  export interface BlobStatusResponseQuotaUsedBlobsFieldEvent {
    field: '$.quota.usedBlobs'
    value: number
  }

  export function encode (obj: Partial<BlobStatusResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BlobStatusResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobStatusResponse>): BlobStatusResponse {
    return decodeMessage(buf, BlobStatusResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobStatusResponse>): Generator<BlobStatusResponseStateChunksFieldEvent | BlobStatusResponseStateSealedBytesFieldEvent | BlobStatusResponseStateRootFieldEvent | BlobStatusResponseStateKeptChunksFieldEvent | BlobStatusResponseStateKeptFirstFieldEvent | BlobStatusResponseStateKeptCountFieldEvent | BlobStatusResponseStateKeptPiecesFirstFieldEvent | BlobStatusResponseStateKeptPiecesCountFieldEvent | BlobStatusResponseStateExpiresAtMsFieldEvent | BlobStatusResponseStateReplicasFieldEvent | BlobStatusResponseStateServersFieldEvent | BlobStatusResponseQuotaMaxBytesFieldEvent | BlobStatusResponseQuotaUsedBytesFieldEvent | BlobStatusResponseQuotaMaxBlobBytesFieldEvent | BlobStatusResponseQuotaMaxBlobsFieldEvent | BlobStatusResponseQuotaUsedBlobsFieldEvent> {
    return streamMessage(buf, BlobStatusResponse.codec(), opts)
  }
}

export interface BlobRemoveRequest {
  fileId: Uint8Array<ArrayBuffer>
}

export namespace BlobRemoveRequest {
  let _codec: Codec<BlobRemoveRequest>

  export const codec = (): Codec<BlobRemoveRequest> => {
    if (_codec == null) {
      _codec = message<BlobRemoveRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.fileId != null && obj.fileId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.fileId)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          fileId: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.fileId = reader.bytes()
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
                field: `${prefix}.fileId`,
                value: reader.bytes()
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

  export interface BlobRemoveRequestFileIdFieldEvent {
    field: '$.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<BlobRemoveRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BlobRemoveRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobRemoveRequest>): BlobRemoveRequest {
    return decodeMessage(buf, BlobRemoveRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobRemoveRequest>): Generator<BlobRemoveRequestFileIdFieldEvent> {
    return streamMessage(buf, BlobRemoveRequest.codec(), opts)
  }
}

export interface BlobRemoveResponse {}

export namespace BlobRemoveResponse {
  let _codec: Codec<BlobRemoveResponse>

  export const codec = (): Codec<BlobRemoveResponse> => {
    if (_codec == null) {
      _codec = message<BlobRemoveResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
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

  export function encode (obj: Partial<BlobRemoveResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BlobRemoveResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobRemoveResponse>): BlobRemoveResponse {
    return decodeMessage(buf, BlobRemoveResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobRemoveResponse>): Generator<{}> {
    return streamMessage(buf, BlobRemoveResponse.codec(), opts)
  }
}

export interface BlobFrame {
  open?: BlobOpen
  opened?: BlobState
  leaves?: BlobLeaves
  kept?: BlobKept
  end?: BlobEnd
}

export namespace BlobFrame {
  let _codec: Codec<BlobFrame>

  export const codec = (): Codec<BlobFrame> => {
    if (_codec == null) {
      _codec = message<BlobFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.open != null) {
          w.uint32(10)
          BlobOpen.codec().encode(obj.open, w)
        }

        if (obj.opened != null) {
          w.uint32(18)
          BlobState.codec().encode(obj.opened, w)
        }

        if (obj.leaves != null) {
          w.uint32(26)
          BlobLeaves.codec().encode(obj.leaves, w)
        }

        if (obj.kept != null) {
          w.uint32(34)
          BlobKept.codec().encode(obj.kept, w)
        }

        if (obj.end != null) {
          w.uint32(42)
          BlobEnd.codec().encode(obj.end, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.open = BlobOpen.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.open
              })
              break
            }
            case 2: {
              obj.opened = BlobState.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.opened
              })
              break
            }
            case 3: {
              obj.leaves = BlobLeaves.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.leaves
              })
              break
            }
            case 4: {
              obj.kept = BlobKept.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.kept
              })
              break
            }
            case 5: {
              obj.end = BlobEnd.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.end
              })
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
              yield * BlobOpen.codec().stream(reader, reader.uint32(), `${prefix}.open`, {
                limits: opts.limits?.open
              })

              break
            }
            case 2: {
              yield * BlobState.codec().stream(reader, reader.uint32(), `${prefix}.opened`, {
                limits: opts.limits?.opened
              })

              break
            }
            case 3: {
              yield * BlobLeaves.codec().stream(reader, reader.uint32(), `${prefix}.leaves`, {
                limits: opts.limits?.leaves
              })

              break
            }
            case 4: {
              yield * BlobKept.codec().stream(reader, reader.uint32(), `${prefix}.kept`, {
                limits: opts.limits?.kept
              })

              break
            }
            case 5: {
              yield * BlobEnd.codec().stream(reader, reader.uint32(), `${prefix}.end`, {
                limits: opts.limits?.end
              })

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

  export interface BlobFrameOpenFileIdFieldEvent {
    field: '$.open.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface BlobFrameOpenedChunksFieldEvent {
    field: '$.opened.chunks'
    value: number
  }

  export interface BlobFrameOpenedSealedBytesFieldEvent {
    field: '$.opened.sealedBytes'
    value: bigint
  }

  export interface BlobFrameOpenedRootFieldEvent {
    field: '$.opened.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface BlobFrameOpenedKeptChunksFieldEvent {
    field: '$.opened.keptChunks'
    value: number
  }

  export interface BlobFrameOpenedKeptFirstFieldEvent {
    field: '$.opened.kept[].first'
    value: number
    index: number
  }

  export interface BlobFrameOpenedKeptCountFieldEvent {
    field: '$.opened.kept[].count'
    value: number
    index: number
  }

  export interface BlobFrameOpenedKeptPiecesFirstFieldEvent {
    field: '$.opened.keptPieces[].first'
    value: number
    index: number
  }

  export interface BlobFrameOpenedKeptPiecesCountFieldEvent {
    field: '$.opened.keptPieces[].count'
    value: number
    index: number
  }

  export interface BlobFrameOpenedExpiresAtMsFieldEvent {
    field: '$.opened.expiresAtMs'
    value: bigint
  }

  export interface BlobFrameOpenedReplicasFieldEvent {
    field: '$.opened.replicas'
    value: number
  }

  export interface BlobFrameOpenedServersFieldEvent {
    field: '$.opened.servers'
    value: number
  }

  export interface BlobFrameLeavesPieceFieldEvent {
    field: '$.leaves.piece'
    value: number
  }

  export interface BlobFrameLeavesLeavesFieldEvent {
    field: '$.leaves.leaves'
    value: Uint8Array<ArrayBuffer>
  }

  export interface BlobFrameLeavesPathFieldEvent {
    field: '$.leaves.path'
    value: Uint8Array<ArrayBuffer>
  }

  export interface BlobFrameKeptFramesFieldEvent {
    field: '$.kept.frames'
    value: number
  }

  export interface BlobFrameKeptKeptChunksFieldEvent {
    field: '$.kept.keptChunks'
    value: number
  }

  export interface BlobFrameKeptExpiresAtMsFieldEvent {
    field: '$.kept.expiresAtMs'
    value: bigint
  }

  export interface BlobFrameKeptReplicasFieldEvent {
    field: '$.kept.replicas'
    value: number
  }

  export interface BlobFrameKeptServersFieldEvent {
    field: '$.kept.servers'
    value: number
  }

  export interface BlobFrameEndReasonFieldEvent {
    field: '$.end.reason'
    value: string
  }

  export interface BlobFrameEndMessageFieldEvent {
    field: '$.end.message'
    value: string
  }

  export interface BlobFrameEndRetryAfterMsFieldEvent {
    field: '$.end.retryAfterMs'
    value: bigint
  }

  export function encode (obj: Partial<BlobFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BlobFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobFrame>): BlobFrame {
    return decodeMessage(buf, BlobFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobFrame>): Generator<BlobFrameOpenFileIdFieldEvent | BlobFrameOpenedChunksFieldEvent | BlobFrameOpenedSealedBytesFieldEvent | BlobFrameOpenedRootFieldEvent | BlobFrameOpenedKeptChunksFieldEvent | BlobFrameOpenedKeptFirstFieldEvent | BlobFrameOpenedKeptCountFieldEvent | BlobFrameOpenedKeptPiecesFirstFieldEvent | BlobFrameOpenedKeptPiecesCountFieldEvent | BlobFrameOpenedExpiresAtMsFieldEvent | BlobFrameOpenedReplicasFieldEvent | BlobFrameOpenedServersFieldEvent | BlobFrameLeavesPieceFieldEvent | BlobFrameLeavesLeavesFieldEvent | BlobFrameLeavesPathFieldEvent | BlobFrameKeptFramesFieldEvent | BlobFrameKeptKeptChunksFieldEvent | BlobFrameKeptExpiresAtMsFieldEvent | BlobFrameKeptReplicasFieldEvent | BlobFrameKeptServersFieldEvent | BlobFrameEndReasonFieldEvent | BlobFrameEndMessageFieldEvent | BlobFrameEndRetryAfterMsFieldEvent> {
    return streamMessage(buf, BlobFrame.codec(), opts)
  }
}

export interface BlobOpen {
  fileId: Uint8Array<ArrayBuffer>
}

export namespace BlobOpen {
  let _codec: Codec<BlobOpen>

  export const codec = (): Codec<BlobOpen> => {
    if (_codec == null) {
      _codec = message<BlobOpen>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.fileId != null && obj.fileId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.fileId)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          fileId: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.fileId = reader.bytes()
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
                field: `${prefix}.fileId`,
                value: reader.bytes()
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

  export interface BlobOpenFileIdFieldEvent {
    field: '$.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<BlobOpen>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BlobOpen.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobOpen>): BlobOpen {
    return decodeMessage(buf, BlobOpen.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobOpen>): Generator<BlobOpenFileIdFieldEvent> {
    return streamMessage(buf, BlobOpen.codec(), opts)
  }
}

export interface BlobLeaves {
  piece: number
  leaves: Uint8Array<ArrayBuffer>
  path: Uint8Array<ArrayBuffer>
}

export namespace BlobLeaves {
  let _codec: Codec<BlobLeaves>

  export const codec = (): Codec<BlobLeaves> => {
    if (_codec == null) {
      _codec = message<BlobLeaves>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.piece != null && obj.piece !== 0)) {
          w.uint32(8)
          w.uint32(obj.piece)
        }

        if ((obj.leaves != null && obj.leaves.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.leaves)
        }

        if ((obj.path != null && obj.path.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.path)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          piece: 0,
          leaves: uint8ArrayAlloc(0),
          path: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.piece = reader.uint32()
              break
            }
            case 2: {
              obj.leaves = reader.bytes()
              break
            }
            case 3: {
              obj.path = reader.bytes()
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
                field: `${prefix}.piece`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.leaves`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.path`,
                value: reader.bytes()
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

  export interface BlobLeavesPieceFieldEvent {
    field: '$.piece'
    value: number
  }

  export interface BlobLeavesLeavesFieldEvent {
    field: '$.leaves'
    value: Uint8Array<ArrayBuffer>
  }

  export interface BlobLeavesPathFieldEvent {
    field: '$.path'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<BlobLeaves>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BlobLeaves.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobLeaves>): BlobLeaves {
    return decodeMessage(buf, BlobLeaves.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobLeaves>): Generator<BlobLeavesPieceFieldEvent | BlobLeavesLeavesFieldEvent | BlobLeavesPathFieldEvent> {
    return streamMessage(buf, BlobLeaves.codec(), opts)
  }
}

export interface BlobKept {
  frames: number
  keptChunks: number
  expiresAtMs: bigint
  replicas: number
  servers: number
}

export namespace BlobKept {
  let _codec: Codec<BlobKept>

  export const codec = (): Codec<BlobKept> => {
    if (_codec == null) {
      _codec = message<BlobKept>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.frames != null && obj.frames !== 0)) {
          w.uint32(8)
          w.uint32(obj.frames)
        }

        if ((obj.keptChunks != null && obj.keptChunks !== 0)) {
          w.uint32(16)
          w.uint32(obj.keptChunks)
        }

        if ((obj.expiresAtMs != null && obj.expiresAtMs !== 0n)) {
          w.uint32(24)
          w.uint64(obj.expiresAtMs)
        }

        if ((obj.replicas != null && obj.replicas !== 0)) {
          w.uint32(32)
          w.uint32(obj.replicas)
        }

        if ((obj.servers != null && obj.servers !== 0)) {
          w.uint32(40)
          w.uint32(obj.servers)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          frames: 0,
          keptChunks: 0,
          expiresAtMs: 0n,
          replicas: 0,
          servers: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.frames = reader.uint32()
              break
            }
            case 2: {
              obj.keptChunks = reader.uint32()
              break
            }
            case 3: {
              obj.expiresAtMs = reader.uint64()
              break
            }
            case 4: {
              obj.replicas = reader.uint32()
              break
            }
            case 5: {
              obj.servers = reader.uint32()
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
                field: `${prefix}.frames`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.keptChunks`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.expiresAtMs`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.replicas`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.servers`,
                value: reader.uint32()
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

  export interface BlobKeptFramesFieldEvent {
    field: '$.frames'
    value: number
  }

  export interface BlobKeptKeptChunksFieldEvent {
    field: '$.keptChunks'
    value: number
  }

  export interface BlobKeptExpiresAtMsFieldEvent {
    field: '$.expiresAtMs'
    value: bigint
  }

  export interface BlobKeptReplicasFieldEvent {
    field: '$.replicas'
    value: number
  }

  export interface BlobKeptServersFieldEvent {
    field: '$.servers'
    value: number
  }

  export function encode (obj: Partial<BlobKept>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BlobKept.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobKept>): BlobKept {
    return decodeMessage(buf, BlobKept.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobKept>): Generator<BlobKeptFramesFieldEvent | BlobKeptKeptChunksFieldEvent | BlobKeptExpiresAtMsFieldEvent | BlobKeptReplicasFieldEvent | BlobKeptServersFieldEvent> {
    return streamMessage(buf, BlobKept.codec(), opts)
  }
}

export interface BlobEnd {
  reason: string
  message: string
  retryAfterMs: bigint
}

export namespace BlobEnd {
  let _codec: Codec<BlobEnd>

  export const codec = (): Codec<BlobEnd> => {
    if (_codec == null) {
      _codec = message<BlobEnd>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.reason != null && obj.reason !== '')) {
          w.uint32(10)
          w.string(obj.reason)
        }

        if ((obj.message != null && obj.message !== '')) {
          w.uint32(18)
          w.string(obj.message)
        }

        if ((obj.retryAfterMs != null && obj.retryAfterMs !== 0n)) {
          w.uint32(24)
          w.uint64(obj.retryAfterMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          reason: '',
          message: '',
          retryAfterMs: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.reason = reader.string()
              break
            }
            case 2: {
              obj.message = reader.string()
              break
            }
            case 3: {
              obj.retryAfterMs = reader.uint64()
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
                field: `${prefix}.reason`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.message`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.retryAfterMs`,
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

  export interface BlobEndReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export interface BlobEndMessageFieldEvent {
    field: '$.message'
    value: string
  }

  export interface BlobEndRetryAfterMsFieldEvent {
    field: '$.retryAfterMs'
    value: bigint
  }

  export function encode (obj: Partial<BlobEnd>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BlobEnd.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobEnd>): BlobEnd {
    return decodeMessage(buf, BlobEnd.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BlobEnd>): Generator<BlobEndReasonFieldEvent | BlobEndMessageFieldEvent | BlobEndRetryAfterMsFieldEvent> {
    return streamMessage(buf, BlobEnd.codec(), opts)
  }
}

export interface StoredBlob {
  username: string
  chunks: number
  sealedBytes: bigint
  root: Uint8Array<ArrayBuffer>
  keptChunks: number
  changedAtMs: bigint
  dueAtMs: bigint
  keepUntilMs: bigint
}

export namespace StoredBlob {
  let _codec: Codec<StoredBlob>

  export const codec = (): Codec<StoredBlob> => {
    if (_codec == null) {
      _codec = message<StoredBlob>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.username != null && obj.username !== '')) {
          w.uint32(10)
          w.string(obj.username)
        }

        if ((obj.chunks != null && obj.chunks !== 0)) {
          w.uint32(16)
          w.uint32(obj.chunks)
        }

        if ((obj.sealedBytes != null && obj.sealedBytes !== 0n)) {
          w.uint32(24)
          w.uint64(obj.sealedBytes)
        }

        if ((obj.root != null && obj.root.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.root)
        }

        if ((obj.keptChunks != null && obj.keptChunks !== 0)) {
          w.uint32(40)
          w.uint32(obj.keptChunks)
        }

        if ((obj.changedAtMs != null && obj.changedAtMs !== 0n)) {
          w.uint32(48)
          w.uint64(obj.changedAtMs)
        }

        if ((obj.dueAtMs != null && obj.dueAtMs !== 0n)) {
          w.uint32(56)
          w.uint64(obj.dueAtMs)
        }

        if ((obj.keepUntilMs != null && obj.keepUntilMs !== 0n)) {
          w.uint32(64)
          w.uint64(obj.keepUntilMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          username: '',
          chunks: 0,
          sealedBytes: 0n,
          root: uint8ArrayAlloc(0),
          keptChunks: 0,
          changedAtMs: 0n,
          dueAtMs: 0n,
          keepUntilMs: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.username = reader.string()
              break
            }
            case 2: {
              obj.chunks = reader.uint32()
              break
            }
            case 3: {
              obj.sealedBytes = reader.uint64()
              break
            }
            case 4: {
              obj.root = reader.bytes()
              break
            }
            case 5: {
              obj.keptChunks = reader.uint32()
              break
            }
            case 6: {
              obj.changedAtMs = reader.uint64()
              break
            }
            case 7: {
              obj.dueAtMs = reader.uint64()
              break
            }
            case 8: {
              obj.keepUntilMs = reader.uint64()
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
                field: `${prefix}.username`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.chunks`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.sealedBytes`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.root`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.keptChunks`,
                value: reader.uint32()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.changedAtMs`,
                value: reader.uint64()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.dueAtMs`,
                value: reader.uint64()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.keepUntilMs`,
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

  export interface StoredBlobUsernameFieldEvent {
    field: '$.username'
    value: string
  }

  export interface StoredBlobChunksFieldEvent {
    field: '$.chunks'
    value: number
  }

  export interface StoredBlobSealedBytesFieldEvent {
    field: '$.sealedBytes'
    value: bigint
  }

  export interface StoredBlobRootFieldEvent {
    field: '$.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface StoredBlobKeptChunksFieldEvent {
    field: '$.keptChunks'
    value: number
  }

  export interface StoredBlobChangedAtMsFieldEvent {
    field: '$.changedAtMs'
    value: bigint
  }

  export interface StoredBlobDueAtMsFieldEvent {
    field: '$.dueAtMs'
    value: bigint
  }

  export interface StoredBlobKeepUntilMsFieldEvent {
    field: '$.keepUntilMs'
    value: bigint
  }

  export function encode (obj: Partial<StoredBlob>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, StoredBlob.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoredBlob>): StoredBlob {
    return decodeMessage(buf, StoredBlob.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoredBlob>): Generator<StoredBlobUsernameFieldEvent | StoredBlobChunksFieldEvent | StoredBlobSealedBytesFieldEvent | StoredBlobRootFieldEvent | StoredBlobKeptChunksFieldEvent | StoredBlobChangedAtMsFieldEvent | StoredBlobDueAtMsFieldEvent | StoredBlobKeepUntilMsFieldEvent> {
    return streamMessage(buf, StoredBlob.codec(), opts)
  }
}

export interface StoredBlobPiece {
  kept: Uint8Array<ArrayBuffer>
  path: Uint8Array<ArrayBuffer>
}

export namespace StoredBlobPiece {
  let _codec: Codec<StoredBlobPiece>

  export const codec = (): Codec<StoredBlobPiece> => {
    if (_codec == null) {
      _codec = message<StoredBlobPiece>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.kept != null && obj.kept.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.kept)
        }

        if ((obj.path != null && obj.path.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.path)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          kept: uint8ArrayAlloc(0),
          path: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.kept = reader.bytes()
              break
            }
            case 2: {
              obj.path = reader.bytes()
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
                field: `${prefix}.kept`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.path`,
                value: reader.bytes()
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

  export interface StoredBlobPieceKeptFieldEvent {
    field: '$.kept'
    value: Uint8Array<ArrayBuffer>
  }

  export interface StoredBlobPiecePathFieldEvent {
    field: '$.path'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<StoredBlobPiece>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, StoredBlobPiece.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoredBlobPiece>): StoredBlobPiece {
    return decodeMessage(buf, StoredBlobPiece.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoredBlobPiece>): Generator<StoredBlobPieceKeptFieldEvent | StoredBlobPiecePathFieldEvent> {
    return streamMessage(buf, StoredBlobPiece.codec(), opts)
  }
}
