import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface ServerFigures {
  nowMs: bigint
  version: string
  clients: number
  devices: number
  registers: bigint
  envelopes: bigint
  envelopeBytes: bigint
  blobs: bigint
  blobBytes: bigint
  freeDiskBytes: bigint
  rosterVersion: bigint
  closedVersion: bigint
  mailboxesInAll: bigint
  mailboxesLeft: bigint
  underReplicated: bigint
  voteState: number
  distrusted: Uint8Array<ArrayBuffer>[]
  filesUnderReplicated: bigint
  fileBytesLeft: bigint
}

export namespace ServerFigures {
  let _codec: Codec<ServerFigures>

  export const codec = (): Codec<ServerFigures> => {
    if (_codec == null) {
      _codec = message<ServerFigures>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.nowMs != null && obj.nowMs !== 0n)) {
          w.uint32(8)
          w.uint64(obj.nowMs)
        }

        if ((obj.version != null && obj.version !== '')) {
          w.uint32(18)
          w.string(obj.version)
        }

        if ((obj.clients != null && obj.clients !== 0)) {
          w.uint32(24)
          w.uint32(obj.clients)
        }

        if ((obj.devices != null && obj.devices !== 0)) {
          w.uint32(32)
          w.uint32(obj.devices)
        }

        if ((obj.registers != null && obj.registers !== 0n)) {
          w.uint32(40)
          w.uint64(obj.registers)
        }

        if ((obj.envelopes != null && obj.envelopes !== 0n)) {
          w.uint32(48)
          w.uint64(obj.envelopes)
        }

        if ((obj.envelopeBytes != null && obj.envelopeBytes !== 0n)) {
          w.uint32(56)
          w.uint64(obj.envelopeBytes)
        }

        if ((obj.blobs != null && obj.blobs !== 0n)) {
          w.uint32(64)
          w.uint64(obj.blobs)
        }

        if ((obj.blobBytes != null && obj.blobBytes !== 0n)) {
          w.uint32(72)
          w.uint64(obj.blobBytes)
        }

        if ((obj.freeDiskBytes != null && obj.freeDiskBytes !== 0n)) {
          w.uint32(80)
          w.uint64(obj.freeDiskBytes)
        }

        if ((obj.rosterVersion != null && obj.rosterVersion !== 0n)) {
          w.uint32(88)
          w.uint64(obj.rosterVersion)
        }

        if ((obj.closedVersion != null && obj.closedVersion !== 0n)) {
          w.uint32(96)
          w.uint64(obj.closedVersion)
        }

        if ((obj.mailboxesInAll != null && obj.mailboxesInAll !== 0n)) {
          w.uint32(104)
          w.uint64(obj.mailboxesInAll)
        }

        if ((obj.mailboxesLeft != null && obj.mailboxesLeft !== 0n)) {
          w.uint32(112)
          w.uint64(obj.mailboxesLeft)
        }

        if ((obj.underReplicated != null && obj.underReplicated !== 0n)) {
          w.uint32(120)
          w.uint64(obj.underReplicated)
        }

        if ((obj.voteState != null && obj.voteState !== 0)) {
          w.uint32(128)
          w.uint32(obj.voteState)
        }

        if (obj.distrusted != null && obj.distrusted.length > 0) {
          for (const value of obj.distrusted) {
            w.uint32(138)
            w.bytes(value)
          }
        }

        if ((obj.filesUnderReplicated != null && obj.filesUnderReplicated !== 0n)) {
          w.uint32(144)
          w.uint64(obj.filesUnderReplicated)
        }

