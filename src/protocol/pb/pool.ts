import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface Roster {
  version: bigint
  createdAtMs: bigint
  previousHash: Uint8Array<ArrayBuffer>
  servers: RosterServer[]
  recoveryKey: Uint8Array<ArrayBuffer>
  opaqueSetupVersion: number
  name: string
  phase: number
}

export namespace Roster {
  let _codec: Codec<Roster>

  export const codec = (): Codec<Roster> => {
    if (_codec == null) {
      _codec = message<Roster>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.version != null && obj.version !== 0n)) {
          w.uint32(8)
          w.uint64(obj.version)
        }

        if ((obj.createdAtMs != null && obj.createdAtMs !== 0n)) {
          w.uint32(16)
          w.uint64(obj.createdAtMs)
        }

        if ((obj.previousHash != null && obj.previousHash.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.previousHash)
        }

        if (obj.servers != null && obj.servers.length > 0) {
          for (const value of obj.servers) {
            w.uint32(34)
            RosterServer.codec().encode(value, w)
          }
        }

        if ((obj.recoveryKey != null && obj.recoveryKey.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.recoveryKey)
        }

        if ((obj.opaqueSetupVersion != null && obj.opaqueSetupVersion !== 0)) {
          w.uint32(48)
          w.uint32(obj.opaqueSetupVersion)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(58)
          w.string(obj.name)
        }

