/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface NewsSubscribeRequest {
  ticket: Uint8Array<ArrayBuffer>
  run: Uint8Array<ArrayBuffer>
  afterEvent: bigint
}

export namespace NewsSubscribeRequest {
  let _codec: Codec<NewsSubscribeRequest>

  export const codec = (): Codec<NewsSubscribeRequest> => {
    if (_codec == null) {
      _codec = message<NewsSubscribeRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.ticket != null && obj.ticket.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.ticket)
        }

        if ((obj.run != null && obj.run.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.run)
        }

        if ((obj.afterEvent != null && obj.afterEvent !== 0n)) {
          w.uint32(24)
          w.uint64(obj.afterEvent)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          ticket: uint8ArrayAlloc(0),
          run: uint8ArrayAlloc(0),
          afterEvent: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.ticket = reader.bytes()
              break
            }
            case 2: {
              obj.run = reader.bytes()
              break
            }
            case 3: {
              obj.afterEvent = reader.uint64()
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
                field: `${prefix}.ticket`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.run`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.afterEvent`,
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

  export interface NewsSubscribeRequestTicketFieldEvent {
    field: '$.ticket'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NewsSubscribeRequestRunFieldEvent {
    field: '$.run'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NewsSubscribeRequestAfterEventFieldEvent {
    field: '$.afterEvent'
    value: bigint
  }

  export function encode (obj: Partial<NewsSubscribeRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, NewsSubscribeRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NewsSubscribeRequest>): NewsSubscribeRequest {
    return decodeMessage(buf, NewsSubscribeRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NewsSubscribeRequest>): Generator<NewsSubscribeRequestTicketFieldEvent | NewsSubscribeRequestRunFieldEvent | NewsSubscribeRequestAfterEventFieldEvent> {
    return streamMessage(buf, NewsSubscribeRequest.codec(), opts)
  }
}

export interface NewsSubscribeResponse {}

export namespace NewsSubscribeResponse {
  let _codec: Codec<NewsSubscribeResponse>

  export const codec = (): Codec<NewsSubscribeResponse> => {
    if (_codec == null) {
      _codec = message<NewsSubscribeResponse>((obj, w, opts = {}) => {
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

  export function encode (obj: Partial<NewsSubscribeResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, NewsSubscribeResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NewsSubscribeResponse>): NewsSubscribeResponse {
    return decodeMessage(buf, NewsSubscribeResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NewsSubscribeResponse>): Generator<{}> {
    return streamMessage(buf, NewsSubscribeResponse.codec(), opts)
  }
}

export interface NewsTellRequest {
  ticket: Uint8Array<ArrayBuffer>
  sequence: bigint
  begins: boolean
  complete: boolean
  attached: AttachedDevice[]
  detached: Uint8Array<ArrayBuffer>[]
  run: Uint8Array<ArrayBuffer>
  lastEvent: bigint
  gap: boolean
  events: NewsEvent[]
}

export namespace NewsTellRequest {
  let _codec: Codec<NewsTellRequest>

  export const codec = (): Codec<NewsTellRequest> => {
    if (_codec == null) {
      _codec = message<NewsTellRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.ticket != null && obj.ticket.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.ticket)
        }

        if ((obj.sequence != null && obj.sequence !== 0n)) {
          w.uint32(16)
          w.uint64(obj.sequence)
        }

        if ((obj.begins != null && obj.begins !== false)) {
          w.uint32(24)
          w.bool(obj.begins)
        }

        if ((obj.complete != null && obj.complete !== false)) {
          w.uint32(32)
          w.bool(obj.complete)
        }

        if (obj.attached != null && obj.attached.length > 0) {
          for (const value of obj.attached) {
            w.uint32(42)
            AttachedDevice.codec().encode(value, w)
          }
        }

        if (obj.detached != null && obj.detached.length > 0) {
          for (const value of obj.detached) {
            w.uint32(50)
            w.bytes(value)
          }
        }

        if ((obj.run != null && obj.run.byteLength > 0)) {
          w.uint32(58)
          w.bytes(obj.run)
        }

        if ((obj.lastEvent != null && obj.lastEvent !== 0n)) {
          w.uint32(64)
          w.uint64(obj.lastEvent)
        }

        if ((obj.gap != null && obj.gap !== false)) {
          w.uint32(72)
          w.bool(obj.gap)
        }

        if (obj.events != null && obj.events.length > 0) {
          for (const value of obj.events) {
            w.uint32(82)
            NewsEvent.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          ticket: uint8ArrayAlloc(0),
          sequence: 0n,
          begins: false,
          complete: false,
          attached: [],
          detached: [],
          run: uint8ArrayAlloc(0),
          lastEvent: 0n,
          gap: false,
          events: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.ticket = reader.bytes()
              break
            }
            case 2: {
              obj.sequence = reader.uint64()
              break
            }
            case 3: {
              obj.begins = reader.bool()
              break
            }
            case 4: {
              obj.complete = reader.bool()
              break
            }
            case 5: {
              if (opts.limits?.attached != null && obj.attached.length === opts.limits.attached) {
                throw new MaxLengthError('Decode error - repeated field "attached" had too many elements')
              }

              obj.attached.push(AttachedDevice.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.attached$
              }))
              break
            }
            case 6: {
              if (opts.limits?.detached != null && obj.detached.length === opts.limits.detached) {
                throw new MaxLengthError('Decode error - repeated field "detached" had too many elements')
              }

              obj.detached.push(reader.bytes())
              break
            }
            case 7: {
              obj.run = reader.bytes()
              break
            }
            case 8: {
              obj.lastEvent = reader.uint64()
              break
            }
            case 9: {
              obj.gap = reader.bool()
              break
            }
            case 10: {
              if (opts.limits?.events != null && obj.events.length === opts.limits.events) {
                throw new MaxLengthError('Decode error - repeated field "events" had too many elements')
              }

              obj.events.push(NewsEvent.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.events$
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
          attached: 0,
          detached: 0,
          events: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.ticket`,
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
                field: `${prefix}.begins`,
                value: reader.bool()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.complete`,
                value: reader.bool()
              }
              break
            }
            case 5: {
              if (opts.limits?.attached != null && obj.attached === opts.limits.attached) {
                throw new MaxLengthError('Streaming decode error - repeated field "attached" had too many elements')
              }

              for (const evt of AttachedDevice.codec().stream(reader, reader.uint32(), `${prefix}.attached[]`, {
                limits: opts.limits?.attached$
              })) {
                yield {
                  ...evt,
                  index: obj.attached
                }
              }

              obj.attached++

              break
            }
            case 6: {
              if (opts.limits?.detached != null && obj.detached === opts.limits.detached) {
                throw new MaxLengthError('Streaming decode error - repeated field "detached" had too many elements')
              }

              yield {
                field: `${prefix}.detached[]`,
                index: obj.detached,
                value: reader.bytes()
              }

              obj.detached++

              break
            }
            case 7: {
              yield {
                field: `${prefix}.run`,
                value: reader.bytes()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.lastEvent`,
                value: reader.uint64()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.gap`,
                value: reader.bool()
              }
              break
            }
            case 10: {
              if (opts.limits?.events != null && obj.events === opts.limits.events) {
                throw new MaxLengthError('Streaming decode error - repeated field "events" had too many elements')
              }

              for (const evt of NewsEvent.codec().stream(reader, reader.uint32(), `${prefix}.events[]`, {
                limits: opts.limits?.events$
              })) {
                yield {
                  ...evt,
                  index: obj.events
                }
              }

              obj.events++

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

  export interface NewsTellRequestTicketFieldEvent {
    field: '$.ticket'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NewsTellRequestSequenceFieldEvent {
    field: '$.sequence'
    value: bigint
  }

  export interface NewsTellRequestBeginsFieldEvent {
    field: '$.begins'
    value: boolean
  }

  export interface NewsTellRequestCompleteFieldEvent {
    field: '$.complete'
    value: boolean
  }

  export interface NewsTellRequestAttachedDeviceKeyFieldEvent {
    field: '$.attached[].deviceKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface NewsTellRequestAttachedUsernameFieldEvent {
    field: '$.attached[].username'
    value: string
    index: number
  }

  export interface NewsTellRequestAttachedLocatorFieldEvent {
    field: '$.attached[].locator'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface NewsTellRequestAttachedLocatorExpiresAtMsFieldEvent {
    field: '$.attached[].locatorExpiresAtMs'
    value: bigint
    index: number
  }

  export interface NewsTellRequestAttachedAttachedAtMsFieldEvent {
    field: '$.attached[].attachedAtMs'
    value: bigint
    index: number
  }

  export interface NewsTellRequestDetachedFieldEvent {
    field: '$.detached[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface NewsTellRequestRunFieldEvent {
    field: '$.run'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NewsTellRequestLastEventFieldEvent {
    field: '$.lastEvent'
    value: bigint
  }

  export interface NewsTellRequestGapFieldEvent {
    field: '$.gap'
    value: boolean
  }

  export interface NewsTellRequestEventsAccountUsernameFieldEvent {
    field: '$.events[].account.username'
    value: string
    index: number
  }

  export interface NewsTellRequestEventsAccountRecordVersionFieldEvent {
    field: '$.events[].account.recordVersion'
    value: bigint
    index: number
  }

  export interface NewsTellRequestEventsGroupGroupIdFieldEvent {
    field: '$.events[].group.groupId'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface NewsTellRequestEventsGroupSequenceFieldEvent {
    field: '$.events[].group.sequence'
    value: bigint
    index: number
  }

  export interface NewsTellRequestEventsGroupHeadHashFieldEvent {
    field: '$.events[].group.headHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface NewsTellRequestEventsGroupUsernamesFieldEvent {
    field: '$.events[].group.usernames[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<NewsTellRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, NewsTellRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NewsTellRequest>): NewsTellRequest {
    return decodeMessage(buf, NewsTellRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NewsTellRequest>): Generator<NewsTellRequestTicketFieldEvent | NewsTellRequestSequenceFieldEvent | NewsTellRequestBeginsFieldEvent | NewsTellRequestCompleteFieldEvent | NewsTellRequestAttachedDeviceKeyFieldEvent | NewsTellRequestAttachedUsernameFieldEvent | NewsTellRequestAttachedLocatorFieldEvent | NewsTellRequestAttachedLocatorExpiresAtMsFieldEvent | NewsTellRequestAttachedAttachedAtMsFieldEvent | NewsTellRequestDetachedFieldEvent | NewsTellRequestRunFieldEvent | NewsTellRequestLastEventFieldEvent | NewsTellRequestGapFieldEvent | NewsTellRequestEventsAccountUsernameFieldEvent | NewsTellRequestEventsAccountRecordVersionFieldEvent | NewsTellRequestEventsGroupGroupIdFieldEvent | NewsTellRequestEventsGroupSequenceFieldEvent | NewsTellRequestEventsGroupHeadHashFieldEvent | NewsTellRequestEventsGroupUsernamesFieldEvent> {
    return streamMessage(buf, NewsTellRequest.codec(), opts)
  }
}

export interface NewsTellResponse {
  taken: boolean
}

export namespace NewsTellResponse {
  let _codec: Codec<NewsTellResponse>

  export const codec = (): Codec<NewsTellResponse> => {
    if (_codec == null) {
      _codec = message<NewsTellResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.taken != null && obj.taken !== false)) {
          w.uint32(8)
          w.bool(obj.taken)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          taken: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.taken = reader.bool()
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
                field: `${prefix}.taken`,
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

  export interface NewsTellResponseTakenFieldEvent {
    field: '$.taken'
    value: boolean
  }

  export function encode (obj: Partial<NewsTellResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, NewsTellResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NewsTellResponse>): NewsTellResponse {
    return decodeMessage(buf, NewsTellResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NewsTellResponse>): Generator<NewsTellResponseTakenFieldEvent> {
    return streamMessage(buf, NewsTellResponse.codec(), opts)
  }
}

export interface AttachedDevice {
  deviceKey: Uint8Array<ArrayBuffer>
  username: string
  locator: Uint8Array<ArrayBuffer>
  locatorExpiresAtMs: bigint
  attachedAtMs: bigint
}

export namespace AttachedDevice {
  let _codec: Codec<AttachedDevice>

  export const codec = (): Codec<AttachedDevice> => {
    if (_codec == null) {
      _codec = message<AttachedDevice>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.deviceKey != null && obj.deviceKey.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.deviceKey)
        }

        if ((obj.username != null && obj.username !== '')) {
          w.uint32(18)
          w.string(obj.username)
        }

        if ((obj.locator != null && obj.locator.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.locator)
        }

        if ((obj.locatorExpiresAtMs != null && obj.locatorExpiresAtMs !== 0n)) {
          w.uint32(32)
          w.uint64(obj.locatorExpiresAtMs)
        }

        if ((obj.attachedAtMs != null && obj.attachedAtMs !== 0n)) {
          w.uint32(40)
          w.uint64(obj.attachedAtMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          deviceKey: uint8ArrayAlloc(0),
          username: '',
          locator: uint8ArrayAlloc(0),
          locatorExpiresAtMs: 0n,
          attachedAtMs: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.deviceKey = reader.bytes()
              break
            }
            case 2: {
              obj.username = reader.string()
              break
            }
            case 3: {
              obj.locator = reader.bytes()
              break
            }
            case 4: {
              obj.locatorExpiresAtMs = reader.uint64()
              break
            }
            case 5: {
              obj.attachedAtMs = reader.uint64()
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
                field: `${prefix}.deviceKey`,
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
                field: `${prefix}.locator`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.locatorExpiresAtMs`,
                value: reader.uint64()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.attachedAtMs`,
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

  export interface AttachedDeviceDeviceKeyFieldEvent {
    field: '$.deviceKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface AttachedDeviceUsernameFieldEvent {
    field: '$.username'
    value: string
  }

  export interface AttachedDeviceLocatorFieldEvent {
    field: '$.locator'
    value: Uint8Array<ArrayBuffer>
  }

  export interface AttachedDeviceLocatorExpiresAtMsFieldEvent {
    field: '$.locatorExpiresAtMs'
    value: bigint
  }

  export interface AttachedDeviceAttachedAtMsFieldEvent {
    field: '$.attachedAtMs'
    value: bigint
  }

  export function encode (obj: Partial<AttachedDevice>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, AttachedDevice.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AttachedDevice>): AttachedDevice {
    return decodeMessage(buf, AttachedDevice.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AttachedDevice>): Generator<AttachedDeviceDeviceKeyFieldEvent | AttachedDeviceUsernameFieldEvent | AttachedDeviceLocatorFieldEvent | AttachedDeviceLocatorExpiresAtMsFieldEvent | AttachedDeviceAttachedAtMsFieldEvent> {
    return streamMessage(buf, AttachedDevice.codec(), opts)
  }
}

export interface NewsEvent {
  account?: AccountChanged
  group?: GroupMoved
}

export namespace NewsEvent {
  let _codec: Codec<NewsEvent>

  export const codec = (): Codec<NewsEvent> => {
    if (_codec == null) {
      _codec = message<NewsEvent>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.account != null) {
          w.uint32(10)
          AccountChanged.codec().encode(obj.account, w)
        }

        if (obj.group != null) {
          w.uint32(18)
          GroupMoved.codec().encode(obj.group, w)
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
              obj.account = AccountChanged.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.account
              })
              break
            }
            case 2: {
              obj.group = GroupMoved.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.group
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
              yield * AccountChanged.codec().stream(reader, reader.uint32(), `${prefix}.account`, {
                limits: opts.limits?.account
              })

              break
            }
            case 2: {
              yield * GroupMoved.codec().stream(reader, reader.uint32(), `${prefix}.group`, {
                limits: opts.limits?.group
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

  export interface NewsEventAccountUsernameFieldEvent {
    field: '$.account.username'
    value: string
  }

  export interface NewsEventAccountRecordVersionFieldEvent {
    field: '$.account.recordVersion'
    value: bigint
  }

  export interface NewsEventGroupGroupIdFieldEvent {
    field: '$.group.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NewsEventGroupSequenceFieldEvent {
    field: '$.group.sequence'
    value: bigint
  }

  export interface NewsEventGroupHeadHashFieldEvent {
    field: '$.group.headHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface NewsEventGroupUsernamesFieldEvent {
    field: '$.group.usernames[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<NewsEvent>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, NewsEvent.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NewsEvent>): NewsEvent {
    return decodeMessage(buf, NewsEvent.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NewsEvent>): Generator<NewsEventAccountUsernameFieldEvent | NewsEventAccountRecordVersionFieldEvent | NewsEventGroupGroupIdFieldEvent | NewsEventGroupSequenceFieldEvent | NewsEventGroupHeadHashFieldEvent | NewsEventGroupUsernamesFieldEvent> {
    return streamMessage(buf, NewsEvent.codec(), opts)
  }
}

export interface AccountChanged {
  username: string
  recordVersion: bigint
}

export namespace AccountChanged {
  let _codec: Codec<AccountChanged>

  export const codec = (): Codec<AccountChanged> => {
    if (_codec == null) {
      _codec = message<AccountChanged>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.username != null && obj.username !== '')) {
          w.uint32(10)
          w.string(obj.username)
        }

        if ((obj.recordVersion != null && obj.recordVersion !== 0n)) {
          w.uint32(16)
          w.uint64(obj.recordVersion)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          username: '',
          recordVersion: 0n
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
              obj.recordVersion = reader.uint64()
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
                field: `${prefix}.recordVersion`,
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

  export interface AccountChangedUsernameFieldEvent {
    field: '$.username'
    value: string
  }

  export interface AccountChangedRecordVersionFieldEvent {
    field: '$.recordVersion'
    value: bigint
  }

  export function encode (obj: Partial<AccountChanged>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, AccountChanged.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AccountChanged>): AccountChanged {
    return decodeMessage(buf, AccountChanged.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AccountChanged>): Generator<AccountChangedUsernameFieldEvent | AccountChangedRecordVersionFieldEvent> {
    return streamMessage(buf, AccountChanged.codec(), opts)
  }
}

export interface GroupMoved {
  groupId: Uint8Array<ArrayBuffer>
  sequence: bigint
  headHash: Uint8Array<ArrayBuffer>
  usernames: string[]
}

export namespace GroupMoved {
  let _codec: Codec<GroupMoved>

  export const codec = (): Codec<GroupMoved> => {
    if (_codec == null) {
      _codec = message<GroupMoved>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.groupId != null && obj.groupId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.groupId)
        }

        if ((obj.sequence != null && obj.sequence !== 0n)) {
          w.uint32(16)
          w.uint64(obj.sequence)
        }

        if ((obj.headHash != null && obj.headHash.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.headHash)
        }

        if (obj.usernames != null && obj.usernames.length > 0) {
          for (const value of obj.usernames) {
            w.uint32(34)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          groupId: uint8ArrayAlloc(0),
          sequence: 0n,
          headHash: uint8ArrayAlloc(0),
          usernames: []
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
              obj.sequence = reader.uint64()
              break
            }
            case 3: {
              obj.headHash = reader.bytes()
              break
            }
            case 4: {
              if (opts.limits?.usernames != null && obj.usernames.length === opts.limits.usernames) {
                throw new MaxLengthError('Decode error - repeated field "usernames" had too many elements')
              }

              obj.usernames.push(reader.string())
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
          usernames: 0
        }

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
                field: `${prefix}.sequence`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.headHash`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              if (opts.limits?.usernames != null && obj.usernames === opts.limits.usernames) {
                throw new MaxLengthError('Streaming decode error - repeated field "usernames" had too many elements')
              }

              yield {
                field: `${prefix}.usernames[]`,
                index: obj.usernames,
                value: reader.string()
              }

              obj.usernames++

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

  export interface GroupMovedGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupMovedSequenceFieldEvent {
    field: '$.sequence'
    value: bigint
  }

  export interface GroupMovedHeadHashFieldEvent {
    field: '$.headHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupMovedUsernamesFieldEvent {
    field: '$.usernames[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<GroupMoved>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupMoved.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupMoved>): GroupMoved {
    return decodeMessage(buf, GroupMoved.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupMoved>): Generator<GroupMovedGroupIdFieldEvent | GroupMovedSequenceFieldEvent | GroupMovedHeadHashFieldEvent | GroupMovedUsernamesFieldEvent> {
    return streamMessage(buf, GroupMoved.codec(), opts)
  }
}

export interface PrekeyKeepRequest {
  deviceKey: Uint8Array<ArrayBuffer>
  signedPrekey: Uint8Array<ArrayBuffer>
  oneTimePrekeys: KeptPrekey[]
  upTo: number
}

export namespace PrekeyKeepRequest {
  let _codec: Codec<PrekeyKeepRequest>

  export const codec = (): Codec<PrekeyKeepRequest> => {
    if (_codec == null) {
      _codec = message<PrekeyKeepRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.deviceKey != null && obj.deviceKey.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.deviceKey)
        }

        if ((obj.signedPrekey != null && obj.signedPrekey.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.signedPrekey)
        }

        if (obj.oneTimePrekeys != null && obj.oneTimePrekeys.length > 0) {
          for (const value of obj.oneTimePrekeys) {
            w.uint32(26)
            KeptPrekey.codec().encode(value, w)
          }
        }

        if ((obj.upTo != null && obj.upTo !== 0)) {
          w.uint32(32)
          w.uint32(obj.upTo)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          deviceKey: uint8ArrayAlloc(0),
          signedPrekey: uint8ArrayAlloc(0),
          oneTimePrekeys: [],
          upTo: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.deviceKey = reader.bytes()
              break
            }
            case 2: {
              obj.signedPrekey = reader.bytes()
              break
            }
            case 3: {
              if (opts.limits?.oneTimePrekeys != null && obj.oneTimePrekeys.length === opts.limits.oneTimePrekeys) {
                throw new MaxLengthError('Decode error - repeated field "oneTimePrekeys" had too many elements')
              }

              obj.oneTimePrekeys.push(KeptPrekey.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.oneTimePrekeys$
              }))
              break
            }
            case 4: {
              obj.upTo = reader.uint32()
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
          oneTimePrekeys: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.deviceKey`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.signedPrekey`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              if (opts.limits?.oneTimePrekeys != null && obj.oneTimePrekeys === opts.limits.oneTimePrekeys) {
                throw new MaxLengthError('Streaming decode error - repeated field "oneTimePrekeys" had too many elements')
              }

              for (const evt of KeptPrekey.codec().stream(reader, reader.uint32(), `${prefix}.oneTimePrekeys[]`, {
                limits: opts.limits?.oneTimePrekeys$
              })) {
                yield {
                  ...evt,
                  index: obj.oneTimePrekeys
                }
              }

              obj.oneTimePrekeys++

              break
            }
            case 4: {
              yield {
                field: `${prefix}.upTo`,
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

  export interface PrekeyKeepRequestDeviceKeyFieldEvent {
    field: '$.deviceKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PrekeyKeepRequestSignedPrekeyFieldEvent {
    field: '$.signedPrekey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PrekeyKeepRequestOneTimePrekeysIdFieldEvent {
    field: '$.oneTimePrekeys[].id'
    value: number
    index: number
  }

  export interface PrekeyKeepRequestOneTimePrekeysPublicKeyFieldEvent {
    field: '$.oneTimePrekeys[].publicKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface PrekeyKeepRequestUpToFieldEvent {
    field: '$.upTo'
    value: number
  }

  export function encode (obj: Partial<PrekeyKeepRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PrekeyKeepRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyKeepRequest>): PrekeyKeepRequest {
    return decodeMessage(buf, PrekeyKeepRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyKeepRequest>): Generator<PrekeyKeepRequestDeviceKeyFieldEvent | PrekeyKeepRequestSignedPrekeyFieldEvent | PrekeyKeepRequestOneTimePrekeysIdFieldEvent | PrekeyKeepRequestOneTimePrekeysPublicKeyFieldEvent | PrekeyKeepRequestUpToFieldEvent> {
    return streamMessage(buf, PrekeyKeepRequest.codec(), opts)
  }
}

export interface KeptPrekey {
  id: number
  publicKey: Uint8Array<ArrayBuffer>
}

export namespace KeptPrekey {
  let _codec: Codec<KeptPrekey>

  export const codec = (): Codec<KeptPrekey> => {
    if (_codec == null) {
      _codec = message<KeptPrekey>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.id != null && obj.id !== 0)) {
          w.uint32(8)
          w.uint32(obj.id)
        }

        if ((obj.publicKey != null && obj.publicKey.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.publicKey)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: 0,
          publicKey: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.id = reader.uint32()
              break
            }
            case 2: {
              obj.publicKey = reader.bytes()
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
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.publicKey`,
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

  export interface KeptPrekeyIdFieldEvent {
    field: '$.id'
    value: number
  }

  export interface KeptPrekeyPublicKeyFieldEvent {
    field: '$.publicKey'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<KeptPrekey>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, KeptPrekey.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KeptPrekey>): KeptPrekey {
    return decodeMessage(buf, KeptPrekey.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KeptPrekey>): Generator<KeptPrekeyIdFieldEvent | KeptPrekeyPublicKeyFieldEvent> {
    return streamMessage(buf, KeptPrekey.codec(), opts)
  }
}

export interface PrekeyKeepResponse {
  kept: boolean
  oneTimePrekeys: number
}

export namespace PrekeyKeepResponse {
  let _codec: Codec<PrekeyKeepResponse>

  export const codec = (): Codec<PrekeyKeepResponse> => {
    if (_codec == null) {
      _codec = message<PrekeyKeepResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.kept != null && obj.kept !== false)) {
          w.uint32(8)
          w.bool(obj.kept)
        }

        if ((obj.oneTimePrekeys != null && obj.oneTimePrekeys !== 0)) {
          w.uint32(16)
          w.uint32(obj.oneTimePrekeys)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          kept: false,
          oneTimePrekeys: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.kept = reader.bool()
              break
            }
            case 2: {
              obj.oneTimePrekeys = reader.uint32()
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
                value: reader.bool()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.oneTimePrekeys`,
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

  export interface PrekeyKeepResponseKeptFieldEvent {
    field: '$.kept'
    value: boolean
  }

  export interface PrekeyKeepResponseOneTimePrekeysFieldEvent {
    field: '$.oneTimePrekeys'
    value: number
  }

  export function encode (obj: Partial<PrekeyKeepResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PrekeyKeepResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyKeepResponse>): PrekeyKeepResponse {
    return decodeMessage(buf, PrekeyKeepResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyKeepResponse>): Generator<PrekeyKeepResponseKeptFieldEvent | PrekeyKeepResponseOneTimePrekeysFieldEvent> {
    return streamMessage(buf, PrekeyKeepResponse.codec(), opts)
  }
}

export interface PrekeyGiveRequest {
  deviceKey: Uint8Array<ArrayBuffer>
  oneTime: boolean
}

export namespace PrekeyGiveRequest {
  let _codec: Codec<PrekeyGiveRequest>

  export const codec = (): Codec<PrekeyGiveRequest> => {
    if (_codec == null) {
      _codec = message<PrekeyGiveRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.deviceKey != null && obj.deviceKey.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.deviceKey)
        }

        if ((obj.oneTime != null && obj.oneTime !== false)) {
          w.uint32(16)
          w.bool(obj.oneTime)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          deviceKey: uint8ArrayAlloc(0),
          oneTime: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.deviceKey = reader.bytes()
              break
            }
            case 2: {
              obj.oneTime = reader.bool()
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
                field: `${prefix}.deviceKey`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.oneTime`,
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

  export interface PrekeyGiveRequestDeviceKeyFieldEvent {
    field: '$.deviceKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PrekeyGiveRequestOneTimeFieldEvent {
    field: '$.oneTime'
    value: boolean
  }

  export function encode (obj: Partial<PrekeyGiveRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PrekeyGiveRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyGiveRequest>): PrekeyGiveRequest {
    return decodeMessage(buf, PrekeyGiveRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyGiveRequest>): Generator<PrekeyGiveRequestDeviceKeyFieldEvent | PrekeyGiveRequestOneTimeFieldEvent> {
    return streamMessage(buf, PrekeyGiveRequest.codec(), opts)
  }
}

export interface PrekeyGiveResponse {
  signedPrekey: Uint8Array<ArrayBuffer>
  oneTimePrekey?: KeptPrekey
}

export namespace PrekeyGiveResponse {
  let _codec: Codec<PrekeyGiveResponse>

  export const codec = (): Codec<PrekeyGiveResponse> => {
    if (_codec == null) {
      _codec = message<PrekeyGiveResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.signedPrekey != null && obj.signedPrekey.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.signedPrekey)
        }

        if (obj.oneTimePrekey != null) {
          w.uint32(18)
          KeptPrekey.codec().encode(obj.oneTimePrekey, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          signedPrekey: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.signedPrekey = reader.bytes()
              break
            }
            case 2: {
              obj.oneTimePrekey = KeptPrekey.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.oneTimePrekey
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
                field: `${prefix}.signedPrekey`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield * KeptPrekey.codec().stream(reader, reader.uint32(), `${prefix}.oneTimePrekey`, {
                limits: opts.limits?.oneTimePrekey
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

  export interface PrekeyGiveResponseSignedPrekeyFieldEvent {
    field: '$.signedPrekey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PrekeyGiveResponseOneTimePrekeyIdFieldEvent {
    field: '$.oneTimePrekey.id'
    value: number
  }

  export interface PrekeyGiveResponseOneTimePrekeyPublicKeyFieldEvent {
    field: '$.oneTimePrekey.publicKey'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<PrekeyGiveResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PrekeyGiveResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyGiveResponse>): PrekeyGiveResponse {
    return decodeMessage(buf, PrekeyGiveResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyGiveResponse>): Generator<PrekeyGiveResponseSignedPrekeyFieldEvent | PrekeyGiveResponseOneTimePrekeyIdFieldEvent | PrekeyGiveResponseOneTimePrekeyPublicKeyFieldEvent> {
    return streamMessage(buf, PrekeyGiveResponse.codec(), opts)
  }
}

export interface PrekeyStockRequest {
  deviceKey: Uint8Array<ArrayBuffer>
}

export namespace PrekeyStockRequest {
  let _codec: Codec<PrekeyStockRequest>

  export const codec = (): Codec<PrekeyStockRequest> => {
    if (_codec == null) {
      _codec = message<PrekeyStockRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.deviceKey != null && obj.deviceKey.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.deviceKey)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          deviceKey: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.deviceKey = reader.bytes()
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
                field: `${prefix}.deviceKey`,
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

  export interface PrekeyStockRequestDeviceKeyFieldEvent {
    field: '$.deviceKey'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<PrekeyStockRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PrekeyStockRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyStockRequest>): PrekeyStockRequest {
    return decodeMessage(buf, PrekeyStockRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyStockRequest>): Generator<PrekeyStockRequestDeviceKeyFieldEvent> {
    return streamMessage(buf, PrekeyStockRequest.codec(), opts)
  }
}

export interface PrekeyStockResponse {
  oneTimePrekeys: number
  signedPrekeyId: number
  upTo: number
}

export namespace PrekeyStockResponse {
  let _codec: Codec<PrekeyStockResponse>

  export const codec = (): Codec<PrekeyStockResponse> => {
    if (_codec == null) {
      _codec = message<PrekeyStockResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.oneTimePrekeys != null && obj.oneTimePrekeys !== 0)) {
          w.uint32(8)
          w.uint32(obj.oneTimePrekeys)
        }

        if ((obj.signedPrekeyId != null && obj.signedPrekeyId !== 0)) {
          w.uint32(16)
          w.uint32(obj.signedPrekeyId)
        }

        if ((obj.upTo != null && obj.upTo !== 0)) {
          w.uint32(24)
          w.uint32(obj.upTo)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          oneTimePrekeys: 0,
          signedPrekeyId: 0,
          upTo: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.oneTimePrekeys = reader.uint32()
              break
            }
            case 2: {
              obj.signedPrekeyId = reader.uint32()
              break
            }
            case 3: {
              obj.upTo = reader.uint32()
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
                field: `${prefix}.oneTimePrekeys`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.signedPrekeyId`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.upTo`,
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

  export interface PrekeyStockResponseOneTimePrekeysFieldEvent {
    field: '$.oneTimePrekeys'
    value: number
  }

  export interface PrekeyStockResponseSignedPrekeyIdFieldEvent {
    field: '$.signedPrekeyId'
    value: number
  }

  export interface PrekeyStockResponseUpToFieldEvent {
    field: '$.upTo'
    value: number
  }

  export function encode (obj: Partial<PrekeyStockResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PrekeyStockResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyStockResponse>): PrekeyStockResponse {
    return decodeMessage(buf, PrekeyStockResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyStockResponse>): Generator<PrekeyStockResponseOneTimePrekeysFieldEvent | PrekeyStockResponseSignedPrekeyIdFieldEvent | PrekeyStockResponseUpToFieldEvent> {
    return streamMessage(buf, PrekeyStockResponse.codec(), opts)
  }
}

export interface PrekeyForgetRequest {
  deviceKey: Uint8Array<ArrayBuffer>
}

export namespace PrekeyForgetRequest {
  let _codec: Codec<PrekeyForgetRequest>

  export const codec = (): Codec<PrekeyForgetRequest> => {
    if (_codec == null) {
      _codec = message<PrekeyForgetRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.deviceKey != null && obj.deviceKey.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.deviceKey)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          deviceKey: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.deviceKey = reader.bytes()
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
                field: `${prefix}.deviceKey`,
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

  export interface PrekeyForgetRequestDeviceKeyFieldEvent {
    field: '$.deviceKey'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<PrekeyForgetRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PrekeyForgetRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyForgetRequest>): PrekeyForgetRequest {
    return decodeMessage(buf, PrekeyForgetRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyForgetRequest>): Generator<PrekeyForgetRequestDeviceKeyFieldEvent> {
    return streamMessage(buf, PrekeyForgetRequest.codec(), opts)
  }
}

export interface PrekeyForgetResponse {}

export namespace PrekeyForgetResponse {
  let _codec: Codec<PrekeyForgetResponse>

  export const codec = (): Codec<PrekeyForgetResponse> => {
    if (_codec == null) {
      _codec = message<PrekeyForgetResponse>((obj, w, opts = {}) => {
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

  export function encode (obj: Partial<PrekeyForgetResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PrekeyForgetResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyForgetResponse>): PrekeyForgetResponse {
    return decodeMessage(buf, PrekeyForgetResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyForgetResponse>): Generator<{}> {
    return streamMessage(buf, PrekeyForgetResponse.codec(), opts)
  }
}
