import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface Payload {
  messageId: Uint8Array<ArrayBuffer>
  sequence: bigint
  lowestAlive: bigint
  recordVersion: bigint
  recordHash: Uint8Array<ArrayBuffer>
  sentAtMs: bigint
  conversation?: Conversation
  content?: Content
  epochStarts: EpochStart[]
}

export namespace Payload {
  let _codec: Codec<Payload>

  export const codec = (): Codec<Payload> => {
    if (_codec == null) {
      _codec = message<Payload>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.messageId != null && obj.messageId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.messageId)
        }

        if ((obj.sequence != null && obj.sequence !== 0n)) {
          w.uint32(16)
          w.uint64(obj.sequence)
        }

        if ((obj.lowestAlive != null && obj.lowestAlive !== 0n)) {
          w.uint32(24)
          w.uint64(obj.lowestAlive)
        }

        if ((obj.recordVersion != null && obj.recordVersion !== 0n)) {
          w.uint32(32)
          w.uint64(obj.recordVersion)
        }

        if ((obj.recordHash != null && obj.recordHash.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.recordHash)
        }

        if ((obj.sentAtMs != null && obj.sentAtMs !== 0n)) {
          w.uint32(48)
          w.uint64(obj.sentAtMs)
        }

        if (obj.conversation != null) {
          w.uint32(58)
          Conversation.codec().encode(obj.conversation, w)
        }

        if (obj.content != null) {
          w.uint32(66)
          Content.codec().encode(obj.content, w)
        }

