/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export enum ServerBlobOutcome {
  UNKNOWN = 'UNKNOWN',
  DONE = 'DONE',
  STALE = 'STALE',
  CONFLICT = 'CONFLICT',
  REFUSED = 'REFUSED',
  FULL = 'FULL',
  ABSENT = 'ABSENT',
  REMOVED = 'REMOVED'
}

enum __ServerBlobOutcomeValues {
  UNKNOWN = 0,
  DONE = 1,
  STALE = 2,
  CONFLICT = 3,
  REFUSED = 4,
  FULL = 5,
  ABSENT = 6,
  REMOVED = 7
}

export namespace ServerBlobOutcome {
  export const codec = (): Codec<ServerBlobOutcome> => {
    return enumeration<ServerBlobOutcome>(__ServerBlobOutcomeValues)
  }
}

export interface ServerBlobRefusal {
  limit: string
  max: bigint
  retryAfterMs: bigint
  rosterVersion: bigint
  message: string
}

export namespace ServerBlobRefusal {
  let _codec: Codec<ServerBlobRefusal>

  export const codec = (): Codec<ServerBlobRefusal> => {
    if (_codec == null) {
      _codec = message<ServerBlobRefusal>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.limit != null && obj.limit !== '')) {
          w.uint32(10)
          w.string(obj.limit)
        }

        if ((obj.max != null && obj.max !== 0n)) {
          w.uint32(16)
          w.uint64(obj.max)
        }

        if ((obj.retryAfterMs != null && obj.retryAfterMs !== 0n)) {
          w.uint32(24)
          w.uint64(obj.retryAfterMs)
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(32)
          w.uint64(obj.rosterVersion)
        }

