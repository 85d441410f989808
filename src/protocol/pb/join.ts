import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface JoinRequest {
  inviteId: Uint8Array<ArrayBuffer>
  secret: Uint8Array<ArrayBuffer>
  addresses: string[]
}

export namespace JoinRequest {
  let _codec: Codec<JoinRequest>

  export const codec = (): Codec<JoinRequest> => {
    if (_codec == null) {
      _codec = message<JoinRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.inviteId != null && obj.inviteId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.inviteId)
        }

        if ((obj.secret != null && obj.secret.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.secret)
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(26)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          inviteId: uint8ArrayAlloc(0),
          secret: uint8ArrayAlloc(0),
          addresses: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.inviteId = reader.bytes()
              break
            }
            case 2: {
              obj.secret = reader.bytes()
              break
            }
            case 3: {
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
                field: `${prefix}.inviteId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.secret`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
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

  export interface JoinRequestInviteIdFieldEvent {
    field: '$.inviteId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface JoinRequestSecretFieldEvent {
    field: '$.secret'
    value: Uint8Array<ArrayBuffer>
  }

  export interface JoinRequestAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<JoinRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, JoinRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinRequest>): JoinRequest {
    return decodeMessage(buf, JoinRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinRequest>): Generator<JoinRequestInviteIdFieldEvent | JoinRequestSecretFieldEvent | JoinRequestAddressesFieldEvent> {
    return streamMessage(buf, JoinRequest.codec(), opts)
  }
}

export interface JoinResponse {
  rosterChain: Uint8Array<ArrayBuffer>
  opaqueSetups: OpaqueSetup[]
}

export namespace JoinResponse {
  let _codec: Codec<JoinResponse>

  export const codec = (): Codec<JoinResponse> => {
    if (_codec == null) {
      _codec = message<JoinResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rosterChain != null && obj.rosterChain.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.rosterChain)
        }

        if (obj.opaqueSetups != null && obj.opaqueSetups.length > 0) {
          for (const value of obj.opaqueSetups) {
            w.uint32(18)
            OpaqueSetup.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosterChain: uint8ArrayAlloc(0),
          opaqueSetups: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.rosterChain = reader.bytes()
              break
            }
            case 2: {
              if (opts.limits?.opaqueSetups != null && obj.opaqueSetups.length === opts.limits.opaqueSetups) {
                throw new MaxLengthError('Decode error - repeated field "opaqueSetups" had too many elements')
              }

              obj.opaqueSetups.push(OpaqueSetup.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.opaqueSetups$
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
          opaqueSetups: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.rosterChain`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              if (opts.limits?.opaqueSetups != null && obj.opaqueSetups === opts.limits.opaqueSetups) {
                throw new MaxLengthError('Streaming decode error - repeated field "opaqueSetups" had too many elements')
              }

              for (const evt of OpaqueSetup.codec().stream(reader, reader.uint32(), `${prefix}.opaqueSetups[]`, {
                limits: opts.limits?.opaqueSetups$
              })) {
                yield {
                  ...evt,
                  index: obj.opaqueSetups
                }
              }

              obj.opaqueSetups++

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

  export interface JoinResponseRosterChainFieldEvent {
    field: '$.rosterChain'
    value: Uint8Array<ArrayBuffer>
  }

  export interface JoinResponseOpaqueSetupsVersionFieldEvent {
    field: '$.opaqueSetups[].version'
    value: number
    index: number
  }

  export interface JoinResponseOpaqueSetupsSetupFieldEvent {
    field: '$.opaqueSetups[].setup'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<JoinResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, JoinResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinResponse>): JoinResponse {
    return decodeMessage(buf, JoinResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinResponse>): Generator<JoinResponseRosterChainFieldEvent | JoinResponseOpaqueSetupsVersionFieldEvent | JoinResponseOpaqueSetupsSetupFieldEvent> {
    return streamMessage(buf, JoinResponse.codec(), opts)
  }
}

export interface OpaqueSetup {
  version: number
  setup: Uint8Array<ArrayBuffer>
}

export namespace OpaqueSetup {
  let _codec: Codec<OpaqueSetup>

  export const codec = (): Codec<OpaqueSetup> => {
    if (_codec == null) {
      _codec = message<OpaqueSetup>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(8)
          w.uint32(obj.version)
        }

        if ((obj.setup != null && obj.setup.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.setup)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          version: 0,
          setup: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.version = reader.uint32()
              break
            }
            case 2: {
              obj.setup = reader.bytes()
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
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.setup`,
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

  export interface OpaqueSetupVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface OpaqueSetupSetupFieldEvent {
    field: '$.setup'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<OpaqueSetup>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, OpaqueSetup.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<OpaqueSetup>): OpaqueSetup {
    return decodeMessage(buf, OpaqueSetup.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<OpaqueSetup>): Generator<OpaqueSetupVersionFieldEvent | OpaqueSetupSetupFieldEvent> {
    return streamMessage(buf, OpaqueSetup.codec(), opts)
  }
}

export interface Invite {
  verifier: Uint8Array<ArrayBuffer>
  expiresAtMs: bigint
  usedBy: Uint8Array<ArrayBuffer>
  closed: boolean
}

export namespace Invite {
  let _codec: Codec<Invite>

  export const codec = (): Codec<Invite> => {
    if (_codec == null) {
      _codec = message<Invite>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.verifier != null && obj.verifier.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.verifier)
        }

        if ((obj.expiresAtMs != null && obj.expiresAtMs !== 0n)) {
          w.uint32(16)
          w.uint64(obj.expiresAtMs)
        }

        if ((obj.usedBy != null && obj.usedBy.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.usedBy)
        }

        if ((obj.closed != null && obj.closed !== false)) {
          w.uint32(32)
          w.bool(obj.closed)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          verifier: uint8ArrayAlloc(0),
          expiresAtMs: 0n,
          usedBy: uint8ArrayAlloc(0),
          closed: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.verifier = reader.bytes()
              break
            }
            case 2: {
              obj.expiresAtMs = reader.uint64()
              break
            }
            case 3: {
              obj.usedBy = reader.bytes()
              break
            }
            case 4: {
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
                field: `${prefix}.verifier`,
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
            case 3: {
              yield {
                field: `${prefix}.usedBy`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
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

  export interface InviteVerifierFieldEvent {
    field: '$.verifier'
    value: Uint8Array<ArrayBuffer>
  }

  export interface InviteExpiresAtMsFieldEvent {
    field: '$.expiresAtMs'
    value: bigint
  }

  export interface InviteUsedByFieldEvent {
    field: '$.usedBy'
    value: Uint8Array<ArrayBuffer>
  }

  export interface InviteClosedFieldEvent {
    field: '$.closed'
    value: boolean
  }

  export function encode (obj: Partial<Invite>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Invite.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Invite>): Invite {
    return decodeMessage(buf, Invite.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Invite>): Generator<InviteVerifierFieldEvent | InviteExpiresAtMsFieldEvent | InviteUsedByFieldEvent | InviteClosedFieldEvent> {
    return streamMessage(buf, Invite.codec(), opts)
  }
}