        if ((obj.phase != null && obj.phase !== 0)) {
          w.uint32(64)
          w.uint32(obj.phase)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          version: 0n,
          createdAtMs: 0n,
          previousHash: uint8ArrayAlloc(0),
          servers: [],
          recoveryKey: uint8ArrayAlloc(0),
          opaqueSetupVersion: 0,
          name: '',
          phase: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.version = reader.uint64()
              break
            }
            case 2: {
              obj.createdAtMs = reader.uint64()
              break
            }
            case 3: {
              obj.previousHash = reader.bytes()
              break
            }
            case 4: {
              if (opts.limits?.servers != null && obj.servers.length === opts.limits.servers) {
                throw new MaxLengthError('Decode error - repeated field "servers" had too many elements')
              }

              obj.servers.push(RosterServer.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.servers$
              }))
              break
            }
            case 5: {
              obj.recoveryKey = reader.bytes()
              break
            }
            case 6: {
              obj.opaqueSetupVersion = reader.uint32()
              break
            }
            case 7: {
              obj.name = reader.string()
              break
            }
            case 8: {
              obj.phase = reader.uint32()
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
          servers: 0
        }

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
            case 2: {
              yield {
                field: `${prefix}.createdAtMs`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.previousHash`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              if (opts.limits?.servers != null && obj.servers === opts.limits.servers) {
                throw new MaxLengthError('Streaming decode error - repeated field "servers" had too many elements')
              }

              for (const evt of RosterServer.codec().stream(reader, reader.uint32(), `${prefix}.servers[]`, {
                limits: opts.limits?.servers$
              })) {
                yield {
                  ...evt,
                  index: obj.servers
                }
              }

              obj.servers++

              break
            }
            case 5: {
              yield {
                field: `${prefix}.recoveryKey`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.opaqueSetupVersion`,
                value: reader.uint32()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.phase`,
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

  export interface RosterVersionFieldEvent {
    field: '$.version'
    value: bigint
  }

  export interface RosterCreatedAtMsFieldEvent {
    field: '$.createdAtMs'
    value: bigint
  }

  export interface RosterPreviousHashFieldEvent {
    field: '$.previousHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RosterServersServerKeyFieldEvent {
    field: '$.servers[].serverKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface RosterServersStateFieldEvent {
    field: '$.servers[].state'
    value: number
    index: number
  }

  export interface RosterServersAcceptorFieldEvent {
    field: '$.servers[].acceptor'
    value: boolean
    index: number
  }

  export interface RosterServersIncarnationFieldEvent {
    field: '$.servers[].incarnation'
    value: bigint
    index: number
  }

  export interface RosterServersAddressesFieldEvent {
    field: '$.servers[].addresses[]'
    index: number
    value: string
  }

  export interface RosterServersNextAcceptorFieldEvent {
    field: '$.servers[].nextAcceptor'
    value: boolean
    index: number
  }

  export interface RosterRecoveryKeyFieldEvent {
    field: '$.recoveryKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RosterOpaqueSetupVersionFieldEvent {
    field: '$.opaqueSetupVersion'
    value: number
  }

  export interface RosterNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface RosterPhaseFieldEvent {
    field: '$.phase'
    value: number
  }

  export function encode (obj: Partial<Roster>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Roster.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Roster>): Roster {
    return decodeMessage(buf, Roster.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Roster>): Generator<RosterVersionFieldEvent | RosterCreatedAtMsFieldEvent | RosterPreviousHashFieldEvent | RosterServersServerKeyFieldEvent | RosterServersStateFieldEvent | RosterServersAcceptorFieldEvent | RosterServersIncarnationFieldEvent | RosterServersAddressesFieldEvent | RosterServersNextAcceptorFieldEvent | RosterRecoveryKeyFieldEvent | RosterOpaqueSetupVersionFieldEvent | RosterNameFieldEvent | RosterPhaseFieldEvent> {
    return streamMessage(buf, Roster.codec(), opts)
  }
}

export enum RosterPhase {
  SETTLED = 'SETTLED',
  JOINT = 'JOINT',
  RECOVERING = 'RECOVERING'
}

enum __RosterPhaseValues {
  SETTLED = 0,
  JOINT = 1,
  RECOVERING = 2
}

export namespace RosterPhase {
  export const codec = (): Codec<RosterPhase> => {
    return enumeration<RosterPhase>(__RosterPhaseValues)
  }
}

export enum ServerState {
  MEMBER = 'MEMBER',
  LEARNER = 'LEARNER',
  DRAINING = 'DRAINING'
}

enum __ServerStateValues {
  MEMBER = 0,
  LEARNER = 1,
  DRAINING = 2
}

export namespace ServerState {
  export const codec = (): Codec<ServerState> => {
    return enumeration<ServerState>(__ServerStateValues)
  }
}

export interface RosterServer {
  serverKey: Uint8Array<ArrayBuffer>
  state: number
  acceptor: boolean
  incarnation: bigint
  addresses: string[]
  nextAcceptor: boolean
}

export namespace RosterServer {
  let _codec: Codec<RosterServer>

  export const codec = (): Codec<RosterServer> => {
    if (_codec == null) {
      _codec = message<RosterServer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.serverKey != null && obj.serverKey.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.serverKey)
        }

        if ((obj.state != null && obj.state !== 0)) {
          w.uint32(16)
          w.uint32(obj.state)
        }

        if ((obj.acceptor != null && obj.acceptor !== false)) {
          w.uint32(24)
          w.bool(obj.acceptor)
        }

        if ((obj.incarnation != null && obj.incarnation !== 0n)) {
          w.uint32(32)
          w.uint64(obj.incarnation)
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(42)
            w.string(value)
          }
        }

        if ((obj.nextAcceptor != null && obj.nextAcceptor !== false)) {
          w.uint32(48)
          w.bool(obj.nextAcceptor)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          serverKey: uint8ArrayAlloc(0),
          state: 0,
          acceptor: false,
          incarnation: 0n,
          addresses: [],
          nextAcceptor: false
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
              obj.state = reader.uint32()
              break
            }
            case 3: {
              obj.acceptor = reader.bool()
              break
            }
            case 4: {
              obj.incarnation = reader.uint64()
              break
            }
            case 5: {
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.string())
              break
            }
            case 6: {
              obj.nextAcceptor = reader.bool()
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
              yield {
                field: `${prefix}.state`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.acceptor`,
                value: reader.bool()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.incarnation`,
                value: reader.uint64()
              }
              break
            }
            case 5: {
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
            case 6: {
              yield {
                field: `${prefix}.nextAcceptor`,
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

  export interface RosterServerServerKeyFieldEvent {
    field: '$.serverKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RosterServerStateFieldEvent {
    field: '$.state'
    value: number
  }

  export interface RosterServerAcceptorFieldEvent {
    field: '$.acceptor'
    value: boolean
  }

  export interface RosterServerIncarnationFieldEvent {
    field: '$.incarnation'
    value: bigint
  }

  export interface RosterServerAddressesFieldEvent {
    field: '$.addresses[]'
    index: number
    value: string
  }

  export interface RosterServerNextAcceptorFieldEvent {
    field: '$.nextAcceptor'
    value: boolean
  }

  export function encode (obj: Partial<RosterServer>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RosterServer.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RosterServer>): RosterServer {
    return decodeMessage(buf, RosterServer.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RosterServer>): Generator<RosterServerServerKeyFieldEvent | RosterServerStateFieldEvent | RosterServerAcceptorFieldEvent | RosterServerIncarnationFieldEvent | RosterServerAddressesFieldEvent | RosterServerNextAcceptorFieldEvent> {
    return streamMessage(buf, RosterServer.codec(), opts)
  }
}

export interface RosterSignature {
  signer: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
}

export namespace RosterSignature {
  let _codec: Codec<RosterSignature>

  export const codec = (): Codec<RosterSignature> => {
    if (_codec == null) {
      _codec = message<RosterSignature>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.signer != null && obj.signer.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.signer)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          signer: uint8ArrayAlloc(0),
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.signer = reader.bytes()
              break
            }
            case 2: {
              obj.signature = reader.bytes()
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
                field: `${prefix}.signer`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.signature`,
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

  export interface RosterSignatureSignerFieldEvent {
    field: '$.signer'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RosterSignatureSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<RosterSignature>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RosterSignature.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RosterSignature>): RosterSignature {
    return decodeMessage(buf, RosterSignature.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RosterSignature>): Generator<RosterSignatureSignerFieldEvent | RosterSignatureSignatureFieldEvent> {
    return streamMessage(buf, RosterSignature.codec(), opts)
  }
}

export interface SignedRoster {
  roster: Uint8Array<ArrayBuffer>
  signatures: RosterSignature[]
}

export namespace SignedRoster {
  let _codec: Codec<SignedRoster>

  export const codec = (): Codec<SignedRoster> => {
    if (_codec == null) {
      _codec = message<SignedRoster>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.roster != null && obj.roster.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.roster)
        }

        if (obj.signatures != null && obj.signatures.length > 0) {
          for (const value of obj.signatures) {
            w.uint32(18)
            RosterSignature.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          roster: uint8ArrayAlloc(0),
          signatures: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.roster = reader.bytes()
              break
            }
            case 2: {
              if (opts.limits?.signatures != null && obj.signatures.length === opts.limits.signatures) {
                throw new MaxLengthError('Decode error - repeated field "signatures" had too many elements')
              }

              obj.signatures.push(RosterSignature.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.signatures$
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
          signatures: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.roster`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              if (opts.limits?.signatures != null && obj.signatures === opts.limits.signatures) {
                throw new MaxLengthError('Streaming decode error - repeated field "signatures" had too many elements')
              }

              for (const evt of RosterSignature.codec().stream(reader, reader.uint32(), `${prefix}.signatures[]`, {
                limits: opts.limits?.signatures$
              })) {
                yield {
                  ...evt,
                  index: obj.signatures
                }
              }

              obj.signatures++

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

  export interface SignedRosterRosterFieldEvent {
    field: '$.roster'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SignedRosterSignaturesSignerFieldEvent {
    field: '$.signatures[].signer'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SignedRosterSignaturesSignatureFieldEvent {
    field: '$.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<SignedRoster>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SignedRoster.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignedRoster>): SignedRoster {
    return decodeMessage(buf, SignedRoster.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignedRoster>): Generator<SignedRosterRosterFieldEvent | SignedRosterSignaturesSignerFieldEvent | SignedRosterSignaturesSignatureFieldEvent> {
    return streamMessage(buf, SignedRoster.codec(), opts)
  }
}

export interface RosterChain {
  rosters: SignedRoster[]
}

export namespace RosterChain {
  let _codec: Codec<RosterChain>

  export const codec = (): Codec<RosterChain> => {
    if (_codec == null) {
      _codec = message<RosterChain>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.rosters != null && obj.rosters.length > 0) {
          for (const value of obj.rosters) {
            w.uint32(10)
            SignedRoster.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosters: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.rosters != null && obj.rosters.length === opts.limits.rosters) {
                throw new MaxLengthError('Decode error - repeated field "rosters" had too many elements')
              }

              obj.rosters.push(SignedRoster.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.rosters$
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
          rosters: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.rosters != null && obj.rosters === opts.limits.rosters) {
                throw new MaxLengthError('Streaming decode error - repeated field "rosters" had too many elements')
              }

              for (const evt of SignedRoster.codec().stream(reader, reader.uint32(), `${prefix}.rosters[]`, {
                limits: opts.limits?.rosters$
              })) {
                yield {
                  ...evt,
                  index: obj.rosters
                }
              }

              obj.rosters++

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

  export interface RosterChainRostersRosterFieldEvent {
    field: '$.rosters[].roster'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface RosterChainRostersSignaturesSignerFieldEvent {
    field: '$.rosters[].signatures[].signer'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface RosterChainRostersSignaturesSignatureFieldEvent {
    field: '$.rosters[].signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<RosterChain>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RosterChain.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RosterChain>): RosterChain {
    return decodeMessage(buf, RosterChain.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RosterChain>): Generator<RosterChainRostersRosterFieldEvent | RosterChainRostersSignaturesSignerFieldEvent | RosterChainRostersSignaturesSignatureFieldEvent> {
    return streamMessage(buf, RosterChain.codec(), opts)
  }
}