        if ((obj.message != null && obj.message !== '')) {
          w.uint32(42)
          w.string(obj.message)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          limit: '',
          max: 0n,
          retryAfterMs: 0n,
          rosterVersion: 0n,
          message: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.limit = reader.string()
              break
            }
            case 2: {
              obj.max = reader.uint64()
              break
            }
            case 3: {
              obj.retryAfterMs = reader.uint64()
              break
            }
            case 4: {
              obj.rosterVersion = reader.uint64()
              break
            }
            case 5: {
              obj.message = reader.string()
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
                field: `${prefix}.limit`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.max`,
                value: reader.uint64()
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
            case 4: {
              yield {
                field: `${prefix}.rosterVersion`,
                value: reader.uint64()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.message`,
                value: reader.string()
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

  export interface ServerBlobRefusalLimitFieldEvent {
    field: '$.limit'
    value: string
  }

  export interface ServerBlobRefusalMaxFieldEvent {
    field: '$.max'
    value: bigint
  }

  export interface ServerBlobRefusalRetryAfterMsFieldEvent {
    field: '$.retryAfterMs'
    value: bigint
  }

  export interface ServerBlobRefusalRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface ServerBlobRefusalMessageFieldEvent {
    field: '$.message'
    value: string
  }

  export function encode (obj: Partial<ServerBlobRefusal>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobRefusal.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobRefusal>): ServerBlobRefusal {
    return decodeMessage(buf, ServerBlobRefusal.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobRefusal>): Generator<ServerBlobRefusalLimitFieldEvent | ServerBlobRefusalMaxFieldEvent | ServerBlobRefusalRetryAfterMsFieldEvent | ServerBlobRefusalRosterVersionFieldEvent | ServerBlobRefusalMessageFieldEvent> {
    return streamMessage(buf, ServerBlobRefusal.codec(), opts)
  }
}

export interface ServerBlob {
  fileId: Uint8Array<ArrayBuffer>
  username: string
  chunks: number
  sealedBytes: bigint
  root: Uint8Array<ArrayBuffer>
}

export namespace ServerBlob {
  let _codec: Codec<ServerBlob>

  export const codec = (): Codec<ServerBlob> => {
    if (_codec == null) {
      _codec = message<ServerBlob>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.fileId != null && obj.fileId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.fileId)
        }

        if ((obj.username != null && obj.username !== '')) {
          w.uint32(18)
          w.string(obj.username)
        }

        if ((obj.chunks != null && obj.chunks !== 0)) {
          w.uint32(24)
          w.uint32(obj.chunks)
        }

        if ((obj.sealedBytes != null && obj.sealedBytes !== 0n)) {
          w.uint32(32)
          w.uint64(obj.sealedBytes)
        }

        if ((obj.root != null && obj.root.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.root)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          fileId: uint8ArrayAlloc(0),
          username: '',
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
              obj.username = reader.string()
              break
            }
            case 3: {
              obj.chunks = reader.uint32()
              break
            }
            case 4: {
              obj.sealedBytes = reader.uint64()
              break
            }
            case 5: {
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
                field: `${prefix}.username`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.chunks`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.sealedBytes`,
                value: reader.uint64()
              }
              break
            }
            case 5: {
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

  export interface ServerBlobFileIdFieldEvent {
    field: '$.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ServerBlobUsernameFieldEvent {
    field: '$.username'
    value: string
  }

  export interface ServerBlobChunksFieldEvent {
    field: '$.chunks'
    value: number
  }

  export interface ServerBlobSealedBytesFieldEvent {
    field: '$.sealedBytes'
    value: bigint
  }

  export interface ServerBlobRootFieldEvent {
    field: '$.root'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<ServerBlob>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlob.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlob>): ServerBlob {
    return decodeMessage(buf, ServerBlob.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlob>): Generator<ServerBlobFileIdFieldEvent | ServerBlobUsernameFieldEvent | ServerBlobChunksFieldEvent | ServerBlobSealedBytesFieldEvent | ServerBlobRootFieldEvent> {
    return streamMessage(buf, ServerBlob.codec(), opts)
  }
}

export interface ServerBlobState {
  blob?: ServerBlob
  kept: Uint8Array<ArrayBuffer>
  pieces: Uint8Array<ArrayBuffer>
  changedAtMs: bigint
  expiresAtMs: bigint
  growing: boolean
}

export namespace ServerBlobState {
  let _codec: Codec<ServerBlobState>

  export const codec = (): Codec<ServerBlobState> => {
    if (_codec == null) {
      _codec = message<ServerBlobState>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.blob != null) {
          w.uint32(10)
          ServerBlob.codec().encode(obj.blob, w)
        }

        if ((obj.kept != null && obj.kept.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.kept)
        }

        if ((obj.pieces != null && obj.pieces.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.pieces)
        }

        if ((obj.changedAtMs != null && obj.changedAtMs !== 0n)) {
          w.uint32(32)
          w.uint64(obj.changedAtMs)
        }

        if ((obj.expiresAtMs != null && obj.expiresAtMs !== 0n)) {
          w.uint32(40)
          w.uint64(obj.expiresAtMs)
        }

        if ((obj.growing != null && obj.growing !== false)) {
          w.uint32(48)
          w.bool(obj.growing)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          kept: uint8ArrayAlloc(0),
          pieces: uint8ArrayAlloc(0),
          changedAtMs: 0n,
          expiresAtMs: 0n,
          growing: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.blob = ServerBlob.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.blob
              })
              break
            }
            case 2: {
              obj.kept = reader.bytes()
              break
            }
            case 3: {
              obj.pieces = reader.bytes()
              break
            }
            case 4: {
              obj.changedAtMs = reader.uint64()
              break
            }
            case 5: {
              obj.expiresAtMs = reader.uint64()
              break
            }
            case 6: {
              obj.growing = reader.bool()
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
              yield * ServerBlob.codec().stream(reader, reader.uint32(), `${prefix}.blob`, {
                limits: opts.limits?.blob
              })

              break
            }
            case 2: {
              yield {
                field: `${prefix}.kept`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.pieces`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.changedAtMs`,
                value: reader.uint64()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.expiresAtMs`,
                value: reader.uint64()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.growing`,
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

  export interface ServerBlobStateBlobFileIdFieldEvent {
    field: '$.blob.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ServerBlobStateBlobUsernameFieldEvent {
    field: '$.blob.username'
    value: string
  }

  export interface ServerBlobStateBlobChunksFieldEvent {
    field: '$.blob.chunks'
    value: number
  }

  export interface ServerBlobStateBlobSealedBytesFieldEvent {
    field: '$.blob.sealedBytes'
    value: bigint
  }

  export interface ServerBlobStateBlobRootFieldEvent {
    field: '$.blob.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ServerBlobStateKeptFieldEvent {
    field: '$.kept'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ServerBlobStatePiecesFieldEvent {
    field: '$.pieces'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ServerBlobStateChangedAtMsFieldEvent {
    field: '$.changedAtMs'
    value: bigint
  }

  export interface ServerBlobStateExpiresAtMsFieldEvent {
    field: '$.expiresAtMs'
    value: bigint
  }

  export interface ServerBlobStateGrowingFieldEvent {
    field: '$.growing'
    value: boolean
  }

  export function encode (obj: Partial<ServerBlobState>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobState.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobState>): ServerBlobState {
    return decodeMessage(buf, ServerBlobState.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobState>): Generator<ServerBlobStateBlobFileIdFieldEvent | ServerBlobStateBlobUsernameFieldEvent | ServerBlobStateBlobChunksFieldEvent | ServerBlobStateBlobSealedBytesFieldEvent | ServerBlobStateBlobRootFieldEvent | ServerBlobStateKeptFieldEvent | ServerBlobStatePiecesFieldEvent | ServerBlobStateChangedAtMsFieldEvent | ServerBlobStateExpiresAtMsFieldEvent | ServerBlobStateGrowingFieldEvent> {
    return streamMessage(buf, ServerBlobState.codec(), opts)
  }
}

export interface ServerBlobCreateRequest {
  rosterVersion: bigint
  blob?: ServerBlob
}

export namespace ServerBlobCreateRequest {
  let _codec: Codec<ServerBlobCreateRequest>

  export const codec = (): Codec<ServerBlobCreateRequest> => {
    if (_codec == null) {
      _codec = message<ServerBlobCreateRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(8)
          w.uint64(obj.rosterVersion)
        }

        if (obj.blob != null) {
          w.uint32(18)
          ServerBlob.codec().encode(obj.blob, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosterVersion: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.rosterVersion = reader.uint64()
              break
            }
            case 2: {
              obj.blob = ServerBlob.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.blob
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
              yield {
                field: `${prefix}.rosterVersion`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield * ServerBlob.codec().stream(reader, reader.uint32(), `${prefix}.blob`, {
                limits: opts.limits?.blob
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

  export interface ServerBlobCreateRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface ServerBlobCreateRequestBlobFileIdFieldEvent {
    field: '$.blob.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ServerBlobCreateRequestBlobUsernameFieldEvent {
    field: '$.blob.username'
    value: string
  }

  export interface ServerBlobCreateRequestBlobChunksFieldEvent {
    field: '$.blob.chunks'
    value: number
  }

  export interface ServerBlobCreateRequestBlobSealedBytesFieldEvent {
    field: '$.blob.sealedBytes'
    value: bigint
  }

  export interface ServerBlobCreateRequestBlobRootFieldEvent {
    field: '$.blob.root'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<ServerBlobCreateRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobCreateRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobCreateRequest>): ServerBlobCreateRequest {
    return decodeMessage(buf, ServerBlobCreateRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobCreateRequest>): Generator<ServerBlobCreateRequestRosterVersionFieldEvent | ServerBlobCreateRequestBlobFileIdFieldEvent | ServerBlobCreateRequestBlobUsernameFieldEvent | ServerBlobCreateRequestBlobChunksFieldEvent | ServerBlobCreateRequestBlobSealedBytesFieldEvent | ServerBlobCreateRequestBlobRootFieldEvent> {
    return streamMessage(buf, ServerBlobCreateRequest.codec(), opts)
  }
}

export interface ServerBlobHaveRequest {
  rosterVersion: bigint
  fileId: Uint8Array<ArrayBuffer>
}

export namespace ServerBlobHaveRequest {
  let _codec: Codec<ServerBlobHaveRequest>

  export const codec = (): Codec<ServerBlobHaveRequest> => {
    if (_codec == null) {
      _codec = message<ServerBlobHaveRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(8)
          w.uint64(obj.rosterVersion)
        }

        if ((obj.fileId != null && obj.fileId.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.fileId)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosterVersion: 0n,
          fileId: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.rosterVersion = reader.uint64()
              break
            }
            case 2: {
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
                field: `${prefix}.rosterVersion`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
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

  export interface ServerBlobHaveRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface ServerBlobHaveRequestFileIdFieldEvent {
    field: '$.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<ServerBlobHaveRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobHaveRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobHaveRequest>): ServerBlobHaveRequest {
    return decodeMessage(buf, ServerBlobHaveRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobHaveRequest>): Generator<ServerBlobHaveRequestRosterVersionFieldEvent | ServerBlobHaveRequestFileIdFieldEvent> {
    return streamMessage(buf, ServerBlobHaveRequest.codec(), opts)
  }
}

export interface ServerBlobStateResponse {
  outcome: number
  refusal?: ServerBlobRefusal
  state?: ServerBlobState
  removal?: ServerBlobRemoval
}

export namespace ServerBlobStateResponse {
  let _codec: Codec<ServerBlobStateResponse>

  export const codec = (): Codec<ServerBlobStateResponse> => {
    if (_codec == null) {
      _codec = message<ServerBlobStateResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.outcome != null && obj.outcome !== 0)) {
          w.uint32(8)
          w.uint32(obj.outcome)
        }

        if (obj.refusal != null) {
          w.uint32(18)
          ServerBlobRefusal.codec().encode(obj.refusal, w)
        }

        if (obj.state != null) {
          w.uint32(26)
          ServerBlobState.codec().encode(obj.state, w)
        }

        if (obj.removal != null) {
          w.uint32(34)
          ServerBlobRemoval.codec().encode(obj.removal, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          outcome: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.outcome = reader.uint32()
              break
            }
            case 2: {
              obj.refusal = ServerBlobRefusal.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refusal
              })
              break
            }
            case 3: {
              obj.state = ServerBlobState.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.state
              })
              break
            }
            case 4: {
              obj.removal = ServerBlobRemoval.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.removal
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
              yield {
                field: `${prefix}.outcome`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield * ServerBlobRefusal.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
                limits: opts.limits?.refusal
              })

              break
            }
            case 3: {
              yield * ServerBlobState.codec().stream(reader, reader.uint32(), `${prefix}.state`, {
                limits: opts.limits?.state
              })

              break
            }
            case 4: {
              yield * ServerBlobRemoval.codec().stream(reader, reader.uint32(), `${prefix}.removal`, {
                limits: opts.limits?.removal
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

  export interface ServerBlobStateResponseOutcomeFieldEvent {
    field: '$.outcome'
    value: number
  }

  export interface ServerBlobStateResponseRefusalLimitFieldEvent {
    field: '$.refusal.limit'
    value: string
  }

  export interface ServerBlobStateResponseRefusalMaxFieldEvent {
    field: '$.refusal.max'
    value: bigint
  }

  export interface ServerBlobStateResponseRefusalRetryAfterMsFieldEvent {
    field: '$.refusal.retryAfterMs'
    value: bigint
  }

  export interface ServerBlobStateResponseRefusalRosterVersionFieldEvent {
    field: '$.refusal.rosterVersion'
    value: bigint
  }

  export interface ServerBlobStateResponseRefusalMessageFieldEvent {
    field: '$.refusal.message'
    value: string
  }

  export interface ServerBlobStateResponseStateBlobFileIdFieldEvent {
    field: '$.state.blob.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ServerBlobStateResponseStateBlobUsernameFieldEvent {
    field: '$.state.blob.username'
    value: string
  }

  export interface ServerBlobStateResponseStateBlobChunksFieldEvent {
    field: '$.state.blob.chunks'
    value: number
  }

  export interface ServerBlobStateResponseStateBlobSealedBytesFieldEvent {
    field: '$.state.blob.sealedBytes'
    value: bigint
  }

  export interface ServerBlobStateResponseStateBlobRootFieldEvent {
    field: '$.state.blob.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ServerBlobStateResponseStateKeptFieldEvent {
    field: '$.state.kept'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ServerBlobStateResponseStatePiecesFieldEvent {
    field: '$.state.pieces'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ServerBlobStateResponseStateChangedAtMsFieldEvent {
    field: '$.state.changedAtMs'
    value: bigint
  }

  export interface ServerBlobStateResponseStateExpiresAtMsFieldEvent {
    field: '$.state.expiresAtMs'
    value: bigint
  }

  export interface ServerBlobStateResponseStateGrowingFieldEvent {
    field: '$.state.growing'
    value: boolean
  }

  export interface ServerBlobStateResponseRemovalUsernameFieldEvent {
    field: '$.removal.username'
    value: string
  }

  export interface ServerBlobStateResponseRemovalExpiresAtMsFieldEvent {
    field: '$.removal.expiresAtMs'
    value: bigint
  }

  export function encode (obj: Partial<ServerBlobStateResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobStateResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobStateResponse>): ServerBlobStateResponse {
    return decodeMessage(buf, ServerBlobStateResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobStateResponse>): Generator<ServerBlobStateResponseOutcomeFieldEvent | ServerBlobStateResponseRefusalLimitFieldEvent | ServerBlobStateResponseRefusalMaxFieldEvent | ServerBlobStateResponseRefusalRetryAfterMsFieldEvent | ServerBlobStateResponseRefusalRosterVersionFieldEvent | ServerBlobStateResponseRefusalMessageFieldEvent | ServerBlobStateResponseStateBlobFileIdFieldEvent | ServerBlobStateResponseStateBlobUsernameFieldEvent | ServerBlobStateResponseStateBlobChunksFieldEvent | ServerBlobStateResponseStateBlobSealedBytesFieldEvent | ServerBlobStateResponseStateBlobRootFieldEvent | ServerBlobStateResponseStateKeptFieldEvent | ServerBlobStateResponseStatePiecesFieldEvent | ServerBlobStateResponseStateChangedAtMsFieldEvent | ServerBlobStateResponseStateExpiresAtMsFieldEvent | ServerBlobStateResponseStateGrowingFieldEvent | ServerBlobStateResponseRemovalUsernameFieldEvent | ServerBlobStateResponseRemovalExpiresAtMsFieldEvent> {
    return streamMessage(buf, ServerBlobStateResponse.codec(), opts)
  }
}

export interface ServerBlobRemoval {
  username: string
  expiresAtMs: bigint
}

export namespace ServerBlobRemoval {
  let _codec: Codec<ServerBlobRemoval>

  export const codec = (): Codec<ServerBlobRemoval> => {
    if (_codec == null) {
      _codec = message<ServerBlobRemoval>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.username != null && obj.username !== '')) {
          w.uint32(10)
          w.string(obj.username)
        }

        if ((obj.expiresAtMs != null && obj.expiresAtMs !== 0n)) {
          w.uint32(16)
          w.uint64(obj.expiresAtMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          username: '',
          expiresAtMs: 0n
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
              obj.expiresAtMs = reader.uint64()
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
                field: `${prefix}.expiresAtMs`,
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

  export interface ServerBlobRemovalUsernameFieldEvent {
    field: '$.username'
    value: string
  }

  export interface ServerBlobRemovalExpiresAtMsFieldEvent {
    field: '$.expiresAtMs'
    value: bigint
  }

  export function encode (obj: Partial<ServerBlobRemoval>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobRemoval.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobRemoval>): ServerBlobRemoval {
    return decodeMessage(buf, ServerBlobRemoval.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobRemoval>): Generator<ServerBlobRemovalUsernameFieldEvent | ServerBlobRemovalExpiresAtMsFieldEvent> {
    return streamMessage(buf, ServerBlobRemoval.codec(), opts)
  }
}

export interface ServerBlobRemoveRequest {
  rosterVersion: bigint
  fileId: Uint8Array<ArrayBuffer>
  username: string
  expiresAtMs: bigint
}

export namespace ServerBlobRemoveRequest {
  let _codec: Codec<ServerBlobRemoveRequest>

  export const codec = (): Codec<ServerBlobRemoveRequest> => {
    if (_codec == null) {
      _codec = message<ServerBlobRemoveRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(8)
          w.uint64(obj.rosterVersion)
        }

        if ((obj.fileId != null && obj.fileId.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.fileId)
        }

        if ((obj.username != null && obj.username !== '')) {
          w.uint32(26)
          w.string(obj.username)
        }

        if ((obj.expiresAtMs != null && obj.expiresAtMs !== 0n)) {
          w.uint32(32)
          w.uint64(obj.expiresAtMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosterVersion: 0n,
          fileId: uint8ArrayAlloc(0),
          username: '',
          expiresAtMs: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.rosterVersion = reader.uint64()
              break
            }
            case 2: {
              obj.fileId = reader.bytes()
              break
            }
            case 3: {
              obj.username = reader.string()
              break
            }
            case 4: {
              obj.expiresAtMs = reader.uint64()
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
                field: `${prefix}.rosterVersion`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.fileId`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.username`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.expiresAtMs`,
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

  export interface ServerBlobRemoveRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface ServerBlobRemoveRequestFileIdFieldEvent {
    field: '$.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ServerBlobRemoveRequestUsernameFieldEvent {
    field: '$.username'
    value: string
  }

  export interface ServerBlobRemoveRequestExpiresAtMsFieldEvent {
    field: '$.expiresAtMs'
    value: bigint
  }

  export function encode (obj: Partial<ServerBlobRemoveRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobRemoveRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobRemoveRequest>): ServerBlobRemoveRequest {
    return decodeMessage(buf, ServerBlobRemoveRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobRemoveRequest>): Generator<ServerBlobRemoveRequestRosterVersionFieldEvent | ServerBlobRemoveRequestFileIdFieldEvent | ServerBlobRemoveRequestUsernameFieldEvent | ServerBlobRemoveRequestExpiresAtMsFieldEvent> {
    return streamMessage(buf, ServerBlobRemoveRequest.codec(), opts)
  }
}

export interface ServerBlobDoneResponse {
  outcome: number
  refusal?: ServerBlobRefusal
}

export namespace ServerBlobDoneResponse {
  let _codec: Codec<ServerBlobDoneResponse>

  export const codec = (): Codec<ServerBlobDoneResponse> => {
    if (_codec == null) {
      _codec = message<ServerBlobDoneResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.outcome != null && obj.outcome !== 0)) {
          w.uint32(8)
          w.uint32(obj.outcome)
        }

        if (obj.refusal != null) {
          w.uint32(18)
          ServerBlobRefusal.codec().encode(obj.refusal, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          outcome: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.outcome = reader.uint32()
              break
            }
            case 2: {
              obj.refusal = ServerBlobRefusal.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refusal
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
              yield {
                field: `${prefix}.outcome`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield * ServerBlobRefusal.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
                limits: opts.limits?.refusal
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

  export interface ServerBlobDoneResponseOutcomeFieldEvent {
    field: '$.outcome'
    value: number
  }

  export interface ServerBlobDoneResponseRefusalLimitFieldEvent {
    field: '$.refusal.limit'
    value: string
  }

  export interface ServerBlobDoneResponseRefusalMaxFieldEvent {
    field: '$.refusal.max'
    value: bigint
  }

  export interface ServerBlobDoneResponseRefusalRetryAfterMsFieldEvent {
    field: '$.refusal.retryAfterMs'
    value: bigint
  }

  export interface ServerBlobDoneResponseRefusalRosterVersionFieldEvent {
    field: '$.refusal.rosterVersion'
    value: bigint
  }

  export interface ServerBlobDoneResponseRefusalMessageFieldEvent {
    field: '$.refusal.message'
    value: string
  }

  export function encode (obj: Partial<ServerBlobDoneResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobDoneResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobDoneResponse>): ServerBlobDoneResponse {
    return decodeMessage(buf, ServerBlobDoneResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobDoneResponse>): Generator<ServerBlobDoneResponseOutcomeFieldEvent | ServerBlobDoneResponseRefusalLimitFieldEvent | ServerBlobDoneResponseRefusalMaxFieldEvent | ServerBlobDoneResponseRefusalRetryAfterMsFieldEvent | ServerBlobDoneResponseRefusalRosterVersionFieldEvent | ServerBlobDoneResponseRefusalMessageFieldEvent> {
    return streamMessage(buf, ServerBlobDoneResponse.codec(), opts)
  }
}

export interface ServerBlobOwnedRequest {
  username: string
}

export namespace ServerBlobOwnedRequest {
  let _codec: Codec<ServerBlobOwnedRequest>

  export const codec = (): Codec<ServerBlobOwnedRequest> => {
    if (_codec == null) {
      _codec = message<ServerBlobOwnedRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.username != null && obj.username !== '')) {
          w.uint32(10)
          w.string(obj.username)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          username: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.username = reader.string()
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

  export interface ServerBlobOwnedRequestUsernameFieldEvent {
    field: '$.username'
    value: string
  }

  export function encode (obj: Partial<ServerBlobOwnedRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobOwnedRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobOwnedRequest>): ServerBlobOwnedRequest {
    return decodeMessage(buf, ServerBlobOwnedRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobOwnedRequest>): Generator<ServerBlobOwnedRequestUsernameFieldEvent> {
    return streamMessage(buf, ServerBlobOwnedRequest.codec(), opts)
  }
}

export interface ServerBlobOwned {
  fileId: Uint8Array<ArrayBuffer>
  bytes: bigint
  expiresAtMs: bigint
}

export namespace ServerBlobOwned {
  let _codec: Codec<ServerBlobOwned>

  export const codec = (): Codec<ServerBlobOwned> => {
    if (_codec == null) {
      _codec = message<ServerBlobOwned>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.fileId != null && obj.fileId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.fileId)
        }

        if ((obj.bytes != null && obj.bytes !== 0n)) {
          w.uint32(16)
          w.uint64(obj.bytes)
        }

        if ((obj.expiresAtMs != null && obj.expiresAtMs !== 0n)) {
          w.uint32(24)
          w.uint64(obj.expiresAtMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          fileId: uint8ArrayAlloc(0),
          bytes: 0n,
          expiresAtMs: 0n
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
              obj.bytes = reader.uint64()
              break
            }
            case 3: {
              obj.expiresAtMs = reader.uint64()
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
                field: `${prefix}.bytes`,
                value: reader.uint64()
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

  export interface ServerBlobOwnedFileIdFieldEvent {
    field: '$.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ServerBlobOwnedBytesFieldEvent {
    field: '$.bytes'
    value: bigint
  }

  export interface ServerBlobOwnedExpiresAtMsFieldEvent {
    field: '$.expiresAtMs'
    value: bigint
  }

  export function encode (obj: Partial<ServerBlobOwned>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobOwned.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobOwned>): ServerBlobOwned {
    return decodeMessage(buf, ServerBlobOwned.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobOwned>): Generator<ServerBlobOwnedFileIdFieldEvent | ServerBlobOwnedBytesFieldEvent | ServerBlobOwnedExpiresAtMsFieldEvent> {
    return streamMessage(buf, ServerBlobOwned.codec(), opts)
  }
}

export interface ServerBlobOwnedResponse {
  files: ServerBlobOwned[]
}

export namespace ServerBlobOwnedResponse {
  let _codec: Codec<ServerBlobOwnedResponse>

  export const codec = (): Codec<ServerBlobOwnedResponse> => {
    if (_codec == null) {
      _codec = message<ServerBlobOwnedResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.files != null && obj.files.length > 0) {
          for (const value of obj.files) {
            w.uint32(10)
            ServerBlobOwned.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          files: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.files != null && obj.files.length === opts.limits.files) {
                throw new MaxLengthError('Decode error - repeated field "files" had too many elements')
              }

              obj.files.push(ServerBlobOwned.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.files$
              }))
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
          files: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.files != null && obj.files === opts.limits.files) {
                throw new MaxLengthError('Streaming decode error - repeated field "files" had too many elements')
              }

              for (const evt of ServerBlobOwned.codec().stream(reader, reader.uint32(), `${prefix}.files[]`, {
                limits: opts.limits?.files$
              })) {
                yield {
                  ...evt,
                  index: obj.files
                }
              }

              obj.files++

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

  export interface ServerBlobOwnedResponseFilesFileIdFieldEvent {
    field: '$.files[].fileId'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ServerBlobOwnedResponseFilesBytesFieldEvent {
    field: '$.files[].bytes'
    value: bigint
    index: number
  }

  export interface ServerBlobOwnedResponseFilesExpiresAtMsFieldEvent {
    field: '$.files[].expiresAtMs'
    value: bigint
    index: number
  }

  export function encode (obj: Partial<ServerBlobOwnedResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobOwnedResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobOwnedResponse>): ServerBlobOwnedResponse {
    return decodeMessage(buf, ServerBlobOwnedResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobOwnedResponse>): Generator<ServerBlobOwnedResponseFilesFileIdFieldEvent | ServerBlobOwnedResponseFilesBytesFieldEvent | ServerBlobOwnedResponseFilesExpiresAtMsFieldEvent> {
    return streamMessage(buf, ServerBlobOwnedResponse.codec(), opts)
  }
}

export interface ServerBlobCompareRequest {
  rosterVersion: bigint
  fingerprint: Uint8Array<ArrayBuffer>
  prefixes: string[]
  shared: boolean
}

export namespace ServerBlobCompareRequest {
  let _codec: Codec<ServerBlobCompareRequest>

  export const codec = (): Codec<ServerBlobCompareRequest> => {
    if (_codec == null) {
      _codec = message<ServerBlobCompareRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(8)
          w.uint64(obj.rosterVersion)
        }

        if ((obj.fingerprint != null && obj.fingerprint.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.fingerprint)
        }

        if (obj.prefixes != null && obj.prefixes.length > 0) {
          for (const value of obj.prefixes) {
            w.uint32(26)
            w.string(value)
          }
        }

        if ((obj.shared != null && obj.shared !== false)) {
          w.uint32(32)
          w.bool(obj.shared)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosterVersion: 0n,
          fingerprint: uint8ArrayAlloc(0),
          prefixes: [],
          shared: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.rosterVersion = reader.uint64()
              break
            }
            case 2: {
              obj.fingerprint = reader.bytes()
              break
            }
            case 3: {
              if (opts.limits?.prefixes != null && obj.prefixes.length === opts.limits.prefixes) {
                throw new MaxLengthError('Decode error - repeated field "prefixes" had too many elements')
              }

              obj.prefixes.push(reader.string())
              break
            }
            case 4: {
              obj.shared = reader.bool()
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
          prefixes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.rosterVersion`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.fingerprint`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              if (opts.limits?.prefixes != null && obj.prefixes === opts.limits.prefixes) {
                throw new MaxLengthError('Streaming decode error - repeated field "prefixes" had too many elements')
              }

              yield {
                field: `${prefix}.prefixes[]`,
                index: obj.prefixes,
                value: reader.string()
              }

              obj.prefixes++

              break
            }
            case 4: {
              yield {
                field: `${prefix}.shared`,
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

  export interface ServerBlobCompareRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface ServerBlobCompareRequestFingerprintFieldEvent {
    field: '$.fingerprint'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ServerBlobCompareRequestPrefixesFieldEvent {
    field: '$.prefixes[]'
    index: number
    value: string
  }

  export interface ServerBlobCompareRequestSharedFieldEvent {
    field: '$.shared'
    value: boolean
  }

  export function encode (obj: Partial<ServerBlobCompareRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobCompareRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobCompareRequest>): ServerBlobCompareRequest {
    return decodeMessage(buf, ServerBlobCompareRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobCompareRequest>): Generator<ServerBlobCompareRequestRosterVersionFieldEvent | ServerBlobCompareRequestFingerprintFieldEvent | ServerBlobCompareRequestPrefixesFieldEvent | ServerBlobCompareRequestSharedFieldEvent> {
    return streamMessage(buf, ServerBlobCompareRequest.codec(), opts)
  }
}

export interface ServerBlobRange {
  prefix: string
  fingerprints: Uint8Array<ArrayBuffer>
  items: Uint8Array<ArrayBuffer>
}

export namespace ServerBlobRange {
  let _codec: Codec<ServerBlobRange>

  export const codec = (): Codec<ServerBlobRange> => {
    if (_codec == null) {
      _codec = message<ServerBlobRange>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.prefix != null && obj.prefix !== '')) {
          w.uint32(10)
          w.string(obj.prefix)
        }

        if ((obj.fingerprints != null && obj.fingerprints.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.fingerprints)
        }

        if ((obj.items != null && obj.items.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.items)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          prefix: '',
          fingerprints: uint8ArrayAlloc(0),
          items: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.prefix = reader.string()
              break
            }
            case 2: {
              obj.fingerprints = reader.bytes()
              break
            }
            case 3: {
              obj.items = reader.bytes()
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
                field: `${prefix}.prefix`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.fingerprints`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.items`,
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

  export interface ServerBlobRangePrefixFieldEvent {
    field: '$.prefix'
    value: string
  }

  export interface ServerBlobRangeFingerprintsFieldEvent {
    field: '$.fingerprints'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ServerBlobRangeItemsFieldEvent {
    field: '$.items'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<ServerBlobRange>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobRange.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobRange>): ServerBlobRange {
    return decodeMessage(buf, ServerBlobRange.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobRange>): Generator<ServerBlobRangePrefixFieldEvent | ServerBlobRangeFingerprintsFieldEvent | ServerBlobRangeItemsFieldEvent> {
    return streamMessage(buf, ServerBlobRange.codec(), opts)
  }
}

export interface ServerBlobCompareResponse {
  outcome: number
  refusal?: ServerBlobRefusal
  ranges: ServerBlobRange[]
}

export namespace ServerBlobCompareResponse {
  let _codec: Codec<ServerBlobCompareResponse>

  export const codec = (): Codec<ServerBlobCompareResponse> => {
    if (_codec == null) {
      _codec = message<ServerBlobCompareResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.outcome != null && obj.outcome !== 0)) {
          w.uint32(8)
          w.uint32(obj.outcome)
        }

        if (obj.refusal != null) {
          w.uint32(18)
          ServerBlobRefusal.codec().encode(obj.refusal, w)
        }

        if (obj.ranges != null && obj.ranges.length > 0) {
          for (const value of obj.ranges) {
            w.uint32(26)
            ServerBlobRange.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          outcome: 0,
          ranges: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.outcome = reader.uint32()
              break
            }
            case 2: {
              obj.refusal = ServerBlobRefusal.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refusal
              })
              break
            }
            case 3: {
              if (opts.limits?.ranges != null && obj.ranges.length === opts.limits.ranges) {
                throw new MaxLengthError('Decode error - repeated field "ranges" had too many elements')
              }

              obj.ranges.push(ServerBlobRange.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ranges$
              }))
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
          ranges: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.outcome`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield * ServerBlobRefusal.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
                limits: opts.limits?.refusal
              })

              break
            }
            case 3: {
              if (opts.limits?.ranges != null && obj.ranges === opts.limits.ranges) {
                throw new MaxLengthError('Streaming decode error - repeated field "ranges" had too many elements')
              }

              for (const evt of ServerBlobRange.codec().stream(reader, reader.uint32(), `${prefix}.ranges[]`, {
                limits: opts.limits?.ranges$
              })) {
                yield {
                  ...evt,
                  index: obj.ranges
                }
              }

              obj.ranges++

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

  export interface ServerBlobCompareResponseOutcomeFieldEvent {
    field: '$.outcome'
    value: number
  }

  export interface ServerBlobCompareResponseRefusalLimitFieldEvent {
    field: '$.refusal.limit'
    value: string
  }

  export interface ServerBlobCompareResponseRefusalMaxFieldEvent {
    field: '$.refusal.max'
    value: bigint
  }

  export interface ServerBlobCompareResponseRefusalRetryAfterMsFieldEvent {
    field: '$.refusal.retryAfterMs'
    value: bigint
  }

  export interface ServerBlobCompareResponseRefusalRosterVersionFieldEvent {
    field: '$.refusal.rosterVersion'
    value: bigint
  }

  export interface ServerBlobCompareResponseRefusalMessageFieldEvent {
    field: '$.refusal.message'
    value: string
  }

  export interface ServerBlobCompareResponseRangesPrefixFieldEvent {
    field: '$.ranges[].prefix'
    value: string
    index: number
  }

  export interface ServerBlobCompareResponseRangesFingerprintsFieldEvent {
    field: '$.ranges[].fingerprints'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ServerBlobCompareResponseRangesItemsFieldEvent {
    field: '$.ranges[].items'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<ServerBlobCompareResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobCompareResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobCompareResponse>): ServerBlobCompareResponse {
    return decodeMessage(buf, ServerBlobCompareResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobCompareResponse>): Generator<ServerBlobCompareResponseOutcomeFieldEvent | ServerBlobCompareResponseRefusalLimitFieldEvent | ServerBlobCompareResponseRefusalMaxFieldEvent | ServerBlobCompareResponseRefusalRetryAfterMsFieldEvent | ServerBlobCompareResponseRefusalRosterVersionFieldEvent | ServerBlobCompareResponseRefusalMessageFieldEvent | ServerBlobCompareResponseRangesPrefixFieldEvent | ServerBlobCompareResponseRangesFingerprintsFieldEvent | ServerBlobCompareResponseRangesItemsFieldEvent> {
    return streamMessage(buf, ServerBlobCompareResponse.codec(), opts)
  }
}

export interface ServerBlobProgressRequest {
  rosterVersion: bigint
}

export namespace ServerBlobProgressRequest {
  let _codec: Codec<ServerBlobProgressRequest>

  export const codec = (): Codec<ServerBlobProgressRequest> => {
    if (_codec == null) {
      _codec = message<ServerBlobProgressRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(8)
          w.uint64(obj.rosterVersion)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosterVersion: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.rosterVersion = reader.uint64()
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
                field: `${prefix}.rosterVersion`,
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

  export interface ServerBlobProgressRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export function encode (obj: Partial<ServerBlobProgressRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobProgressRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobProgressRequest>): ServerBlobProgressRequest {
    return decodeMessage(buf, ServerBlobProgressRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobProgressRequest>): Generator<ServerBlobProgressRequestRosterVersionFieldEvent> {
    return streamMessage(buf, ServerBlobProgressRequest.codec(), opts)
  }
}

export interface ServerBlobProgressResponse {
  outcome: number
  refusal?: ServerBlobRefusal
  completeVersion: bigint
  closedVersion: bigint
  filesLeft: bigint
  bytesLeft: bigint
}

export namespace ServerBlobProgressResponse {
  let _codec: Codec<ServerBlobProgressResponse>

  export const codec = (): Codec<ServerBlobProgressResponse> => {
    if (_codec == null) {
      _codec = message<ServerBlobProgressResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.outcome != null && obj.outcome !== 0)) {
          w.uint32(8)
          w.uint32(obj.outcome)
        }

        if (obj.refusal != null) {
          w.uint32(18)
          ServerBlobRefusal.codec().encode(obj.refusal, w)
        }

        if ((obj.completeVersion != null && obj.completeVersion !== 0n)) {
          w.uint32(24)
          w.uint64(obj.completeVersion)
        }

        if ((obj.closedVersion != null && obj.closedVersion !== 0n)) {
          w.uint32(32)
          w.uint64(obj.closedVersion)
        }

        if ((obj.filesLeft != null && obj.filesLeft !== 0n)) {
          w.uint32(40)
          w.uint64(obj.filesLeft)
        }

        if ((obj.bytesLeft != null && obj.bytesLeft !== 0n)) {
          w.uint32(48)
          w.uint64(obj.bytesLeft)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          outcome: 0,
          completeVersion: 0n,
          closedVersion: 0n,
          filesLeft: 0n,
          bytesLeft: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.outcome = reader.uint32()
              break
            }
            case 2: {
              obj.refusal = ServerBlobRefusal.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refusal
              })
              break
            }
            case 3: {
              obj.completeVersion = reader.uint64()
              break
            }
            case 4: {
              obj.closedVersion = reader.uint64()
              break
            }
            case 5: {
              obj.filesLeft = reader.uint64()
              break
            }
            case 6: {
              obj.bytesLeft = reader.uint64()
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
                field: `${prefix}.outcome`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield * ServerBlobRefusal.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
                limits: opts.limits?.refusal
              })

              break
            }
            case 3: {
              yield {
                field: `${prefix}.completeVersion`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.closedVersion`,
                value: reader.uint64()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.filesLeft`,
                value: reader.uint64()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.bytesLeft`,
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

  export interface ServerBlobProgressResponseOutcomeFieldEvent {
    field: '$.outcome'
    value: number
  }

  export interface ServerBlobProgressResponseRefusalLimitFieldEvent {
    field: '$.refusal.limit'
    value: string
  }

  export interface ServerBlobProgressResponseRefusalMaxFieldEvent {
    field: '$.refusal.max'
    value: bigint
  }

  export interface ServerBlobProgressResponseRefusalRetryAfterMsFieldEvent {
    field: '$.refusal.retryAfterMs'
    value: bigint
  }

  export interface ServerBlobProgressResponseRefusalRosterVersionFieldEvent {
    field: '$.refusal.rosterVersion'
    value: bigint
  }

  export interface ServerBlobProgressResponseRefusalMessageFieldEvent {
    field: '$.refusal.message'
    value: string
  }

  export interface ServerBlobProgressResponseCompleteVersionFieldEvent {
    field: '$.completeVersion'
    value: bigint
  }

  export interface ServerBlobProgressResponseClosedVersionFieldEvent {
    field: '$.closedVersion'
    value: bigint
  }

  export interface ServerBlobProgressResponseFilesLeftFieldEvent {
    field: '$.filesLeft'
    value: bigint
  }

  export interface ServerBlobProgressResponseBytesLeftFieldEvent {
    field: '$.bytesLeft'
    value: bigint
  }

  export function encode (obj: Partial<ServerBlobProgressResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobProgressResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobProgressResponse>): ServerBlobProgressResponse {
    return decodeMessage(buf, ServerBlobProgressResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobProgressResponse>): Generator<ServerBlobProgressResponseOutcomeFieldEvent | ServerBlobProgressResponseRefusalLimitFieldEvent | ServerBlobProgressResponseRefusalMaxFieldEvent | ServerBlobProgressResponseRefusalRetryAfterMsFieldEvent | ServerBlobProgressResponseRefusalRosterVersionFieldEvent | ServerBlobProgressResponseRefusalMessageFieldEvent | ServerBlobProgressResponseCompleteVersionFieldEvent | ServerBlobProgressResponseClosedVersionFieldEvent | ServerBlobProgressResponseFilesLeftFieldEvent | ServerBlobProgressResponseBytesLeftFieldEvent> {
    return streamMessage(buf, ServerBlobProgressResponse.codec(), opts)
  }
}

export interface ServerBlobLookRequest {}

export namespace ServerBlobLookRequest {
  let _codec: Codec<ServerBlobLookRequest>

  export const codec = (): Codec<ServerBlobLookRequest> => {
    if (_codec == null) {
      _codec = message<ServerBlobLookRequest>((obj, w, opts = {}) => {
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

  export function encode (obj: Partial<ServerBlobLookRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobLookRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobLookRequest>): ServerBlobLookRequest {
    return decodeMessage(buf, ServerBlobLookRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobLookRequest>): Generator<{}> {
    return streamMessage(buf, ServerBlobLookRequest.codec(), opts)
  }
}

export interface ServerBlobOpen {
  rosterVersion: bigint
  fileId: Uint8Array<ArrayBuffer>
  write: boolean
}

export namespace ServerBlobOpen {
  let _codec: Codec<ServerBlobOpen>

  export const codec = (): Codec<ServerBlobOpen> => {
    if (_codec == null) {
      _codec = message<ServerBlobOpen>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(8)
          w.uint64(obj.rosterVersion)
        }

        if ((obj.fileId != null && obj.fileId.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.fileId)
        }

        if ((obj.write != null && obj.write !== false)) {
          w.uint32(24)
          w.bool(obj.write)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosterVersion: 0n,
          fileId: uint8ArrayAlloc(0),
          write: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.rosterVersion = reader.uint64()
              break
            }
            case 2: {
              obj.fileId = reader.bytes()
              break
            }
            case 3: {
              obj.write = reader.bool()
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
                field: `${prefix}.rosterVersion`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.fileId`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.write`,
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

  export interface ServerBlobOpenRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface ServerBlobOpenFileIdFieldEvent {
    field: '$.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ServerBlobOpenWriteFieldEvent {
    field: '$.write'
    value: boolean
  }

  export function encode (obj: Partial<ServerBlobOpen>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerBlobOpen.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobOpen>): ServerBlobOpen {
    return decodeMessage(buf, ServerBlobOpen.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerBlobOpen>): Generator<ServerBlobOpenRosterVersionFieldEvent | ServerBlobOpenFileIdFieldEvent | ServerBlobOpenWriteFieldEvent> {
    return streamMessage(buf, ServerBlobOpen.codec(), opts)
  }
}
