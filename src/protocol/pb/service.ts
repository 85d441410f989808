import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface HomeRequest {
  mailbox: Uint8Array<ArrayBuffer>
  rosterVersion: bigint
  sent: boolean
}

export namespace HomeRequest {
  let _codec: Codec<HomeRequest>

  export const codec = (): Codec<HomeRequest> => {
    if (_codec == null) {
      _codec = message<HomeRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.mailbox)
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(16)
          w.uint64(obj.rosterVersion)
        }

        if ((obj.sent != null && obj.sent !== false)) {
          w.uint32(24)
          w.bool(obj.sent)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mailbox: uint8ArrayAlloc(0),
          rosterVersion: 0n,
          sent: false
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
              obj.rosterVersion = reader.uint64()
              break
            }
            case 3: {
              obj.sent = reader.bool()
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
              yield {
                field: `${prefix}.rosterVersion`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.sent`,
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

  export interface HomeRequestMailboxFieldEvent {
    field: '$.mailbox'
    value: Uint8Array<ArrayBuffer>
  }

  export interface HomeRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface HomeRequestSentFieldEvent {
    field: '$.sent'
    value: boolean
  }

  export function encode (obj: Partial<HomeRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, HomeRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HomeRequest>): HomeRequest {
    return decodeMessage(buf, HomeRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HomeRequest>): Generator<HomeRequestMailboxFieldEvent | HomeRequestRosterVersionFieldEvent | HomeRequestSentFieldEvent> {
    return streamMessage(buf, HomeRequest.codec(), opts)
  }
}

export interface HomeResponse {
  homes: HomeServer[]
  here: boolean
  rosterVersion: bigint
}

export namespace HomeResponse {
  let _codec: Codec<HomeResponse>

  export const codec = (): Codec<HomeResponse> => {
    if (_codec == null) {
      _codec = message<HomeResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.homes != null && obj.homes.length > 0) {
          for (const value of obj.homes) {
            w.uint32(10)
            HomeServer.codec().encode(value, w)
          }
        }

        if ((obj.here != null && obj.here !== false)) {
          w.uint32(16)
          w.bool(obj.here)
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(24)
          w.uint64(obj.rosterVersion)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          homes: [],
          here: false,
          rosterVersion: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.homes != null && obj.homes.length === opts.limits.homes) {
                throw new MaxLengthError('Decode error - repeated field "homes" had too many elements')
              }

              obj.homes.push(HomeServer.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.homes$
              }))
              break
            }
            case 2: {
              obj.here = reader.bool()
              break
            }
            case 3: {
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
        const obj = {
          homes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.homes != null && obj.homes === opts.limits.homes) {
                throw new MaxLengthError('Streaming decode error - repeated field "homes" had too many elements')
              }

              for (const evt of HomeServer.codec().stream(reader, reader.uint32(), `${prefix}.homes[]`, {
                limits: opts.limits?.homes$
              })) {
                yield {
                  ...evt,
                  index: obj.homes
                }
              }

              obj.homes++

              break
            }
            case 2: {
              yield {
                field: `${prefix}.here`,
                value: reader.bool()
              }
              break
            }
            case 3: {
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

  export interface HomeResponseHomesServerKeyFieldEvent {
    field: '$.homes[].serverKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface HomeResponseHomesAddressesFieldEvent {
    field: '$.homes[].addresses[]'
    index: number
    value: string
  }

  export interface HomeResponseHereFieldEvent {
    field: '$.here'
    value: boolean
  }

  export interface HomeResponseRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export function encode (obj: Partial<HomeResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, HomeResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HomeResponse>): HomeResponse {
    return decodeMessage(buf, HomeResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HomeResponse>): Generator<HomeResponseHomesServerKeyFieldEvent | HomeResponseHomesAddressesFieldEvent | HomeResponseHereFieldEvent | HomeResponseRosterVersionFieldEvent> {
    return streamMessage(buf, HomeResponse.codec(), opts)
  }
}

export interface HomeServer {
  serverKey: Uint8Array<ArrayBuffer>
  addresses: string[]
}

export namespace HomeServer {
  let _codec: Codec<HomeServer>

  export const codec = (): Codec<HomeServer> => {
    if (_codec == null) {
      _codec = message<HomeServer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.serverKey != null && obj.serverKey.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.serverKey)
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(18)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          serverKey: uint8ArrayAlloc(0),
          addresses: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.serverKey = reader.bytes()
              break
            }
            case 2: {
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.string())
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
          addresses: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.serverKey`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
              }

              yield {
                field: `${prefix}.addresses[]`,
                index: obj.addresses,
                value: reader.string()
              }

              obj.addresses++

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

  export interface HomeServerServerKeyFieldEvent {
    field: '$.serverKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface HomeServerAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<HomeServer>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, HomeServer.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HomeServer>): HomeServer {
    return decodeMessage(buf, HomeServer.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HomeServer>): Generator<HomeServerServerKeyFieldEvent | HomeServerAddressesFieldEvent> {
    return streamMessage(buf, HomeServer.codec(), opts)
  }
}

export interface LeavingNotification {
  alternatives: HomeServer[]
  spreadMs: number
}

export namespace LeavingNotification {
  let _codec: Codec<LeavingNotification>

  export const codec = (): Codec<LeavingNotification> => {
    if (_codec == null) {
      _codec = message<LeavingNotification>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.alternatives != null && obj.alternatives.length > 0) {
          for (const value of obj.alternatives) {
            w.uint32(10)
            HomeServer.codec().encode(value, w)
          }
        }

        if ((obj.spreadMs != null && obj.spreadMs !== 0)) {
          w.uint32(16)
          w.uint32(obj.spreadMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          alternatives: [],
          spreadMs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.alternatives != null && obj.alternatives.length === opts.limits.alternatives) {
                throw new MaxLengthError('Decode error - repeated field "alternatives" had too many elements')
              }

              obj.alternatives.push(HomeServer.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.alternatives$
              }))
              break
            }
            case 2: {
              obj.spreadMs = reader.uint32()
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
          alternatives: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.alternatives != null && obj.alternatives === opts.limits.alternatives) {
                throw new MaxLengthError('Streaming decode error - repeated field "alternatives" had too many elements')
              }

              for (const evt of HomeServer.codec().stream(reader, reader.uint32(), `${prefix}.alternatives[]`, {
                limits: opts.limits?.alternatives$
              })) {
                yield {
                  ...evt,
                  index: obj.alternatives
                }
              }

              obj.alternatives++

              break
            }
            case 2: {
              yield {
                field: `${prefix}.spreadMs`,
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

  export interface LeavingNotificationAlternativesServerKeyFieldEvent {
    field: '$.alternatives[].serverKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface LeavingNotificationAlternativesAddressesFieldEvent {
    field: '$.alternatives[].addresses[]'
    index: number
    value: string
  }

  export interface LeavingNotificationSpreadMsFieldEvent {
    field: '$.spreadMs'
    value: number
  }

  export function encode (obj: Partial<LeavingNotification>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, LeavingNotification.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeavingNotification>): LeavingNotification {
    return decodeMessage(buf, LeavingNotification.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeavingNotification>): Generator<LeavingNotificationAlternativesServerKeyFieldEvent | LeavingNotificationAlternativesAddressesFieldEvent | LeavingNotificationSpreadMsFieldEvent> {
    return streamMessage(buf, LeavingNotification.codec(), opts)
  }
}

export interface RegisterStartRequest {
  username: string
  registrationRequest: Uint8Array<ArrayBuffer>
}

export namespace RegisterStartRequest {
  let _codec: Codec<RegisterStartRequest>

  export const codec = (): Codec<RegisterStartRequest> => {
    if (_codec == null) {
      _codec = message<RegisterStartRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.username != null && obj.username !== '')) {
          w.uint32(10)
          w.string(obj.username)
        }

        if ((obj.registrationRequest != null && obj.registrationRequest.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.registrationRequest)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          username: '',
          registrationRequest: uint8ArrayAlloc(0)
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
              obj.registrationRequest = reader.bytes()
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
                field: `${prefix}.registrationRequest`,
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

  export interface RegisterStartRequestUsernameFieldEvent {
    field: '$.username'
    value: string
  }

  export interface RegisterStartRequestRegistrationRequestFieldEvent {
    field: '$.registrationRequest'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<RegisterStartRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RegisterStartRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RegisterStartRequest>): RegisterStartRequest {
    return decodeMessage(buf, RegisterStartRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RegisterStartRequest>): Generator<RegisterStartRequestUsernameFieldEvent | RegisterStartRequestRegistrationRequestFieldEvent> {
    return streamMessage(buf, RegisterStartRequest.codec(), opts)
  }
}

export interface RegisterStartResponse {
  registrationResponse: Uint8Array<ArrayBuffer>
  opaqueSetupVersion: number
}

export namespace RegisterStartResponse {
  let _codec: Codec<RegisterStartResponse>

  export const codec = (): Codec<RegisterStartResponse> => {
    if (_codec == null) {
      _codec = message<RegisterStartResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.registrationResponse != null && obj.registrationResponse.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.registrationResponse)
        }

        if ((obj.opaqueSetupVersion != null && obj.opaqueSetupVersion !== 0)) {
          w.uint32(16)
          w.uint32(obj.opaqueSetupVersion)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          registrationResponse: uint8ArrayAlloc(0),
          opaqueSetupVersion: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.registrationResponse = reader.bytes()
              break
            }
            case 2: {
              obj.opaqueSetupVersion = reader.uint32()
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
                field: `${prefix}.registrationResponse`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.opaqueSetupVersion`,
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

  export interface RegisterStartResponseRegistrationResponseFieldEvent {
    field: '$.registrationResponse'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RegisterStartResponseOpaqueSetupVersionFieldEvent {
    field: '$.opaqueSetupVersion'
    value: number
  }

  export function encode (obj: Partial<RegisterStartResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RegisterStartResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RegisterStartResponse>): RegisterStartResponse {
    return decodeMessage(buf, RegisterStartResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RegisterStartResponse>): Generator<RegisterStartResponseRegistrationResponseFieldEvent | RegisterStartResponseOpaqueSetupVersionFieldEvent> {
    return streamMessage(buf, RegisterStartResponse.codec(), opts)
  }
}

export interface AccountWriteRequest {
  expectedVersion: bigint
  register: Uint8Array<ArrayBuffer>
}

export namespace AccountWriteRequest {
  let _codec: Codec<AccountWriteRequest>

  export const codec = (): Codec<AccountWriteRequest> => {
    if (_codec == null) {
      _codec = message<AccountWriteRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.expectedVersion != null && obj.expectedVersion !== 0n)) {
          w.uint32(8)
          w.uint64(obj.expectedVersion)
        }

        if ((obj.register != null && obj.register.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.register)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          expectedVersion: 0n,
          register: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.expectedVersion = reader.uint64()
              break
            }
            case 2: {
              obj.register = reader.bytes()
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
                field: `${prefix}.expectedVersion`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.register`,
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

  export interface AccountWriteRequestExpectedVersionFieldEvent {
    field: '$.expectedVersion'
    value: bigint
  }

  export interface AccountWriteRequestRegisterFieldEvent {
    field: '$.register'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<AccountWriteRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, AccountWriteRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AccountWriteRequest>): AccountWriteRequest {
    return decodeMessage(buf, AccountWriteRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AccountWriteRequest>): Generator<AccountWriteRequestExpectedVersionFieldEvent | AccountWriteRequestRegisterFieldEvent> {
    return streamMessage(buf, AccountWriteRequest.codec(), opts)
  }
}

export interface AccountWriteResponse {
  version: bigint
}

export namespace AccountWriteResponse {
  let _codec: Codec<AccountWriteResponse>

  export const codec = (): Codec<AccountWriteResponse> => {
    if (_codec == null) {
      _codec = message<AccountWriteResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.version != null && obj.version !== 0n)) {
          w.uint32(8)
          w.uint64(obj.version)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          version: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.version = reader.uint64()
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
                field: `${prefix}.version`,
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

  export interface AccountWriteResponseVersionFieldEvent {
    field: '$.version'
    value: bigint
  }

  export function encode (obj: Partial<AccountWriteResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, AccountWriteResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AccountWriteResponse>): AccountWriteResponse {
    return decodeMessage(buf, AccountWriteResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AccountWriteResponse>): Generator<AccountWriteResponseVersionFieldEvent> {
    return streamMessage(buf, AccountWriteResponse.codec(), opts)
  }
}

export interface LoginStartRequest {
  username: string
  startRequest: Uint8Array<ArrayBuffer>
}

export namespace LoginStartRequest {
  let _codec: Codec<LoginStartRequest>

  export const codec = (): Codec<LoginStartRequest> => {
    if (_codec == null) {
      _codec = message<LoginStartRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.username != null && obj.username !== '')) {
          w.uint32(10)
          w.string(obj.username)
        }

        if ((obj.startRequest != null && obj.startRequest.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.startRequest)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          username: '',
          startRequest: uint8ArrayAlloc(0)
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
              obj.startRequest = reader.bytes()
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
                field: `${prefix}.startRequest`,
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

  export interface LoginStartRequestUsernameFieldEvent {
    field: '$.username'
    value: string
  }

  export interface LoginStartRequestStartRequestFieldEvent {
    field: '$.startRequest'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<LoginStartRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, LoginStartRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LoginStartRequest>): LoginStartRequest {
    return decodeMessage(buf, LoginStartRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LoginStartRequest>): Generator<LoginStartRequestUsernameFieldEvent | LoginStartRequestStartRequestFieldEvent> {
    return streamMessage(buf, LoginStartRequest.codec(), opts)
  }
}

export interface LoginStartResponse {
  loginId: Uint8Array<ArrayBuffer>
  startResponse: Uint8Array<ArrayBuffer>
}

export namespace LoginStartResponse {
  let _codec: Codec<LoginStartResponse>

  export const codec = (): Codec<LoginStartResponse> => {
    if (_codec == null) {
      _codec = message<LoginStartResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.loginId != null && obj.loginId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.loginId)
        }

        if ((obj.startResponse != null && obj.startResponse.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.startResponse)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          loginId: uint8ArrayAlloc(0),
          startResponse: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.loginId = reader.bytes()
              break
            }
            case 2: {
              obj.startResponse = reader.bytes()
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
                field: `${prefix}.loginId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.startResponse`,
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

  export interface LoginStartResponseLoginIdFieldEvent {
    field: '$.loginId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface LoginStartResponseStartResponseFieldEvent {
    field: '$.startResponse'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<LoginStartResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, LoginStartResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LoginStartResponse>): LoginStartResponse {
    return decodeMessage(buf, LoginStartResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LoginStartResponse>): Generator<LoginStartResponseLoginIdFieldEvent | LoginStartResponseStartResponseFieldEvent> {
    return streamMessage(buf, LoginStartResponse.codec(), opts)
  }
}

export interface LoginFinishRequest {
  loginId: Uint8Array<ArrayBuffer>
  finishRequest: Uint8Array<ArrayBuffer>
}

export namespace LoginFinishRequest {
  let _codec: Codec<LoginFinishRequest>

  export const codec = (): Codec<LoginFinishRequest> => {
    if (_codec == null) {
      _codec = message<LoginFinishRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.loginId != null && obj.loginId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.loginId)
        }

        if ((obj.finishRequest != null && obj.finishRequest.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.finishRequest)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          loginId: uint8ArrayAlloc(0),
          finishRequest: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.loginId = reader.bytes()
              break
            }
            case 2: {
              obj.finishRequest = reader.bytes()
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
                field: `${prefix}.loginId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.finishRequest`,
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

  export interface LoginFinishRequestLoginIdFieldEvent {
    field: '$.loginId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface LoginFinishRequestFinishRequestFieldEvent {
    field: '$.finishRequest'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<LoginFinishRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, LoginFinishRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LoginFinishRequest>): LoginFinishRequest {
    return decodeMessage(buf, LoginFinishRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LoginFinishRequest>): Generator<LoginFinishRequestLoginIdFieldEvent | LoginFinishRequestFinishRequestFieldEvent> {
    return streamMessage(buf, LoginFinishRequest.codec(), opts)
  }
}

export interface LoginFinishResponse {
  register: Uint8Array<ArrayBuffer>
  opaqueSetupVersion: number
}

export namespace LoginFinishResponse {
  let _codec: Codec<LoginFinishResponse>

  export const codec = (): Codec<LoginFinishResponse> => {
    if (_codec == null) {
      _codec = message<LoginFinishResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.register != null && obj.register.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.register)
        }

        if ((obj.opaqueSetupVersion != null && obj.opaqueSetupVersion !== 0)) {
          w.uint32(16)
          w.uint32(obj.opaqueSetupVersion)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          register: uint8ArrayAlloc(0),
          opaqueSetupVersion: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.register = reader.bytes()
              break
            }
            case 2: {
              obj.opaqueSetupVersion = reader.uint32()
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
                field: `${prefix}.register`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.opaqueSetupVersion`,
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

  export interface LoginFinishResponseRegisterFieldEvent {
    field: '$.register'
    value: Uint8Array<ArrayBuffer>
  }

  export interface LoginFinishResponseOpaqueSetupVersionFieldEvent {
    field: '$.opaqueSetupVersion'
    value: number
  }

  export function encode (obj: Partial<LoginFinishResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, LoginFinishResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LoginFinishResponse>): LoginFinishResponse {
    return decodeMessage(buf, LoginFinishResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LoginFinishResponse>): Generator<LoginFinishResponseRegisterFieldEvent | LoginFinishResponseOpaqueSetupVersionFieldEvent> {
    return streamMessage(buf, LoginFinishResponse.codec(), opts)
  }
}

export interface AttachRequest {
  username: string
  locator: Uint8Array<ArrayBuffer>
}

export namespace AttachRequest {
  let _codec: Codec<AttachRequest>

  export const codec = (): Codec<AttachRequest> => {
    if (_codec == null) {
      _codec = message<AttachRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.username != null && obj.username !== '')) {
          w.uint32(10)
          w.string(obj.username)
        }

        if ((obj.locator != null && obj.locator.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.locator)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          username: '',
          locator: uint8ArrayAlloc(0)
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
              obj.locator = reader.bytes()
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
                field: `${prefix}.locator`,
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

  export interface AttachRequestUsernameFieldEvent {
    field: '$.username'
    value: string
  }

  export interface AttachRequestLocatorFieldEvent {
    field: '$.locator'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<AttachRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, AttachRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AttachRequest>): AttachRequest {
    return decodeMessage(buf, AttachRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AttachRequest>): Generator<AttachRequestUsernameFieldEvent | AttachRequestLocatorFieldEvent> {
    return streamMessage(buf, AttachRequest.codec(), opts)
  }
}

export interface AttachResponse {
  accountRecord: Uint8Array<ArrayBuffer>
  oneTimePrekeys: number
  signedPrekeyId: number
}

export namespace AttachResponse {
  let _codec: Codec<AttachResponse>

  export const codec = (): Codec<AttachResponse> => {
    if (_codec == null) {
      _codec = message<AttachResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.accountRecord != null && obj.accountRecord.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.accountRecord)
        }

        if ((obj.oneTimePrekeys != null && obj.oneTimePrekeys !== 0)) {
          w.uint32(16)
          w.uint32(obj.oneTimePrekeys)
        }

        if ((obj.signedPrekeyId != null && obj.signedPrekeyId !== 0)) {
          w.uint32(24)
          w.uint32(obj.signedPrekeyId)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          accountRecord: uint8ArrayAlloc(0),
          oneTimePrekeys: 0,
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
              obj.oneTimePrekeys = reader.uint32()
              break
            }
            case 3: {
              obj.signedPrekeyId = reader.uint32()
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
                field: `${prefix}.oneTimePrekeys`,
                value: reader.uint32()
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

  export interface AttachResponseAccountRecordFieldEvent {
    field: '$.accountRecord'
    value: Uint8Array<ArrayBuffer>
  }

  export interface AttachResponseOneTimePrekeysFieldEvent {
    field: '$.oneTimePrekeys'
    value: number
  }

  export interface AttachResponseSignedPrekeyIdFieldEvent {
    field: '$.signedPrekeyId'
    value: number
  }

  export function encode (obj: Partial<AttachResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, AttachResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AttachResponse>): AttachResponse {
    return decodeMessage(buf, AttachResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AttachResponse>): Generator<AttachResponseAccountRecordFieldEvent | AttachResponseOneTimePrekeysFieldEvent | AttachResponseSignedPrekeyIdFieldEvent> {
    return streamMessage(buf, AttachResponse.codec(), opts)
  }
}

export interface DialBackRequest {
  addresses: string[]
}

export namespace DialBackRequest {
  let _codec: Codec<DialBackRequest>

  export const codec = (): Codec<DialBackRequest> => {
    if (_codec == null) {
      _codec = message<DialBackRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(10)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          addresses: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.string())
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
          addresses: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
              }

              yield {
                field: `${prefix}.addresses[]`,
                index: obj.addresses,
                value: reader.string()
              }

              obj.addresses++

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

  export interface DialBackRequestAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<DialBackRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DialBackRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DialBackRequest>): DialBackRequest {
    return decodeMessage(buf, DialBackRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DialBackRequest>): Generator<DialBackRequestAddressesFieldEvent> {
    return streamMessage(buf, DialBackRequest.codec(), opts)
  }
}

export interface DialBackResponse {
  answered: string[]
}

export namespace DialBackResponse {
  let _codec: Codec<DialBackResponse>

  export const codec = (): Codec<DialBackResponse> => {
    if (_codec == null) {
      _codec = message<DialBackResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.answered != null && obj.answered.length > 0) {
          for (const value of obj.answered) {
            w.uint32(10)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          answered: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.answered != null && obj.answered.length === opts.limits.answered) {
                throw new MaxLengthError('Decode error - repeated field "answered" had too many elements')
              }

              obj.answered.push(reader.string())
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
          answered: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.answered != null && obj.answered === opts.limits.answered) {
                throw new MaxLengthError('Streaming decode error - repeated field "answered" had too many elements')
              }

              yield {
                field: `${prefix}.answered[]`,
                index: obj.answered,
                value: reader.string()
              }

              obj.answered++

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

  export interface DialBackResponseAnsweredFieldEvent {
    field: '$.answered[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<DialBackResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DialBackResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DialBackResponse>): DialBackResponse {
    return decodeMessage(buf, DialBackResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DialBackResponse>): Generator<DialBackResponseAnsweredFieldEvent> {
    return streamMessage(buf, DialBackResponse.codec(), opts)
  }
}

export interface LookupRequest {
  username: string
}

export namespace LookupRequest {
  let _codec: Codec<LookupRequest>

  export const codec = (): Codec<LookupRequest> => {
    if (_codec == null) {
      _codec = message<LookupRequest>((obj, w, opts = {}) => {
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

  export interface LookupRequestUsernameFieldEvent {
    field: '$.username'
    value: string
  }

  export function encode (obj: Partial<LookupRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, LookupRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LookupRequest>): LookupRequest {
    return decodeMessage(buf, LookupRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LookupRequest>): Generator<LookupRequestUsernameFieldEvent> {
    return streamMessage(buf, LookupRequest.codec(), opts)
  }
}

export interface LookupResponse {
  accountRecord: Uint8Array<ArrayBuffer>
  devices: DevicePresence[]
  registerVersion: bigint
}

export namespace LookupResponse {
  let _codec: Codec<LookupResponse>

  export const codec = (): Codec<LookupResponse> => {
    if (_codec == null) {
      _codec = message<LookupResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.accountRecord != null && obj.accountRecord.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.accountRecord)
        }

        if (obj.devices != null && obj.devices.length > 0) {
          for (const value of obj.devices) {
            w.uint32(18)
            DevicePresence.codec().encode(value, w)
          }
        }

        if ((obj.registerVersion != null && obj.registerVersion !== 0n)) {
          w.uint32(24)
          w.uint64(obj.registerVersion)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          accountRecord: uint8ArrayAlloc(0),
          devices: [],
          registerVersion: 0n
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
              if (opts.limits?.devices != null && obj.devices.length === opts.limits.devices) {
                throw new MaxLengthError('Decode error - repeated field "devices" had too many elements')
              }

              obj.devices.push(DevicePresence.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.devices$
              }))
              break
            }
            case 3: {
              obj.registerVersion = reader.uint64()
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
          devices: 0
        }

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
              if (opts.limits?.devices != null && obj.devices === opts.limits.devices) {
                throw new MaxLengthError('Streaming decode error - repeated field "devices" had too many elements')
              }

              for (const evt of DevicePresence.codec().stream(reader, reader.uint32(), `${prefix}.devices[]`, {
                limits: opts.limits?.devices$
              })) {
                yield {
                  ...evt,
                  index: obj.devices
                }
              }

              obj.devices++

              break
            }
            case 3: {
              yield {
                field: `${prefix}.registerVersion`,
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

  export interface LookupResponseAccountRecordFieldEvent {
    field: '$.accountRecord'
    value: Uint8Array<ArrayBuffer>
  }

  export interface LookupResponseDevicesDeviceKeyFieldEvent {
    field: '$.devices[].deviceKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface LookupResponseDevicesOnlineFieldEvent {
    field: '$.devices[].online'
    value: boolean
    index: number
  }

  export interface LookupResponseDevicesLocatorFieldEvent {
    field: '$.devices[].locator'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface LookupResponseRegisterVersionFieldEvent {
    field: '$.registerVersion'
    value: bigint
  }

  export function encode (obj: Partial<LookupResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, LookupResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LookupResponse>): LookupResponse {
    return decodeMessage(buf, LookupResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LookupResponse>): Generator<LookupResponseAccountRecordFieldEvent | LookupResponseDevicesDeviceKeyFieldEvent | LookupResponseDevicesOnlineFieldEvent | LookupResponseDevicesLocatorFieldEvent | LookupResponseRegisterVersionFieldEvent> {
    return streamMessage(buf, LookupResponse.codec(), opts)
  }
}

export interface DevicePresence {
  deviceKey: Uint8Array<ArrayBuffer>
  online: boolean
  locator?: Uint8Array<ArrayBuffer>
}

export namespace DevicePresence {
  let _codec: Codec<DevicePresence>

  export const codec = (): Codec<DevicePresence> => {
    if (_codec == null) {
      _codec = message<DevicePresence>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.deviceKey != null && obj.deviceKey.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.deviceKey)
        }

        if ((obj.online != null && obj.online !== false)) {
          w.uint32(16)
          w.bool(obj.online)
        }

        if (obj.locator != null) {
          w.uint32(26)
          w.bytes(obj.locator)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          deviceKey: uint8ArrayAlloc(0),
          online: false
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
              obj.online = reader.bool()
              break
            }
            case 3: {
              obj.locator = reader.bytes()
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
                field: `${prefix}.online`,
                value: reader.bool()
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

  export interface DevicePresenceDeviceKeyFieldEvent {
    field: '$.deviceKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DevicePresenceOnlineFieldEvent {
    field: '$.online'
    value: boolean
  }

  export interface DevicePresenceLocatorFieldEvent {
    field: '$.locator'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<DevicePresence>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DevicePresence.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DevicePresence>): DevicePresence {
    return decodeMessage(buf, DevicePresence.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DevicePresence>): Generator<DevicePresenceDeviceKeyFieldEvent | DevicePresenceOnlineFieldEvent | DevicePresenceLocatorFieldEvent> {
    return streamMessage(buf, DevicePresence.codec(), opts)
  }
}

export interface ListRequest {
  prefix: string
  after: string
  limit: number
  onlineOnly: boolean
}

export namespace ListRequest {
  let _codec: Codec<ListRequest>

  export const codec = (): Codec<ListRequest> => {
    if (_codec == null) {
      _codec = message<ListRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.prefix != null && obj.prefix !== '')) {
          w.uint32(10)
          w.string(obj.prefix)
        }

        if ((obj.after != null && obj.after !== '')) {
          w.uint32(18)
          w.string(obj.after)
        }

        if ((obj.limit != null && obj.limit !== 0)) {
          w.uint32(24)
          w.uint32(obj.limit)
        }

        if ((obj.onlineOnly != null && obj.onlineOnly !== false)) {
          w.uint32(32)
          w.bool(obj.onlineOnly)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          prefix: '',
          after: '',
          limit: 0,
          onlineOnly: false
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
              obj.after = reader.string()
              break
            }
            case 3: {
              obj.limit = reader.uint32()
              break
            }
            case 4: {
              obj.onlineOnly = reader.bool()
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
                field: `${prefix}.after`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.limit`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.onlineOnly`,
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

  export interface ListRequestPrefixFieldEvent {
    field: '$.prefix'
    value: string
  }

  export interface ListRequestAfterFieldEvent {
    field: '$.after'
    value: string
  }

  export interface ListRequestLimitFieldEvent {
    field: '$.limit'
    value: number
  }

  export interface ListRequestOnlineOnlyFieldEvent {
    field: '$.onlineOnly'
    value: boolean
  }

  export function encode (obj: Partial<ListRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ListRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListRequest>): ListRequest {
    return decodeMessage(buf, ListRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListRequest>): Generator<ListRequestPrefixFieldEvent | ListRequestAfterFieldEvent | ListRequestLimitFieldEvent | ListRequestOnlineOnlyFieldEvent> {
    return streamMessage(buf, ListRequest.codec(), opts)
  }
}

export interface ListResponse {
  users: ListedUser[]
  more: boolean
}

export namespace ListResponse {
  let _codec: Codec<ListResponse>

  export const codec = (): Codec<ListResponse> => {
    if (_codec == null) {
      _codec = message<ListResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.users != null && obj.users.length > 0) {
          for (const value of obj.users) {
            w.uint32(10)
            ListedUser.codec().encode(value, w)
          }
        }

        if ((obj.more != null && obj.more !== false)) {
          w.uint32(16)
          w.bool(obj.more)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          users: [],
          more: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.users != null && obj.users.length === opts.limits.users) {
                throw new MaxLengthError('Decode error - repeated field "users" had too many elements')
              }

              obj.users.push(ListedUser.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.users$
              }))
              break
            }
            case 2: {
              obj.more = reader.bool()
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
          users: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.users != null && obj.users === opts.limits.users) {
                throw new MaxLengthError('Streaming decode error - repeated field "users" had too many elements')
              }

              for (const evt of ListedUser.codec().stream(reader, reader.uint32(), `${prefix}.users[]`, {
                limits: opts.limits?.users$
              })) {
                yield {
                  ...evt,
                  index: obj.users
                }
              }

              obj.users++

              break
            }
            case 2: {
              yield {
                field: `${prefix}.more`,
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

  export interface ListResponseUsersUsernameFieldEvent {
    field: '$.users[].username'
    value: string
    index: number
  }

  export interface ListResponseUsersOnlineFieldEvent {
    field: '$.users[].online'
    value: boolean
    index: number
  }

  export interface ListResponseUsersRecordVersionFieldEvent {
    field: '$.users[].recordVersion'
    value: bigint
    index: number
  }

  export interface ListResponseMoreFieldEvent {
    field: '$.more'
    value: boolean
  }

  export function encode (obj: Partial<ListResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ListResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListResponse>): ListResponse {
    return decodeMessage(buf, ListResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListResponse>): Generator<ListResponseUsersUsernameFieldEvent | ListResponseUsersOnlineFieldEvent | ListResponseUsersRecordVersionFieldEvent | ListResponseMoreFieldEvent> {
    return streamMessage(buf, ListResponse.codec(), opts)
  }
}

export interface ListedUser {
  username: string
  online: boolean
  recordVersion: bigint
}

export namespace ListedUser {
  let _codec: Codec<ListedUser>

  export const codec = (): Codec<ListedUser> => {
    if (_codec == null) {
      _codec = message<ListedUser>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.username != null && obj.username !== '')) {
          w.uint32(10)
          w.string(obj.username)
        }

        if ((obj.online != null && obj.online !== false)) {
          w.uint32(16)
          w.bool(obj.online)
        }

        if ((obj.recordVersion != null && obj.recordVersion !== 0n)) {
          w.uint32(24)
          w.uint64(obj.recordVersion)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          username: '',
          online: false,
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
              obj.online = reader.bool()
              break
            }
            case 3: {
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
                field: `${prefix}.online`,
                value: reader.bool()
              }
              break
            }
            case 3: {
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

  export interface ListedUserUsernameFieldEvent {
    field: '$.username'
    value: string
  }

  export interface ListedUserOnlineFieldEvent {
    field: '$.online'
    value: boolean
  }

  export interface ListedUserRecordVersionFieldEvent {
    field: '$.recordVersion'
    value: bigint
  }

  export function encode (obj: Partial<ListedUser>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ListedUser.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListedUser>): ListedUser {
    return decodeMessage(buf, ListedUser.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListedUser>): Generator<ListedUserUsernameFieldEvent | ListedUserOnlineFieldEvent | ListedUserRecordVersionFieldEvent> {
    return streamMessage(buf, ListedUser.codec(), opts)
  }
}

export interface WatchRequest {
  usernames: string[]
}

export namespace WatchRequest {
  let _codec: Codec<WatchRequest>

  export const codec = (): Codec<WatchRequest> => {
    if (_codec == null) {
      _codec = message<WatchRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.usernames != null && obj.usernames.length > 0) {
          for (const value of obj.usernames) {
            w.uint32(10)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          usernames: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
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

  export interface WatchRequestUsernamesFieldEvent {
    field: '$.usernames[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<WatchRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WatchRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WatchRequest>): WatchRequest {
    return decodeMessage(buf, WatchRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WatchRequest>): Generator<WatchRequestUsernamesFieldEvent> {
    return streamMessage(buf, WatchRequest.codec(), opts)
  }
}

export interface WatchResponse {
  users: ListedUser[]
}

export namespace WatchResponse {
  let _codec: Codec<WatchResponse>

  export const codec = (): Codec<WatchResponse> => {
    if (_codec == null) {
      _codec = message<WatchResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.users != null && obj.users.length > 0) {
          for (const value of obj.users) {
            w.uint32(10)
            ListedUser.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          users: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.users != null && obj.users.length === opts.limits.users) {
                throw new MaxLengthError('Decode error - repeated field "users" had too many elements')
              }

              obj.users.push(ListedUser.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.users$
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
          users: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.users != null && obj.users === opts.limits.users) {
                throw new MaxLengthError('Streaming decode error - repeated field "users" had too many elements')
              }

              for (const evt of ListedUser.codec().stream(reader, reader.uint32(), `${prefix}.users[]`, {
                limits: opts.limits?.users$
              })) {
                yield {
                  ...evt,
                  index: obj.users
                }
              }

              obj.users++

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

  export interface WatchResponseUsersUsernameFieldEvent {
    field: '$.users[].username'
    value: string
    index: number
  }

  export interface WatchResponseUsersOnlineFieldEvent {
    field: '$.users[].online'
    value: boolean
    index: number
  }

  export interface WatchResponseUsersRecordVersionFieldEvent {
    field: '$.users[].recordVersion'
    value: bigint
    index: number
  }

  export function encode (obj: Partial<WatchResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WatchResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WatchResponse>): WatchResponse {
    return decodeMessage(buf, WatchResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WatchResponse>): Generator<WatchResponseUsersUsernameFieldEvent | WatchResponseUsersOnlineFieldEvent | WatchResponseUsersRecordVersionFieldEvent> {
    return streamMessage(buf, WatchResponse.codec(), opts)
  }
}

export interface PresenceNotification {
  users: ListedUser[]
}

export namespace PresenceNotification {
  let _codec: Codec<PresenceNotification>

  export const codec = (): Codec<PresenceNotification> => {
    if (_codec == null) {
      _codec = message<PresenceNotification>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.users != null && obj.users.length > 0) {
          for (const value of obj.users) {
            w.uint32(10)
            ListedUser.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          users: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.users != null && obj.users.length === opts.limits.users) {
                throw new MaxLengthError('Decode error - repeated field "users" had too many elements')
              }

              obj.users.push(ListedUser.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.users$
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
          users: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.users != null && obj.users === opts.limits.users) {
                throw new MaxLengthError('Streaming decode error - repeated field "users" had too many elements')
              }

              for (const evt of ListedUser.codec().stream(reader, reader.uint32(), `${prefix}.users[]`, {
                limits: opts.limits?.users$
              })) {
                yield {
                  ...evt,
                  index: obj.users
                }
              }

              obj.users++

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

  export interface PresenceNotificationUsersUsernameFieldEvent {
    field: '$.users[].username'
    value: string
    index: number
  }

  export interface PresenceNotificationUsersOnlineFieldEvent {
    field: '$.users[].online'
    value: boolean
    index: number
  }

  export interface PresenceNotificationUsersRecordVersionFieldEvent {
    field: '$.users[].recordVersion'
    value: bigint
    index: number
  }

  export function encode (obj: Partial<PresenceNotification>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PresenceNotification.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PresenceNotification>): PresenceNotification {
    return decodeMessage(buf, PresenceNotification.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PresenceNotification>): Generator<PresenceNotificationUsersUsernameFieldEvent | PresenceNotificationUsersOnlineFieldEvent | PresenceNotificationUsersRecordVersionFieldEvent> {
    return streamMessage(buf, PresenceNotification.codec(), opts)
  }
}

export interface PrekeyUploadRequest {
  signedPrekey: Uint8Array<ArrayBuffer>
  oneTimePrekeys: UploadedPrekey[]
}

export namespace PrekeyUploadRequest {
  let _codec: Codec<PrekeyUploadRequest>

  export const codec = (): Codec<PrekeyUploadRequest> => {
    if (_codec == null) {
      _codec = message<PrekeyUploadRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.signedPrekey != null && obj.signedPrekey.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.signedPrekey)
        }

        if (obj.oneTimePrekeys != null && obj.oneTimePrekeys.length > 0) {
          for (const value of obj.oneTimePrekeys) {
            w.uint32(18)
            UploadedPrekey.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          signedPrekey: uint8ArrayAlloc(0),
          oneTimePrekeys: []
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
              if (opts.limits?.oneTimePrekeys != null && obj.oneTimePrekeys.length === opts.limits.oneTimePrekeys) {
                throw new MaxLengthError('Decode error - repeated field "oneTimePrekeys" had too many elements')
              }

              obj.oneTimePrekeys.push(UploadedPrekey.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.oneTimePrekeys$
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
          oneTimePrekeys: 0
        }

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
              if (opts.limits?.oneTimePrekeys != null && obj.oneTimePrekeys === opts.limits.oneTimePrekeys) {
                throw new MaxLengthError('Streaming decode error - repeated field "oneTimePrekeys" had too many elements')
              }

              for (const evt of UploadedPrekey.codec().stream(reader, reader.uint32(), `${prefix}.oneTimePrekeys[]`, {
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

  export interface PrekeyUploadRequestSignedPrekeyFieldEvent {
    field: '$.signedPrekey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PrekeyUploadRequestOneTimePrekeysIdFieldEvent {
    field: '$.oneTimePrekeys[].id'
    value: number
    index: number
  }

  export interface PrekeyUploadRequestOneTimePrekeysPublicKeyFieldEvent {
    field: '$.oneTimePrekeys[].publicKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<PrekeyUploadRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PrekeyUploadRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyUploadRequest>): PrekeyUploadRequest {
    return decodeMessage(buf, PrekeyUploadRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyUploadRequest>): Generator<PrekeyUploadRequestSignedPrekeyFieldEvent | PrekeyUploadRequestOneTimePrekeysIdFieldEvent | PrekeyUploadRequestOneTimePrekeysPublicKeyFieldEvent> {
    return streamMessage(buf, PrekeyUploadRequest.codec(), opts)
  }
}

export interface UploadedPrekey {
  id: number
  publicKey: Uint8Array<ArrayBuffer>
}

export namespace UploadedPrekey {
  let _codec: Codec<UploadedPrekey>

  export const codec = (): Codec<UploadedPrekey> => {
    if (_codec == null) {
      _codec = message<UploadedPrekey>((obj, w, opts = {}) => {
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

  export interface UploadedPrekeyIdFieldEvent {
    field: '$.id'
    value: number
  }

  export interface UploadedPrekeyPublicKeyFieldEvent {
    field: '$.publicKey'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<UploadedPrekey>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, UploadedPrekey.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<UploadedPrekey>): UploadedPrekey {
    return decodeMessage(buf, UploadedPrekey.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<UploadedPrekey>): Generator<UploadedPrekeyIdFieldEvent | UploadedPrekeyPublicKeyFieldEvent> {
    return streamMessage(buf, UploadedPrekey.codec(), opts)
  }
}

export interface PrekeyUploadResponse {
  oneTimePrekeys: number
}

export namespace PrekeyUploadResponse {
  let _codec: Codec<PrekeyUploadResponse>

  export const codec = (): Codec<PrekeyUploadResponse> => {
    if (_codec == null) {
      _codec = message<PrekeyUploadResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.oneTimePrekeys != null && obj.oneTimePrekeys !== 0)) {
          w.uint32(8)
          w.uint32(obj.oneTimePrekeys)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          oneTimePrekeys: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
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

  export interface PrekeyUploadResponseOneTimePrekeysFieldEvent {
    field: '$.oneTimePrekeys'
    value: number
  }

  export function encode (obj: Partial<PrekeyUploadResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PrekeyUploadResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyUploadResponse>): PrekeyUploadResponse {
    return decodeMessage(buf, PrekeyUploadResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyUploadResponse>): Generator<PrekeyUploadResponseOneTimePrekeysFieldEvent> {
    return streamMessage(buf, PrekeyUploadResponse.codec(), opts)
  }
}

export interface PrekeyTakeRequest {
  deviceKey: Uint8Array<ArrayBuffer>
}

export namespace PrekeyTakeRequest {
  let _codec: Codec<PrekeyTakeRequest>

  export const codec = (): Codec<PrekeyTakeRequest> => {
    if (_codec == null) {
      _codec = message<PrekeyTakeRequest>((obj, w, opts = {}) => {
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

  export interface PrekeyTakeRequestDeviceKeyFieldEvent {
    field: '$.deviceKey'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<PrekeyTakeRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PrekeyTakeRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyTakeRequest>): PrekeyTakeRequest {
    return decodeMessage(buf, PrekeyTakeRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyTakeRequest>): Generator<PrekeyTakeRequestDeviceKeyFieldEvent> {
    return streamMessage(buf, PrekeyTakeRequest.codec(), opts)
  }
}

export interface PrekeyTakeResponse {
  signedPrekey: Uint8Array<ArrayBuffer>
  oneTimePrekey?: UploadedPrekey
}

export namespace PrekeyTakeResponse {
  let _codec: Codec<PrekeyTakeResponse>

  export const codec = (): Codec<PrekeyTakeResponse> => {
    if (_codec == null) {
      _codec = message<PrekeyTakeResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.signedPrekey != null && obj.signedPrekey.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.signedPrekey)
        }

        if (obj.oneTimePrekey != null) {
          w.uint32(18)
          UploadedPrekey.codec().encode(obj.oneTimePrekey, w)
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
              obj.oneTimePrekey = UploadedPrekey.codec().decode(reader, reader.uint32(), {
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
              yield * UploadedPrekey.codec().stream(reader, reader.uint32(), `${prefix}.oneTimePrekey`, {
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

  export interface PrekeyTakeResponseSignedPrekeyFieldEvent {
    field: '$.signedPrekey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PrekeyTakeResponseOneTimePrekeyIdFieldEvent {
    field: '$.oneTimePrekey.id'
    value: number
  }

  export interface PrekeyTakeResponseOneTimePrekeyPublicKeyFieldEvent {
    field: '$.oneTimePrekey.publicKey'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<PrekeyTakeResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PrekeyTakeResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyTakeResponse>): PrekeyTakeResponse {
    return decodeMessage(buf, PrekeyTakeResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PrekeyTakeResponse>): Generator<PrekeyTakeResponseSignedPrekeyFieldEvent | PrekeyTakeResponseOneTimePrekeyIdFieldEvent | PrekeyTakeResponseOneTimePrekeyPublicKeyFieldEvent> {
    return streamMessage(buf, PrekeyTakeResponse.codec(), opts)
  }
}

export interface MailboxAppendRequest {
  mailbox: Uint8Array<ArrayBuffer>
  entryId: Uint8Array<ArrayBuffer>
  envelope: Uint8Array<ArrayBuffer>
  slot: Uint8Array<ArrayBuffer>
}

export namespace MailboxAppendRequest {
  let _codec: Codec<MailboxAppendRequest>

  export const codec = (): Codec<MailboxAppendRequest> => {
    if (_codec == null) {
      _codec = message<MailboxAppendRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.mailbox)
        }

        if ((obj.entryId != null && obj.entryId.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.entryId)
        }

        if ((obj.envelope != null && obj.envelope.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.envelope)
        }

        if ((obj.slot != null && obj.slot.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.slot)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mailbox: uint8ArrayAlloc(0),
          entryId: uint8ArrayAlloc(0),
          envelope: uint8ArrayAlloc(0),
          slot: uint8ArrayAlloc(0)
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
              obj.entryId = reader.bytes()
              break
            }
            case 3: {
              obj.envelope = reader.bytes()
              break
            }
            case 4: {
              obj.slot = reader.bytes()
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
              yield {
                field: `${prefix}.entryId`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.envelope`,
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

  export interface MailboxAppendRequestMailboxFieldEvent {
    field: '$.mailbox'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MailboxAppendRequestEntryIdFieldEvent {
    field: '$.entryId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MailboxAppendRequestEnvelopeFieldEvent {
    field: '$.envelope'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MailboxAppendRequestSlotFieldEvent {
    field: '$.slot'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<MailboxAppendRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailboxAppendRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailboxAppendRequest>): MailboxAppendRequest {
    return decodeMessage(buf, MailboxAppendRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailboxAppendRequest>): Generator<MailboxAppendRequestMailboxFieldEvent | MailboxAppendRequestEntryIdFieldEvent | MailboxAppendRequestEnvelopeFieldEvent | MailboxAppendRequestSlotFieldEvent> {
    return streamMessage(buf, MailboxAppendRequest.codec(), opts)
  }
}

export interface MailboxAppendResponse {
  replicas: number
  servers: number
  expiresAtMs: bigint
}

export namespace MailboxAppendResponse {
  let _codec: Codec<MailboxAppendResponse>

  export const codec = (): Codec<MailboxAppendResponse> => {
    if (_codec == null) {
      _codec = message<MailboxAppendResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.replicas != null && obj.replicas !== 0)) {
          w.uint32(8)
          w.uint32(obj.replicas)
        }

        if ((obj.servers != null && obj.servers !== 0)) {
          w.uint32(16)
          w.uint32(obj.servers)
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
          replicas: 0,
          servers: 0,
          expiresAtMs: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.replicas = reader.uint32()
              break
            }
            case 2: {
              obj.servers = reader.uint32()
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
                field: `${prefix}.replicas`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.servers`,
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

  export interface MailboxAppendResponseReplicasFieldEvent {
    field: '$.replicas'
    value: number
  }

  export interface MailboxAppendResponseServersFieldEvent {
    field: '$.servers'
    value: number
  }

  export interface MailboxAppendResponseExpiresAtMsFieldEvent {
    field: '$.expiresAtMs'
    value: bigint
  }

  export function encode (obj: Partial<MailboxAppendResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailboxAppendResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailboxAppendResponse>): MailboxAppendResponse {
    return decodeMessage(buf, MailboxAppendResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailboxAppendResponse>): Generator<MailboxAppendResponseReplicasFieldEvent | MailboxAppendResponseServersFieldEvent | MailboxAppendResponseExpiresAtMsFieldEvent> {
    return streamMessage(buf, MailboxAppendResponse.codec(), opts)
  }
}

export interface MailboxReadRequest {
  afterCursor: bigint
  maxEntries: number
  maxBytes: number
}

export namespace MailboxReadRequest {
  let _codec: Codec<MailboxReadRequest>

  export const codec = (): Codec<MailboxReadRequest> => {
    if (_codec == null) {
      _codec = message<MailboxReadRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.afterCursor != null && obj.afterCursor !== 0n)) {
          w.uint32(8)
          w.uint64(obj.afterCursor)
        }

        if ((obj.maxEntries != null && obj.maxEntries !== 0)) {
          w.uint32(16)
          w.uint32(obj.maxEntries)
        }

        if ((obj.maxBytes != null && obj.maxBytes !== 0)) {
          w.uint32(24)
          w.uint32(obj.maxBytes)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          afterCursor: 0n,
          maxEntries: 0,
          maxBytes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.afterCursor = reader.uint64()
              break
            }
            case 2: {
              obj.maxEntries = reader.uint32()
              break
            }
            case 3: {
              obj.maxBytes = reader.uint32()
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
                field: `${prefix}.afterCursor`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.maxEntries`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.maxBytes`,
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

  export interface MailboxReadRequestAfterCursorFieldEvent {
    field: '$.afterCursor'
    value: bigint
  }

  export interface MailboxReadRequestMaxEntriesFieldEvent {
    field: '$.maxEntries'
    value: number
  }

  export interface MailboxReadRequestMaxBytesFieldEvent {
    field: '$.maxBytes'
    value: number
  }

  export function encode (obj: Partial<MailboxReadRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailboxReadRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailboxReadRequest>): MailboxReadRequest {
    return decodeMessage(buf, MailboxReadRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailboxReadRequest>): Generator<MailboxReadRequestAfterCursorFieldEvent | MailboxReadRequestMaxEntriesFieldEvent | MailboxReadRequestMaxBytesFieldEvent> {
    return streamMessage(buf, MailboxReadRequest.codec(), opts)
  }
}

export interface MailboxReadResponse {
  entries: MailboxEntry[]
  more: boolean
}

export namespace MailboxReadResponse {
  let _codec: Codec<MailboxReadResponse>

  export const codec = (): Codec<MailboxReadResponse> => {
    if (_codec == null) {
      _codec = message<MailboxReadResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.entries != null && obj.entries.length > 0) {
          for (const value of obj.entries) {
            w.uint32(10)
            MailboxEntry.codec().encode(value, w)
          }
        }

        if ((obj.more != null && obj.more !== false)) {
          w.uint32(16)
          w.bool(obj.more)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          entries: [],
          more: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.entries != null && obj.entries.length === opts.limits.entries) {
                throw new MaxLengthError('Decode error - repeated field "entries" had too many elements')
              }

              obj.entries.push(MailboxEntry.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.entries$
              }))
              break
            }
            case 2: {
              obj.more = reader.bool()
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
          entries: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.entries != null && obj.entries === opts.limits.entries) {
                throw new MaxLengthError('Streaming decode error - repeated field "entries" had too many elements')
              }

              for (const evt of MailboxEntry.codec().stream(reader, reader.uint32(), `${prefix}.entries[]`, {
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
            case 2: {
              yield {
                field: `${prefix}.more`,
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

  export interface MailboxReadResponseEntriesCursorFieldEvent {
    field: '$.entries[].cursor'
    value: bigint
    index: number
  }

  export interface MailboxReadResponseEntriesEntryIdFieldEvent {
    field: '$.entries[].entryId'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface MailboxReadResponseEntriesEnvelopeFieldEvent {
    field: '$.entries[].envelope'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface MailboxReadResponseMoreFieldEvent {
    field: '$.more'
    value: boolean
  }

  export function encode (obj: Partial<MailboxReadResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailboxReadResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailboxReadResponse>): MailboxReadResponse {
    return decodeMessage(buf, MailboxReadResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailboxReadResponse>): Generator<MailboxReadResponseEntriesCursorFieldEvent | MailboxReadResponseEntriesEntryIdFieldEvent | MailboxReadResponseEntriesEnvelopeFieldEvent | MailboxReadResponseMoreFieldEvent> {
    return streamMessage(buf, MailboxReadResponse.codec(), opts)
  }
}

export interface MailboxEntry {
  cursor: bigint
  entryId: Uint8Array<ArrayBuffer>
  envelope: Uint8Array<ArrayBuffer>
}

export namespace MailboxEntry {
  let _codec: Codec<MailboxEntry>

  export const codec = (): Codec<MailboxEntry> => {
    if (_codec == null) {
      _codec = message<MailboxEntry>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.cursor != null && obj.cursor !== 0n)) {
          w.uint32(8)
          w.uint64(obj.cursor)
        }

        if ((obj.entryId != null && obj.entryId.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.entryId)
        }

        if ((obj.envelope != null && obj.envelope.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.envelope)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          cursor: 0n,
          entryId: uint8ArrayAlloc(0),
          envelope: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.cursor = reader.uint64()
              break
            }
            case 2: {
              obj.entryId = reader.bytes()
              break
            }
            case 3: {
              obj.envelope = reader.bytes()
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
                field: `${prefix}.cursor`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.entryId`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.envelope`,
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

  export interface MailboxEntryCursorFieldEvent {
    field: '$.cursor'
    value: bigint
  }

  export interface MailboxEntryEntryIdFieldEvent {
    field: '$.entryId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MailboxEntryEnvelopeFieldEvent {
    field: '$.envelope'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<MailboxEntry>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailboxEntry.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailboxEntry>): MailboxEntry {
    return decodeMessage(buf, MailboxEntry.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailboxEntry>): Generator<MailboxEntryCursorFieldEvent | MailboxEntryEntryIdFieldEvent | MailboxEntryEnvelopeFieldEvent> {
    return streamMessage(buf, MailboxEntry.codec(), opts)
  }
}

export interface MailNotification {
  entries: MailboxEntry[]
}

export namespace MailNotification {
  let _codec: Codec<MailNotification>

  export const codec = (): Codec<MailNotification> => {
    if (_codec == null) {
      _codec = message<MailNotification>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.entries != null && obj.entries.length > 0) {
          for (const value of obj.entries) {
            w.uint32(10)
            MailboxEntry.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          entries: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.entries != null && obj.entries.length === opts.limits.entries) {
                throw new MaxLengthError('Decode error - repeated field "entries" had too many elements')
              }

              obj.entries.push(MailboxEntry.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.entries$
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
          entries: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.entries != null && obj.entries === opts.limits.entries) {
                throw new MaxLengthError('Streaming decode error - repeated field "entries" had too many elements')
              }

              for (const evt of MailboxEntry.codec().stream(reader, reader.uint32(), `${prefix}.entries[]`, {
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

  export interface MailNotificationEntriesCursorFieldEvent {
    field: '$.entries[].cursor'
    value: bigint
    index: number
  }

  export interface MailNotificationEntriesEntryIdFieldEvent {
    field: '$.entries[].entryId'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface MailNotificationEntriesEnvelopeFieldEvent {
    field: '$.entries[].envelope'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<MailNotification>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailNotification.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailNotification>): MailNotification {
    return decodeMessage(buf, MailNotification.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailNotification>): Generator<MailNotificationEntriesCursorFieldEvent | MailNotificationEntriesEntryIdFieldEvent | MailNotificationEntriesEnvelopeFieldEvent> {
    return streamMessage(buf, MailNotification.codec(), opts)
  }
}

export interface MailboxAcknowledgement {
  mailbox: Uint8Array<ArrayBuffer>
  entryIds: Uint8Array<ArrayBuffer>[]
}

export namespace MailboxAcknowledgement {
  let _codec: Codec<MailboxAcknowledgement>

  export const codec = (): Codec<MailboxAcknowledgement> => {
    if (_codec == null) {
      _codec = message<MailboxAcknowledgement>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.mailbox)
        }

        if (obj.entryIds != null && obj.entryIds.length > 0) {
          for (const value of obj.entryIds) {
            w.uint32(18)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mailbox: uint8ArrayAlloc(0),
          entryIds: []
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
                field: `${prefix}.mailbox`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
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

  export interface MailboxAcknowledgementMailboxFieldEvent {
    field: '$.mailbox'
    value: Uint8Array<ArrayBuffer>
  }

  export interface MailboxAcknowledgementEntryIdsFieldEvent {
    field: '$.entryIds[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<MailboxAcknowledgement>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MailboxAcknowledgement.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailboxAcknowledgement>): MailboxAcknowledgement {
    return decodeMessage(buf, MailboxAcknowledgement.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailboxAcknowledgement>): Generator<MailboxAcknowledgementMailboxFieldEvent | MailboxAcknowledgementEntryIdsFieldEvent> {
    return streamMessage(buf, MailboxAcknowledgement.codec(), opts)
  }
}

export interface DeliverRequest {
  envelopes: Uint8Array<ArrayBuffer>[]
}

export namespace DeliverRequest {
  let _codec: Codec<DeliverRequest>

  export const codec = (): Codec<DeliverRequest> => {
    if (_codec == null) {
      _codec = message<DeliverRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.envelopes != null && obj.envelopes.length > 0) {
          for (const value of obj.envelopes) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          envelopes: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.envelopes != null && obj.envelopes.length === opts.limits.envelopes) {
                throw new MaxLengthError('Decode error - repeated field "envelopes" had too many elements')
              }

              obj.envelopes.push(reader.bytes())
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
          envelopes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.envelopes != null && obj.envelopes === opts.limits.envelopes) {
                throw new MaxLengthError('Streaming decode error - repeated field "envelopes" had too many elements')
              }

              yield {
                field: `${prefix}.envelopes[]`,
                index: obj.envelopes,
                value: reader.bytes()
              }

              obj.envelopes++

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

  export interface DeliverRequestEnvelopesFieldEvent {
    field: '$.envelopes[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<DeliverRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DeliverRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeliverRequest>): DeliverRequest {
    return decodeMessage(buf, DeliverRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeliverRequest>): Generator<DeliverRequestEnvelopesFieldEvent> {
    return streamMessage(buf, DeliverRequest.codec(), opts)
  }
}

export interface DeliverResponse {
  receipts: Uint8Array<ArrayBuffer>[]
}

export namespace DeliverResponse {
  let _codec: Codec<DeliverResponse>

  export const codec = (): Codec<DeliverResponse> => {
    if (_codec == null) {
      _codec = message<DeliverResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.receipts != null && obj.receipts.length > 0) {
          for (const value of obj.receipts) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          receipts: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.receipts != null && obj.receipts.length === opts.limits.receipts) {
                throw new MaxLengthError('Decode error - repeated field "receipts" had too many elements')
              }

              obj.receipts.push(reader.bytes())
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
          receipts: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.receipts != null && obj.receipts === opts.limits.receipts) {
                throw new MaxLengthError('Streaming decode error - repeated field "receipts" had too many elements')
              }

              yield {
                field: `${prefix}.receipts[]`,
                index: obj.receipts,
                value: reader.bytes()
              }

              obj.receipts++

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

  export interface DeliverResponseReceiptsFieldEvent {
    field: '$.receipts[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<DeliverResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DeliverResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeliverResponse>): DeliverResponse {
    return decodeMessage(buf, DeliverResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeliverResponse>): Generator<DeliverResponseReceiptsFieldEvent> {
    return streamMessage(buf, DeliverResponse.codec(), opts)
  }
}

export interface PeerAddressesResponse {
  addresses: string[]
}

export namespace PeerAddressesResponse {
  let _codec: Codec<PeerAddressesResponse>

  export const codec = (): Codec<PeerAddressesResponse> => {
    if (_codec == null) {
      _codec = message<PeerAddressesResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(10)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          addresses: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.string())
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
          addresses: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
              }

              yield {
                field: `${prefix}.addresses[]`,
                index: obj.addresses,
                value: reader.string()
              }

              obj.addresses++

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

  export interface PeerAddressesResponseAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<PeerAddressesResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PeerAddressesResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PeerAddressesResponse>): PeerAddressesResponse {
    return decodeMessage(buf, PeerAddressesResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PeerAddressesResponse>): Generator<PeerAddressesResponseAddressesFieldEvent> {
    return streamMessage(buf, PeerAddressesResponse.codec(), opts)
  }
}

export interface GroupFoundRequest {
  entry: Uint8Array<ArrayBuffer>
}

export namespace GroupFoundRequest {
  let _codec: Codec<GroupFoundRequest>

  export const codec = (): Codec<GroupFoundRequest> => {
    if (_codec == null) {
      _codec = message<GroupFoundRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.entry != null && obj.entry.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.entry)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          entry: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.entry = reader.bytes()
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
                field: `${prefix}.entry`,
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

  export interface GroupFoundRequestEntryFieldEvent {
    field: '$.entry'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupFoundRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupFoundRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupFoundRequest>): GroupFoundRequest {
    return decodeMessage(buf, GroupFoundRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupFoundRequest>): Generator<GroupFoundRequestEntryFieldEvent> {
    return streamMessage(buf, GroupFoundRequest.codec(), opts)
  }
}

export interface GroupHead {
  groupId: Uint8Array<ArrayBuffer>
  sequence: bigint
  headHash: Uint8Array<ArrayBuffer>
}

export namespace GroupHead {
  let _codec: Codec<GroupHead>

  export const codec = (): Codec<GroupHead> => {
    if (_codec == null) {
      _codec = message<GroupHead>((obj, w, opts = {}) => {
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

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          groupId: uint8ArrayAlloc(0),
          sequence: 0n,
          headHash: uint8ArrayAlloc(0)
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

  export interface GroupHeadGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupHeadSequenceFieldEvent {
    field: '$.sequence'
    value: bigint
  }

  export interface GroupHeadHeadHashFieldEvent {
    field: '$.headHash'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupHead>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupHead.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupHead>): GroupHead {
    return decodeMessage(buf, GroupHead.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupHead>): Generator<GroupHeadGroupIdFieldEvent | GroupHeadSequenceFieldEvent | GroupHeadHeadHashFieldEvent> {
    return streamMessage(buf, GroupHead.codec(), opts)
  }
}

export interface GroupAppendRequest {
  groupId: Uint8Array<ArrayBuffer>
  entry: Uint8Array<ArrayBuffer>
}

export namespace GroupAppendRequest {
  let _codec: Codec<GroupAppendRequest>

  export const codec = (): Codec<GroupAppendRequest> => {
    if (_codec == null) {
      _codec = message<GroupAppendRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.groupId != null && obj.groupId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.groupId)
        }

        if ((obj.entry != null && obj.entry.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.entry)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          groupId: uint8ArrayAlloc(0),
          entry: uint8ArrayAlloc(0)
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
              obj.entry = reader.bytes()
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
                field: `${prefix}.entry`,
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

  export interface GroupAppendRequestGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupAppendRequestEntryFieldEvent {
    field: '$.entry'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupAppendRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupAppendRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupAppendRequest>): GroupAppendRequest {
    return decodeMessage(buf, GroupAppendRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupAppendRequest>): Generator<GroupAppendRequestGroupIdFieldEvent | GroupAppendRequestEntryFieldEvent> {
    return streamMessage(buf, GroupAppendRequest.codec(), opts)
  }
}

export interface GroupFindRequest {
  name: string
}

export namespace GroupFindRequest {
  let _codec: Codec<GroupFindRequest>

  export const codec = (): Codec<GroupFindRequest> => {
    if (_codec == null) {
      _codec = message<GroupFindRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(10)
          w.string(obj.name)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          name: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.name = reader.string()
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
                field: `${prefix}.name`,
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

  export interface GroupFindRequestNameFieldEvent {
    field: '$.name'
    value: string
  }

  export function encode (obj: Partial<GroupFindRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupFindRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupFindRequest>): GroupFindRequest {
    return decodeMessage(buf, GroupFindRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupFindRequest>): Generator<GroupFindRequestNameFieldEvent> {
    return streamMessage(buf, GroupFindRequest.codec(), opts)
  }
}

export interface GroupFindResponse {
  head?: GroupHead
  members: number
  inviteOnly: boolean
  checkpointSequence: bigint
}

export namespace GroupFindResponse {
  let _codec: Codec<GroupFindResponse>

  export const codec = (): Codec<GroupFindResponse> => {
    if (_codec == null) {
      _codec = message<GroupFindResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.head != null) {
          w.uint32(10)
          GroupHead.codec().encode(obj.head, w)
        }

        if ((obj.members != null && obj.members !== 0)) {
          w.uint32(16)
          w.uint32(obj.members)
        }

        if ((obj.inviteOnly != null && obj.inviteOnly !== false)) {
          w.uint32(24)
          w.bool(obj.inviteOnly)
        }

        if ((obj.checkpointSequence != null && obj.checkpointSequence !== 0n)) {
          w.uint32(32)
          w.uint64(obj.checkpointSequence)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          members: 0,
          inviteOnly: false,
          checkpointSequence: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.head = GroupHead.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.head
              })
              break
            }
            case 2: {
              obj.members = reader.uint32()
              break
            }
            case 3: {
              obj.inviteOnly = reader.bool()
              break
            }
            case 4: {
              obj.checkpointSequence = reader.uint64()
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
              yield * GroupHead.codec().stream(reader, reader.uint32(), `${prefix}.head`, {
                limits: opts.limits?.head
              })

              break
            }
            case 2: {
              yield {
                field: `${prefix}.members`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.inviteOnly`,
                value: reader.bool()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.checkpointSequence`,
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

  export interface GroupFindResponseHeadGroupIdFieldEvent {
    field: '$.head.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupFindResponseHeadSequenceFieldEvent {
    field: '$.head.sequence'
    value: bigint
  }

  export interface GroupFindResponseHeadHeadHashFieldEvent {
    field: '$.head.headHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupFindResponseMembersFieldEvent {
    field: '$.members'
    value: number
  }

  export interface GroupFindResponseInviteOnlyFieldEvent {
    field: '$.inviteOnly'
    value: boolean
  }

  export interface GroupFindResponseCheckpointSequenceFieldEvent {
    field: '$.checkpointSequence'
    value: bigint
  }

  export function encode (obj: Partial<GroupFindResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupFindResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupFindResponse>): GroupFindResponse {
    return decodeMessage(buf, GroupFindResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupFindResponse>): Generator<GroupFindResponseHeadGroupIdFieldEvent | GroupFindResponseHeadSequenceFieldEvent | GroupFindResponseHeadHeadHashFieldEvent | GroupFindResponseMembersFieldEvent | GroupFindResponseInviteOnlyFieldEvent | GroupFindResponseCheckpointSequenceFieldEvent> {
    return streamMessage(buf, GroupFindResponse.codec(), opts)
  }
}

export interface PeerGroupHeadRequest {
  groupId: Uint8Array<ArrayBuffer>
  sequence: bigint
}

export namespace PeerGroupHeadRequest {
  let _codec: Codec<PeerGroupHeadRequest>

  export const codec = (): Codec<PeerGroupHeadRequest> => {
    if (_codec == null) {
      _codec = message<PeerGroupHeadRequest>((obj, w, opts = {}) => {
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

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          groupId: uint8ArrayAlloc(0),
          sequence: 0n
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

  export interface PeerGroupHeadRequestGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PeerGroupHeadRequestSequenceFieldEvent {
    field: '$.sequence'
    value: bigint
  }

  export function encode (obj: Partial<PeerGroupHeadRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PeerGroupHeadRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PeerGroupHeadRequest>): PeerGroupHeadRequest {
    return decodeMessage(buf, PeerGroupHeadRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PeerGroupHeadRequest>): Generator<PeerGroupHeadRequestGroupIdFieldEvent | PeerGroupHeadRequestSequenceFieldEvent> {
    return streamMessage(buf, PeerGroupHeadRequest.codec(), opts)
  }
}

export interface PeerGroupHeadResponse {
  head?: GroupHead
  hashAtSequence: Uint8Array<ArrayBuffer>
}

export namespace PeerGroupHeadResponse {
  let _codec: Codec<PeerGroupHeadResponse>

  export const codec = (): Codec<PeerGroupHeadResponse> => {
    if (_codec == null) {
      _codec = message<PeerGroupHeadResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.head != null) {
          w.uint32(10)
          GroupHead.codec().encode(obj.head, w)
        }

        if ((obj.hashAtSequence != null && obj.hashAtSequence.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.hashAtSequence)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          hashAtSequence: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.head = GroupHead.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.head
              })
              break
            }
            case 2: {
              obj.hashAtSequence = reader.bytes()
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
              yield * GroupHead.codec().stream(reader, reader.uint32(), `${prefix}.head`, {
                limits: opts.limits?.head
              })

              break
            }
            case 2: {
              yield {
                field: `${prefix}.hashAtSequence`,
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

  export interface PeerGroupHeadResponseHeadGroupIdFieldEvent {
    field: '$.head.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PeerGroupHeadResponseHeadSequenceFieldEvent {
    field: '$.head.sequence'
    value: bigint
  }

  export interface PeerGroupHeadResponseHeadHeadHashFieldEvent {
    field: '$.head.headHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface PeerGroupHeadResponseHashAtSequenceFieldEvent {
    field: '$.hashAtSequence'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<PeerGroupHeadResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PeerGroupHeadResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PeerGroupHeadResponse>): PeerGroupHeadResponse {
    return decodeMessage(buf, PeerGroupHeadResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PeerGroupHeadResponse>): Generator<PeerGroupHeadResponseHeadGroupIdFieldEvent | PeerGroupHeadResponseHeadSequenceFieldEvent | PeerGroupHeadResponseHeadHeadHashFieldEvent | PeerGroupHeadResponseHashAtSequenceFieldEvent> {
    return streamMessage(buf, PeerGroupHeadResponse.codec(), opts)
  }
}

export interface GroupListRequest {
  prefix: string
  after: string
  limit: number
}

export namespace GroupListRequest {
  let _codec: Codec<GroupListRequest>

  export const codec = (): Codec<GroupListRequest> => {
    if (_codec == null) {
      _codec = message<GroupListRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.prefix != null && obj.prefix !== '')) {
          w.uint32(10)
          w.string(obj.prefix)
        }

        if ((obj.after != null && obj.after !== '')) {
          w.uint32(18)
          w.string(obj.after)
        }

        if ((obj.limit != null && obj.limit !== 0)) {
          w.uint32(24)
          w.uint32(obj.limit)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          prefix: '',
          after: '',
          limit: 0
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
              obj.after = reader.string()
              break
            }
            case 3: {
              obj.limit = reader.uint32()
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
                field: `${prefix}.after`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.limit`,
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

  export interface GroupListRequestPrefixFieldEvent {
    field: '$.prefix'
    value: string
  }

  export interface GroupListRequestAfterFieldEvent {
    field: '$.after'
    value: string
  }

  export interface GroupListRequestLimitFieldEvent {
    field: '$.limit'
    value: number
  }

  export function encode (obj: Partial<GroupListRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupListRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupListRequest>): GroupListRequest {
    return decodeMessage(buf, GroupListRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupListRequest>): Generator<GroupListRequestPrefixFieldEvent | GroupListRequestAfterFieldEvent | GroupListRequestLimitFieldEvent> {
    return streamMessage(buf, GroupListRequest.codec(), opts)
  }
}

export interface GroupListResponse {
  groups: ListedGroup[]
  next: string
}

export namespace GroupListResponse {
  let _codec: Codec<GroupListResponse>

  export const codec = (): Codec<GroupListResponse> => {
    if (_codec == null) {
      _codec = message<GroupListResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.groups != null && obj.groups.length > 0) {
          for (const value of obj.groups) {
            w.uint32(10)
            ListedGroup.codec().encode(value, w)
          }
        }

        if ((obj.next != null && obj.next !== '')) {
          w.uint32(18)
          w.string(obj.next)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          groups: [],
          next: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.groups != null && obj.groups.length === opts.limits.groups) {
                throw new MaxLengthError('Decode error - repeated field "groups" had too many elements')
              }

              obj.groups.push(ListedGroup.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.groups$
              }))
              break
            }
            case 2: {
              obj.next = reader.string()
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
          groups: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.groups != null && obj.groups === opts.limits.groups) {
                throw new MaxLengthError('Streaming decode error - repeated field "groups" had too many elements')
              }

              for (const evt of ListedGroup.codec().stream(reader, reader.uint32(), `${prefix}.groups[]`, {
                limits: opts.limits?.groups$
              })) {
                yield {
                  ...evt,
                  index: obj.groups
                }
              }

              obj.groups++

              break
            }
            case 2: {
              yield {
                field: `${prefix}.next`,
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

  export interface GroupListResponseGroupsNameFieldEvent {
    field: '$.groups[].name'
    value: string
    index: number
  }

  export interface GroupListResponseGroupsMembersFieldEvent {
    field: '$.groups[].members'
    value: number
    index: number
  }

  export interface GroupListResponseGroupsInviteOnlyFieldEvent {
    field: '$.groups[].inviteOnly'
    value: boolean
    index: number
  }

  export interface GroupListResponseNextFieldEvent {
    field: '$.next'
    value: string
  }

  export function encode (obj: Partial<GroupListResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupListResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupListResponse>): GroupListResponse {
    return decodeMessage(buf, GroupListResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupListResponse>): Generator<GroupListResponseGroupsNameFieldEvent | GroupListResponseGroupsMembersFieldEvent | GroupListResponseGroupsInviteOnlyFieldEvent | GroupListResponseNextFieldEvent> {
    return streamMessage(buf, GroupListResponse.codec(), opts)
  }
}

export interface ListedGroup {
  name: string
  members: number
  inviteOnly: boolean
}

export namespace ListedGroup {
  let _codec: Codec<ListedGroup>

  export const codec = (): Codec<ListedGroup> => {
    if (_codec == null) {
      _codec = message<ListedGroup>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(10)
          w.string(obj.name)
        }

        if ((obj.members != null && obj.members !== 0)) {
          w.uint32(16)
          w.uint32(obj.members)
        }

        if ((obj.inviteOnly != null && obj.inviteOnly !== false)) {
          w.uint32(24)
          w.bool(obj.inviteOnly)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          name: '',
          members: 0,
          inviteOnly: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.name = reader.string()
              break
            }
            case 2: {
              obj.members = reader.uint32()
              break
            }
            case 3: {
              obj.inviteOnly = reader.bool()
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
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.members`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.inviteOnly`,
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

  export interface ListedGroupNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface ListedGroupMembersFieldEvent {
    field: '$.members'
    value: number
  }

  export interface ListedGroupInviteOnlyFieldEvent {
    field: '$.inviteOnly'
    value: boolean
  }

  export function encode (obj: Partial<ListedGroup>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ListedGroup.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListedGroup>): ListedGroup {
    return decodeMessage(buf, ListedGroup.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListedGroup>): Generator<ListedGroupNameFieldEvent | ListedGroupMembersFieldEvent | ListedGroupInviteOnlyFieldEvent> {
    return streamMessage(buf, ListedGroup.codec(), opts)
  }
}

export interface GroupMineRequest {
  after: Uint8Array<ArrayBuffer>
}

export namespace GroupMineRequest {
  let _codec: Codec<GroupMineRequest>

  export const codec = (): Codec<GroupMineRequest> => {
    if (_codec == null) {
      _codec = message<GroupMineRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.after != null && obj.after.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.after)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          after: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.after = reader.bytes()
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
                field: `${prefix}.after`,
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

  export interface GroupMineRequestAfterFieldEvent {
    field: '$.after'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupMineRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupMineRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupMineRequest>): GroupMineRequest {
    return decodeMessage(buf, GroupMineRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupMineRequest>): Generator<GroupMineRequestAfterFieldEvent> {
    return streamMessage(buf, GroupMineRequest.codec(), opts)
  }
}

export interface GroupMineResponse {
  groups: GroupHead[]
  more: boolean
}

export namespace GroupMineResponse {
  let _codec: Codec<GroupMineResponse>

  export const codec = (): Codec<GroupMineResponse> => {
    if (_codec == null) {
      _codec = message<GroupMineResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.groups != null && obj.groups.length > 0) {
          for (const value of obj.groups) {
            w.uint32(10)
            GroupHead.codec().encode(value, w)
          }
        }

        if ((obj.more != null && obj.more !== false)) {
          w.uint32(16)
          w.bool(obj.more)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          groups: [],
          more: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.groups != null && obj.groups.length === opts.limits.groups) {
                throw new MaxLengthError('Decode error - repeated field "groups" had too many elements')
              }

              obj.groups.push(GroupHead.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.groups$
              }))
              break
            }
            case 2: {
              obj.more = reader.bool()
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
          groups: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.groups != null && obj.groups === opts.limits.groups) {
                throw new MaxLengthError('Streaming decode error - repeated field "groups" had too many elements')
              }

              for (const evt of GroupHead.codec().stream(reader, reader.uint32(), `${prefix}.groups[]`, {
                limits: opts.limits?.groups$
              })) {
                yield {
                  ...evt,
                  index: obj.groups
                }
              }

              obj.groups++

              break
            }
            case 2: {
              yield {
                field: `${prefix}.more`,
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

  export interface GroupMineResponseGroupsGroupIdFieldEvent {
    field: '$.groups[].groupId'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface GroupMineResponseGroupsSequenceFieldEvent {
    field: '$.groups[].sequence'
    value: bigint
    index: number
  }

  export interface GroupMineResponseGroupsHeadHashFieldEvent {
    field: '$.groups[].headHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface GroupMineResponseMoreFieldEvent {
    field: '$.more'
    value: boolean
  }

  export function encode (obj: Partial<GroupMineResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupMineResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupMineResponse>): GroupMineResponse {
    return decodeMessage(buf, GroupMineResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupMineResponse>): Generator<GroupMineResponseGroupsGroupIdFieldEvent | GroupMineResponseGroupsSequenceFieldEvent | GroupMineResponseGroupsHeadHashFieldEvent | GroupMineResponseMoreFieldEvent> {
    return streamMessage(buf, GroupMineResponse.codec(), opts)
  }
}

export interface GroupReadRequest {
  groupId: Uint8Array<ArrayBuffer>
  afterSequence: bigint
  maxBytes: number
}

export namespace GroupReadRequest {
  let _codec: Codec<GroupReadRequest>

  export const codec = (): Codec<GroupReadRequest> => {
    if (_codec == null) {
      _codec = message<GroupReadRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.groupId != null && obj.groupId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.groupId)
        }

        if ((obj.afterSequence != null && obj.afterSequence !== 0n)) {
          w.uint32(16)
          w.uint64(obj.afterSequence)
        }

        if ((obj.maxBytes != null && obj.maxBytes !== 0)) {
          w.uint32(24)
          w.uint32(obj.maxBytes)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          groupId: uint8ArrayAlloc(0),
          afterSequence: 0n,
          maxBytes: 0
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
              obj.afterSequence = reader.uint64()
              break
            }
            case 3: {
              obj.maxBytes = reader.uint32()
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
                field: `${prefix}.afterSequence`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.maxBytes`,
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

  export interface GroupReadRequestGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupReadRequestAfterSequenceFieldEvent {
    field: '$.afterSequence'
    value: bigint
  }

  export interface GroupReadRequestMaxBytesFieldEvent {
    field: '$.maxBytes'
    value: number
  }

  export function encode (obj: Partial<GroupReadRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupReadRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupReadRequest>): GroupReadRequest {
    return decodeMessage(buf, GroupReadRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupReadRequest>): Generator<GroupReadRequestGroupIdFieldEvent | GroupReadRequestAfterSequenceFieldEvent | GroupReadRequestMaxBytesFieldEvent> {
    return streamMessage(buf, GroupReadRequest.codec(), opts)
  }
}

export interface GroupReadResponse {
  entries: Uint8Array<ArrayBuffer>[]
  head?: GroupHead
}

export namespace GroupReadResponse {
  let _codec: Codec<GroupReadResponse>

  export const codec = (): Codec<GroupReadResponse> => {
    if (_codec == null) {
      _codec = message<GroupReadResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.entries != null && obj.entries.length > 0) {
          for (const value of obj.entries) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if (obj.head != null) {
          w.uint32(18)
          GroupHead.codec().encode(obj.head, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          entries: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.entries != null && obj.entries.length === opts.limits.entries) {
                throw new MaxLengthError('Decode error - repeated field "entries" had too many elements')
              }

              obj.entries.push(reader.bytes())
              break
            }
            case 2: {
              obj.head = GroupHead.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.head
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
          entries: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.entries != null && obj.entries === opts.limits.entries) {
                throw new MaxLengthError('Streaming decode error - repeated field "entries" had too many elements')
              }

              yield {
                field: `${prefix}.entries[]`,
                index: obj.entries,
                value: reader.bytes()
              }

              obj.entries++

              break
            }
            case 2: {
              yield * GroupHead.codec().stream(reader, reader.uint32(), `${prefix}.head`, {
                limits: opts.limits?.head
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

  export interface GroupReadResponseEntriesFieldEvent {
    field: '$.entries[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupReadResponseHeadGroupIdFieldEvent {
    field: '$.head.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupReadResponseHeadSequenceFieldEvent {
    field: '$.head.sequence'
    value: bigint
  }

  export interface GroupReadResponseHeadHeadHashFieldEvent {
    field: '$.head.headHash'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupReadResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupReadResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupReadResponse>): GroupReadResponse {
    return decodeMessage(buf, GroupReadResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupReadResponse>): Generator<GroupReadResponseEntriesFieldEvent | GroupReadResponseHeadGroupIdFieldEvent | GroupReadResponseHeadSequenceFieldEvent | GroupReadResponseHeadHeadHashFieldEvent> {
    return streamMessage(buf, GroupReadResponse.codec(), opts)
  }
}

export interface GroupCheckpointRequest {
  groupId: Uint8Array<ArrayBuffer>
  sequence: bigint
  offset: bigint
}

export namespace GroupCheckpointRequest {
  let _codec: Codec<GroupCheckpointRequest>

  export const codec = (): Codec<GroupCheckpointRequest> => {
    if (_codec == null) {
      _codec = message<GroupCheckpointRequest>((obj, w, opts = {}) => {
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

        if ((obj.offset != null && obj.offset !== 0n)) {
          w.uint32(24)
          w.uint64(obj.offset)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          groupId: uint8ArrayAlloc(0),
          sequence: 0n,
          offset: 0n
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
              obj.offset = reader.uint64()
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
                field: `${prefix}.sequence`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.offset`,
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

  export interface GroupCheckpointRequestGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupCheckpointRequestSequenceFieldEvent {
    field: '$.sequence'
    value: bigint
  }

  export interface GroupCheckpointRequestOffsetFieldEvent {
    field: '$.offset'
    value: bigint
  }

  export function encode (obj: Partial<GroupCheckpointRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupCheckpointRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupCheckpointRequest>): GroupCheckpointRequest {
    return decodeMessage(buf, GroupCheckpointRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupCheckpointRequest>): Generator<GroupCheckpointRequestGroupIdFieldEvent | GroupCheckpointRequestSequenceFieldEvent | GroupCheckpointRequestOffsetFieldEvent> {
    return streamMessage(buf, GroupCheckpointRequest.codec(), opts)
  }
}

export interface GroupCheckpointResponse {
  sequence: bigint
  totalBytes: bigint
  piece: Uint8Array<ArrayBuffer>
}

export namespace GroupCheckpointResponse {
  let _codec: Codec<GroupCheckpointResponse>

  export const codec = (): Codec<GroupCheckpointResponse> => {
    if (_codec == null) {
      _codec = message<GroupCheckpointResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.sequence != null && obj.sequence !== 0n)) {
          w.uint32(8)
          w.uint64(obj.sequence)
        }

        if ((obj.totalBytes != null && obj.totalBytes !== 0n)) {
          w.uint32(16)
          w.uint64(obj.totalBytes)
        }

        if ((obj.piece != null && obj.piece.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.piece)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          sequence: 0n,
          totalBytes: 0n,
          piece: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.sequence = reader.uint64()
              break
            }
            case 2: {
              obj.totalBytes = reader.uint64()
              break
            }
            case 3: {
              obj.piece = reader.bytes()
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
                field: `${prefix}.sequence`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.totalBytes`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.piece`,
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

  export interface GroupCheckpointResponseSequenceFieldEvent {
    field: '$.sequence'
    value: bigint
  }

  export interface GroupCheckpointResponseTotalBytesFieldEvent {
    field: '$.totalBytes'
    value: bigint
  }

  export interface GroupCheckpointResponsePieceFieldEvent {
    field: '$.piece'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupCheckpointResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupCheckpointResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupCheckpointResponse>): GroupCheckpointResponse {
    return decodeMessage(buf, GroupCheckpointResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupCheckpointResponse>): Generator<GroupCheckpointResponseSequenceFieldEvent | GroupCheckpointResponseTotalBytesFieldEvent | GroupCheckpointResponsePieceFieldEvent> {
    return streamMessage(buf, GroupCheckpointResponse.codec(), opts)
  }
}

export interface GroupSendRequest {
  groupId: Uint8Array<ArrayBuffer>
  entryId: Uint8Array<ArrayBuffer>
  envelope: Uint8Array<ArrayBuffer>
  exceptDevices: Uint8Array<ArrayBuffer>[]
}

export namespace GroupSendRequest {
  let _codec: Codec<GroupSendRequest>

  export const codec = (): Codec<GroupSendRequest> => {
    if (_codec == null) {
      _codec = message<GroupSendRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.groupId != null && obj.groupId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.groupId)
        }

        if ((obj.entryId != null && obj.entryId.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.entryId)
        }

        if ((obj.envelope != null && obj.envelope.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.envelope)
        }

        if (obj.exceptDevices != null && obj.exceptDevices.length > 0) {
          for (const value of obj.exceptDevices) {
            w.uint32(34)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          groupId: uint8ArrayAlloc(0),
          entryId: uint8ArrayAlloc(0),
          envelope: uint8ArrayAlloc(0),
          exceptDevices: []
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
              obj.entryId = reader.bytes()
              break
            }
            case 3: {
              obj.envelope = reader.bytes()
              break
            }
            case 4: {
              if (opts.limits?.exceptDevices != null && obj.exceptDevices.length === opts.limits.exceptDevices) {
                throw new MaxLengthError('Decode error - repeated field "exceptDevices" had too many elements')
              }

              obj.exceptDevices.push(reader.bytes())
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
          exceptDevices: 0
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
                field: `${prefix}.entryId`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.envelope`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              if (opts.limits?.exceptDevices != null && obj.exceptDevices === opts.limits.exceptDevices) {
                throw new MaxLengthError('Streaming decode error - repeated field "exceptDevices" had too many elements')
              }

              yield {
                field: `${prefix}.exceptDevices[]`,
                index: obj.exceptDevices,
                value: reader.bytes()
              }

              obj.exceptDevices++

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

  export interface GroupSendRequestGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupSendRequestEntryIdFieldEvent {
    field: '$.entryId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupSendRequestEnvelopeFieldEvent {
    field: '$.envelope'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupSendRequestExceptDevicesFieldEvent {
    field: '$.exceptDevices[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupSendRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupSendRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupSendRequest>): GroupSendRequest {
    return decodeMessage(buf, GroupSendRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupSendRequest>): Generator<GroupSendRequestGroupIdFieldEvent | GroupSendRequestEntryIdFieldEvent | GroupSendRequestEnvelopeFieldEvent | GroupSendRequestExceptDevicesFieldEvent> {
    return streamMessage(buf, GroupSendRequest.codec(), opts)
  }
}

export interface GroupSendResponse {
  replicas: number
  servers: number
  expiresAtMs: bigint
  devices: number
  refused: GroupSendRefusal[]
}

export namespace GroupSendResponse {
  let _codec: Codec<GroupSendResponse>

  export const codec = (): Codec<GroupSendResponse> => {
    if (_codec == null) {
      _codec = message<GroupSendResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.replicas != null && obj.replicas !== 0)) {
          w.uint32(8)
          w.uint32(obj.replicas)
        }

        if ((obj.servers != null && obj.servers !== 0)) {
          w.uint32(16)
          w.uint32(obj.servers)
        }

        if ((obj.expiresAtMs != null && obj.expiresAtMs !== 0n)) {
          w.uint32(24)
          w.uint64(obj.expiresAtMs)
        }

        if ((obj.devices != null && obj.devices !== 0)) {
          w.uint32(32)
          w.uint32(obj.devices)
        }

        if (obj.refused != null && obj.refused.length > 0) {
          for (const value of obj.refused) {
            w.uint32(42)
            GroupSendRefusal.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          replicas: 0,
          servers: 0,
          expiresAtMs: 0n,
          devices: 0,
          refused: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.replicas = reader.uint32()
              break
            }
            case 2: {
              obj.servers = reader.uint32()
              break
            }
            case 3: {
              obj.expiresAtMs = reader.uint64()
              break
            }
            case 4: {
              obj.devices = reader.uint32()
              break
            }
            case 5: {
              if (opts.limits?.refused != null && obj.refused.length === opts.limits.refused) {
                throw new MaxLengthError('Decode error - repeated field "refused" had too many elements')
              }

              obj.refused.push(GroupSendRefusal.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refused$
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
          refused: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.replicas`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.servers`,
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
                field: `${prefix}.devices`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              if (opts.limits?.refused != null && obj.refused === opts.limits.refused) {
                throw new MaxLengthError('Streaming decode error - repeated field "refused" had too many elements')
              }

              for (const evt of GroupSendRefusal.codec().stream(reader, reader.uint32(), `${prefix}.refused[]`, {
                limits: opts.limits?.refused$
              })) {
                yield {
                  ...evt,
                  index: obj.refused
                }
              }

              obj.refused++

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

  export interface GroupSendResponseReplicasFieldEvent {
    field: '$.replicas'
    value: number
  }

  export interface GroupSendResponseServersFieldEvent {
    field: '$.servers'
    value: number
  }

  export interface GroupSendResponseExpiresAtMsFieldEvent {
    field: '$.expiresAtMs'
    value: bigint
  }

  export interface GroupSendResponseDevicesFieldEvent {
    field: '$.devices'
    value: number
  }

  export interface GroupSendResponseRefusedDeviceKeyFieldEvent {
    field: '$.refused[].deviceKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface GroupSendResponseRefusedLimitFieldEvent {
    field: '$.refused[].limit'
    value: string
    index: number
  }

  export function encode (obj: Partial<GroupSendResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupSendResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupSendResponse>): GroupSendResponse {
    return decodeMessage(buf, GroupSendResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupSendResponse>): Generator<GroupSendResponseReplicasFieldEvent | GroupSendResponseServersFieldEvent | GroupSendResponseExpiresAtMsFieldEvent | GroupSendResponseDevicesFieldEvent | GroupSendResponseRefusedDeviceKeyFieldEvent | GroupSendResponseRefusedLimitFieldEvent> {
    return streamMessage(buf, GroupSendResponse.codec(), opts)
  }
}

export interface GroupSendRefusal {
  deviceKey: Uint8Array<ArrayBuffer>
  limit: string
}

export namespace GroupSendRefusal {
  let _codec: Codec<GroupSendRefusal>

  export const codec = (): Codec<GroupSendRefusal> => {
    if (_codec == null) {
      _codec = message<GroupSendRefusal>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.deviceKey != null && obj.deviceKey.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.deviceKey)
        }

        if ((obj.limit != null && obj.limit !== '')) {
          w.uint32(18)
          w.string(obj.limit)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          deviceKey: uint8ArrayAlloc(0),
          limit: ''
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
              obj.limit = reader.string()
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
                field: `${prefix}.limit`,
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

  export interface GroupSendRefusalDeviceKeyFieldEvent {
    field: '$.deviceKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupSendRefusalLimitFieldEvent {
    field: '$.limit'
    value: string
  }

  export function encode (obj: Partial<GroupSendRefusal>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupSendRefusal.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupSendRefusal>): GroupSendRefusal {
    return decodeMessage(buf, GroupSendRefusal.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupSendRefusal>): Generator<GroupSendRefusalDeviceKeyFieldEvent | GroupSendRefusalLimitFieldEvent> {
    return streamMessage(buf, GroupSendRefusal.codec(), opts)
  }
}
