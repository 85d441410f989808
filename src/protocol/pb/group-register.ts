import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface GroupHeadRegister {
  sequence: bigint
  hash: Uint8Array<ArrayBuffer>
  previousHash: Uint8Array<ArrayBuffer>
  name: string
  members: number
  inviteOnly: boolean
  unlisted: boolean
  checkpointSequence: bigint
  added: string[]
  removed: string[]
}

export namespace GroupHeadRegister {
  let _codec: Codec<GroupHeadRegister>

  export const codec = (): Codec<GroupHeadRegister> => {
    if (_codec == null) {
      _codec = message<GroupHeadRegister>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.sequence != null && obj.sequence !== 0n)) {
          w.uint32(8)
          w.uint64(obj.sequence)
        }

        if ((obj.hash != null && obj.hash.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.hash)
        }

        if ((obj.previousHash != null && obj.previousHash.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.previousHash)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(34)
          w.string(obj.name)
        }

        if ((obj.members != null && obj.members !== 0)) {
          w.uint32(40)
          w.uint32(obj.members)
        }

        if ((obj.inviteOnly != null && obj.inviteOnly !== false)) {
          w.uint32(48)
          w.bool(obj.inviteOnly)
        }

        if ((obj.unlisted != null && obj.unlisted !== false)) {
          w.uint32(56)
          w.bool(obj.unlisted)
        }

        if ((obj.checkpointSequence != null && obj.checkpointSequence !== 0n)) {
          w.uint32(64)
          w.uint64(obj.checkpointSequence)
        }

        if (obj.added != null && obj.added.length > 0) {
          for (const value of obj.added) {
            w.uint32(74)
            w.string(value)
          }
        }

        if (obj.removed != null && obj.removed.length > 0) {
          for (const value of obj.removed) {
            w.uint32(82)
            w.string(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          sequence: 0n,
          hash: uint8ArrayAlloc(0),
          previousHash: uint8ArrayAlloc(0),
          name: '',
          members: 0,
          inviteOnly: false,
          unlisted: false,
          checkpointSequence: 0n,
          added: [],
          removed: []
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
              obj.hash = reader.bytes()
              break
            }
            case 3: {
              obj.previousHash = reader.bytes()
              break
            }
            case 4: {
              obj.name = reader.string()
              break
            }
            case 5: {
              obj.members = reader.uint32()
              break
            }
            case 6: {
              obj.inviteOnly = reader.bool()
              break
            }
            case 7: {
              obj.unlisted = reader.bool()
              break
            }
            case 8: {
              obj.checkpointSequence = reader.uint64()
              break
            }
            case 9: {
              if (opts.limits?.added != null && obj.added.length === opts.limits.added) {
                throw new MaxLengthError('Decode error - repeated field "added" had too many elements')
              }

              obj.added.push(reader.string())
              break
            }
            case 10: {
              if (opts.limits?.removed != null && obj.removed.length === opts.limits.removed) {
                throw new MaxLengthError('Decode error - repeated field "removed" had too many elements')
              }

              obj.removed.push(reader.string())
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
          added: 0,
          removed: 0
        }

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
                field: `${prefix}.hash`,
                value: reader.bytes()
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
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.members`,
                value: reader.uint32()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.inviteOnly`,
                value: reader.bool()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.unlisted`,
                value: reader.bool()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.checkpointSequence`,
                value: reader.uint64()
              }
              break
            }
            case 9: {
              if (opts.limits?.added != null && obj.added === opts.limits.added) {
                throw new MaxLengthError('Streaming decode error - repeated field "added" had too many elements')
              }

              yield {
                field: `${prefix}.added[]`,
                index: obj.added,
                value: reader.string()
              }

              obj.added++

              break
            }
            case 10: {
              if (opts.limits?.removed != null && obj.removed === opts.limits.removed) {
                throw new MaxLengthError('Streaming decode error - repeated field "removed" had too many elements')
              }

              yield {
                field: `${prefix}.removed[]`,
                index: obj.removed,
                value: reader.string()
              }

              obj.removed++

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

  export interface GroupHeadRegisterSequenceFieldEvent {
    field: '$.sequence'
    value: bigint
  }

  export interface GroupHeadRegisterHashFieldEvent {
    field: '$.hash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupHeadRegisterPreviousHashFieldEvent {
    field: '$.previousHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupHeadRegisterNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface GroupHeadRegisterMembersFieldEvent {
    field: '$.members'
    value: number
  }

  export interface GroupHeadRegisterInviteOnlyFieldEvent {
    field: '$.inviteOnly'
    value: boolean
  }

  export interface GroupHeadRegisterUnlistedFieldEvent {
    field: '$.unlisted'
    value: boolean
  }

  export interface GroupHeadRegisterCheckpointSequenceFieldEvent {
    field: '$.checkpointSequence'
    value: bigint
  }

  export interface GroupHeadRegisterAddedFieldEvent {
    field: '$.added[]'
    index: number
    value: string
  }

  export interface GroupHeadRegisterRemovedFieldEvent {
    field: '$.removed[]'
    index: number
    value: string
  }

  export function encode (obj: Partial<GroupHeadRegister>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupHeadRegister.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupHeadRegister>): GroupHeadRegister {
    return decodeMessage(buf, GroupHeadRegister.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupHeadRegister>): Generator<GroupHeadRegisterSequenceFieldEvent | GroupHeadRegisterHashFieldEvent | GroupHeadRegisterPreviousHashFieldEvent | GroupHeadRegisterNameFieldEvent | GroupHeadRegisterMembersFieldEvent | GroupHeadRegisterInviteOnlyFieldEvent | GroupHeadRegisterUnlistedFieldEvent | GroupHeadRegisterCheckpointSequenceFieldEvent | GroupHeadRegisterAddedFieldEvent | GroupHeadRegisterRemovedFieldEvent> {
    return streamMessage(buf, GroupHeadRegister.codec(), opts)
  }
}

export interface GroupNameRegister {
  groupId: Uint8Array<ArrayBuffer>
  reservedAtMs: bigint
}

export namespace GroupNameRegister {
  let _codec: Codec<GroupNameRegister>

  export const codec = (): Codec<GroupNameRegister> => {
    if (_codec == null) {
      _codec = message<GroupNameRegister>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.groupId != null && obj.groupId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.groupId)
        }

        if ((obj.reservedAtMs != null && obj.reservedAtMs !== 0n)) {
          w.uint32(16)
          w.uint64(obj.reservedAtMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          groupId: uint8ArrayAlloc(0),
          reservedAtMs: 0n
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
              obj.reservedAtMs = reader.uint64()
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
                field: `${prefix}.reservedAtMs`,
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

  export interface GroupNameRegisterGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupNameRegisterReservedAtMsFieldEvent {
    field: '$.reservedAtMs'
    value: bigint
  }

  export function encode (obj: Partial<GroupNameRegister>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupNameRegister.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupNameRegister>): GroupNameRegister {
    return decodeMessage(buf, GroupNameRegister.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupNameRegister>): Generator<GroupNameRegisterGroupIdFieldEvent | GroupNameRegisterReservedAtMsFieldEvent> {
    return streamMessage(buf, GroupNameRegister.codec(), opts)
  }
}
