import { decodeMessage, encodeMessage, enumeration, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export enum EnvelopeKind {
  MESSAGE = 'MESSAGE',
  RECEIPT = 'RECEIPT',
  GROUP_MESSAGE = 'GROUP_MESSAGE',
  GROUP_RECEIPT = 'GROUP_RECEIPT'
}

enum __EnvelopeKindValues {
  MESSAGE = 0,
  RECEIPT = 1,
  GROUP_MESSAGE = 2,
  GROUP_RECEIPT = 3
}

export namespace EnvelopeKind {
  export const codec = (): Codec<EnvelopeKind> => {
    return enumeration<EnvelopeKind>(__EnvelopeKindValues)
  }
}

export interface Envelope {
  id: Uint8Array<ArrayBuffer>
  suite: number
  kind: number
  senderDevice: Uint8Array<ArrayBuffer>
  recipientDevice: Uint8Array<ArrayBuffer>
  sessionId: Uint8Array<ArrayBuffer>
  initiation?: Initiation
  header: Uint8Array<ArrayBuffer>
  sealed: Uint8Array<ArrayBuffer>
}

export namespace Envelope {
  let _codec: Codec<Envelope>

  export const codec = (): Codec<Envelope> => {
    if (_codec == null) {
      _codec = message<Envelope>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.id != null && obj.id.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.id)
        }

        if ((obj.suite != null && obj.suite !== 0)) {
          w.uint32(16)
          w.uint32(obj.suite)
        }

        if ((obj.kind != null && obj.kind !== 0)) {
          w.uint32(24)
          w.uint32(obj.kind)
        }

        if ((obj.senderDevice != null && obj.senderDevice.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.senderDevice)
        }

        if ((obj.recipientDevice != null && obj.recipientDevice.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.recipientDevice)
        }

        if ((obj.sessionId != null && obj.sessionId.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.sessionId)
        }

        if (obj.initiation != null) {
          w.uint32(58)
          Initiation.codec().encode(obj.initiation, w)
        }

        if ((obj.header != null && obj.header.byteLength > 0)) {
          w.uint32(66)
          w.bytes(obj.header)
        }

        if ((obj.sealed != null && obj.sealed.byteLength > 0)) {
          w.uint32(74)
          w.bytes(obj.sealed)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: uint8ArrayAlloc(0),
          suite: 0,
          kind: 0,
          senderDevice: uint8ArrayAlloc(0),
          recipientDevice: uint8ArrayAlloc(0),
          sessionId: uint8ArrayAlloc(0),
          header: uint8ArrayAlloc(0),
          sealed: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.id = reader.bytes()
              break
            }
            case 2: {
              obj.suite = reader.uint32()
              break
            }
            case 3: {
              obj.kind = reader.uint32()
              break
            }
            case 4: {
              obj.senderDevice = reader.bytes()
              break
            }
            case 5: {
              obj.recipientDevice = reader.bytes()
              break
            }
            case 6: {
              obj.sessionId = reader.bytes()
              break
            }
            case 7: {
              obj.initiation = Initiation.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.initiation
              })
              break
            }
            case 8: {
              obj.header = reader.bytes()
              break
            }
            case 9: {
              obj.sealed = reader.bytes()
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
                field: `${prefix}.id`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.suite`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.kind`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.senderDevice`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.recipientDevice`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.sessionId`,
                value: reader.bytes()
              }
              break
            }
            case 7: {
              yield * Initiation.codec().stream(reader, reader.uint32(), `${prefix}.initiation`, {
                limits: opts.limits?.initiation
              })

              break
            }
            case 8: {
              yield {
                field: `${prefix}.header`,
                value: reader.bytes()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.sealed`,
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

  export interface EnvelopeIdFieldEvent {
    field: '$.id'
    value: Uint8Array<ArrayBuffer>
  }

  export interface EnvelopeSuiteFieldEvent {
    field: '$.suite'
    value: number
  }

  export interface EnvelopeKindFieldEvent {
    field: '$.kind'
    value: number
  }

  export interface EnvelopeSenderDeviceFieldEvent {
    field: '$.senderDevice'
    value: Uint8Array<ArrayBuffer>
  }

  export interface EnvelopeRecipientDeviceFieldEvent {
    field: '$.recipientDevice'
    value: Uint8Array<ArrayBuffer>
  }

  export interface EnvelopeSessionIdFieldEvent {
    field: '$.sessionId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface EnvelopeInitiationAccountRecordFieldEvent {
    field: '$.initiation.accountRecord'
    value: Uint8Array<ArrayBuffer>
  }

  export interface EnvelopeInitiationEphemeralKeyFieldEvent {
    field: '$.initiation.ephemeralKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface EnvelopeInitiationSignedPrekeyIdFieldEvent {
    field: '$.initiation.signedPrekeyId'
    value: number
  }

  export interface EnvelopeInitiationOneTimePrekeyIdFieldEvent {
    field: '$.initiation.oneTimePrekeyId'
    value: number
  }

  export interface EnvelopeHeaderFieldEvent {
    field: '$.header'
    value: Uint8Array<ArrayBuffer>
  }

  export interface EnvelopeSealedFieldEvent {
    field: '$.sealed'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Envelope>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Envelope.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Envelope>): Envelope {
    return decodeMessage(buf, Envelope.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Envelope>): Generator<EnvelopeIdFieldEvent | EnvelopeSuiteFieldEvent | EnvelopeKindFieldEvent | EnvelopeSenderDeviceFieldEvent | EnvelopeRecipientDeviceFieldEvent | EnvelopeSessionIdFieldEvent | EnvelopeInitiationAccountRecordFieldEvent | EnvelopeInitiationEphemeralKeyFieldEvent | EnvelopeInitiationSignedPrekeyIdFieldEvent | EnvelopeInitiationOneTimePrekeyIdFieldEvent | EnvelopeHeaderFieldEvent | EnvelopeSealedFieldEvent> {
    return streamMessage(buf, Envelope.codec(), opts)
  }
}

export interface Initiation {
  accountRecord: Uint8Array<ArrayBuffer>
  ephemeralKey: Uint8Array<ArrayBuffer>
  signedPrekeyId: number
  oneTimePrekeyId?: number
}

export namespace Initiation {
  let _codec: Codec<Initiation>

  export const codec = (): Codec<Initiation> => {
    if (_codec == null) {
      _codec = message<Initiation>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.accountRecord != null && obj.accountRecord.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.accountRecord)
        }

        if ((obj.ephemeralKey != null && obj.ephemeralKey.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.ephemeralKey)
        }

        if ((obj.signedPrekeyId != null && obj.signedPrekeyId !== 0)) {
          w.uint32(24)
          w.uint32(obj.signedPrekeyId)
        }

        if (obj.oneTimePrekeyId != null) {
          w.uint32(32)
          w.uint32(obj.oneTimePrekeyId)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          accountRecord: uint8ArrayAlloc(0),
          ephemeralKey: uint8ArrayAlloc(0),
          signedPrekeyId: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.accountRecord = reader.bytes()
              break
            }
            case 2: {
              obj.ephemeralKey = reader.bytes()
              break
            }
            case 3: {
              obj.signedPrekeyId = reader.uint32()
              break
            }
            case 4: {
              obj.oneTimePrekeyId = reader.uint32()
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
                field: `${prefix}.accountRecord`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.ephemeralKey`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.signedPrekeyId`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.oneTimePrekeyId`,
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

  export interface InitiationAccountRecordFieldEvent {
    field: '$.accountRecord'
    value: Uint8Array<ArrayBuffer>
  }

  export interface InitiationEphemeralKeyFieldEvent {
    field: '$.ephemeralKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface InitiationSignedPrekeyIdFieldEvent {
    field: '$.signedPrekeyId'
    value: number
  }

  export interface InitiationOneTimePrekeyIdFieldEvent {
    field: '$.oneTimePrekeyId'
    value: number
  }

  export function encode (obj: Partial<Initiation>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Initiation.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Initiation>): Initiation {
    return decodeMessage(buf, Initiation.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Initiation>): Generator<InitiationAccountRecordFieldEvent | InitiationEphemeralKeyFieldEvent | InitiationSignedPrekeyIdFieldEvent | InitiationOneTimePrekeyIdFieldEvent> {
    return streamMessage(buf, Initiation.codec(), opts)
  }
}