        if ((obj.fileBytesLeft != null && obj.fileBytesLeft !== 0n)) {
          w.uint32(152)
          w.uint64(obj.fileBytesLeft)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          nowMs: 0n,
          version: '',
          clients: 0,
          devices: 0,
          registers: 0n,
          envelopes: 0n,
          envelopeBytes: 0n,
          blobs: 0n,
          blobBytes: 0n,
          freeDiskBytes: 0n,
          rosterVersion: 0n,
          closedVersion: 0n,
          mailboxesInAll: 0n,
          mailboxesLeft: 0n,
          underReplicated: 0n,
          voteState: 0,
          distrusted: [],
          filesUnderReplicated: 0n,
          fileBytesLeft: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.nowMs = reader.uint64()
              break
            }
            case 2: {
              obj.version = reader.string()
              break
            }
            case 3: {
              obj.clients = reader.uint32()
              break
            }
            case 4: {
              obj.devices = reader.uint32()
              break
            }
            case 5: {
              obj.registers = reader.uint64()
              break
            }
            case 6: {
              obj.envelopes = reader.uint64()
              break
            }
            case 7: {
              obj.envelopeBytes = reader.uint64()
              break
            }
            case 8: {
              obj.blobs = reader.uint64()
              break
            }
            case 9: {
              obj.blobBytes = reader.uint64()
              break
            }
            case 10: {
              obj.freeDiskBytes = reader.uint64()
              break
            }
            case 11: {
              obj.rosterVersion = reader.uint64()
              break
            }
            case 12: {
              obj.closedVersion = reader.uint64()
              break
            }
            case 13: {
              obj.mailboxesInAll = reader.uint64()
              break
            }
            case 14: {
              obj.mailboxesLeft = reader.uint64()
              break
            }
            case 15: {
              obj.underReplicated = reader.uint64()
              break
            }
            case 16: {
              obj.voteState = reader.uint32()
              break
            }
            case 17: {
              if (opts.limits?.distrusted != null && obj.distrusted.length === opts.limits.distrusted) {
                throw new MaxLengthError('Decode error - repeated field "distrusted" had too many elements')
              }

              obj.distrusted.push(reader.bytes())
              break
            }
            case 18: {
              obj.filesUnderReplicated = reader.uint64()
              break
            }
            case 19: {
              obj.fileBytesLeft = reader.uint64()
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
          distrusted: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.nowMs`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.version`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.clients`,
                value: reader.uint32()
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
              yield {
                field: `${prefix}.registers`,
                value: reader.uint64()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.envelopes`,
                value: reader.uint64()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.envelopeBytes`,
                value: reader.uint64()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.blobs`,
                value: reader.uint64()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.blobBytes`,
                value: reader.uint64()
              }
              break
            }
            case 10: {
              yield {
                field: `${prefix}.freeDiskBytes`,
                value: reader.uint64()
              }
              break
            }
            case 11: {
              yield {
                field: `${prefix}.rosterVersion`,
                value: reader.uint64()
              }
              break
            }
            case 12: {
              yield {
                field: `${prefix}.closedVersion`,
                value: reader.uint64()
              }
              break
            }
            case 13: {
              yield {
                field: `${prefix}.mailboxesInAll`,
                value: reader.uint64()
              }
              break
            }
            case 14: {
              yield {
                field: `${prefix}.mailboxesLeft`,
                value: reader.uint64()
              }
              break
            }
            case 15: {
              yield {
                field: `${prefix}.underReplicated`,
                value: reader.uint64()
              }
              break
            }
            case 16: {
              yield {
                field: `${prefix}.voteState`,
                value: reader.uint32()
              }
              break
            }
            case 17: {
              if (opts.limits?.distrusted != null && obj.distrusted === opts.limits.distrusted) {
                throw new MaxLengthError('Streaming decode error - repeated field "distrusted" had too many elements')
              }

              yield {
                field: `${prefix}.distrusted[]`,
                index: obj.distrusted,
                value: reader.bytes()
              }

              obj.distrusted++

              break
            }
            case 18: {
              yield {
                field: `${prefix}.filesUnderReplicated`,
                value: reader.uint64()
              }
              break
            }
            case 19: {
              yield {
                field: `${prefix}.fileBytesLeft`,
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

  export interface ServerFiguresNowMsFieldEvent {
    field: '$.nowMs'
    value: bigint
  }

  export interface ServerFiguresVersionFieldEvent {
    field: '$.version'
    value: string
  }

  export interface ServerFiguresClientsFieldEvent {
    field: '$.clients'
    value: number
  }

  export interface ServerFiguresDevicesFieldEvent {
    field: '$.devices'
    value: number
  }

  export interface ServerFiguresRegistersFieldEvent {
    field: '$.registers'
    value: bigint
  }

  export interface ServerFiguresEnvelopesFieldEvent {
    field: '$.envelopes'
    value: bigint
  }

  export interface ServerFiguresEnvelopeBytesFieldEvent {
    field: '$.envelopeBytes'
    value: bigint
  }

  export interface ServerFiguresBlobsFieldEvent {
    field: '$.blobs'
    value: bigint
  }

  export interface ServerFiguresBlobBytesFieldEvent {
    field: '$.blobBytes'
    value: bigint
  }

  export interface ServerFiguresFreeDiskBytesFieldEvent {
    field: '$.freeDiskBytes'
    value: bigint
  }

  export interface ServerFiguresRosterVersionFieldEvent {
    field: '$.rosterVersion'
    value: bigint
  }

  export interface ServerFiguresClosedVersionFieldEvent {
    field: '$.closedVersion'
    value: bigint
  }

  export interface ServerFiguresMailboxesInAllFieldEvent {
    field: '$.mailboxesInAll'
    value: bigint
  }

  export interface ServerFiguresMailboxesLeftFieldEvent {
    field: '$.mailboxesLeft'
    value: bigint
  }

  export interface ServerFiguresUnderReplicatedFieldEvent {
    field: '$.underReplicated'
    value: bigint
  }

  export interface ServerFiguresVoteStateFieldEvent {
    field: '$.voteState'
    value: number
  }

  export interface ServerFiguresDistrustedFieldEvent {
    field: '$.distrusted[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface ServerFiguresFilesUnderReplicatedFieldEvent {
    field: '$.filesUnderReplicated'
    value: bigint
  }

  export interface ServerFiguresFileBytesLeftFieldEvent {
    field: '$.fileBytesLeft'
    value: bigint
  }

  export function encode (obj: Partial<ServerFigures>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ServerFigures.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerFigures>): ServerFigures {
    return decodeMessage(buf, ServerFigures.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ServerFigures>): Generator<ServerFiguresNowMsFieldEvent | ServerFiguresVersionFieldEvent | ServerFiguresClientsFieldEvent | ServerFiguresDevicesFieldEvent | ServerFiguresRegistersFieldEvent | ServerFiguresEnvelopesFieldEvent | ServerFiguresEnvelopeBytesFieldEvent | ServerFiguresBlobsFieldEvent | ServerFiguresBlobBytesFieldEvent | ServerFiguresFreeDiskBytesFieldEvent | ServerFiguresRosterVersionFieldEvent | ServerFiguresClosedVersionFieldEvent | ServerFiguresMailboxesInAllFieldEvent | ServerFiguresMailboxesLeftFieldEvent | ServerFiguresUnderReplicatedFieldEvent | ServerFiguresVoteStateFieldEvent | ServerFiguresDistrustedFieldEvent | ServerFiguresFilesUnderReplicatedFieldEvent | ServerFiguresFileBytesLeftFieldEvent> {
    return streamMessage(buf, ServerFigures.codec(), opts)
  }
}

export enum VoteState {
  NOT_VOTING = 'NOT_VOTING',
  VOTING = 'VOTING',
  RETIRED = 'RETIRED'
}

enum __VoteStateValues {
  NOT_VOTING = 0,
  VOTING = 1,
  RETIRED = 2
}

export namespace VoteState {
  export const codec = (): Codec<VoteState> => {
    return enumeration<VoteState>(__VoteStateValues)
  }
}

export interface ReachAnswer {
  reached: string[]
  notReached: string[]
}

export namespace ReachAnswer {
  let _codec: Codec<ReachAnswer>

  export const codec = (): Codec<ReachAnswer> => {
    if (_codec == null) {
      _codec = message<ReachAnswer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.reached != null && obj.reached.length > 0) {
          for (const value of obj.reached) {
            w.uint32(10)
            w.string(value)
          }
        }

        if (obj.notReached != null && obj.notReached.length > 0) {
          for (const value of obj.notReached) {
            w.uint32(18)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          reached: [],
          notReached: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.reached != null && obj.reached.length === opts.limits.reached) {
                throw new MaxLengthError('Decode error - repeated field "reached" had too many elements')
              }

              obj.reached.push(reader.string())
              break
            }
            case 2: {
              if (opts.limits?.notReached != null && obj.notReached.length === opts.limits.notReached) {
                throw new MaxLengthError('Decode error - repeated field "notReached" had too many elements')
              }

              obj.notReached.push(reader.string())
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
          reached: 0,
          notReached: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.reached != null && obj.reached === opts.limits.reached) {
                throw new MaxLengthError('Streaming decode error - repeated field "reached" had too many elements')
              }

              yield {
                field: `${prefix}.reached[]`,
                index: obj.reached,
                value: reader.string()
              }

              obj.reached++

              break
            }
            case 2: {
              if (opts.limits?.notReached != null && obj.notReached === opts.limits.notReached) {
                throw new MaxLengthError('Streaming decode error - repeated field "notReached" had too many elements')
              }

              yield {
                field: `${prefix}.notReached[]`,
                index: obj.notReached,
                value: reader.string()
              }

              obj.notReached++

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

  export interface ReachAnswerReachedFieldEvent {
    field: '$.reached[]'
    index: number
    value: string
  }

  export interface ReachAnswerNotReachedFieldEvent {
    field: '$.notReached[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<ReachAnswer>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReachAnswer.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReachAnswer>): ReachAnswer {
    return decodeMessage(buf, ReachAnswer.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReachAnswer>): Generator<ReachAnswerReachedFieldEvent | ReachAnswerNotReachedFieldEvent> {
    return streamMessage(buf, ReachAnswer.codec(), opts)
  }
}