        if (obj.epochStarts != null && obj.epochStarts.length > 0) {
          for (const value of obj.epochStarts) {
            w.uint32(74)
            EpochStart.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          messageId: uint8ArrayAlloc(0),
          sequence: 0n,
          lowestAlive: 0n,
          recordVersion: 0n,
          recordHash: uint8ArrayAlloc(0),
          sentAtMs: 0n,
          epochStarts: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.messageId = reader.bytes()
              break
            }
            case 2: {
              obj.sequence = reader.uint64()
              break
            }
            case 3: {
              obj.lowestAlive = reader.uint64()
              break
            }
            case 4: {
              obj.recordVersion = reader.uint64()
              break
            }
            case 5: {
              obj.recordHash = reader.bytes()
              break
            }
            case 6: {
              obj.sentAtMs = reader.uint64()
              break
            }
            case 7: {
              obj.conversation = Conversation.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.conversation
              })
              break
            }
            case 8: {
              obj.content = Content.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.content
              })
              break
            }
            case 9: {
              if (opts.limits?.epochStarts != null && obj.epochStarts.length === opts.limits.epochStarts) {
                throw new MaxLengthError('Decode error - repeated field "epochStarts" had too many elements')
              }

              obj.epochStarts.push(EpochStart.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.epochStarts$
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
          epochStarts: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.messageId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.sequence`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.lowestAlive`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.recordVersion`,
                value: reader.uint64()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.recordHash`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.sentAtMs`,
                value: reader.uint64()
              }
              break
            }
            case 7: {
              yield * Conversation.codec().stream(reader, reader.uint32(), `${prefix}.conversation`, {
                limits: opts.limits?.conversation
              })

              break
            }
            case 8: {
              yield * Content.codec().stream(reader, reader.uint32(), `${prefix}.content`, {
                limits: opts.limits?.content
              })

              break
            }
            case 9: {
              if (opts.limits?.epochStarts != null && obj.epochStarts === opts.limits.epochStarts) {
                throw new MaxLengthError('Streaming decode error - repeated field "epochStarts" had too many elements')
              }

              for (const evt of EpochStart.codec().stream(reader, reader.uint32(), `${prefix}.epochStarts[]`, {
                limits: opts.limits?.epochStarts$
              })) {
                yield {
                  ...evt,
                  index: obj.epochStarts
                }
              }

              obj.epochStarts++

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

  export interface PayloadMessageIdFieldEvent {
    field: '$.messageId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PayloadSequenceFieldEvent {
    field: '$.sequence'
    value: bigint
  }

  export interface PayloadLowestAliveFieldEvent {
    field: '$.lowestAlive'
    value: bigint
  }

  export interface PayloadRecordVersionFieldEvent {
    field: '$.recordVersion'
    value: bigint
  }

  export interface PayloadRecordHashFieldEvent {
    field: '$.recordHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PayloadSentAtMsFieldEvent {
    field: '$.sentAtMs'
    value: bigint
  }

  export interface PayloadConversationDirectFromFieldEvent {
    field: '$.conversation.direct.from'
    value: string
  }

  export interface PayloadConversationDirectToFieldEvent {
    field: '$.conversation.direct.to'
    value: string
  }

  export interface PayloadConversationGroupIdFieldEvent {
    field: '$.conversation.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PayloadContentTextTextFieldEvent {
    field: '$.content.text.text'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PayloadContentFileManifestFieldEvent {
    field: '$.content.file.manifest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PayloadContentGroupEpochEpochFieldEvent {
    field: '$.content.groupEpoch.epoch'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PayloadContentSystemResendFieldEvent {
    field: '$.content.system.resend'
    value: boolean
  }

  export interface PayloadContentSystemHelloFieldEvent {
    field: '$.content.system.hello'
    value: boolean
  }

  export interface PayloadContentSystemAccountRecordFieldEvent {
    field: '$.content.system.accountRecord'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PayloadContentGroupEpochRequestGroupIdFieldEvent {
    field: '$.content.groupEpochRequest.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PayloadContentGroupEpochRequestEpochFieldEvent {
    field: '$.content.groupEpochRequest.epoch'
    value: bigint
  }

  export interface PayloadContentGroupEpochRequestEntryHashFieldEvent {
    field: '$.content.groupEpochRequest.entryHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PayloadContentFileReportFileIdFieldEvent {
    field: '$.content.fileReport.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PayloadContentFileReportDoneFieldEvent {
    field: '$.content.fileReport.done'
    value: boolean
  }

  export interface PayloadContentNotShownFieldEvent {
    field: '$.content.notShown'
    value: boolean
  }

  export interface PayloadEpochStartsEpochFieldEvent {
    field: '$.epochStarts[].epoch'
    value: bigint
    index: number
  }

  export interface PayloadEpochStartsFirstSequenceFieldEvent {
    field: '$.epochStarts[].firstSequence'
    value: bigint
    index: number
  }

  export function encode (obj: Partial<Payload>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Payload.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Payload>): Payload {
    return decodeMessage(buf, Payload.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Payload>): Generator<PayloadMessageIdFieldEvent | PayloadSequenceFieldEvent | PayloadLowestAliveFieldEvent | PayloadRecordVersionFieldEvent | PayloadRecordHashFieldEvent | PayloadSentAtMsFieldEvent | PayloadConversationDirectFromFieldEvent | PayloadConversationDirectToFieldEvent | PayloadConversationGroupIdFieldEvent | PayloadContentTextTextFieldEvent | PayloadContentFileManifestFieldEvent | PayloadContentGroupEpochEpochFieldEvent | PayloadContentSystemResendFieldEvent | PayloadContentSystemHelloFieldEvent | PayloadContentSystemAccountRecordFieldEvent | PayloadContentGroupEpochRequestGroupIdFieldEvent | PayloadContentGroupEpochRequestEpochFieldEvent | PayloadContentGroupEpochRequestEntryHashFieldEvent | PayloadContentFileReportFileIdFieldEvent | PayloadContentFileReportDoneFieldEvent | PayloadContentNotShownFieldEvent | PayloadEpochStartsEpochFieldEvent | PayloadEpochStartsFirstSequenceFieldEvent> {
    return streamMessage(buf, Payload.codec(), opts)
  }
}

export interface EpochStart {
  epoch: bigint
  firstSequence: bigint
}

export namespace EpochStart {
  let _codec: Codec<EpochStart>

  export const codec = (): Codec<EpochStart> => {
    if (_codec == null) {
      _codec = message<EpochStart>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch !== 0n)) {
          w.uint32(8)
          w.uint64(obj.epoch)
        }

        if ((obj.firstSequence != null && obj.firstSequence !== 0n)) {
          w.uint32(16)
          w.uint64(obj.firstSequence)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: 0n,
          firstSequence: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.uint64()
              break
            }
            case 2: {
              obj.firstSequence = reader.uint64()
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
                field: `${prefix}.epoch`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.firstSequence`,
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

  export interface EpochStartEpochFieldEvent {
    field: '$.epoch'
    value: bigint
  }

  export interface EpochStartFirstSequenceFieldEvent {
    field: '$.firstSequence'
    value: bigint
  }

  export function encode (obj: Partial<EpochStart>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, EpochStart.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<EpochStart>): EpochStart {
    return decodeMessage(buf, EpochStart.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<EpochStart>): Generator<EpochStartEpochFieldEvent | EpochStartFirstSequenceFieldEvent> {
    return streamMessage(buf, EpochStart.codec(), opts)
  }
}

export interface Conversation {
  direct?: DirectConversation
  groupId?: Uint8Array<ArrayBuffer>
}

export namespace Conversation {
  let _codec: Codec<Conversation>

  export const codec = (): Codec<Conversation> => {
    if (_codec == null) {
      _codec = message<Conversation>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.direct != null) {
          w.uint32(10)
          DirectConversation.codec().encode(obj.direct, w)
        }

        if (obj.groupId != null) {
          w.uint32(18)
          w.bytes(obj.groupId)
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
              obj.direct = DirectConversation.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.direct
              })
              break
            }
            case 2: {
              obj.groupId = reader.bytes()
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
              yield * DirectConversation.codec().stream(reader, reader.uint32(), `${prefix}.direct`, {
                limits: opts.limits?.direct
              })

              break
            }
            case 2: {
              yield {
                field: `${prefix}.groupId`,
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

  export interface ConversationDirectFromFieldEvent {
    field: '$.direct.from'
    value: string
  }

  export interface ConversationDirectToFieldEvent {
    field: '$.direct.to'
    value: string
  }

  export interface ConversationGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Conversation>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Conversation.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Conversation>): Conversation {
    return decodeMessage(buf, Conversation.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Conversation>): Generator<ConversationDirectFromFieldEvent | ConversationDirectToFieldEvent | ConversationGroupIdFieldEvent> {
    return streamMessage(buf, Conversation.codec(), opts)
  }
}

export interface DirectConversation {
  from: string
  to: string
}

export namespace DirectConversation {
  let _codec: Codec<DirectConversation>

  export const codec = (): Codec<DirectConversation> => {
    if (_codec == null) {
      _codec = message<DirectConversation>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.from != null && obj.from !== '')) {
          w.uint32(10)
          w.string(obj.from)
        }

        if ((obj.to != null && obj.to !== '')) {
          w.uint32(18)
          w.string(obj.to)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          from: '',
          to: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.from = reader.string()
              break
            }
            case 2: {
              obj.to = reader.string()
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
                field: `${prefix}.from`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.to`,
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

  export interface DirectConversationFromFieldEvent {
    field: '$.from'
    value: string
  }

  export interface DirectConversationToFieldEvent {
    field: '$.to'
    value: string
  }

  export function encode (obj: Partial<DirectConversation>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DirectConversation.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DirectConversation>): DirectConversation {
    return decodeMessage(buf, DirectConversation.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DirectConversation>): Generator<DirectConversationFromFieldEvent | DirectConversationToFieldEvent> {
    return streamMessage(buf, DirectConversation.codec(), opts)
  }
}

export interface Content {
  text?: Text
  file?: FileManifest
  groupEpoch?: GroupEpoch
  system?: System
  groupEpochRequest?: GroupEpochRequest
  fileReport?: FileReport
  notShown?: boolean
}

export namespace Content {
  let _codec: Codec<Content>

  export const codec = (): Codec<Content> => {
    if (_codec == null) {
      _codec = message<Content>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.text != null) {
          w.uint32(10)
          Text.codec().encode(obj.text, w)
        }

        if (obj.file != null) {
          w.uint32(18)
          FileManifest.codec().encode(obj.file, w)
        }

        if (obj.groupEpoch != null) {
          w.uint32(26)
          GroupEpoch.codec().encode(obj.groupEpoch, w)
        }

        if (obj.system != null) {
          w.uint32(34)
          System.codec().encode(obj.system, w)
        }

        if (obj.groupEpochRequest != null) {
          w.uint32(42)
          GroupEpochRequest.codec().encode(obj.groupEpochRequest, w)
        }

        if (obj.fileReport != null) {
          w.uint32(50)
          FileReport.codec().encode(obj.fileReport, w)
        }

        if (obj.notShown != null) {
          w.uint32(56)
          w.bool(obj.notShown)
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
              obj.text = Text.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.text
              })
              break
            }
            case 2: {
              obj.file = FileManifest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.file
              })
              break
            }
            case 3: {
              obj.groupEpoch = GroupEpoch.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.groupEpoch
              })
              break
            }
            case 4: {
              obj.system = System.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.system
              })
              break
            }
            case 5: {
              obj.groupEpochRequest = GroupEpochRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.groupEpochRequest
              })
              break
            }
            case 6: {
              obj.fileReport = FileReport.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.fileReport
              })
              break
            }
            case 7: {
              obj.notShown = reader.bool()
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
              yield * Text.codec().stream(reader, reader.uint32(), `${prefix}.text`, {
                limits: opts.limits?.text
              })

              break
            }
            case 2: {
              yield * FileManifest.codec().stream(reader, reader.uint32(), `${prefix}.file`, {
                limits: opts.limits?.file
              })

              break
            }
            case 3: {
              yield * GroupEpoch.codec().stream(reader, reader.uint32(), `${prefix}.groupEpoch`, {
                limits: opts.limits?.groupEpoch
              })

              break
            }
            case 4: {
              yield * System.codec().stream(reader, reader.uint32(), `${prefix}.system`, {
                limits: opts.limits?.system
              })

              break
            }
            case 5: {
              yield * GroupEpochRequest.codec().stream(reader, reader.uint32(), `${prefix}.groupEpochRequest`, {
                limits: opts.limits?.groupEpochRequest
              })

              break
            }
            case 6: {
              yield * FileReport.codec().stream(reader, reader.uint32(), `${prefix}.fileReport`, {
                limits: opts.limits?.fileReport
              })

              break
            }
            case 7: {
              yield {
                field: `${prefix}.notShown`,
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

  export interface ContentTextTextFieldEvent {
    field: '$.text.text'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ContentFileManifestFieldEvent {
    field: '$.file.manifest'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ContentGroupEpochEpochFieldEvent {
    field: '$.groupEpoch.epoch'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ContentSystemResendFieldEvent {
    field: '$.system.resend'
    value: boolean
  }

  export interface ContentSystemHelloFieldEvent {
    field: '$.system.hello'
    value: boolean
  }

  export interface ContentSystemAccountRecordFieldEvent {
    field: '$.system.accountRecord'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ContentGroupEpochRequestGroupIdFieldEvent {
    field: '$.groupEpochRequest.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ContentGroupEpochRequestEpochFieldEvent {
    field: '$.groupEpochRequest.epoch'
    value: bigint
  }

  export interface ContentGroupEpochRequestEntryHashFieldEvent {
    field: '$.groupEpochRequest.entryHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ContentFileReportFileIdFieldEvent {
    field: '$.fileReport.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ContentFileReportDoneFieldEvent {
    field: '$.fileReport.done'
    value: boolean
  }

  export interface ContentNotShownFieldEvent {
    field: '$.notShown'
    value: boolean
  }

  export function encode (obj: Partial<Content>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Content.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Content>): Content {
    return decodeMessage(buf, Content.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Content>): Generator<ContentTextTextFieldEvent | ContentFileManifestFieldEvent | ContentGroupEpochEpochFieldEvent | ContentSystemResendFieldEvent | ContentSystemHelloFieldEvent | ContentSystemAccountRecordFieldEvent | ContentGroupEpochRequestGroupIdFieldEvent | ContentGroupEpochRequestEpochFieldEvent | ContentGroupEpochRequestEntryHashFieldEvent | ContentFileReportFileIdFieldEvent | ContentFileReportDoneFieldEvent | ContentNotShownFieldEvent> {
    return streamMessage(buf, Content.codec(), opts)
  }
}

export interface Text {
  text: Uint8Array<ArrayBuffer>
}

export namespace Text {
  let _codec: Codec<Text>

  export const codec = (): Codec<Text> => {
    if (_codec == null) {
      _codec = message<Text>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.text != null && obj.text.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.text)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          text: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.text = reader.bytes()
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
                field: `${prefix}.text`,
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

  export interface TextTextFieldEvent {
    field: '$.text'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Text>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Text.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Text>): Text {
    return decodeMessage(buf, Text.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Text>): Generator<TextTextFieldEvent> {
    return streamMessage(buf, Text.codec(), opts)
  }
}

export interface FileManifest {
  manifest: Uint8Array<ArrayBuffer>
}

export namespace FileManifest {
  let _codec: Codec<FileManifest>

  export const codec = (): Codec<FileManifest> => {
    if (_codec == null) {
      _codec = message<FileManifest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.manifest != null && obj.manifest.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.manifest)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          manifest: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.manifest = reader.bytes()
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
                field: `${prefix}.manifest`,
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

  export interface FileManifestManifestFieldEvent {
    field: '$.manifest'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<FileManifest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, FileManifest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FileManifest>): FileManifest {
    return decodeMessage(buf, FileManifest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FileManifest>): Generator<FileManifestManifestFieldEvent> {
    return streamMessage(buf, FileManifest.codec(), opts)
  }
}

export interface FileReport {
  fileId: Uint8Array<ArrayBuffer>
  done: boolean
}

export namespace FileReport {
  let _codec: Codec<FileReport>

  export const codec = (): Codec<FileReport> => {
    if (_codec == null) {
      _codec = message<FileReport>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.fileId != null && obj.fileId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.fileId)
        }

        if ((obj.done != null && obj.done !== false)) {
          w.uint32(16)
          w.bool(obj.done)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          fileId: uint8ArrayAlloc(0),
          done: false
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
              obj.done = reader.bool()
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
                field: `${prefix}.done`,
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

  export interface FileReportFileIdFieldEvent {
    field: '$.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface FileReportDoneFieldEvent {
    field: '$.done'
    value: boolean
  }

  export function encode (obj: Partial<FileReport>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, FileReport.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FileReport>): FileReport {
    return decodeMessage(buf, FileReport.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FileReport>): Generator<FileReportFileIdFieldEvent | FileReportDoneFieldEvent> {
    return streamMessage(buf, FileReport.codec(), opts)
  }
}

export interface GroupEpoch {
  epoch: Uint8Array<ArrayBuffer>
}

export namespace GroupEpoch {
  let _codec: Codec<GroupEpoch>

  export const codec = (): Codec<GroupEpoch> => {
    if (_codec == null) {
      _codec = message<GroupEpoch>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.epoch)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.bytes()
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
                field: `${prefix}.epoch`,
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

  export interface GroupEpochEpochFieldEvent {
    field: '$.epoch'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupEpoch>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupEpoch.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupEpoch>): GroupEpoch {
    return decodeMessage(buf, GroupEpoch.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupEpoch>): Generator<GroupEpochEpochFieldEvent> {
    return streamMessage(buf, GroupEpoch.codec(), opts)
  }
}

export interface GroupEpochRequest {
  groupId: Uint8Array<ArrayBuffer>
  epoch: bigint
  entryHash: Uint8Array<ArrayBuffer>
}

export namespace GroupEpochRequest {
  let _codec: Codec<GroupEpochRequest>

  export const codec = (): Codec<GroupEpochRequest> => {
    if (_codec == null) {
      _codec = message<GroupEpochRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.groupId != null && obj.groupId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.groupId)
        }

        if ((obj.epoch != null && obj.epoch !== 0n)) {
          w.uint32(16)
          w.uint64(obj.epoch)
        }

        if ((obj.entryHash != null && obj.entryHash.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.entryHash)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          groupId: uint8ArrayAlloc(0),
          epoch: 0n,
          entryHash: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.groupId = reader.bytes()
              break
            }
            case 2: {
              obj.epoch = reader.uint64()
              break
            }
            case 3: {
              obj.entryHash = reader.bytes()
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
                field: `${prefix}.groupId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.entryHash`,
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

  export interface GroupEpochRequestGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupEpochRequestEpochFieldEvent {
    field: '$.epoch'
    value: bigint
  }

  export interface GroupEpochRequestEntryHashFieldEvent {
    field: '$.entryHash'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupEpochRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupEpochRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupEpochRequest>): GroupEpochRequest {
    return decodeMessage(buf, GroupEpochRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupEpochRequest>): Generator<GroupEpochRequestGroupIdFieldEvent | GroupEpochRequestEpochFieldEvent | GroupEpochRequestEntryHashFieldEvent> {
    return streamMessage(buf, GroupEpochRequest.codec(), opts)
  }
}

export interface System {
  resend?: boolean
  hello?: boolean
  accountRecord?: Uint8Array<ArrayBuffer>
}

export namespace System {
  let _codec: Codec<System>

  export const codec = (): Codec<System> => {
    if (_codec == null) {
      _codec = message<System>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.resend != null) {
          w.uint32(8)
          w.bool(obj.resend)
        }

        if (obj.hello != null) {
          w.uint32(16)
          w.bool(obj.hello)
        }

        if (obj.accountRecord != null) {
          w.uint32(26)
          w.bytes(obj.accountRecord)
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
              obj.resend = reader.bool()
              break
            }
            case 2: {
              obj.hello = reader.bool()
              break
            }
            case 3: {
              obj.accountRecord = reader.bytes()
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
                field: `${prefix}.resend`,
                value: reader.bool()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.hello`,
                value: reader.bool()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.accountRecord`,
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

  export interface SystemResendFieldEvent {
    field: '$.resend'
    value: boolean
  }

  export interface SystemHelloFieldEvent {
    field: '$.hello'
    value: boolean
  }

  export interface SystemAccountRecordFieldEvent {
    field: '$.accountRecord'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<System>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, System.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<System>): System {
    return decodeMessage(buf, System.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<System>): Generator<SystemResendFieldEvent | SystemHelloFieldEvent | SystemAccountRecordFieldEvent> {
    return streamMessage(buf, System.codec(), opts)
  }
}

export interface Receipt {
  deliveredThrough: bigint
  readThrough: bigint
  dropped: SequenceRange[]
  taken: Uint8Array<ArrayBuffer>
}

export namespace Receipt {
  let _codec: Codec<Receipt>

  export const codec = (): Codec<Receipt> => {
    if (_codec == null) {
      _codec = message<Receipt>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.deliveredThrough != null && obj.deliveredThrough !== 0n)) {
          w.uint32(8)
          w.uint64(obj.deliveredThrough)
        }

        if ((obj.readThrough != null && obj.readThrough !== 0n)) {
          w.uint32(16)
          w.uint64(obj.readThrough)
        }

        if (obj.dropped != null && obj.dropped.length > 0) {
          for (const value of obj.dropped) {
            w.uint32(26)
            SequenceRange.codec().encode(value, w)
          }
        }

        if ((obj.taken != null && obj.taken.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.taken)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          deliveredThrough: 0n,
          readThrough: 0n,
          dropped: [],
          taken: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.deliveredThrough = reader.uint64()
              break
            }
            case 2: {
              obj.readThrough = reader.uint64()
              break
            }
            case 3: {
              if (opts.limits?.dropped != null && obj.dropped.length === opts.limits.dropped) {
                throw new MaxLengthError('Decode error - repeated field "dropped" had too many elements')
              }

              obj.dropped.push(SequenceRange.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.dropped$
              }))
              break
            }
            case 4: {
              obj.taken = reader.bytes()
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
          dropped: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.deliveredThrough`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.readThrough`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              if (opts.limits?.dropped != null && obj.dropped === opts.limits.dropped) {
                throw new MaxLengthError('Streaming decode error - repeated field "dropped" had too many elements')
              }

              for (const evt of SequenceRange.codec().stream(reader, reader.uint32(), `${prefix}.dropped[]`, {
                limits: opts.limits?.dropped$
              })) {
                yield {
                  ...evt,
                  index: obj.dropped
                }
              }

              obj.dropped++

              break
            }
            case 4: {
              yield {
                field: `${prefix}.taken`,
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

  export interface ReceiptDeliveredThroughFieldEvent {
    field: '$.deliveredThrough'
    value: bigint
  }

  export interface ReceiptReadThroughFieldEvent {
    field: '$.readThrough'
    value: bigint
  }

  export interface ReceiptDroppedFirstFieldEvent {
    field: '$.dropped[].first'
    value: bigint
    index: number
  }

  export interface ReceiptDroppedLastFieldEvent {
    field: '$.dropped[].last'
    value: bigint
    index: number
  }

  export interface ReceiptTakenFieldEvent {
    field: '$.taken'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Receipt>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Receipt.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Receipt>): Receipt {
    return decodeMessage(buf, Receipt.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Receipt>): Generator<ReceiptDeliveredThroughFieldEvent | ReceiptReadThroughFieldEvent | ReceiptDroppedFirstFieldEvent | ReceiptDroppedLastFieldEvent | ReceiptTakenFieldEvent> {
    return streamMessage(buf, Receipt.codec(), opts)
  }
}

export interface SequenceRange {
  first: bigint
  last: bigint
}

export namespace SequenceRange {
  let _codec: Codec<SequenceRange>

  export const codec = (): Codec<SequenceRange> => {
    if (_codec == null) {
      _codec = message<SequenceRange>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.first != null && obj.first !== 0n)) {
          w.uint32(8)
          w.uint64(obj.first)
        }

        if ((obj.last != null && obj.last !== 0n)) {
          w.uint32(16)
          w.uint64(obj.last)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          first: 0n,
          last: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.first = reader.uint64()
              break
            }
            case 2: {
              obj.last = reader.uint64()
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
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.last`,
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

  export interface SequenceRangeFirstFieldEvent {
    field: '$.first'
    value: bigint
  }

  export interface SequenceRangeLastFieldEvent {
    field: '$.last'
    value: bigint
  }

  export function encode (obj: Partial<SequenceRange>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SequenceRange.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SequenceRange>): SequenceRange {
    return decodeMessage(buf, SequenceRange.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SequenceRange>): Generator<SequenceRangeFirstFieldEvent | SequenceRangeLastFieldEvent> {
    return streamMessage(buf, SequenceRange.codec(), opts)
  }
}
