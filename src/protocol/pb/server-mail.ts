import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface ReplicaMessage {
  standing?: ReplicaStanding
  body: Uint8Array<ArrayBuffer>
}

export namespace ReplicaMessage {
  let _codec: Codec<ReplicaMessage>

  export const codec = (): Codec<ReplicaMessage> => {
    if (_codec == null) {
      _codec = message<ReplicaMessage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.standing != null) {
          w.uint32(10)
          ReplicaStanding.codec().encode(obj.standing, w)
        }

        if ((obj.body != null && obj.body.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.body)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          body: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.standing = ReplicaStanding.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.standing
              })
              break
            }
            case 2: {
              obj.body = reader.bytes()
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
              yield * ReplicaStanding.codec().stream(reader, reader.uint32(), `${prefix}.standing`, {
                limits: opts.limits?.standing
              })

              break
            }
            case 2: {
              yield {
                field: `${prefix}.body`,
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

  export interface ReplicaMessageStandingBootFieldEvent {
    field: '$.standing.boot'
    value: bigint
  }

  export interface ReplicaMessageStandingBootIdFieldEvent {
    field: '$.standing.bootId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaMessageStandingBootWritesFieldEvent {
    field: '$.standing.bootWrites'
    value: bigint
  }

  export interface ReplicaMessageStandingWritesFieldEvent {
    field: '$.standing.writes'
    value: bigint
  }

  export interface ReplicaMessageBodyFieldEvent {
    field: '$.body'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<ReplicaMessage>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaMessage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaMessage>): ReplicaMessage {
    return decodeMessage(buf, ReplicaMessage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaMessage>): Generator<ReplicaMessageStandingBootFieldEvent | ReplicaMessageStandingBootIdFieldEvent | ReplicaMessageStandingBootWritesFieldEvent | ReplicaMessageStandingWritesFieldEvent | ReplicaMessageBodyFieldEvent> {
    return streamMessage(buf, ReplicaMessage.codec(), opts)
  }
}

export interface ReplicaStanding {
  boot: bigint
  bootId: Uint8Array<ArrayBuffer>
  bootWrites: bigint
  writes: bigint
}

export namespace ReplicaStanding {
  let _codec: Codec<ReplicaStanding>

  export const codec = (): Codec<ReplicaStanding> => {
    if (_codec == null) {
      _codec = message<ReplicaStanding>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.boot != null && obj.boot !== 0n)) {
          w.uint32(8)
          w.uint64(obj.boot)
        }

        if ((obj.bootId != null && obj.bootId.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.bootId)
        }

        if ((obj.bootWrites != null && obj.bootWrites !== 0n)) {
          w.uint32(24)
          w.uint64(obj.bootWrites)
        }

        if ((obj.writes != null && obj.writes !== 0n)) {
          w.uint32(32)
          w.uint64(obj.writes)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          boot: 0n,
          bootId: uint8ArrayAlloc(0),
          bootWrites: 0n,
          writes: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.boot = reader.uint64()
              break
            }
            case 2: {
              obj.bootId = reader.bytes()
              break
            }
            case 3: {
              obj.bootWrites = reader.uint64()
              break
            }
            case 4: {
              obj.writes = reader.uint64()
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
                field: `${prefix}.boot`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.bootId`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.bootWrites`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.writes`,
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

  export interface ReplicaStandingBootFieldEvent {
    field: '$.boot'
    value: bigint
  }

  export interface ReplicaStandingBootIdFieldEvent {
    field: '$.bootId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaStandingBootWritesFieldEvent {
    field: '$.bootWrites'
    value: bigint
  }

  export interface ReplicaStandingWritesFieldEvent {
    field: '$.writes'
    value: bigint
  }

  export function encode (obj: Partial<ReplicaStanding>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaStanding.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaStanding>): ReplicaStanding {
    return decodeMessage(buf, ReplicaStanding.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaStanding>): Generator<ReplicaStandingBootFieldEvent | ReplicaStandingBootIdFieldEvent | ReplicaStandingBootWritesFieldEvent | ReplicaStandingWritesFieldEvent> {
    return streamMessage(buf, ReplicaStanding.codec(), opts)
  }
}

export enum ReplicaOutcome {
  UNKNOWN = 'UNKNOWN',
  DONE = 'DONE',
  STALE = 'STALE',
  OVERLOADED = 'OVERLOADED',
  REFUSED = 'REFUSED',
  GONE = 'GONE',
  SUPERSEDED = 'SUPERSEDED'
}

enum __ReplicaOutcomeValues {
  UNKNOWN = 0,
  DONE = 1,
  STALE = 2,
  OVERLOADED = 3,
  REFUSED = 4,
  GONE = 5,
  SUPERSEDED = 6
}

export namespace ReplicaOutcome {
  export const codec = (): Codec<ReplicaOutcome> => {
    return enumeration<ReplicaOutcome>(__ReplicaOutcomeValues)
  }
}

export interface ReplicaRefusal {
  limit: string
  max: bigint
  retryAfterMs: bigint
  rosterVersion: bigint
}

export namespace ReplicaRefusal {
  let _codec: Codec<ReplicaRefusal>

  export const codec = (): Codec<ReplicaRefusal> => {
    if (_codec == null) {
      _codec = message<ReplicaRefusal>((obj, w, opts = {}) => {
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

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          limit: '',
          max: 0n,
          retryAfterMs: 0n,
          rosterVersion: 0n
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

  export interface ReplicaRefusalLimitFieldEvent {
    field: '$.limit'
    value: string
  }

  export interface ReplicaRefusalMaxFieldEvent {
    field: '$.max'
    value: bigint
  }

  export interface ReplicaRefusalRetryAfterMsFieldEvent {
    field: '$.retryAfterMs'
    value: bigint
  }

  export interface ReplicaRefusalRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export function encode (obj: Partial<ReplicaRefusal>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaRefusal.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaRefusal>): ReplicaRefusal {
    return decodeMessage(buf, ReplicaRefusal.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaRefusal>): Generator<ReplicaRefusalLimitFieldEvent | ReplicaRefusalMaxFieldEvent | ReplicaRefusalRetryAfterMsFieldEvent | ReplicaRefusalRosterVersionFieldEvent> {
    return streamMessage(buf, ReplicaRefusal.codec(), opts)
  }
}

export interface ReplicaEntry {
  entryId: Uint8Array<ArrayBuffer>
  envelope: Uint8Array<ArrayBuffer>
  sender: Uint8Array<ArrayBuffer>
  slot: Uint8Array<ArrayBuffer>
  expiresAtMs: bigint
  writer: Uint8Array<ArrayBuffer>
  sequence: bigint
}

export namespace ReplicaEntry {
  let _codec: Codec<ReplicaEntry>

  export const codec = (): Codec<ReplicaEntry> => {
    if (_codec == null) {
      _codec = message<ReplicaEntry>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.entryId != null && obj.entryId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.entryId)
        }

        if ((obj.envelope != null && obj.envelope.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.envelope)
        }

        if ((obj.sender != null && obj.sender.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.sender)
        }

        if ((obj.slot != null && obj.slot.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.slot)
        }

        if ((obj.expiresAtMs != null && obj.expiresAtMs !== 0n)) {
          w.uint32(40)
          w.uint64(obj.expiresAtMs)
        }

        if ((obj.writer != null && obj.writer.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.writer)
        }

        if ((obj.sequence != null && obj.sequence !== 0n)) {
          w.uint32(56)
          w.uint64(obj.sequence)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          entryId: uint8ArrayAlloc(0),
          envelope: uint8ArrayAlloc(0),
          sender: uint8ArrayAlloc(0),
          slot: uint8ArrayAlloc(0),
          expiresAtMs: 0n,
          writer: uint8ArrayAlloc(0),
          sequence: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.entryId = reader.bytes()
              break
            }
            case 2: {
              obj.envelope = reader.bytes()
              break
            }
            case 3: {
              obj.sender = reader.bytes()
              break
            }
            case 4: {
              obj.slot = reader.bytes()
              break
            }
            case 5: {
              obj.expiresAtMs = reader.uint64()
              break
            }
            case 6: {
              obj.writer = reader.bytes()
              break
            }
            case 7: {
              obj.sequence = reader.uint64()
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
                field: `${prefix}.entryId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.envelope`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.sender`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.slot`,
                value: reader.bytes()
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
                field: `${prefix}.writer`,
                value: reader.bytes()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.sequence`,
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

  export interface ReplicaEntryEntryIdFieldEvent {
    field: '$.entryId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaEntryEnvelopeFieldEvent {
    field: '$.envelope'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaEntrySenderFieldEvent {
    field: '$.sender'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaEntrySlotFieldEvent {
    field: '$.slot'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaEntryExpiresAtMsFieldEvent {
    field: '$.expiresAtMs'
    value: bigint
  }

  export interface ReplicaEntryWriterFieldEvent {
    field: '$.writer'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaEntrySequenceFieldEvent {
    field: '$.sequence'
    value: bigint
  }

  export function encode (obj: Partial<ReplicaEntry>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaEntry.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaEntry>): ReplicaEntry {
    return decodeMessage(buf, ReplicaEntry.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaEntry>): Generator<ReplicaEntryEntryIdFieldEvent | ReplicaEntryEnvelopeFieldEvent | ReplicaEntrySenderFieldEvent | ReplicaEntrySlotFieldEvent | ReplicaEntryExpiresAtMsFieldEvent | ReplicaEntryWriterFieldEvent | ReplicaEntrySequenceFieldEvent> {
    return streamMessage(buf, ReplicaEntry.codec(), opts)
  }
}

export interface ReplicaAcknowledgement {
  signed: Uint8Array<ArrayBuffer>
  expiresAtMs: bigint
}

export namespace ReplicaAcknowledgement {
  let _codec: Codec<ReplicaAcknowledgement>

  export const codec = (): Codec<ReplicaAcknowledgement> => {
    if (_codec == null) {
      _codec = message<ReplicaAcknowledgement>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.signed != null && obj.signed.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.signed)
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
          signed: uint8ArrayAlloc(0),
          expiresAtMs: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.signed = reader.bytes()
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
                field: `${prefix}.signed`,
                value: reader.bytes()
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

  export interface ReplicaAcknowledgementSignedFieldEvent {
    field: '$.signed'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaAcknowledgementExpiresAtMsFieldEvent {
    field: '$.expiresAtMs'
    value: bigint
  }

  export function encode (obj: Partial<ReplicaAcknowledgement>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaAcknowledgement.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAcknowledgement>): ReplicaAcknowledgement {
    return decodeMessage(buf, ReplicaAcknowledgement.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAcknowledgement>): Generator<ReplicaAcknowledgementSignedFieldEvent | ReplicaAcknowledgementExpiresAtMsFieldEvent> {
    return streamMessage(buf, ReplicaAcknowledgement.codec(), opts)
  }
}

export interface ReplicaAppendRequest {
  rosterVersion: bigint
  appends: ReplicaAppend[]
}

export namespace ReplicaAppendRequest {
  let _codec: Codec<ReplicaAppendRequest>

  export const codec = (): Codec<ReplicaAppendRequest> => {
    if (_codec == null) {
      _codec = message<ReplicaAppendRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(8)
          w.uint64(obj.rosterVersion)
        }

        if (obj.appends != null && obj.appends.length > 0) {
          for (const value of obj.appends) {
            w.uint32(18)
            ReplicaAppend.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosterVersion: 0n,
          appends: []
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
              if (opts.limits?.appends != null && obj.appends.length === opts.limits.appends) {
                throw new MaxLengthError('Decode error - repeated field "appends" had too many elements')
              }

              obj.appends.push(ReplicaAppend.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.appends$
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
          appends: 0
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
              if (opts.limits?.appends != null && obj.appends === opts.limits.appends) {
                throw new MaxLengthError('Streaming decode error - repeated field "appends" had too many elements')
              }

              for (const evt of ReplicaAppend.codec().stream(reader, reader.uint32(), `${prefix}.appends[]`, {
                limits: opts.limits?.appends$
              })) {
                yield {
                  ...evt,
                  index: obj.appends
                }
              }

              obj.appends++

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

  export interface ReplicaAppendRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface ReplicaAppendRequestAppendsMailboxFieldEvent {
    field: '$.appends[].mailbox'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ReplicaAppendRequestAppendsEntryEntryIdFieldEvent {
    field: '$.appends[].entry.entryId'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ReplicaAppendRequestAppendsEntryEnvelopeFieldEvent {
    field: '$.appends[].entry.envelope'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ReplicaAppendRequestAppendsEntrySenderFieldEvent {
    field: '$.appends[].entry.sender'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ReplicaAppendRequestAppendsEntrySlotFieldEvent {
    field: '$.appends[].entry.slot'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ReplicaAppendRequestAppendsEntryExpiresAtMsFieldEvent {
    field: '$.appends[].entry.expiresAtMs'
    value: bigint
    index: number
  }

  export interface ReplicaAppendRequestAppendsEntryWriterFieldEvent {
    field: '$.appends[].entry.writer'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ReplicaAppendRequestAppendsEntrySequenceFieldEvent {
    field: '$.appends[].entry.sequence'
    value: bigint
    index: number
  }

  export function encode (obj: Partial<ReplicaAppendRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaAppendRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAppendRequest>): ReplicaAppendRequest {
    return decodeMessage(buf, ReplicaAppendRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAppendRequest>): Generator<ReplicaAppendRequestRosterVersionFieldEvent | ReplicaAppendRequestAppendsMailboxFieldEvent | ReplicaAppendRequestAppendsEntryEntryIdFieldEvent | ReplicaAppendRequestAppendsEntryEnvelopeFieldEvent | ReplicaAppendRequestAppendsEntrySenderFieldEvent | ReplicaAppendRequestAppendsEntrySlotFieldEvent | ReplicaAppendRequestAppendsEntryExpiresAtMsFieldEvent | ReplicaAppendRequestAppendsEntryWriterFieldEvent | ReplicaAppendRequestAppendsEntrySequenceFieldEvent> {
    return streamMessage(buf, ReplicaAppendRequest.codec(), opts)
  }
}

export interface ReplicaAppend {
  mailbox: Uint8Array<ArrayBuffer>
  entry?: ReplicaEntry
}

export namespace ReplicaAppend {
  let _codec: Codec<ReplicaAppend>

  export const codec = (): Codec<ReplicaAppend> => {
    if (_codec == null) {
      _codec = message<ReplicaAppend>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.mailbox)
        }

        if (obj.entry != null) {
          w.uint32(18)
          ReplicaEntry.codec().encode(obj.entry, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mailbox: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.mailbox = reader.bytes()
              break
            }
            case 2: {
              obj.entry = ReplicaEntry.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.entry
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
                field: `${prefix}.mailbox`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield * ReplicaEntry.codec().stream(reader, reader.uint32(), `${prefix}.entry`, {
                limits: opts.limits?.entry
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

  export interface ReplicaAppendMailboxFieldEvent {
    field: '$.mailbox'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaAppendEntryEntryIdFieldEvent {
    field: '$.entry.entryId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaAppendEntryEnvelopeFieldEvent {
    field: '$.entry.envelope'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaAppendEntrySenderFieldEvent {
    field: '$.entry.sender'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaAppendEntrySlotFieldEvent {
    field: '$.entry.slot'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaAppendEntryExpiresAtMsFieldEvent {
    field: '$.entry.expiresAtMs'
    value: bigint
  }

  export interface ReplicaAppendEntryWriterFieldEvent {
    field: '$.entry.writer'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaAppendEntrySequenceFieldEvent {
    field: '$.entry.sequence'
    value: bigint
  }

  export function encode (obj: Partial<ReplicaAppend>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaAppend.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAppend>): ReplicaAppend {
    return decodeMessage(buf, ReplicaAppend.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAppend>): Generator<ReplicaAppendMailboxFieldEvent | ReplicaAppendEntryEntryIdFieldEvent | ReplicaAppendEntryEnvelopeFieldEvent | ReplicaAppendEntrySenderFieldEvent | ReplicaAppendEntrySlotFieldEvent | ReplicaAppendEntryExpiresAtMsFieldEvent | ReplicaAppendEntryWriterFieldEvent | ReplicaAppendEntrySequenceFieldEvent> {
    return streamMessage(buf, ReplicaAppend.codec(), opts)
  }
}

export interface ReplicaAppendResponse {
  outcome: number
  refusal?: ReplicaRefusal
  appended: ReplicaAppended[]
}

export namespace ReplicaAppendResponse {
  let _codec: Codec<ReplicaAppendResponse>

  export const codec = (): Codec<ReplicaAppendResponse> => {
    if (_codec == null) {
      _codec = message<ReplicaAppendResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.outcome != null && obj.outcome !== 0)) {
          w.uint32(8)
          w.uint32(obj.outcome)
        }

        if (obj.refusal != null) {
          w.uint32(18)
          ReplicaRefusal.codec().encode(obj.refusal, w)
        }

        if (obj.appended != null && obj.appended.length > 0) {
          for (const value of obj.appended) {
            w.uint32(26)
            ReplicaAppended.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          outcome: 0,
          appended: []
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
              obj.refusal = ReplicaRefusal.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refusal
              })
              break
            }
            case 3: {
              if (opts.limits?.appended != null && obj.appended.length === opts.limits.appended) {
                throw new MaxLengthError('Decode error - repeated field "appended" had too many elements')
              }

              obj.appended.push(ReplicaAppended.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.appended$
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
          appended: 0
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
              yield * ReplicaRefusal.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
                limits: opts.limits?.refusal
              })

              break
            }
            case 3: {
              if (opts.limits?.appended != null && obj.appended === opts.limits.appended) {
                throw new MaxLengthError('Streaming decode error - repeated field "appended" had too many elements')
              }

              for (const evt of ReplicaAppended.codec().stream(reader, reader.uint32(), `${prefix}.appended[]`, {
                limits: opts.limits?.appended$
              })) {
                yield {
                  ...evt,
                  index: obj.appended
                }
              }

              obj.appended++

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

  export interface ReplicaAppendResponseOutcomeFieldEvent {
    field: '$.outcome'
    value: number
  }

  export interface ReplicaAppendResponseRefusalLimitFieldEvent {
    field: '$.refusal.limit'
    value: string
  }

  export interface ReplicaAppendResponseRefusalMaxFieldEvent {
    field: '$.refusal.max'
    value: bigint
  }

  export interface ReplicaAppendResponseRefusalRetryAfterMsFieldEvent {
    field: '$.refusal.retryAfterMs'
    value: bigint
  }

  export interface ReplicaAppendResponseRefusalRosterVersionFieldEvent {
    field: '$.refusal.rosterVersion'
    value: bigint
  }

  export interface ReplicaAppendResponseAppendedOutcomeFieldEvent {
    field: '$.appended[].outcome'
    value: number
    index: number
  }

  export interface ReplicaAppendResponseAppendedRefusalLimitFieldEvent {
    field: '$.appended[].refusal.limit'
    value: string
    index: number
  }

  export interface ReplicaAppendResponseAppendedRefusalMaxFieldEvent {
    field: '$.appended[].refusal.max'
    value: bigint
    index: number
  }

  export interface ReplicaAppendResponseAppendedRefusalRetryAfterMsFieldEvent {
    field: '$.appended[].refusal.retryAfterMs'
    value: bigint
    index: number
  }

  export interface ReplicaAppendResponseAppendedRefusalRosterVersionFieldEvent {
    field: '$.appended[].refusal.rosterVersion'
    value: bigint
    index: number
  }

  export interface ReplicaAppendResponseAppendedExpiresAtMsFieldEvent {
    field: '$.appended[].expiresAtMs'
    value: bigint
    index: number
  }

  export function encode (obj: Partial<ReplicaAppendResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaAppendResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAppendResponse>): ReplicaAppendResponse {
    return decodeMessage(buf, ReplicaAppendResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAppendResponse>): Generator<ReplicaAppendResponseOutcomeFieldEvent | ReplicaAppendResponseRefusalLimitFieldEvent | ReplicaAppendResponseRefusalMaxFieldEvent | ReplicaAppendResponseRefusalRetryAfterMsFieldEvent | ReplicaAppendResponseRefusalRosterVersionFieldEvent | ReplicaAppendResponseAppendedOutcomeFieldEvent | ReplicaAppendResponseAppendedRefusalLimitFieldEvent | ReplicaAppendResponseAppendedRefusalMaxFieldEvent | ReplicaAppendResponseAppendedRefusalRetryAfterMsFieldEvent | ReplicaAppendResponseAppendedRefusalRosterVersionFieldEvent | ReplicaAppendResponseAppendedExpiresAtMsFieldEvent> {
    return streamMessage(buf, ReplicaAppendResponse.codec(), opts)
  }
}

export interface ReplicaAppended {
  outcome: number
  refusal?: ReplicaRefusal
  expiresAtMs: bigint
}

export namespace ReplicaAppended {
  let _codec: Codec<ReplicaAppended>

  export const codec = (): Codec<ReplicaAppended> => {
    if (_codec == null) {
      _codec = message<ReplicaAppended>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.outcome != null && obj.outcome !== 0)) {
          w.uint32(8)
          w.uint32(obj.outcome)
        }

        if (obj.refusal != null) {
          w.uint32(18)
          ReplicaRefusal.codec().encode(obj.refusal, w)
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
          outcome: 0,
          expiresAtMs: 0n
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
              obj.refusal = ReplicaRefusal.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refusal
              })
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
                field: `${prefix}.outcome`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield * ReplicaRefusal.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
                limits: opts.limits?.refusal
              })

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

  export interface ReplicaAppendedOutcomeFieldEvent {
    field: '$.outcome'
    value: number
  }

  export interface ReplicaAppendedRefusalLimitFieldEvent {
    field: '$.refusal.limit'
    value: string
  }

  export interface ReplicaAppendedRefusalMaxFieldEvent {
    field: '$.refusal.max'
    value: bigint
  }

  export interface ReplicaAppendedRefusalRetryAfterMsFieldEvent {
    field: '$.refusal.retryAfterMs'
    value: bigint
  }

  export interface ReplicaAppendedRefusalRosterVersionFieldEvent {
    field: '$.refusal.rosterVersion'
    value: bigint
  }

  export interface ReplicaAppendedExpiresAtMsFieldEvent {
    field: '$.expiresAtMs'
    value: bigint
  }

  export function encode (obj: Partial<ReplicaAppended>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaAppended.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAppended>): ReplicaAppended {
    return decodeMessage(buf, ReplicaAppended.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAppended>): Generator<ReplicaAppendedOutcomeFieldEvent | ReplicaAppendedRefusalLimitFieldEvent | ReplicaAppendedRefusalMaxFieldEvent | ReplicaAppendedRefusalRetryAfterMsFieldEvent | ReplicaAppendedRefusalRosterVersionFieldEvent | ReplicaAppendedExpiresAtMsFieldEvent> {
    return streamMessage(buf, ReplicaAppended.codec(), opts)
  }
}

export interface ReplicaAppendSharedRequest {
  rosterVersion: bigint
  mailboxes: Uint8Array<ArrayBuffer>[]
  entry?: ReplicaEntry
}

export namespace ReplicaAppendSharedRequest {
  let _codec: Codec<ReplicaAppendSharedRequest>

  export const codec = (): Codec<ReplicaAppendSharedRequest> => {
    if (_codec == null) {
      _codec = message<ReplicaAppendSharedRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(8)
          w.uint64(obj.rosterVersion)
        }

        if (obj.mailboxes != null && obj.mailboxes.length > 0) {
          for (const value of obj.mailboxes) {
            w.uint32(18)
            w.bytes(value)
          }
        }

        if (obj.entry != null) {
          w.uint32(26)
          ReplicaEntry.codec().encode(obj.entry, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosterVersion: 0n,
          mailboxes: []
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
              if (opts.limits?.mailboxes != null && obj.mailboxes.length === opts.limits.mailboxes) {
                throw new MaxLengthError('Decode error - repeated field "mailboxes" had too many elements')
              }

              obj.mailboxes.push(reader.bytes())
              break
            }
            case 3: {
              obj.entry = ReplicaEntry.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.entry
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
        const obj = {
          mailboxes: 0
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
              if (opts.limits?.mailboxes != null && obj.mailboxes === opts.limits.mailboxes) {
                throw new MaxLengthError('Streaming decode error - repeated field "mailboxes" had too many elements')
              }

              yield {
                field: `${prefix}.mailboxes[]`,
                index: obj.mailboxes,
                value: reader.bytes()
              }

              obj.mailboxes++

              break
            }
            case 3: {
              yield * ReplicaEntry.codec().stream(reader, reader.uint32(), `${prefix}.entry`, {
                limits: opts.limits?.entry
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

  export interface ReplicaAppendSharedRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface ReplicaAppendSharedRequestMailboxesFieldEvent {
    field: '$.mailboxes[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaAppendSharedRequestEntryEntryIdFieldEvent {
    field: '$.entry.entryId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaAppendSharedRequestEntryEnvelopeFieldEvent {
    field: '$.entry.envelope'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaAppendSharedRequestEntrySenderFieldEvent {
    field: '$.entry.sender'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaAppendSharedRequestEntrySlotFieldEvent {
    field: '$.entry.slot'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaAppendSharedRequestEntryExpiresAtMsFieldEvent {
    field: '$.entry.expiresAtMs'
    value: bigint
  }

  export interface ReplicaAppendSharedRequestEntryWriterFieldEvent {
    field: '$.entry.writer'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaAppendSharedRequestEntrySequenceFieldEvent {
    field: '$.entry.sequence'
    value: bigint
  }

  export function encode (obj: Partial<ReplicaAppendSharedRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaAppendSharedRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAppendSharedRequest>): ReplicaAppendSharedRequest {
    return decodeMessage(buf, ReplicaAppendSharedRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAppendSharedRequest>): Generator<ReplicaAppendSharedRequestRosterVersionFieldEvent | ReplicaAppendSharedRequestMailboxesFieldEvent | ReplicaAppendSharedRequestEntryEntryIdFieldEvent | ReplicaAppendSharedRequestEntryEnvelopeFieldEvent | ReplicaAppendSharedRequestEntrySenderFieldEvent | ReplicaAppendSharedRequestEntrySlotFieldEvent | ReplicaAppendSharedRequestEntryExpiresAtMsFieldEvent | ReplicaAppendSharedRequestEntryWriterFieldEvent | ReplicaAppendSharedRequestEntrySequenceFieldEvent> {
    return streamMessage(buf, ReplicaAppendSharedRequest.codec(), opts)
  }
}

export interface ReplicaAppendSharedResponse {
  outcome: number
  refusal?: ReplicaRefusal
  appends: ReplicaAppended[]
}

export namespace ReplicaAppendSharedResponse {
  let _codec: Codec<ReplicaAppendSharedResponse>

  export const codec = (): Codec<ReplicaAppendSharedResponse> => {
    if (_codec == null) {
      _codec = message<ReplicaAppendSharedResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.outcome != null && obj.outcome !== 0)) {
          w.uint32(8)
          w.uint32(obj.outcome)
        }

        if (obj.refusal != null) {
          w.uint32(18)
          ReplicaRefusal.codec().encode(obj.refusal, w)
        }

        if (obj.appends != null && obj.appends.length > 0) {
          for (const value of obj.appends) {
            w.uint32(26)
            ReplicaAppended.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          outcome: 0,
          appends: []
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
              obj.refusal = ReplicaRefusal.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refusal
              })
              break
            }
            case 3: {
              if (opts.limits?.appends != null && obj.appends.length === opts.limits.appends) {
                throw new MaxLengthError('Decode error - repeated field "appends" had too many elements')
              }

              obj.appends.push(ReplicaAppended.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.appends$
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
          appends: 0
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
              yield * ReplicaRefusal.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
                limits: opts.limits?.refusal
              })

              break
            }
            case 3: {
              if (opts.limits?.appends != null && obj.appends === opts.limits.appends) {
                throw new MaxLengthError('Streaming decode error - repeated field "appends" had too many elements')
              }

              for (const evt of ReplicaAppended.codec().stream(reader, reader.uint32(), `${prefix}.appends[]`, {
                limits: opts.limits?.appends$
              })) {
                yield {
                  ...evt,
                  index: obj.appends
                }
              }

              obj.appends++

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

  export interface ReplicaAppendSharedResponseOutcomeFieldEvent {
    field: '$.outcome'
    value: number
  }

  export interface ReplicaAppendSharedResponseRefusalLimitFieldEvent {
    field: '$.refusal.limit'
    value: string
  }

  export interface ReplicaAppendSharedResponseRefusalMaxFieldEvent {
    field: '$.refusal.max'
    value: bigint
  }

  export interface ReplicaAppendSharedResponseRefusalRetryAfterMsFieldEvent {
    field: '$.refusal.retryAfterMs'
    value: bigint
  }

  export interface ReplicaAppendSharedResponseRefusalRosterVersionFieldEvent {
    field: '$.refusal.rosterVersion'
    value: bigint
  }

  export interface ReplicaAppendSharedResponseAppendsOutcomeFieldEvent {
    field: '$.appends[].outcome'
    value: number
    index: number
  }

  export interface ReplicaAppendSharedResponseAppendsRefusalLimitFieldEvent {
    field: '$.appends[].refusal.limit'
    value: string
    index: number
  }

  export interface ReplicaAppendSharedResponseAppendsRefusalMaxFieldEvent {
    field: '$.appends[].refusal.max'
    value: bigint
    index: number
  }

  export interface ReplicaAppendSharedResponseAppendsRefusalRetryAfterMsFieldEvent {
    field: '$.appends[].refusal.retryAfterMs'
    value: bigint
    index: number
  }

  export interface ReplicaAppendSharedResponseAppendsRefusalRosterVersionFieldEvent {
    field: '$.appends[].refusal.rosterVersion'
    value: bigint
    index: number
  }

  export interface ReplicaAppendSharedResponseAppendsExpiresAtMsFieldEvent {
    field: '$.appends[].expiresAtMs'
    value: bigint
    index: number
  }

  export function encode (obj: Partial<ReplicaAppendSharedResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaAppendSharedResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAppendSharedResponse>): ReplicaAppendSharedResponse {
    return decodeMessage(buf, ReplicaAppendSharedResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAppendSharedResponse>): Generator<ReplicaAppendSharedResponseOutcomeFieldEvent | ReplicaAppendSharedResponseRefusalLimitFieldEvent | ReplicaAppendSharedResponseRefusalMaxFieldEvent | ReplicaAppendSharedResponseRefusalRetryAfterMsFieldEvent | ReplicaAppendSharedResponseRefusalRosterVersionFieldEvent | ReplicaAppendSharedResponseAppendsOutcomeFieldEvent | ReplicaAppendSharedResponseAppendsRefusalLimitFieldEvent | ReplicaAppendSharedResponseAppendsRefusalMaxFieldEvent | ReplicaAppendSharedResponseAppendsRefusalRetryAfterMsFieldEvent | ReplicaAppendSharedResponseAppendsRefusalRosterVersionFieldEvent | ReplicaAppendSharedResponseAppendsExpiresAtMsFieldEvent> {
    return streamMessage(buf, ReplicaAppendSharedResponse.codec(), opts)
  }
}

export interface ReplicaAcknowledgeRequest {
  rosterVersion: bigint
  mailbox: Uint8Array<ArrayBuffer>
  acknowledgement?: ReplicaAcknowledgement
}

export namespace ReplicaAcknowledgeRequest {
  let _codec: Codec<ReplicaAcknowledgeRequest>

  export const codec = (): Codec<ReplicaAcknowledgeRequest> => {
    if (_codec == null) {
      _codec = message<ReplicaAcknowledgeRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(8)
          w.uint64(obj.rosterVersion)
        }

        if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.mailbox)
        }

        if (obj.acknowledgement != null) {
          w.uint32(26)
          ReplicaAcknowledgement.codec().encode(obj.acknowledgement, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosterVersion: 0n,
          mailbox: uint8ArrayAlloc(0)
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
              obj.mailbox = reader.bytes()
              break
            }
            case 3: {
              obj.acknowledgement = ReplicaAcknowledgement.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.acknowledgement
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
              yield {
                field: `${prefix}.mailbox`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield * ReplicaAcknowledgement.codec().stream(reader, reader.uint32(), `${prefix}.acknowledgement`, {
                limits: opts.limits?.acknowledgement
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

  export interface ReplicaAcknowledgeRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface ReplicaAcknowledgeRequestMailboxFieldEvent {
    field: '$.mailbox'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaAcknowledgeRequestAcknowledgementSignedFieldEvent {
    field: '$.acknowledgement.signed'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaAcknowledgeRequestAcknowledgementExpiresAtMsFieldEvent {
    field: '$.acknowledgement.expiresAtMs'
    value: bigint
  }

  export function encode (obj: Partial<ReplicaAcknowledgeRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaAcknowledgeRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAcknowledgeRequest>): ReplicaAcknowledgeRequest {
    return decodeMessage(buf, ReplicaAcknowledgeRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAcknowledgeRequest>): Generator<ReplicaAcknowledgeRequestRosterVersionFieldEvent | ReplicaAcknowledgeRequestMailboxFieldEvent | ReplicaAcknowledgeRequestAcknowledgementSignedFieldEvent | ReplicaAcknowledgeRequestAcknowledgementExpiresAtMsFieldEvent> {
    return streamMessage(buf, ReplicaAcknowledgeRequest.codec(), opts)
  }
}

export interface ReplicaAcknowledgeResponse {
  outcome: number
  refusal?: ReplicaRefusal
}

export namespace ReplicaAcknowledgeResponse {
  let _codec: Codec<ReplicaAcknowledgeResponse>

  export const codec = (): Codec<ReplicaAcknowledgeResponse> => {
    if (_codec == null) {
      _codec = message<ReplicaAcknowledgeResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.outcome != null && obj.outcome !== 0)) {
          w.uint32(8)
          w.uint32(obj.outcome)
        }

        if (obj.refusal != null) {
          w.uint32(18)
          ReplicaRefusal.codec().encode(obj.refusal, w)
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
              obj.refusal = ReplicaRefusal.codec().decode(reader, reader.uint32(), {
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
              yield * ReplicaRefusal.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
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

  export interface ReplicaAcknowledgeResponseOutcomeFieldEvent {
    field: '$.outcome'
    value: number
  }

  export interface ReplicaAcknowledgeResponseRefusalLimitFieldEvent {
    field: '$.refusal.limit'
    value: string
  }

  export interface ReplicaAcknowledgeResponseRefusalMaxFieldEvent {
    field: '$.refusal.max'
    value: bigint
  }

  export interface ReplicaAcknowledgeResponseRefusalRetryAfterMsFieldEvent {
    field: '$.refusal.retryAfterMs'
    value: bigint
  }

  export interface ReplicaAcknowledgeResponseRefusalRosterVersionFieldEvent {
    field: '$.refusal.rosterVersion'
    value: bigint
  }

  export function encode (obj: Partial<ReplicaAcknowledgeResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaAcknowledgeResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAcknowledgeResponse>): ReplicaAcknowledgeResponse {
    return decodeMessage(buf, ReplicaAcknowledgeResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaAcknowledgeResponse>): Generator<ReplicaAcknowledgeResponseOutcomeFieldEvent | ReplicaAcknowledgeResponseRefusalLimitFieldEvent | ReplicaAcknowledgeResponseRefusalMaxFieldEvent | ReplicaAcknowledgeResponseRefusalRetryAfterMsFieldEvent | ReplicaAcknowledgeResponseRefusalRosterVersionFieldEvent> {
    return streamMessage(buf, ReplicaAcknowledgeResponse.codec(), opts)
  }
}

export interface ReplicaRange {
  prefix: string
  fingerprints: Uint8Array<ArrayBuffer>
  items: Uint8Array<ArrayBuffer>
}

export namespace ReplicaRange {
  let _codec: Codec<ReplicaRange>

  export const codec = (): Codec<ReplicaRange> => {
    if (_codec == null) {
      _codec = message<ReplicaRange>((obj, w, opts = {}) => {
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

  export interface ReplicaRangePrefixFieldEvent {
    field: '$.prefix'
    value: string
  }

  export interface ReplicaRangeFingerprintsFieldEvent {
    field: '$.fingerprints'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaRangeItemsFieldEvent {
    field: '$.items'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<ReplicaRange>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaRange.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaRange>): ReplicaRange {
    return decodeMessage(buf, ReplicaRange.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaRange>): Generator<ReplicaRangePrefixFieldEvent | ReplicaRangeFingerprintsFieldEvent | ReplicaRangeItemsFieldEvent> {
    return streamMessage(buf, ReplicaRange.codec(), opts)
  }
}

export interface ReplicaCompareRequest {
  rosterVersion: bigint
  mailbox: Uint8Array<ArrayBuffer>
  fingerprint: Uint8Array<ArrayBuffer>
  prefixes: string[]
}

export namespace ReplicaCompareRequest {
  let _codec: Codec<ReplicaCompareRequest>

  export const codec = (): Codec<ReplicaCompareRequest> => {
    if (_codec == null) {
      _codec = message<ReplicaCompareRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(8)
          w.uint64(obj.rosterVersion)
        }

        if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.mailbox)
        }

        if ((obj.fingerprint != null && obj.fingerprint.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.fingerprint)
        }

        if (obj.prefixes != null && obj.prefixes.length > 0) {
          for (const value of obj.prefixes) {
            w.uint32(34)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosterVersion: 0n,
          mailbox: uint8ArrayAlloc(0),
          fingerprint: uint8ArrayAlloc(0),
          prefixes: []
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
              obj.mailbox = reader.bytes()
              break
            }
            case 3: {
              obj.fingerprint = reader.bytes()
              break
            }
            case 4: {
              if (opts.limits?.prefixes != null && obj.prefixes.length === opts.limits.prefixes) {
                throw new MaxLengthError('Decode error - repeated field "prefixes" had too many elements')
              }

              obj.prefixes.push(reader.string())
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
                field: `${prefix}.mailbox`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.fingerprint`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
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

  export interface ReplicaCompareRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface ReplicaCompareRequestMailboxFieldEvent {
    field: '$.mailbox'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaCompareRequestFingerprintFieldEvent {
    field: '$.fingerprint'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaCompareRequestPrefixesFieldEvent {
    field: '$.prefixes[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<ReplicaCompareRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaCompareRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaCompareRequest>): ReplicaCompareRequest {
    return decodeMessage(buf, ReplicaCompareRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaCompareRequest>): Generator<ReplicaCompareRequestRosterVersionFieldEvent | ReplicaCompareRequestMailboxFieldEvent | ReplicaCompareRequestFingerprintFieldEvent | ReplicaCompareRequestPrefixesFieldEvent> {
    return streamMessage(buf, ReplicaCompareRequest.codec(), opts)
  }
}

export interface ReplicaCompareResponse {
  outcome: number
  refusal?: ReplicaRefusal
  ranges: ReplicaRange[]
}

export namespace ReplicaCompareResponse {
  let _codec: Codec<ReplicaCompareResponse>

  export const codec = (): Codec<ReplicaCompareResponse> => {
    if (_codec == null) {
      _codec = message<ReplicaCompareResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.outcome != null && obj.outcome !== 0)) {
          w.uint32(8)
          w.uint32(obj.outcome)
        }

        if (obj.refusal != null) {
          w.uint32(18)
          ReplicaRefusal.codec().encode(obj.refusal, w)
        }

        if (obj.ranges != null && obj.ranges.length > 0) {
          for (const value of obj.ranges) {
            w.uint32(26)
            ReplicaRange.codec().encode(value, w)
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
              obj.refusal = ReplicaRefusal.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refusal
              })
              break
            }
            case 3: {
              if (opts.limits?.ranges != null && obj.ranges.length === opts.limits.ranges) {
                throw new MaxLengthError('Decode error - repeated field "ranges" had too many elements')
              }

              obj.ranges.push(ReplicaRange.codec().decode(reader, reader.uint32(), {
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
              yield * ReplicaRefusal.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
                limits: opts.limits?.refusal
              })

              break
            }
            case 3: {
              if (opts.limits?.ranges != null && obj.ranges === opts.limits.ranges) {
                throw new MaxLengthError('Streaming decode error - repeated field "ranges" had too many elements')
              }

              for (const evt of ReplicaRange.codec().stream(reader, reader.uint32(), `${prefix}.ranges[]`, {
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

  export interface ReplicaCompareResponseOutcomeFieldEvent {
    field: '$.outcome'
    value: number
  }

  export interface ReplicaCompareResponseRefusalLimitFieldEvent {
    field: '$.refusal.limit'
    value: string
  }

  export interface ReplicaCompareResponseRefusalMaxFieldEvent {
    field: '$.refusal.max'
    value: bigint
  }

  export interface ReplicaCompareResponseRefusalRetryAfterMsFieldEvent {
    field: '$.refusal.retryAfterMs'
    value: bigint
  }

  export interface ReplicaCompareResponseRefusalRosterVersionFieldEvent {
    field: '$.refusal.rosterVersion'
    value: bigint
  }

  export interface ReplicaCompareResponseRangesPrefixFieldEvent {
    field: '$.ranges[].prefix'
    value: string
    index: number
  }

  export interface ReplicaCompareResponseRangesFingerprintsFieldEvent {
    field: '$.ranges[].fingerprints'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ReplicaCompareResponseRangesItemsFieldEvent {
    field: '$.ranges[].items'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<ReplicaCompareResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaCompareResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaCompareResponse>): ReplicaCompareResponse {
    return decodeMessage(buf, ReplicaCompareResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaCompareResponse>): Generator<ReplicaCompareResponseOutcomeFieldEvent | ReplicaCompareResponseRefusalLimitFieldEvent | ReplicaCompareResponseRefusalMaxFieldEvent | ReplicaCompareResponseRefusalRetryAfterMsFieldEvent | ReplicaCompareResponseRefusalRosterVersionFieldEvent | ReplicaCompareResponseRangesPrefixFieldEvent | ReplicaCompareResponseRangesFingerprintsFieldEvent | ReplicaCompareResponseRangesItemsFieldEvent> {
    return streamMessage(buf, ReplicaCompareResponse.codec(), opts)
  }
}

export interface ReplicaMailboxesRequest {
  rosterVersion: bigint
  fingerprint: Uint8Array<ArrayBuffer>
  prefixes: string[]
  shared: boolean
}

export namespace ReplicaMailboxesRequest {
  let _codec: Codec<ReplicaMailboxesRequest>

  export const codec = (): Codec<ReplicaMailboxesRequest> => {
    if (_codec == null) {
      _codec = message<ReplicaMailboxesRequest>((obj, w, opts = {}) => {
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

  export interface ReplicaMailboxesRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface ReplicaMailboxesRequestFingerprintFieldEvent {
    field: '$.fingerprint'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaMailboxesRequestPrefixesFieldEvent {
    field: '$.prefixes[]'
    index: number
    value: string
  }

  export interface ReplicaMailboxesRequestSharedFieldEvent {
    field: '$.shared'
    value: boolean
  }

  export function encode (obj: Partial<ReplicaMailboxesRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaMailboxesRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaMailboxesRequest>): ReplicaMailboxesRequest {
    return decodeMessage(buf, ReplicaMailboxesRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaMailboxesRequest>): Generator<ReplicaMailboxesRequestRosterVersionFieldEvent | ReplicaMailboxesRequestFingerprintFieldEvent | ReplicaMailboxesRequestPrefixesFieldEvent | ReplicaMailboxesRequestSharedFieldEvent> {
    return streamMessage(buf, ReplicaMailboxesRequest.codec(), opts)
  }
}

export interface ReplicaFetchRequest {
  rosterVersion: bigint
  mailbox: Uint8Array<ArrayBuffer>
  entryIds: Uint8Array<ArrayBuffer>[]
}

export namespace ReplicaFetchRequest {
  let _codec: Codec<ReplicaFetchRequest>

  export const codec = (): Codec<ReplicaFetchRequest> => {
    if (_codec == null) {
      _codec = message<ReplicaFetchRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(8)
          w.uint64(obj.rosterVersion)
        }

        if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.mailbox)
        }

        if (obj.entryIds != null && obj.entryIds.length > 0) {
          for (const value of obj.entryIds) {
            w.uint32(26)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosterVersion: 0n,
          mailbox: uint8ArrayAlloc(0),
          entryIds: []
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
              obj.mailbox = reader.bytes()
              break
            }
            case 3: {
              if (opts.limits?.entryIds != null && obj.entryIds.length === opts.limits.entryIds) {
                throw new MaxLengthError('Decode error - repeated field "entryIds" had too many elements')
              }

              obj.entryIds.push(reader.bytes())
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
          entryIds: 0
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
                field: `${prefix}.mailbox`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              if (opts.limits?.entryIds != null && obj.entryIds === opts.limits.entryIds) {
                throw new MaxLengthError('Streaming decode error - repeated field "entryIds" had too many elements')
              }

              yield {
                field: `${prefix}.entryIds[]`,
                index: obj.entryIds,
                value: reader.bytes()
              }

              obj.entryIds++

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

  export interface ReplicaFetchRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface ReplicaFetchRequestMailboxFieldEvent {
    field: '$.mailbox'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplicaFetchRequestEntryIdsFieldEvent {
    field: '$.entryIds[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<ReplicaFetchRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaFetchRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaFetchRequest>): ReplicaFetchRequest {
    return decodeMessage(buf, ReplicaFetchRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaFetchRequest>): Generator<ReplicaFetchRequestRosterVersionFieldEvent | ReplicaFetchRequestMailboxFieldEvent | ReplicaFetchRequestEntryIdsFieldEvent> {
    return streamMessage(buf, ReplicaFetchRequest.codec(), opts)
  }
}

export interface ReplicaFetchResponse {
  outcome: number
  refusal?: ReplicaRefusal
  entries: ReplicaEntry[]
  acknowledgements: ReplicaAcknowledgement[]
  left: Uint8Array<ArrayBuffer>[]
}

export namespace ReplicaFetchResponse {
  let _codec: Codec<ReplicaFetchResponse>

  export const codec = (): Codec<ReplicaFetchResponse> => {
    if (_codec == null) {
      _codec = message<ReplicaFetchResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.outcome != null && obj.outcome !== 0)) {
          w.uint32(8)
          w.uint32(obj.outcome)
        }

        if (obj.refusal != null) {
          w.uint32(18)
          ReplicaRefusal.codec().encode(obj.refusal, w)
        }

        if (obj.entries != null && obj.entries.length > 0) {
          for (const value of obj.entries) {
            w.uint32(26)
            ReplicaEntry.codec().encode(value, w)
          }
        }

        if (obj.acknowledgements != null && obj.acknowledgements.length > 0) {
          for (const value of obj.acknowledgements) {
            w.uint32(34)
            ReplicaAcknowledgement.codec().encode(value, w)
          }
        }

        if (obj.left != null && obj.left.length > 0) {
          for (const value of obj.left) {
            w.uint32(42)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          outcome: 0,
          entries: [],
          acknowledgements: [],
          left: []
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
              obj.refusal = ReplicaRefusal.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refusal
              })
              break
            }
            case 3: {
              if (opts.limits?.entries != null && obj.entries.length === opts.limits.entries) {
                throw new MaxLengthError('Decode error - repeated field "entries" had too many elements')
              }

              obj.entries.push(ReplicaEntry.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.entries$
              }))
              break
            }
            case 4: {
              if (opts.limits?.acknowledgements != null && obj.acknowledgements.length === opts.limits.acknowledgements) {
                throw new MaxLengthError('Decode error - repeated field "acknowledgements" had too many elements')
              }

              obj.acknowledgements.push(ReplicaAcknowledgement.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.acknowledgements$
              }))
              break
            }
            case 5: {
              if (opts.limits?.left != null && obj.left.length === opts.limits.left) {
                throw new MaxLengthError('Decode error - repeated field "left" had too many elements')
              }

              obj.left.push(reader.bytes())
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
          entries: 0,
          acknowledgements: 0,
          left: 0
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
              yield * ReplicaRefusal.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
                limits: opts.limits?.refusal
              })

              break
            }
            case 3: {
              if (opts.limits?.entries != null && obj.entries === opts.limits.entries) {
                throw new MaxLengthError('Streaming decode error - repeated field "entries" had too many elements')
              }

              for (const evt of ReplicaEntry.codec().stream(reader, reader.uint32(), `${prefix}.entries[]`, {
                limits: opts.limits?.entries$
              })) {
                yield {
                  ...evt,
                  index: obj.entries
                }
              }

              obj.entries++

              break
            }
            case 4: {
              if (opts.limits?.acknowledgements != null && obj.acknowledgements === opts.limits.acknowledgements) {
                throw new MaxLengthError('Streaming decode error - repeated field "acknowledgements" had too many elements')
              }

              for (const evt of ReplicaAcknowledgement.codec().stream(reader, reader.uint32(), `${prefix}.acknowledgements[]`, {
                limits: opts.limits?.acknowledgements$
              })) {
                yield {
                  ...evt,
                  index: obj.acknowledgements
                }
              }

              obj.acknowledgements++

              break
            }
            case 5: {
              if (opts.limits?.left != null && obj.left === opts.limits.left) {
                throw new MaxLengthError('Streaming decode error - repeated field "left" had too many elements')
              }

              yield {
                field: `${prefix}.left[]`,
                index: obj.left,
                value: reader.bytes()
              }

              obj.left++

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

  export interface ReplicaFetchResponseOutcomeFieldEvent {
    field: '$.outcome'
    value: number
  }

  export interface ReplicaFetchResponseRefusalLimitFieldEvent {
    field: '$.refusal.limit'
    value: string
  }

  export interface ReplicaFetchResponseRefusalMaxFieldEvent {
    field: '$.refusal.max'
    value: bigint
  }

  export interface ReplicaFetchResponseRefusalRetryAfterMsFieldEvent {
    field: '$.refusal.retryAfterMs'
    value: bigint
  }

  export interface ReplicaFetchResponseRefusalRosterVersionFieldEvent {
    field: '$.refusal.rosterVersion'
    value: bigint
  }

  export interface ReplicaFetchResponseEntriesEntryIdFieldEvent {
    field: '$.entries[].entryId'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ReplicaFetchResponseEntriesEnvelopeFieldEvent {
    field: '$.entries[].envelope'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ReplicaFetchResponseEntriesSenderFieldEvent {
    field: '$.entries[].sender'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ReplicaFetchResponseEntriesSlotFieldEvent {
    field: '$.entries[].slot'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ReplicaFetchResponseEntriesExpiresAtMsFieldEvent {
    field: '$.entries[].expiresAtMs'
    value: bigint
    index: number
  }

  export interface ReplicaFetchResponseEntriesWriterFieldEvent {
    field: '$.entries[].writer'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ReplicaFetchResponseEntriesSequenceFieldEvent {
    field: '$.entries[].sequence'
    value: bigint
    index: number
  }

  export interface ReplicaFetchResponseAcknowledgementsSignedFieldEvent {
    field: '$.acknowledgements[].signed'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ReplicaFetchResponseAcknowledgementsExpiresAtMsFieldEvent {
    field: '$.acknowledgements[].expiresAtMs'
    value: bigint
    index: number
  }

  export interface ReplicaFetchResponseLeftFieldEvent {
    field: '$.left[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<ReplicaFetchResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaFetchResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaFetchResponse>): ReplicaFetchResponse {
    return decodeMessage(buf, ReplicaFetchResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaFetchResponse>): Generator<ReplicaFetchResponseOutcomeFieldEvent | ReplicaFetchResponseRefusalLimitFieldEvent | ReplicaFetchResponseRefusalMaxFieldEvent | ReplicaFetchResponseRefusalRetryAfterMsFieldEvent | ReplicaFetchResponseRefusalRosterVersionFieldEvent | ReplicaFetchResponseEntriesEntryIdFieldEvent | ReplicaFetchResponseEntriesEnvelopeFieldEvent | ReplicaFetchResponseEntriesSenderFieldEvent | ReplicaFetchResponseEntriesSlotFieldEvent | ReplicaFetchResponseEntriesExpiresAtMsFieldEvent | ReplicaFetchResponseEntriesWriterFieldEvent | ReplicaFetchResponseEntriesSequenceFieldEvent | ReplicaFetchResponseAcknowledgementsSignedFieldEvent | ReplicaFetchResponseAcknowledgementsExpiresAtMsFieldEvent | ReplicaFetchResponseLeftFieldEvent> {
    return streamMessage(buf, ReplicaFetchResponse.codec(), opts)
  }
}

export interface ReplicaRemoveRequest {
  rosterVersion: bigint
  mailbox: Uint8Array<ArrayBuffer>
}

export namespace ReplicaRemoveRequest {
  let _codec: Codec<ReplicaRemoveRequest>

  export const codec = (): Codec<ReplicaRemoveRequest> => {
    if (_codec == null) {
      _codec = message<ReplicaRemoveRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(8)
          w.uint64(obj.rosterVersion)
        }

        if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.mailbox)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosterVersion: 0n,
          mailbox: uint8ArrayAlloc(0)
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
              obj.mailbox = reader.bytes()
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
                field: `${prefix}.mailbox`,
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

  export interface ReplicaRemoveRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface ReplicaRemoveRequestMailboxFieldEvent {
    field: '$.mailbox'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<ReplicaRemoveRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaRemoveRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaRemoveRequest>): ReplicaRemoveRequest {
    return decodeMessage(buf, ReplicaRemoveRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaRemoveRequest>): Generator<ReplicaRemoveRequestRosterVersionFieldEvent | ReplicaRemoveRequestMailboxFieldEvent> {
    return streamMessage(buf, ReplicaRemoveRequest.codec(), opts)
  }
}

export interface ReplicaRemoveResponse {
  outcome: number
  refusal?: ReplicaRefusal
}

export namespace ReplicaRemoveResponse {
  let _codec: Codec<ReplicaRemoveResponse>

  export const codec = (): Codec<ReplicaRemoveResponse> => {
    if (_codec == null) {
      _codec = message<ReplicaRemoveResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.outcome != null && obj.outcome !== 0)) {
          w.uint32(8)
          w.uint32(obj.outcome)
        }

        if (obj.refusal != null) {
          w.uint32(18)
          ReplicaRefusal.codec().encode(obj.refusal, w)
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
              obj.refusal = ReplicaRefusal.codec().decode(reader, reader.uint32(), {
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
              yield * ReplicaRefusal.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
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

  export interface ReplicaRemoveResponseOutcomeFieldEvent {
    field: '$.outcome'
    value: number
  }

  export interface ReplicaRemoveResponseRefusalLimitFieldEvent {
    field: '$.refusal.limit'
    value: string
  }

  export interface ReplicaRemoveResponseRefusalMaxFieldEvent {
    field: '$.refusal.max'
    value: bigint
  }

  export interface ReplicaRemoveResponseRefusalRetryAfterMsFieldEvent {
    field: '$.refusal.retryAfterMs'
    value: bigint
  }

  export interface ReplicaRemoveResponseRefusalRosterVersionFieldEvent {
    field: '$.refusal.rosterVersion'
    value: bigint
  }

  export function encode (obj: Partial<ReplicaRemoveResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaRemoveResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaRemoveResponse>): ReplicaRemoveResponse {
    return decodeMessage(buf, ReplicaRemoveResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaRemoveResponse>): Generator<ReplicaRemoveResponseOutcomeFieldEvent | ReplicaRemoveResponseRefusalLimitFieldEvent | ReplicaRemoveResponseRefusalMaxFieldEvent | ReplicaRemoveResponseRefusalRetryAfterMsFieldEvent | ReplicaRemoveResponseRefusalRosterVersionFieldEvent> {
    return streamMessage(buf, ReplicaRemoveResponse.codec(), opts)
  }
}

export interface ReplicaStatusRequest {
  rosterVersion: bigint
}

export namespace ReplicaStatusRequest {
  let _codec: Codec<ReplicaStatusRequest>

  export const codec = (): Codec<ReplicaStatusRequest> => {
    if (_codec == null) {
      _codec = message<ReplicaStatusRequest>((obj, w, opts = {}) => {
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

  export interface ReplicaStatusRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export function encode (obj: Partial<ReplicaStatusRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaStatusRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaStatusRequest>): ReplicaStatusRequest {
    return decodeMessage(buf, ReplicaStatusRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaStatusRequest>): Generator<ReplicaStatusRequestRosterVersionFieldEvent> {
    return streamMessage(buf, ReplicaStatusRequest.codec(), opts)
  }
}

export interface ReplicaStatusResponse {
  outcome: number
  refusal?: ReplicaRefusal
  completeVersion: bigint
  closedVersion: bigint
  mailboxesLeft: bigint
  mailboxesInAll: bigint
}

export namespace ReplicaStatusResponse {
  let _codec: Codec<ReplicaStatusResponse>

  export const codec = (): Codec<ReplicaStatusResponse> => {
    if (_codec == null) {
      _codec = message<ReplicaStatusResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.outcome != null && obj.outcome !== 0)) {
          w.uint32(8)
          w.uint32(obj.outcome)
        }

        if (obj.refusal != null) {
          w.uint32(18)
          ReplicaRefusal.codec().encode(obj.refusal, w)
        }

        if ((obj.completeVersion != null && obj.completeVersion !== 0n)) {
          w.uint32(24)
          w.uint64(obj.completeVersion)
        }

        if ((obj.closedVersion != null && obj.closedVersion !== 0n)) {
          w.uint32(32)
          w.uint64(obj.closedVersion)
        }

        if ((obj.mailboxesLeft != null && obj.mailboxesLeft !== 0n)) {
          w.uint32(40)
          w.uint64(obj.mailboxesLeft)
        }

        if ((obj.mailboxesInAll != null && obj.mailboxesInAll !== 0n)) {
          w.uint32(48)
          w.uint64(obj.mailboxesInAll)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          outcome: 0,
          completeVersion: 0n,
          closedVersion: 0n,
          mailboxesLeft: 0n,
          mailboxesInAll: 0n
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
              obj.refusal = ReplicaRefusal.codec().decode(reader, reader.uint32(), {
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
              obj.mailboxesLeft = reader.uint64()
              break
            }
            case 6: {
              obj.mailboxesInAll = reader.uint64()
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
              yield * ReplicaRefusal.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
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
                field: `${prefix}.mailboxesLeft`,
                value: reader.uint64()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.mailboxesInAll`,
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

  export interface ReplicaStatusResponseOutcomeFieldEvent {
    field: '$.outcome'
    value: number
  }

  export interface ReplicaStatusResponseRefusalLimitFieldEvent {
    field: '$.refusal.limit'
    value: string
  }

  export interface ReplicaStatusResponseRefusalMaxFieldEvent {
    field: '$.refusal.max'
    value: bigint
  }

  export interface ReplicaStatusResponseRefusalRetryAfterMsFieldEvent {
    field: '$.refusal.retryAfterMs'
    value: bigint
  }

  export interface ReplicaStatusResponseRefusalRosterVersionFieldEvent {
    field: '$.refusal.rosterVersion'
    value: bigint
  }

  export interface ReplicaStatusResponseCompleteVersionFieldEvent {
    field: '$.completeVersion'
    value: bigint
  }

  export interface ReplicaStatusResponseClosedVersionFieldEvent {
    field: '$.closedVersion'
    value: bigint
  }

  export interface ReplicaStatusResponseMailboxesLeftFieldEvent {
    field: '$.mailboxesLeft'
    value: bigint
  }

  export interface ReplicaStatusResponseMailboxesInAllFieldEvent {
    field: '$.mailboxesInAll'
    value: bigint
  }

  export function encode (obj: Partial<ReplicaStatusResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplicaStatusResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaStatusResponse>): ReplicaStatusResponse {
    return decodeMessage(buf, ReplicaStatusResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplicaStatusResponse>): Generator<ReplicaStatusResponseOutcomeFieldEvent | ReplicaStatusResponseRefusalLimitFieldEvent | ReplicaStatusResponseRefusalMaxFieldEvent | ReplicaStatusResponseRefusalRetryAfterMsFieldEvent | ReplicaStatusResponseRefusalRosterVersionFieldEvent | ReplicaStatusResponseCompleteVersionFieldEvent | ReplicaStatusResponseClosedVersionFieldEvent | ReplicaStatusResponseMailboxesLeftFieldEvent | ReplicaStatusResponseMailboxesInAllFieldEvent> {
    return streamMessage(buf, ReplicaStatusResponse.codec(), opts)
  }
}
