import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface Ballot {
  counter: bigint
  proposer: Uint8Array<ArrayBuffer>
}

export namespace Ballot {
  let _codec: Codec<Ballot>

  export const codec = (): Codec<Ballot> => {
    if (_codec == null) {
      _codec = message<Ballot>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.counter != null && obj.counter !== 0n)) {
          w.uint32(8)
          w.uint64(obj.counter)
        }

        if ((obj.proposer != null && obj.proposer.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.proposer)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          counter: 0n,
          proposer: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.counter = reader.uint64()
              break
            }
            case 2: {
              obj.proposer = reader.bytes()
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
                field: `${prefix}.counter`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.proposer`,
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

  export interface BallotCounterFieldEvent {
    field: '$.counter'
    value: bigint
  }

  export interface BallotProposerFieldEvent {
    field: '$.proposer'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Ballot>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Ballot.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ballot>): Ballot {
    return decodeMessage(buf, Ballot.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ballot>): Generator<BallotCounterFieldEvent | BallotProposerFieldEvent> {
    return streamMessage(buf, Ballot.codec(), opts)
  }
}

export interface AcceptedRegister {
  ballot?: Ballot
  version: bigint
  value: Uint8Array<ArrayBuffer>
}

export namespace AcceptedRegister {
  let _codec: Codec<AcceptedRegister>

  export const codec = (): Codec<AcceptedRegister> => {
    if (_codec == null) {
      _codec = message<AcceptedRegister>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.ballot != null) {
          w.uint32(10)
          Ballot.codec().encode(obj.ballot, w)
        }

        if ((obj.version != null && obj.version !== 0n)) {
          w.uint32(16)
          w.uint64(obj.version)
        }

        if ((obj.value != null && obj.value.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.value)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          version: 0n,
          value: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.ballot = Ballot.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ballot
              })
              break
            }
            case 2: {
              obj.version = reader.uint64()
              break
            }
            case 3: {
              obj.value = reader.bytes()
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
              yield * Ballot.codec().stream(reader, reader.uint32(), `${prefix}.ballot`, {
                limits: opts.limits?.ballot
              })

              break
            }
            case 2: {
              yield {
                field: `${prefix}.version`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.value`,
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

  export interface AcceptedRegisterBallotCounterFieldEvent {
    field: '$.ballot.counter'
    value: bigint
  }

  export interface AcceptedRegisterBallotProposerFieldEvent {
    field: '$.ballot.proposer'
    value: Uint8Array<ArrayBuffer>
  }

  export interface AcceptedRegisterVersionFieldEvent {
    field: '$.version'
    value: bigint
  }

  export interface AcceptedRegisterValueFieldEvent {
    field: '$.value'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<AcceptedRegister>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, AcceptedRegister.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AcceptedRegister>): AcceptedRegister {
    return decodeMessage(buf, AcceptedRegister.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AcceptedRegister>): Generator<AcceptedRegisterBallotCounterFieldEvent | AcceptedRegisterBallotProposerFieldEvent | AcceptedRegisterVersionFieldEvent | AcceptedRegisterValueFieldEvent> {
    return streamMessage(buf, AcceptedRegister.codec(), opts)
  }
}

export enum Space {
  REGISTERS = 'REGISTERS',
  ROSTERS = 'ROSTERS'
}

enum __SpaceValues {
  REGISTERS = 0,
  ROSTERS = 1
}

export namespace Space {
  export const codec = (): Codec<Space> => {
    return enumeration<Space>(__SpaceValues)
  }
}

export interface Standing {
  incarnation: bigint
  writes: bigint
}

export namespace Standing {
  let _codec: Codec<Standing>

  export const codec = (): Codec<Standing> => {
    if (_codec == null) {
      _codec = message<Standing>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.incarnation != null && obj.incarnation !== 0n)) {
          w.uint32(8)
          w.uint64(obj.incarnation)
        }

        if ((obj.writes != null && obj.writes !== 0n)) {
          w.uint32(16)
          w.uint64(obj.writes)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          incarnation: 0n,
          writes: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.incarnation = reader.uint64()
              break
            }
            case 2: {
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
                field: `${prefix}.incarnation`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
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

  export interface StandingIncarnationFieldEvent {
    field: '$.incarnation'
    value: bigint
  }

  export interface StandingWritesFieldEvent {
    field: '$.writes'
    value: bigint
  }

  export function encode (obj: Partial<Standing>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Standing.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Standing>): Standing {
    return decodeMessage(buf, Standing.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Standing>): Generator<StandingIncarnationFieldEvent | StandingWritesFieldEvent> {
    return streamMessage(buf, Standing.codec(), opts)
  }
}

export enum Refusal {
  NONE = 'NONE',
  OLD_ROSTER = 'OLD_ROSTER',
  UNKNOWN_ROSTER = 'UNKNOWN_ROSTER',
  NOT_VOTING = 'NOT_VOTING'
}

enum __RefusalValues {
  NONE = 0,
  OLD_ROSTER = 1,
  UNKNOWN_ROSTER = 2,
  NOT_VOTING = 3
}

export namespace Refusal {
  export const codec = (): Codec<Refusal> => {
    return enumeration<Refusal>(__RefusalValues)
  }
}

export interface VoteRequest {
  rosterVersion: bigint
  space: number
  name: string
  ballot?: Ballot
  version: bigint
  value: Uint8Array<ArrayBuffer>
}

export namespace VoteRequest {
  let _codec: Codec<VoteRequest>

  export const codec = (): Codec<VoteRequest> => {
    if (_codec == null) {
      _codec = message<VoteRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(8)
          w.uint64(obj.rosterVersion)
        }

        if ((obj.space != null && obj.space !== 0)) {
          w.uint32(16)
          w.uint32(obj.space)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(26)
          w.string(obj.name)
        }

        if (obj.ballot != null) {
          w.uint32(34)
          Ballot.codec().encode(obj.ballot, w)
        }

        if ((obj.version != null && obj.version !== 0n)) {
          w.uint32(40)
          w.uint64(obj.version)
        }

        if ((obj.value != null && obj.value.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.value)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosterVersion: 0n,
          space: 0,
          name: '',
          version: 0n,
          value: uint8ArrayAlloc(0)
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
              obj.space = reader.uint32()
              break
            }
            case 3: {
              obj.name = reader.string()
              break
            }
            case 4: {
              obj.ballot = Ballot.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ballot
              })
              break
            }
            case 5: {
              obj.version = reader.uint64()
              break
            }
            case 6: {
              obj.value = reader.bytes()
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
                field: `${prefix}.space`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield * Ballot.codec().stream(reader, reader.uint32(), `${prefix}.ballot`, {
                limits: opts.limits?.ballot
              })

              break
            }
            case 5: {
              yield {
                field: `${prefix}.version`,
                value: reader.uint64()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.value`,
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

  export interface VoteRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface VoteRequestSpaceFieldEvent {
    field: '$.space'
    value: number
  }

  export interface VoteRequestNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface VoteRequestBallotCounterFieldEvent {
    field: '$.ballot.counter'
    value: bigint
  }

  export interface VoteRequestBallotProposerFieldEvent {
    field: '$.ballot.proposer'
    value: Uint8Array<ArrayBuffer>
  }

  export interface VoteRequestVersionFieldEvent {
    field: '$.version'
    value: bigint
  }

  export interface VoteRequestValueFieldEvent {
    field: '$.value'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<VoteRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, VoteRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<VoteRequest>): VoteRequest {
    return decodeMessage(buf, VoteRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<VoteRequest>): Generator<VoteRequestRosterVersionFieldEvent | VoteRequestSpaceFieldEvent | VoteRequestNameFieldEvent | VoteRequestBallotCounterFieldEvent | VoteRequestBallotProposerFieldEvent | VoteRequestVersionFieldEvent | VoteRequestValueFieldEvent> {
    return streamMessage(buf, VoteRequest.codec(), opts)
  }
}

export interface VoteResponse {
  standing?: Standing
  refusal: number
  outbid?: Ballot
  accepted?: AcceptedRegister
}

export namespace VoteResponse {
  let _codec: Codec<VoteResponse>

  export const codec = (): Codec<VoteResponse> => {
    if (_codec == null) {
      _codec = message<VoteResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.standing != null) {
          w.uint32(10)
          Standing.codec().encode(obj.standing, w)
        }

        if ((obj.refusal != null && obj.refusal !== 0)) {
          w.uint32(16)
          w.uint32(obj.refusal)
        }

        if (obj.outbid != null) {
          w.uint32(26)
          Ballot.codec().encode(obj.outbid, w)
        }

        if (obj.accepted != null) {
          w.uint32(34)
          AcceptedRegister.codec().encode(obj.accepted, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          refusal: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.standing = Standing.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.standing
              })
              break
            }
            case 2: {
              obj.refusal = reader.uint32()
              break
            }
            case 3: {
              obj.outbid = Ballot.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.outbid
              })
              break
            }
            case 4: {
              obj.accepted = AcceptedRegister.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.accepted
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
              yield * Standing.codec().stream(reader, reader.uint32(), `${prefix}.standing`, {
                limits: opts.limits?.standing
              })

              break
            }
            case 2: {
              yield {
                field: `${prefix}.refusal`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield * Ballot.codec().stream(reader, reader.uint32(), `${prefix}.outbid`, {
                limits: opts.limits?.outbid
              })

              break
            }
            case 4: {
              yield * AcceptedRegister.codec().stream(reader, reader.uint32(), `${prefix}.accepted`, {
                limits: opts.limits?.accepted
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

  export interface VoteResponseStandingIncarnationFieldEvent {
    field: '$.standing.incarnation'
    value: bigint
  }

  export interface VoteResponseStandingWritesFieldEvent {
    field: '$.standing.writes'
    value: bigint
  }

  export interface VoteResponseRefusalFieldEvent {
    field: '$.refusal'
    value: number
  }

  export interface VoteResponseOutbidCounterFieldEvent {
    field: '$.outbid.counter'
    value: bigint
  }

  export interface VoteResponseOutbidProposerFieldEvent {
    field: '$.outbid.proposer'
    value: Uint8Array<ArrayBuffer>
  }

  export interface VoteResponseAcceptedBallotCounterFieldEvent {
    field: '$.accepted.ballot.counter'
    value: bigint
  }

  export interface VoteResponseAcceptedBallotProposerFieldEvent {
    field: '$.accepted.ballot.proposer'
    value: Uint8Array<ArrayBuffer>
  }

  export interface VoteResponseAcceptedVersionFieldEvent {
    field: '$.accepted.version'
    value: bigint
  }

  export interface VoteResponseAcceptedValueFieldEvent {
    field: '$.accepted.value'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<VoteResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, VoteResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<VoteResponse>): VoteResponse {
    return decodeMessage(buf, VoteResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<VoteResponse>): Generator<VoteResponseStandingIncarnationFieldEvent | VoteResponseStandingWritesFieldEvent | VoteResponseRefusalFieldEvent | VoteResponseOutbidCounterFieldEvent | VoteResponseOutbidProposerFieldEvent | VoteResponseAcceptedBallotCounterFieldEvent | VoteResponseAcceptedBallotProposerFieldEvent | VoteResponseAcceptedVersionFieldEvent | VoteResponseAcceptedValueFieldEvent> {
    return streamMessage(buf, VoteResponse.codec(), opts)
  }
}

export interface ListRequest {
  rosterVersion: bigint
  prefix: string
  after: string
  limit: number
}

export namespace ListRequest {
  let _codec: Codec<ListRequest>

  export const codec = (): Codec<ListRequest> => {
    if (_codec == null) {
      _codec = message<ListRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(8)
          w.uint64(obj.rosterVersion)
        }

        if ((obj.prefix != null && obj.prefix !== '')) {
          w.uint32(18)
          w.string(obj.prefix)
        }

        if ((obj.after != null && obj.after !== '')) {
          w.uint32(26)
          w.string(obj.after)
        }

        if ((obj.limit != null && obj.limit !== 0)) {
          w.uint32(32)
          w.uint32(obj.limit)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosterVersion: 0n,
          prefix: '',
          after: '',
          limit: 0
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
              obj.prefix = reader.string()
              break
            }
            case 3: {
              obj.after = reader.string()
              break
            }
            case 4: {
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
                field: `${prefix}.rosterVersion`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.prefix`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.after`,
                value: reader.string()
              }
              break
            }
            case 4: {
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

  export interface ListRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
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

  export function encode (obj: Partial<ListRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ListRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListRequest>): ListRequest {
    return decodeMessage(buf, ListRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListRequest>): Generator<ListRequestRosterVersionFieldEvent | ListRequestPrefixFieldEvent | ListRequestAfterFieldEvent | ListRequestLimitFieldEvent> {
    return streamMessage(buf, ListRequest.codec(), opts)
  }
}

export interface ListedRegister {
  name: string
  accepted?: AcceptedRegister
}

export namespace ListedRegister {
  let _codec: Codec<ListedRegister>

  export const codec = (): Codec<ListedRegister> => {
    if (_codec == null) {
      _codec = message<ListedRegister>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(10)
          w.string(obj.name)
        }

        if (obj.accepted != null) {
          w.uint32(18)
          AcceptedRegister.codec().encode(obj.accepted, w)
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
            case 2: {
              obj.accepted = AcceptedRegister.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.accepted
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
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield * AcceptedRegister.codec().stream(reader, reader.uint32(), `${prefix}.accepted`, {
                limits: opts.limits?.accepted
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

  export interface ListedRegisterNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface ListedRegisterAcceptedBallotCounterFieldEvent {
    field: '$.accepted.ballot.counter'
    value: bigint
  }

  export interface ListedRegisterAcceptedBallotProposerFieldEvent {
    field: '$.accepted.ballot.proposer'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ListedRegisterAcceptedVersionFieldEvent {
    field: '$.accepted.version'
    value: bigint
  }

  export interface ListedRegisterAcceptedValueFieldEvent {
    field: '$.accepted.value'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<ListedRegister>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ListedRegister.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListedRegister>): ListedRegister {
    return decodeMessage(buf, ListedRegister.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListedRegister>): Generator<ListedRegisterNameFieldEvent | ListedRegisterAcceptedBallotCounterFieldEvent | ListedRegisterAcceptedBallotProposerFieldEvent | ListedRegisterAcceptedVersionFieldEvent | ListedRegisterAcceptedValueFieldEvent> {
    return streamMessage(buf, ListedRegister.codec(), opts)
  }
}

export interface ListResponse {
  standing?: Standing
  refusal: number
  registers: ListedRegister[]
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

        if (obj.standing != null) {
          w.uint32(10)
          Standing.codec().encode(obj.standing, w)
        }

        if ((obj.refusal != null && obj.refusal !== 0)) {
          w.uint32(16)
          w.uint32(obj.refusal)
        }

        if (obj.registers != null && obj.registers.length > 0) {
          for (const value of obj.registers) {
            w.uint32(26)
            ListedRegister.codec().encode(value, w)
          }
        }

        if ((obj.more != null && obj.more !== false)) {
          w.uint32(32)
          w.bool(obj.more)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          refusal: 0,
          registers: [],
          more: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.standing = Standing.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.standing
              })
              break
            }
            case 2: {
              obj.refusal = reader.uint32()
              break
            }
            case 3: {
              if (opts.limits?.registers != null && obj.registers.length === opts.limits.registers) {
                throw new MaxLengthError('Decode error - repeated field "registers" had too many elements')
              }

              obj.registers.push(ListedRegister.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.registers$
              }))
              break
            }
            case 4: {
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
          registers: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Standing.codec().stream(reader, reader.uint32(), `${prefix}.standing`, {
                limits: opts.limits?.standing
              })

              break
            }
            case 2: {
              yield {
                field: `${prefix}.refusal`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              if (opts.limits?.registers != null && obj.registers === opts.limits.registers) {
                throw new MaxLengthError('Streaming decode error - repeated field "registers" had too many elements')
              }

              for (const evt of ListedRegister.codec().stream(reader, reader.uint32(), `${prefix}.registers[]`, {
                limits: opts.limits?.registers$
              })) {
                yield {
                  ...evt,
                  index: obj.registers
                }
              }

              obj.registers++

              break
            }
            case 4: {
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

  export interface ListResponseStandingIncarnationFieldEvent {
    field: '$.standing.incarnation'
    value: bigint
  }

  export interface ListResponseStandingWritesFieldEvent {
    field: '$.standing.writes'
    value: bigint
  }

  export interface ListResponseRefusalFieldEvent {
    field: '$.refusal'
    value: number
  }

  export interface ListResponseRegistersNameFieldEvent {
    field: '$.registers[].name'
    value: string
    index: number
  }

  export interface ListResponseRegistersAcceptedBallotCounterFieldEvent {
    field: '$.registers[].accepted.ballot.counter'
    value: bigint
    index: number
  }

  export interface ListResponseRegistersAcceptedBallotProposerFieldEvent {
    field: '$.registers[].accepted.ballot.proposer'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface ListResponseRegistersAcceptedVersionFieldEvent {
    field: '$.registers[].accepted.version'
    value: bigint
    index: number
  }

  export interface ListResponseRegistersAcceptedValueFieldEvent {
    field: '$.registers[].accepted.value'
    value: Uint8Array<ArrayBuffer>
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

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ListResponse>): Generator<ListResponseStandingIncarnationFieldEvent | ListResponseStandingWritesFieldEvent | ListResponseRefusalFieldEvent | ListResponseRegistersNameFieldEvent | ListResponseRegistersAcceptedBallotCounterFieldEvent | ListResponseRegistersAcceptedBallotProposerFieldEvent | ListResponseRegistersAcceptedVersionFieldEvent | ListResponseRegistersAcceptedValueFieldEvent | ListResponseMoreFieldEvent> {
    return streamMessage(buf, ListResponse.codec(), opts)
  }
}

export interface NamesRequest {
  rosterVersion: bigint
  prefix: string
  after: string
  limit: number
}

export namespace NamesRequest {
  let _codec: Codec<NamesRequest>

  export const codec = (): Codec<NamesRequest> => {
    if (_codec == null) {
      _codec = message<NamesRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(8)
          w.uint64(obj.rosterVersion)
        }

        if ((obj.prefix != null && obj.prefix !== '')) {
          w.uint32(18)
          w.string(obj.prefix)
        }

        if ((obj.after != null && obj.after !== '')) {
          w.uint32(26)
          w.string(obj.after)
        }

        if ((obj.limit != null && obj.limit !== 0)) {
          w.uint32(32)
          w.uint32(obj.limit)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosterVersion: 0n,
          prefix: '',
          after: '',
          limit: 0
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
              obj.prefix = reader.string()
              break
            }
            case 3: {
              obj.after = reader.string()
              break
            }
            case 4: {
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
                field: `${prefix}.rosterVersion`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.prefix`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.after`,
                value: reader.string()
              }
              break
            }
            case 4: {
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

  export interface NamesRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface NamesRequestPrefixFieldEvent {
    field: '$.prefix'
    value: string
  }

  export interface NamesRequestAfterFieldEvent {
    field: '$.after'
    value: string
  }

  export interface NamesRequestLimitFieldEvent {
    field: '$.limit'
    value: number
  }

  export function encode (obj: Partial<NamesRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, NamesRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NamesRequest>): NamesRequest {
    return decodeMessage(buf, NamesRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NamesRequest>): Generator<NamesRequestRosterVersionFieldEvent | NamesRequestPrefixFieldEvent | NamesRequestAfterFieldEvent | NamesRequestLimitFieldEvent> {
    return streamMessage(buf, NamesRequest.codec(), opts)
  }
}

export interface NamesResponse {
  standing?: Standing
  refusal: number
  names: string[]
  more: boolean
}

export namespace NamesResponse {
  let _codec: Codec<NamesResponse>

  export const codec = (): Codec<NamesResponse> => {
    if (_codec == null) {
      _codec = message<NamesResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.standing != null) {
          w.uint32(10)
          Standing.codec().encode(obj.standing, w)
        }

        if ((obj.refusal != null && obj.refusal !== 0)) {
          w.uint32(16)
          w.uint32(obj.refusal)
        }

        if (obj.names != null && obj.names.length > 0) {
          for (const value of obj.names) {
            w.uint32(26)
            w.string(value)
          }
        }

        if ((obj.more != null && obj.more !== false)) {
          w.uint32(32)
          w.bool(obj.more)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          refusal: 0,
          names: [],
          more: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.standing = Standing.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.standing
              })
              break
            }
            case 2: {
              obj.refusal = reader.uint32()
              break
            }
            case 3: {
              if (opts.limits?.names != null && obj.names.length === opts.limits.names) {
                throw new MaxLengthError('Decode error - repeated field "names" had too many elements')
              }

              obj.names.push(reader.string())
              break
            }
            case 4: {
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
          names: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Standing.codec().stream(reader, reader.uint32(), `${prefix}.standing`, {
                limits: opts.limits?.standing
              })

              break
            }
            case 2: {
              yield {
                field: `${prefix}.refusal`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              if (opts.limits?.names != null && obj.names === opts.limits.names) {
                throw new MaxLengthError('Streaming decode error - repeated field "names" had too many elements')
              }

              yield {
                field: `${prefix}.names[]`,
                index: obj.names,
                value: reader.string()
              }

              obj.names++

              break
            }
            case 4: {
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

  export interface NamesResponseStandingIncarnationFieldEvent {
    field: '$.standing.incarnation'
    value: bigint
  }

  export interface NamesResponseStandingWritesFieldEvent {
    field: '$.standing.writes'
    value: bigint
  }

  export interface NamesResponseRefusalFieldEvent {
    field: '$.refusal'
    value: number
  }

  export interface NamesResponseNamesFieldEvent {
    field: '$.names[]'
    index: number
    value: string
  }

  export interface NamesResponseMoreFieldEvent {
    field: '$.more'
    value: boolean
  }

  export function encode (obj: Partial<NamesResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, NamesResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NamesResponse>): NamesResponse {
    return decodeMessage(buf, NamesResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<NamesResponse>): Generator<NamesResponseStandingIncarnationFieldEvent | NamesResponseStandingWritesFieldEvent | NamesResponseRefusalFieldEvent | NamesResponseNamesFieldEvent | NamesResponseMoreFieldEvent> {
    return streamMessage(buf, NamesResponse.codec(), opts)
  }
}

export interface BallotsResponse {
  standing?: Standing
  refusal: number
  ballots: RegisterBallot[]
  more: boolean
}

export namespace BallotsResponse {
  let _codec: Codec<BallotsResponse>

  export const codec = (): Codec<BallotsResponse> => {
    if (_codec == null) {
      _codec = message<BallotsResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.standing != null) {
          w.uint32(10)
          Standing.codec().encode(obj.standing, w)
        }

        if ((obj.refusal != null && obj.refusal !== 0)) {
          w.uint32(16)
          w.uint32(obj.refusal)
        }

        if (obj.ballots != null && obj.ballots.length > 0) {
          for (const value of obj.ballots) {
            w.uint32(26)
            RegisterBallot.codec().encode(value, w)
          }
        }

        if ((obj.more != null && obj.more !== false)) {
          w.uint32(32)
          w.bool(obj.more)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          refusal: 0,
          ballots: [],
          more: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.standing = Standing.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.standing
              })
              break
            }
            case 2: {
              obj.refusal = reader.uint32()
              break
            }
            case 3: {
              if (opts.limits?.ballots != null && obj.ballots.length === opts.limits.ballots) {
                throw new MaxLengthError('Decode error - repeated field "ballots" had too many elements')
              }

              obj.ballots.push(RegisterBallot.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ballots$
              }))
              break
            }
            case 4: {
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
          ballots: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Standing.codec().stream(reader, reader.uint32(), `${prefix}.standing`, {
                limits: opts.limits?.standing
              })

              break
            }
            case 2: {
              yield {
                field: `${prefix}.refusal`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              if (opts.limits?.ballots != null && obj.ballots === opts.limits.ballots) {
                throw new MaxLengthError('Streaming decode error - repeated field "ballots" had too many elements')
              }

              for (const evt of RegisterBallot.codec().stream(reader, reader.uint32(), `${prefix}.ballots[]`, {
                limits: opts.limits?.ballots$
              })) {
                yield {
                  ...evt,
                  index: obj.ballots
                }
              }

              obj.ballots++

              break
            }
            case 4: {
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

  export interface BallotsResponseStandingIncarnationFieldEvent {
    field: '$.standing.incarnation'
    value: bigint
  }

  export interface BallotsResponseStandingWritesFieldEvent {
    field: '$.standing.writes'
    value: bigint
  }

  export interface BallotsResponseRefusalFieldEvent {
    field: '$.refusal'
    value: number
  }

  export interface BallotsResponseBallotsNameFieldEvent {
    field: '$.ballots[].name'
    value: string
    index: number
  }

  export interface BallotsResponseBallotsAcceptedCounterFieldEvent {
    field: '$.ballots[].accepted.counter'
    value: bigint
    index: number
  }

  export interface BallotsResponseBallotsAcceptedProposerFieldEvent {
    field: '$.ballots[].accepted.proposer'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface BallotsResponseMoreFieldEvent {
    field: '$.more'
    value: boolean
  }

  export function encode (obj: Partial<BallotsResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, BallotsResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BallotsResponse>): BallotsResponse {
    return decodeMessage(buf, BallotsResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BallotsResponse>): Generator<BallotsResponseStandingIncarnationFieldEvent | BallotsResponseStandingWritesFieldEvent | BallotsResponseRefusalFieldEvent | BallotsResponseBallotsNameFieldEvent | BallotsResponseBallotsAcceptedCounterFieldEvent | BallotsResponseBallotsAcceptedProposerFieldEvent | BallotsResponseMoreFieldEvent> {
    return streamMessage(buf, BallotsResponse.codec(), opts)
  }
}

export interface RegisterBallot {
  name: string
  accepted?: Ballot
}

export namespace RegisterBallot {
  let _codec: Codec<RegisterBallot>

  export const codec = (): Codec<RegisterBallot> => {
    if (_codec == null) {
      _codec = message<RegisterBallot>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(10)
          w.string(obj.name)
        }

        if (obj.accepted != null) {
          w.uint32(18)
          Ballot.codec().encode(obj.accepted, w)
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
            case 2: {
              obj.accepted = Ballot.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.accepted
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
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield * Ballot.codec().stream(reader, reader.uint32(), `${prefix}.accepted`, {
                limits: opts.limits?.accepted
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

  export interface RegisterBallotNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface RegisterBallotAcceptedCounterFieldEvent {
    field: '$.accepted.counter'
    value: bigint
  }

  export interface RegisterBallotAcceptedProposerFieldEvent {
    field: '$.accepted.proposer'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<RegisterBallot>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, RegisterBallot.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RegisterBallot>): RegisterBallot {
    return decodeMessage(buf, RegisterBallot.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RegisterBallot>): Generator<RegisterBallotNameFieldEvent | RegisterBallotAcceptedCounterFieldEvent | RegisterBallotAcceptedProposerFieldEvent> {
    return streamMessage(buf, RegisterBallot.codec(), opts)
  }
}

export interface SignRosterRequest {
  rosterVersion: bigint
  roster: Uint8Array<ArrayBuffer>
}

export namespace SignRosterRequest {
  let _codec: Codec<SignRosterRequest>

  export const codec = (): Codec<SignRosterRequest> => {
    if (_codec == null) {
      _codec = message<SignRosterRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(8)
          w.uint64(obj.rosterVersion)
        }

        if ((obj.roster != null && obj.roster.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.roster)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          rosterVersion: 0n,
          roster: uint8ArrayAlloc(0)
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
              obj.roster = reader.bytes()
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
                field: `${prefix}.roster`,
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

  export interface SignRosterRequestRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface SignRosterRequestRosterFieldEvent {
    field: '$.roster'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<SignRosterRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SignRosterRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignRosterRequest>): SignRosterRequest {
    return decodeMessage(buf, SignRosterRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignRosterRequest>): Generator<SignRosterRequestRosterVersionFieldEvent | SignRosterRequestRosterFieldEvent> {
    return streamMessage(buf, SignRosterRequest.codec(), opts)
  }
}

export interface SignRosterResponse {
  standing?: Standing
  refusal: number
  signature: Uint8Array<ArrayBuffer>
}

export namespace SignRosterResponse {
  let _codec: Codec<SignRosterResponse>

  export const codec = (): Codec<SignRosterResponse> => {
    if (_codec == null) {
      _codec = message<SignRosterResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.standing != null) {
          w.uint32(10)
          Standing.codec().encode(obj.standing, w)
        }

        if ((obj.refusal != null && obj.refusal !== 0)) {
          w.uint32(16)
          w.uint32(obj.refusal)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          refusal: 0,
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.standing = Standing.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.standing
              })
              break
            }
            case 2: {
              obj.refusal = reader.uint32()
              break
            }
            case 3: {
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
              yield * Standing.codec().stream(reader, reader.uint32(), `${prefix}.standing`, {
                limits: opts.limits?.standing
              })

              break
            }
            case 2: {
              yield {
                field: `${prefix}.refusal`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
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

  export interface SignRosterResponseStandingIncarnationFieldEvent {
    field: '$.standing.incarnation'
    value: bigint
  }

  export interface SignRosterResponseStandingWritesFieldEvent {
    field: '$.standing.writes'
    value: bigint
  }

  export interface SignRosterResponseRefusalFieldEvent {
    field: '$.refusal'
    value: number
  }

  export interface SignRosterResponseSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<SignRosterResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SignRosterResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignRosterResponse>): SignRosterResponse {
    return decodeMessage(buf, SignRosterResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignRosterResponse>): Generator<SignRosterResponseStandingIncarnationFieldEvent | SignRosterResponseStandingWritesFieldEvent | SignRosterResponseRefusalFieldEvent | SignRosterResponseSignatureFieldEvent> {
    return streamMessage(buf, SignRosterResponse.codec(), opts)
  }
}

export interface WitnessRequest {
  standing?: Standing
}

export namespace WitnessRequest {
  let _codec: Codec<WitnessRequest>

  export const codec = (): Codec<WitnessRequest> => {
    if (_codec == null) {
      _codec = message<WitnessRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.standing != null) {
          w.uint32(10)
          Standing.codec().encode(obj.standing, w)
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
              obj.standing = Standing.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.standing
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
              yield * Standing.codec().stream(reader, reader.uint32(), `${prefix}.standing`, {
                limits: opts.limits?.standing
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

  export interface WitnessRequestStandingIncarnationFieldEvent {
    field: '$.standing.incarnation'
    value: bigint
  }

  export interface WitnessRequestStandingWritesFieldEvent {
    field: '$.standing.writes'
    value: bigint
  }

  export function encode (obj: Partial<WitnessRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WitnessRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WitnessRequest>): WitnessRequest {
    return decodeMessage(buf, WitnessRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WitnessRequest>): Generator<WitnessRequestStandingIncarnationFieldEvent | WitnessRequestStandingWritesFieldEvent> {
    return streamMessage(buf, WitnessRequest.codec(), opts)
  }
}

export interface WitnessResponse {
  furthest?: Standing
}

export namespace WitnessResponse {
  let _codec: Codec<WitnessResponse>

  export const codec = (): Codec<WitnessResponse> => {
    if (_codec == null) {
      _codec = message<WitnessResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.furthest != null) {
          w.uint32(10)
          Standing.codec().encode(obj.furthest, w)
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
              obj.furthest = Standing.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.furthest
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
              yield * Standing.codec().stream(reader, reader.uint32(), `${prefix}.furthest`, {
                limits: opts.limits?.furthest
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

  export interface WitnessResponseFurthestIncarnationFieldEvent {
    field: '$.furthest.incarnation'
    value: bigint
  }

  export interface WitnessResponseFurthestWritesFieldEvent {
    field: '$.furthest.writes'
    value: bigint
  }

  export function encode (obj: Partial<WitnessResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WitnessResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WitnessResponse>): WitnessResponse {
    return decodeMessage(buf, WitnessResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WitnessResponse>): Generator<WitnessResponseFurthestIncarnationFieldEvent | WitnessResponseFurthestWritesFieldEvent> {
    return streamMessage(buf, WitnessResponse.codec(), opts)
  }
}
