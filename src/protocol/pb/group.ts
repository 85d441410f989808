/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface GroupEntry {
  sequence: bigint
  previousHash: Uint8Array<ArrayBuffer>
  author: string
  authorDevice: Uint8Array<ArrayBuffer>
  createdAtMs: bigint
  found?: GroupFound
  policy?: GroupPolicy
  join?: GroupJoin
  add?: GroupAdd
  remove?: GroupRemove
  leave?: GroupLeave
  promote?: GroupPromote
  demote?: GroupDemote
  rename?: GroupRename
  deviceChange?: GroupDeviceChange
  newEpoch?: GroupNewEpoch
  checkpoint?: GroupCheckpoint
}

export namespace GroupEntry {
  let _codec: Codec<GroupEntry>

  export const codec = (): Codec<GroupEntry> => {
    if (_codec == null) {
      _codec = message<GroupEntry>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.sequence != null && obj.sequence !== 0n)) {
          w.uint32(8)
          w.uint64(obj.sequence)
        }

        if ((obj.previousHash != null && obj.previousHash.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.previousHash)
        }

        if ((obj.author != null && obj.author !== '')) {
          w.uint32(26)
          w.string(obj.author)
        }

        if ((obj.authorDevice != null && obj.authorDevice.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.authorDevice)
        }

        if ((obj.createdAtMs != null && obj.createdAtMs !== 0n)) {
          w.uint32(40)
          w.uint64(obj.createdAtMs)
        }

        if (obj.found != null) {
          w.uint32(82)
          GroupFound.codec().encode(obj.found, w)
        }

        if (obj.policy != null) {
          w.uint32(90)
          GroupPolicy.codec().encode(obj.policy, w)
        }

        if (obj.join != null) {
          w.uint32(98)
          GroupJoin.codec().encode(obj.join, w)
        }

        if (obj.add != null) {
          w.uint32(106)
          GroupAdd.codec().encode(obj.add, w)
        }

        if (obj.remove != null) {
          w.uint32(114)
          GroupRemove.codec().encode(obj.remove, w)
        }

        if (obj.leave != null) {
          w.uint32(122)
          GroupLeave.codec().encode(obj.leave, w)
        }

        if (obj.promote != null) {
          w.uint32(130)
          GroupPromote.codec().encode(obj.promote, w)
        }

        if (obj.demote != null) {
          w.uint32(138)
          GroupDemote.codec().encode(obj.demote, w)
        }

        if (obj.rename != null) {
          w.uint32(146)
          GroupRename.codec().encode(obj.rename, w)
        }

        if (obj.deviceChange != null) {
          w.uint32(154)
          GroupDeviceChange.codec().encode(obj.deviceChange, w)
        }

        if (obj.newEpoch != null) {
          w.uint32(162)
          GroupNewEpoch.codec().encode(obj.newEpoch, w)
        }

        if (obj.checkpoint != null) {
          w.uint32(170)
          GroupCheckpoint.codec().encode(obj.checkpoint, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          sequence: 0n,
          previousHash: uint8ArrayAlloc(0),
          author: '',
          authorDevice: uint8ArrayAlloc(0),
          createdAtMs: 0n
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
              obj.previousHash = reader.bytes()
              break
            }
            case 3: {
              obj.author = reader.string()
              break
            }
            case 4: {
              obj.authorDevice = reader.bytes()
              break
            }
            case 5: {
              obj.createdAtMs = reader.uint64()
              break
            }
            case 10: {
              obj.found = GroupFound.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.found
              })
              break
            }
            case 11: {
              obj.policy = GroupPolicy.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.policy
              })
              break
            }
            case 12: {
              obj.join = GroupJoin.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.join
              })
              break
            }
            case 13: {
              obj.add = GroupAdd.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.add
              })
              break
            }
            case 14: {
              obj.remove = GroupRemove.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.remove
              })
              break
            }
            case 15: {
              obj.leave = GroupLeave.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.leave
              })
              break
            }
            case 16: {
              obj.promote = GroupPromote.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.promote
              })
              break
            }
            case 17: {
              obj.demote = GroupDemote.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.demote
              })
              break
            }
            case 18: {
              obj.rename = GroupRename.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.rename
              })
              break
            }
            case 19: {
              obj.deviceChange = GroupDeviceChange.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.deviceChange
              })
              break
            }
            case 20: {
              obj.newEpoch = GroupNewEpoch.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.newEpoch
              })
              break
            }
            case 21: {
              obj.checkpoint = GroupCheckpoint.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.checkpoint
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
                field: `${prefix}.sequence`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.previousHash`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.author`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.authorDevice`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.createdAtMs`,
                value: reader.uint64()
              }
              break
            }
            case 10: {
              yield * GroupFound.codec().stream(reader, reader.uint32(), `${prefix}.found`, {
                limits: opts.limits?.found
              })

              break
            }
            case 11: {
              yield * GroupPolicy.codec().stream(reader, reader.uint32(), `${prefix}.policy`, {
                limits: opts.limits?.policy
              })

              break
            }
            case 12: {
              yield * GroupJoin.codec().stream(reader, reader.uint32(), `${prefix}.join`, {
                limits: opts.limits?.join
              })

              break
            }
            case 13: {
              yield * GroupAdd.codec().stream(reader, reader.uint32(), `${prefix}.add`, {
                limits: opts.limits?.add
              })

              break
            }
            case 14: {
              yield * GroupRemove.codec().stream(reader, reader.uint32(), `${prefix}.remove`, {
                limits: opts.limits?.remove
              })

              break
            }
            case 15: {
              yield * GroupLeave.codec().stream(reader, reader.uint32(), `${prefix}.leave`, {
                limits: opts.limits?.leave
              })

              break
            }
            case 16: {
              yield * GroupPromote.codec().stream(reader, reader.uint32(), `${prefix}.promote`, {
                limits: opts.limits?.promote
              })

              break
            }
            case 17: {
              yield * GroupDemote.codec().stream(reader, reader.uint32(), `${prefix}.demote`, {
                limits: opts.limits?.demote
              })

              break
            }
            case 18: {
              yield * GroupRename.codec().stream(reader, reader.uint32(), `${prefix}.rename`, {
                limits: opts.limits?.rename
              })

              break
            }
            case 19: {
              yield * GroupDeviceChange.codec().stream(reader, reader.uint32(), `${prefix}.deviceChange`, {
                limits: opts.limits?.deviceChange
              })

              break
            }
            case 20: {
              yield * GroupNewEpoch.codec().stream(reader, reader.uint32(), `${prefix}.newEpoch`, {
                limits: opts.limits?.newEpoch
              })

              break
            }
            case 21: {
              yield * GroupCheckpoint.codec().stream(reader, reader.uint32(), `${prefix}.checkpoint`, {
                limits: opts.limits?.checkpoint
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

  export interface GroupEntrySequenceFieldEvent {
    field: '$.sequence'
    value: bigint
  }

  export interface GroupEntryPreviousHashFieldEvent {
    field: '$.previousHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupEntryAuthorFieldEvent {
    field: '$.author'
    value: string
  }

  export interface GroupEntryAuthorDeviceFieldEvent {
    field: '$.authorDevice'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupEntryCreatedAtMsFieldEvent {
    field: '$.createdAtMs'
    value: bigint
  }

  export interface GroupEntryFoundNameFieldEvent {
    field: '$.found.name'
    value: string
  }

  export interface GroupEntryFoundInviteOnlyFieldEvent {
    field: '$.found.inviteOnly'
    value: boolean
  }

  export interface GroupEntryFoundUnlistedFieldEvent {
    field: '$.found.unlisted'
    value: boolean
  }

  export interface GroupEntryFoundAccountRecordFieldEvent {
    field: '$.found.accountRecord'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupEntryFoundCommitmentFieldEvent {
    field: '$.found.commitment'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupEntryPolicyInviteOnlyFieldEvent {
    field: '$.policy.inviteOnly'
    value: boolean
  }

  export interface GroupEntryPolicyUnlistedFieldEvent {
    field: '$.policy.unlisted'
    value: boolean
  }

  export interface GroupEntryJoinAccountRecordFieldEvent {
    field: '$.join.accountRecord'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupEntryAddAccountRecordsFieldEvent {
    field: '$.add.accountRecords[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupEntryRemoveUsernamesFieldEvent {
    field: '$.remove.usernames[]'
    index: number
    value: string
  }

  export interface GroupEntryRemoveLastSeenUsernameFieldEvent {
    field: '$.remove.lastSeen[].username'
    value: string
    index: number
  }

  export interface GroupEntryRemoveLastSeenDeviceKeyFieldEvent {
    field: '$.remove.lastSeen[].deviceKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface GroupEntryRemoveLastSeenEpochFieldEvent {
    field: '$.remove.lastSeen[].epoch'
    value: bigint
    index: number
  }

  export interface GroupEntryRemoveLastSeenCounterFieldEvent {
    field: '$.remove.lastSeen[].counter'
    value: number
    index: number
  }

  export interface GroupEntryRemoveCommitmentFieldEvent {
    field: '$.remove.commitment'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupEntryPromoteUsernameFieldEvent {
    field: '$.promote.username'
    value: string
  }

  export interface GroupEntryDemoteUsernameFieldEvent {
    field: '$.demote.username'
    value: string
  }

  export interface GroupEntryRenameNameFieldEvent {
    field: '$.rename.name'
    value: string
  }

  export interface GroupEntryDeviceChangeAccountRecordFieldEvent {
    field: '$.deviceChange.accountRecord'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupEntryDeviceChangeLastSeenUsernameFieldEvent {
    field: '$.deviceChange.lastSeen[].username'
    value: string
    index: number
  }

  export interface GroupEntryDeviceChangeLastSeenDeviceKeyFieldEvent {
    field: '$.deviceChange.lastSeen[].deviceKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface GroupEntryDeviceChangeLastSeenEpochFieldEvent {
    field: '$.deviceChange.lastSeen[].epoch'
    value: bigint
    index: number
  }

  export interface GroupEntryDeviceChangeLastSeenCounterFieldEvent {
    field: '$.deviceChange.lastSeen[].counter'
    value: number
    index: number
  }

  export interface GroupEntryNewEpochCommitmentFieldEvent {
    field: '$.newEpoch.commitment'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupEntryCheckpointStateHashFieldEvent {
    field: '$.checkpoint.stateHash'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupEntry>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupEntry.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupEntry>): GroupEntry {
    return decodeMessage(buf, GroupEntry.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupEntry>): Generator<GroupEntrySequenceFieldEvent | GroupEntryPreviousHashFieldEvent | GroupEntryAuthorFieldEvent | GroupEntryAuthorDeviceFieldEvent | GroupEntryCreatedAtMsFieldEvent | GroupEntryFoundNameFieldEvent | GroupEntryFoundInviteOnlyFieldEvent | GroupEntryFoundUnlistedFieldEvent | GroupEntryFoundAccountRecordFieldEvent | GroupEntryFoundCommitmentFieldEvent | GroupEntryPolicyInviteOnlyFieldEvent | GroupEntryPolicyUnlistedFieldEvent | GroupEntryJoinAccountRecordFieldEvent | GroupEntryAddAccountRecordsFieldEvent | GroupEntryRemoveUsernamesFieldEvent | GroupEntryRemoveLastSeenUsernameFieldEvent | GroupEntryRemoveLastSeenDeviceKeyFieldEvent | GroupEntryRemoveLastSeenEpochFieldEvent | GroupEntryRemoveLastSeenCounterFieldEvent | GroupEntryRemoveCommitmentFieldEvent | GroupEntryPromoteUsernameFieldEvent | GroupEntryDemoteUsernameFieldEvent | GroupEntryRenameNameFieldEvent | GroupEntryDeviceChangeAccountRecordFieldEvent | GroupEntryDeviceChangeLastSeenUsernameFieldEvent | GroupEntryDeviceChangeLastSeenDeviceKeyFieldEvent | GroupEntryDeviceChangeLastSeenEpochFieldEvent | GroupEntryDeviceChangeLastSeenCounterFieldEvent | GroupEntryNewEpochCommitmentFieldEvent | GroupEntryCheckpointStateHashFieldEvent> {
    return streamMessage(buf, GroupEntry.codec(), opts)
  }
}

export interface GroupFound {
  name: string
  inviteOnly: boolean
  unlisted: boolean
  accountRecord: Uint8Array<ArrayBuffer>
  commitment: Uint8Array<ArrayBuffer>
}

export namespace GroupFound {
  let _codec: Codec<GroupFound>

  export const codec = (): Codec<GroupFound> => {
    if (_codec == null) {
      _codec = message<GroupFound>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(10)
          w.string(obj.name)
        }

        if ((obj.inviteOnly != null && obj.inviteOnly !== false)) {
          w.uint32(16)
          w.bool(obj.inviteOnly)
        }

        if ((obj.unlisted != null && obj.unlisted !== false)) {
          w.uint32(24)
          w.bool(obj.unlisted)
        }

        if ((obj.accountRecord != null && obj.accountRecord.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.accountRecord)
        }

        if ((obj.commitment != null && obj.commitment.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.commitment)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          name: '',
          inviteOnly: false,
          unlisted: false,
          accountRecord: uint8ArrayAlloc(0),
          commitment: uint8ArrayAlloc(0)
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
              obj.inviteOnly = reader.bool()
              break
            }
            case 3: {
              obj.unlisted = reader.bool()
              break
            }
            case 4: {
              obj.accountRecord = reader.bytes()
              break
            }
            case 5: {
              obj.commitment = reader.bytes()
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
                field: `${prefix}.inviteOnly`,
                value: reader.bool()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.unlisted`,
                value: reader.bool()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.accountRecord`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.commitment`,
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

  export interface GroupFoundNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface GroupFoundInviteOnlyFieldEvent {
    field: '$.inviteOnly'
    value: boolean
  }

  export interface GroupFoundUnlistedFieldEvent {
    field: '$.unlisted'
    value: boolean
  }

  export interface GroupFoundAccountRecordFieldEvent {
    field: '$.accountRecord'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupFoundCommitmentFieldEvent {
    field: '$.commitment'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupFound>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupFound.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupFound>): GroupFound {
    return decodeMessage(buf, GroupFound.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupFound>): Generator<GroupFoundNameFieldEvent | GroupFoundInviteOnlyFieldEvent | GroupFoundUnlistedFieldEvent | GroupFoundAccountRecordFieldEvent | GroupFoundCommitmentFieldEvent> {
    return streamMessage(buf, GroupFound.codec(), opts)
  }
}

export interface GroupPolicy {
  inviteOnly: boolean
  unlisted: boolean
}

export namespace GroupPolicy {
  let _codec: Codec<GroupPolicy>

  export const codec = (): Codec<GroupPolicy> => {
    if (_codec == null) {
      _codec = message<GroupPolicy>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.inviteOnly != null && obj.inviteOnly !== false)) {
          w.uint32(8)
          w.bool(obj.inviteOnly)
        }

        if ((obj.unlisted != null && obj.unlisted !== false)) {
          w.uint32(16)
          w.bool(obj.unlisted)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          inviteOnly: false,
          unlisted: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.inviteOnly = reader.bool()
              break
            }
            case 2: {
              obj.unlisted = reader.bool()
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
                field: `${prefix}.inviteOnly`,
                value: reader.bool()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.unlisted`,
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

  export interface GroupPolicyInviteOnlyFieldEvent {
    field: '$.inviteOnly'
    value: boolean
  }

  export interface GroupPolicyUnlistedFieldEvent {
    field: '$.unlisted'
    value: boolean
  }

  export function encode (obj: Partial<GroupPolicy>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupPolicy.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupPolicy>): GroupPolicy {
    return decodeMessage(buf, GroupPolicy.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupPolicy>): Generator<GroupPolicyInviteOnlyFieldEvent | GroupPolicyUnlistedFieldEvent> {
    return streamMessage(buf, GroupPolicy.codec(), opts)
  }
}

export interface GroupJoin {
  accountRecord: Uint8Array<ArrayBuffer>
}

export namespace GroupJoin {
  let _codec: Codec<GroupJoin>

  export const codec = (): Codec<GroupJoin> => {
    if (_codec == null) {
      _codec = message<GroupJoin>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.accountRecord != null && obj.accountRecord.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.accountRecord)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          accountRecord: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
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

  export interface GroupJoinAccountRecordFieldEvent {
    field: '$.accountRecord'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupJoin>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupJoin.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupJoin>): GroupJoin {
    return decodeMessage(buf, GroupJoin.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupJoin>): Generator<GroupJoinAccountRecordFieldEvent> {
    return streamMessage(buf, GroupJoin.codec(), opts)
  }
}

export interface GroupAdd {
  accountRecords: Uint8Array<ArrayBuffer>[]
}

export namespace GroupAdd {
  let _codec: Codec<GroupAdd>

  export const codec = (): Codec<GroupAdd> => {
    if (_codec == null) {
      _codec = message<GroupAdd>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.accountRecords != null && obj.accountRecords.length > 0) {
          for (const value of obj.accountRecords) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          accountRecords: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.accountRecords != null && obj.accountRecords.length === opts.limits.accountRecords) {
                throw new MaxLengthError('Decode error - repeated field "accountRecords" had too many elements')
              }

              obj.accountRecords.push(reader.bytes())
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
          accountRecords: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.accountRecords != null && obj.accountRecords === opts.limits.accountRecords) {
                throw new MaxLengthError('Streaming decode error - repeated field "accountRecords" had too many elements')
              }

              yield {
                field: `${prefix}.accountRecords[]`,
                index: obj.accountRecords,
                value: reader.bytes()
              }

              obj.accountRecords++

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

  export interface GroupAddAccountRecordsFieldEvent {
    field: '$.accountRecords[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupAdd>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupAdd.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupAdd>): GroupAdd {
    return decodeMessage(buf, GroupAdd.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupAdd>): Generator<GroupAddAccountRecordsFieldEvent> {
    return streamMessage(buf, GroupAdd.codec(), opts)
  }
}

export interface GroupRemove {
  usernames: string[]
  lastSeen: GroupLastSeen[]
  commitment: Uint8Array<ArrayBuffer>
}

export namespace GroupRemove {
  let _codec: Codec<GroupRemove>

  export const codec = (): Codec<GroupRemove> => {
    if (_codec == null) {
      _codec = message<GroupRemove>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.usernames != null && obj.usernames.length > 0) {
          for (const value of obj.usernames) {
            w.uint32(10)
            w.string(value)
          }
        }

        if (obj.lastSeen != null && obj.lastSeen.length > 0) {
          for (const value of obj.lastSeen) {
            w.uint32(18)
            GroupLastSeen.codec().encode(value, w)
          }
        }

        if ((obj.commitment != null && obj.commitment.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.commitment)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          usernames: [],
          lastSeen: [],
          commitment: uint8ArrayAlloc(0)
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
            case 2: {
              if (opts.limits?.lastSeen != null && obj.lastSeen.length === opts.limits.lastSeen) {
                throw new MaxLengthError('Decode error - repeated field "lastSeen" had too many elements')
              }

              obj.lastSeen.push(GroupLastSeen.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.lastSeen$
              }))
              break
            }
            case 3: {
              obj.commitment = reader.bytes()
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
          usernames: 0,
          lastSeen: 0
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
            case 2: {
              if (opts.limits?.lastSeen != null && obj.lastSeen === opts.limits.lastSeen) {
                throw new MaxLengthError('Streaming decode error - repeated field "lastSeen" had too many elements')
              }

              for (const evt of GroupLastSeen.codec().stream(reader, reader.uint32(), `${prefix}.lastSeen[]`, {
                limits: opts.limits?.lastSeen$
              })) {
                yield {
                  ...evt,
                  index: obj.lastSeen
                }
              }

              obj.lastSeen++

              break
            }
            case 3: {
              yield {
                field: `${prefix}.commitment`,
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

  export interface GroupRemoveUsernamesFieldEvent {
    field: '$.usernames[]'
    index: number
    value: string
  }

  export interface GroupRemoveLastSeenUsernameFieldEvent {
    field: '$.lastSeen[].username'
    value: string
    index: number
  }

  export interface GroupRemoveLastSeenDeviceKeyFieldEvent {
    field: '$.lastSeen[].deviceKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface GroupRemoveLastSeenEpochFieldEvent {
    field: '$.lastSeen[].epoch'
    value: bigint
    index: number
  }

  export interface GroupRemoveLastSeenCounterFieldEvent {
    field: '$.lastSeen[].counter'
    value: number
    index: number
  }

  export interface GroupRemoveCommitmentFieldEvent {
    field: '$.commitment'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupRemove>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupRemove.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupRemove>): GroupRemove {
    return decodeMessage(buf, GroupRemove.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupRemove>): Generator<GroupRemoveUsernamesFieldEvent | GroupRemoveLastSeenUsernameFieldEvent | GroupRemoveLastSeenDeviceKeyFieldEvent | GroupRemoveLastSeenEpochFieldEvent | GroupRemoveLastSeenCounterFieldEvent | GroupRemoveCommitmentFieldEvent> {
    return streamMessage(buf, GroupRemove.codec(), opts)
  }
}

export interface GroupLeave {}

export namespace GroupLeave {
  let _codec: Codec<GroupLeave>

  export const codec = (): Codec<GroupLeave> => {
    if (_codec == null) {
      _codec = message<GroupLeave>((obj, w, opts = {}) => {
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

  export function encode (obj: Partial<GroupLeave>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupLeave.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupLeave>): GroupLeave {
    return decodeMessage(buf, GroupLeave.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupLeave>): Generator<{}> {
    return streamMessage(buf, GroupLeave.codec(), opts)
  }
}

export interface GroupPromote {
  username: string
}

export namespace GroupPromote {
  let _codec: Codec<GroupPromote>

  export const codec = (): Codec<GroupPromote> => {
    if (_codec == null) {
      _codec = message<GroupPromote>((obj, w, opts = {}) => {
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

  export interface GroupPromoteUsernameFieldEvent {
    field: '$.username'
    value: string
  }

  export function encode (obj: Partial<GroupPromote>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupPromote.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupPromote>): GroupPromote {
    return decodeMessage(buf, GroupPromote.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupPromote>): Generator<GroupPromoteUsernameFieldEvent> {
    return streamMessage(buf, GroupPromote.codec(), opts)
  }
}

export interface GroupDemote {
  username: string
}

export namespace GroupDemote {
  let _codec: Codec<GroupDemote>

  export const codec = (): Codec<GroupDemote> => {
    if (_codec == null) {
      _codec = message<GroupDemote>((obj, w, opts = {}) => {
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

  export interface GroupDemoteUsernameFieldEvent {
    field: '$.username'
    value: string
  }

  export function encode (obj: Partial<GroupDemote>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupDemote.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupDemote>): GroupDemote {
    return decodeMessage(buf, GroupDemote.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupDemote>): Generator<GroupDemoteUsernameFieldEvent> {
    return streamMessage(buf, GroupDemote.codec(), opts)
  }
}

export interface GroupRename {
  name: string
}

export namespace GroupRename {
  let _codec: Codec<GroupRename>

  export const codec = (): Codec<GroupRename> => {
    if (_codec == null) {
      _codec = message<GroupRename>((obj, w, opts = {}) => {
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

  export interface GroupRenameNameFieldEvent {
    field: '$.name'
    value: string
  }

  export function encode (obj: Partial<GroupRename>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupRename.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupRename>): GroupRename {
    return decodeMessage(buf, GroupRename.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupRename>): Generator<GroupRenameNameFieldEvent> {
    return streamMessage(buf, GroupRename.codec(), opts)
  }
}

export interface GroupDeviceChange {
  accountRecord: Uint8Array<ArrayBuffer>
  lastSeen: GroupLastSeen[]
}

export namespace GroupDeviceChange {
  let _codec: Codec<GroupDeviceChange>

  export const codec = (): Codec<GroupDeviceChange> => {
    if (_codec == null) {
      _codec = message<GroupDeviceChange>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.accountRecord != null && obj.accountRecord.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.accountRecord)
        }

        if (obj.lastSeen != null && obj.lastSeen.length > 0) {
          for (const value of obj.lastSeen) {
            w.uint32(18)
            GroupLastSeen.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          accountRecord: uint8ArrayAlloc(0),
          lastSeen: []
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
              if (opts.limits?.lastSeen != null && obj.lastSeen.length === opts.limits.lastSeen) {
                throw new MaxLengthError('Decode error - repeated field "lastSeen" had too many elements')
              }

              obj.lastSeen.push(GroupLastSeen.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.lastSeen$
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
          lastSeen: 0
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
              if (opts.limits?.lastSeen != null && obj.lastSeen === opts.limits.lastSeen) {
                throw new MaxLengthError('Streaming decode error - repeated field "lastSeen" had too many elements')
              }

              for (const evt of GroupLastSeen.codec().stream(reader, reader.uint32(), `${prefix}.lastSeen[]`, {
                limits: opts.limits?.lastSeen$
              })) {
                yield {
                  ...evt,
                  index: obj.lastSeen
                }
              }

              obj.lastSeen++

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

  export interface GroupDeviceChangeAccountRecordFieldEvent {
    field: '$.accountRecord'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupDeviceChangeLastSeenUsernameFieldEvent {
    field: '$.lastSeen[].username'
    value: string
    index: number
  }

  export interface GroupDeviceChangeLastSeenDeviceKeyFieldEvent {
    field: '$.lastSeen[].deviceKey'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface GroupDeviceChangeLastSeenEpochFieldEvent {
    field: '$.lastSeen[].epoch'
    value: bigint
    index: number
  }

  export interface GroupDeviceChangeLastSeenCounterFieldEvent {
    field: '$.lastSeen[].counter'
    value: number
    index: number
  }

  export function encode (obj: Partial<GroupDeviceChange>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupDeviceChange.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupDeviceChange>): GroupDeviceChange {
    return decodeMessage(buf, GroupDeviceChange.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupDeviceChange>): Generator<GroupDeviceChangeAccountRecordFieldEvent | GroupDeviceChangeLastSeenUsernameFieldEvent | GroupDeviceChangeLastSeenDeviceKeyFieldEvent | GroupDeviceChangeLastSeenEpochFieldEvent | GroupDeviceChangeLastSeenCounterFieldEvent> {
    return streamMessage(buf, GroupDeviceChange.codec(), opts)
  }
}

export interface GroupNewEpoch {
  commitment: Uint8Array<ArrayBuffer>
}

export namespace GroupNewEpoch {
  let _codec: Codec<GroupNewEpoch>

  export const codec = (): Codec<GroupNewEpoch> => {
    if (_codec == null) {
      _codec = message<GroupNewEpoch>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.commitment != null && obj.commitment.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.commitment)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          commitment: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.commitment = reader.bytes()
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
                field: `${prefix}.commitment`,
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

  export interface GroupNewEpochCommitmentFieldEvent {
    field: '$.commitment'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupNewEpoch>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupNewEpoch.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupNewEpoch>): GroupNewEpoch {
    return decodeMessage(buf, GroupNewEpoch.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupNewEpoch>): Generator<GroupNewEpochCommitmentFieldEvent> {
    return streamMessage(buf, GroupNewEpoch.codec(), opts)
  }
}

export interface GroupCheckpoint {
  stateHash: Uint8Array<ArrayBuffer>
}

export namespace GroupCheckpoint {
  let _codec: Codec<GroupCheckpoint>

  export const codec = (): Codec<GroupCheckpoint> => {
    if (_codec == null) {
      _codec = message<GroupCheckpoint>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.stateHash != null && obj.stateHash.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.stateHash)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          stateHash: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.stateHash = reader.bytes()
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
                field: `${prefix}.stateHash`,
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

  export interface GroupCheckpointStateHashFieldEvent {
    field: '$.stateHash'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupCheckpoint>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupCheckpoint.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupCheckpoint>): GroupCheckpoint {
    return decodeMessage(buf, GroupCheckpoint.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupCheckpoint>): Generator<GroupCheckpointStateHashFieldEvent> {
    return streamMessage(buf, GroupCheckpoint.codec(), opts)
  }
}

export interface GroupLastSeen {
  username: string
  deviceKey: Uint8Array<ArrayBuffer>
  epoch: bigint
  counter: number
}

export namespace GroupLastSeen {
  let _codec: Codec<GroupLastSeen>

  export const codec = (): Codec<GroupLastSeen> => {
    if (_codec == null) {
      _codec = message<GroupLastSeen>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.username != null && obj.username !== '')) {
          w.uint32(10)
          w.string(obj.username)
        }

        if ((obj.deviceKey != null && obj.deviceKey.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.deviceKey)
        }

        if ((obj.epoch != null && obj.epoch !== 0n)) {
          w.uint32(24)
          w.uint64(obj.epoch)
        }

        if ((obj.counter != null && obj.counter !== 0)) {
          w.uint32(32)
          w.uint32(obj.counter)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          username: '',
          deviceKey: uint8ArrayAlloc(0),
          epoch: 0n,
          counter: 0
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
              obj.deviceKey = reader.bytes()
              break
            }
            case 3: {
              obj.epoch = reader.uint64()
              break
            }
            case 4: {
              obj.counter = reader.uint32()
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
                field: `${prefix}.deviceKey`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.counter`,
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

  export interface GroupLastSeenUsernameFieldEvent {
    field: '$.username'
    value: string
  }

  export interface GroupLastSeenDeviceKeyFieldEvent {
    field: '$.deviceKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupLastSeenEpochFieldEvent {
    field: '$.epoch'
    value: bigint
  }

  export interface GroupLastSeenCounterFieldEvent {
    field: '$.counter'
    value: number
  }

  export function encode (obj: Partial<GroupLastSeen>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupLastSeen.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupLastSeen>): GroupLastSeen {
    return decodeMessage(buf, GroupLastSeen.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupLastSeen>): Generator<GroupLastSeenUsernameFieldEvent | GroupLastSeenDeviceKeyFieldEvent | GroupLastSeenEpochFieldEvent | GroupLastSeenCounterFieldEvent> {
    return streamMessage(buf, GroupLastSeen.codec(), opts)
  }
}

export interface GroupState {
  groupId: Uint8Array<ArrayBuffer>
  sequence: bigint
  headHash: Uint8Array<ArrayBuffer>
  name: string
  inviteOnly: boolean
  unlisted: boolean
  epoch?: GroupEpochState
  members: GroupMember[]
  barred: Uint8Array<ArrayBuffer>[]
  checkpointSequence: bigint
}

export namespace GroupState {
  let _codec: Codec<GroupState>

  export const codec = (): Codec<GroupState> => {
    if (_codec == null) {
      _codec = message<GroupState>((obj, w, opts = {}) => {
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

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(34)
          w.string(obj.name)
        }

        if ((obj.inviteOnly != null && obj.inviteOnly !== false)) {
          w.uint32(40)
          w.bool(obj.inviteOnly)
        }

        if ((obj.unlisted != null && obj.unlisted !== false)) {
          w.uint32(48)
          w.bool(obj.unlisted)
        }

        if (obj.epoch != null) {
          w.uint32(58)
          GroupEpochState.codec().encode(obj.epoch, w)
        }

        if (obj.members != null && obj.members.length > 0) {
          for (const value of obj.members) {
            w.uint32(66)
            GroupMember.codec().encode(value, w)
          }
        }

        if (obj.barred != null && obj.barred.length > 0) {
          for (const value of obj.barred) {
            w.uint32(74)
            w.bytes(value)
          }
        }

        if ((obj.checkpointSequence != null && obj.checkpointSequence !== 0n)) {
          w.uint32(80)
          w.uint64(obj.checkpointSequence)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          groupId: uint8ArrayAlloc(0),
          sequence: 0n,
          headHash: uint8ArrayAlloc(0),
          name: '',
          inviteOnly: false,
          unlisted: false,
          members: [],
          barred: [],
          checkpointSequence: 0n
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
              obj.name = reader.string()
              break
            }
            case 5: {
              obj.inviteOnly = reader.bool()
              break
            }
            case 6: {
              obj.unlisted = reader.bool()
              break
            }
            case 7: {
              obj.epoch = GroupEpochState.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.epoch
              })
              break
            }
            case 8: {
              if (opts.limits?.members != null && obj.members.length === opts.limits.members) {
                throw new MaxLengthError('Decode error - repeated field "members" had too many elements')
              }

              obj.members.push(GroupMember.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.members$
              }))
              break
            }
            case 9: {
              if (opts.limits?.barred != null && obj.barred.length === opts.limits.barred) {
                throw new MaxLengthError('Decode error - repeated field "barred" had too many elements')
              }

              obj.barred.push(reader.bytes())
              break
            }
            case 10: {
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
        const obj = {
          members: 0,
          barred: 0
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
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.inviteOnly`,
                value: reader.bool()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.unlisted`,
                value: reader.bool()
              }
              break
            }
            case 7: {
              yield * GroupEpochState.codec().stream(reader, reader.uint32(), `${prefix}.epoch`, {
                limits: opts.limits?.epoch
              })

              break
            }
            case 8: {
              if (opts.limits?.members != null && obj.members === opts.limits.members) {
                throw new MaxLengthError('Streaming decode error - repeated field "members" had too many elements')
              }

              for (const evt of GroupMember.codec().stream(reader, reader.uint32(), `${prefix}.members[]`, {
                limits: opts.limits?.members$
              })) {
                yield {
                  ...evt,
                  index: obj.members
                }
              }

              obj.members++

              break
            }
            case 9: {
              if (opts.limits?.barred != null && obj.barred === opts.limits.barred) {
                throw new MaxLengthError('Streaming decode error - repeated field "barred" had too many elements')
              }

              yield {
                field: `${prefix}.barred[]`,
                index: obj.barred,
                value: reader.bytes()
              }

              obj.barred++

              break
            }
            case 10: {
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

  export interface GroupStateGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupStateSequenceFieldEvent {
    field: '$.sequence'
    value: bigint
  }

  export interface GroupStateHeadHashFieldEvent {
    field: '$.headHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupStateNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface GroupStateInviteOnlyFieldEvent {
    field: '$.inviteOnly'
    value: boolean
  }

  export interface GroupStateUnlistedFieldEvent {
    field: '$.unlisted'
    value: boolean
  }

  export interface GroupStateEpochNumberFieldEvent {
    field: '$.epoch.number'
    value: bigint
  }

  export interface GroupStateEpochMadeSequenceFieldEvent {
    field: '$.epoch.madeSequence'
    value: bigint
  }

  export interface GroupStateEpochMadeHashFieldEvent {
    field: '$.epoch.madeHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupStateEpochCommitmentFieldEvent {
    field: '$.epoch.commitment'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupStateEpochFreshSequenceFieldEvent {
    field: '$.epoch.freshSequence'
    value: bigint
  }

  export interface GroupStateEpochDueHashFieldEvent {
    field: '$.epoch.dueHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupStateMembersAccountRecordFieldEvent {
    field: '$.members[].accountRecord'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface GroupStateMembersAdminFieldEvent {
    field: '$.members[].admin'
    value: boolean
    index: number
  }

  export interface GroupStateMembersSinceSequenceFieldEvent {
    field: '$.members[].sinceSequence'
    value: bigint
    index: number
  }

  export interface GroupStateBarredFieldEvent {
    field: '$.barred[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupStateCheckpointSequenceFieldEvent {
    field: '$.checkpointSequence'
    value: bigint
  }

  export function encode (obj: Partial<GroupState>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupState.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupState>): GroupState {
    return decodeMessage(buf, GroupState.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupState>): Generator<GroupStateGroupIdFieldEvent | GroupStateSequenceFieldEvent | GroupStateHeadHashFieldEvent | GroupStateNameFieldEvent | GroupStateInviteOnlyFieldEvent | GroupStateUnlistedFieldEvent | GroupStateEpochNumberFieldEvent | GroupStateEpochMadeSequenceFieldEvent | GroupStateEpochMadeHashFieldEvent | GroupStateEpochCommitmentFieldEvent | GroupStateEpochFreshSequenceFieldEvent | GroupStateEpochDueHashFieldEvent | GroupStateMembersAccountRecordFieldEvent | GroupStateMembersAdminFieldEvent | GroupStateMembersSinceSequenceFieldEvent | GroupStateBarredFieldEvent | GroupStateCheckpointSequenceFieldEvent> {
    return streamMessage(buf, GroupState.codec(), opts)
  }
}

export interface GroupEpochState {
  number: bigint
  madeSequence: bigint
  madeHash: Uint8Array<ArrayBuffer>
  commitment: Uint8Array<ArrayBuffer>
  freshSequence: bigint
  dueHash: Uint8Array<ArrayBuffer>
}

export namespace GroupEpochState {
  let _codec: Codec<GroupEpochState>

  export const codec = (): Codec<GroupEpochState> => {
    if (_codec == null) {
      _codec = message<GroupEpochState>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.number != null && obj.number !== 0n)) {
          w.uint32(8)
          w.uint64(obj.number)
        }

        if ((obj.madeSequence != null && obj.madeSequence !== 0n)) {
          w.uint32(16)
          w.uint64(obj.madeSequence)
        }

        if ((obj.madeHash != null && obj.madeHash.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.madeHash)
        }

        if ((obj.commitment != null && obj.commitment.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.commitment)
        }

        if ((obj.freshSequence != null && obj.freshSequence !== 0n)) {
          w.uint32(40)
          w.uint64(obj.freshSequence)
        }

        if ((obj.dueHash != null && obj.dueHash.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.dueHash)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          number: 0n,
          madeSequence: 0n,
          madeHash: uint8ArrayAlloc(0),
          commitment: uint8ArrayAlloc(0),
          freshSequence: 0n,
          dueHash: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.number = reader.uint64()
              break
            }
            case 2: {
              obj.madeSequence = reader.uint64()
              break
            }
            case 3: {
              obj.madeHash = reader.bytes()
              break
            }
            case 4: {
              obj.commitment = reader.bytes()
              break
            }
            case 5: {
              obj.freshSequence = reader.uint64()
              break
            }
            case 6: {
              obj.dueHash = reader.bytes()
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
                field: `${prefix}.number`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.madeSequence`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.madeHash`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.commitment`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.freshSequence`,
                value: reader.uint64()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.dueHash`,
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

  export interface GroupEpochStateNumberFieldEvent {
    field: '$.number'
    value: bigint
  }

  export interface GroupEpochStateMadeSequenceFieldEvent {
    field: '$.madeSequence'
    value: bigint
  }

  export interface GroupEpochStateMadeHashFieldEvent {
    field: '$.madeHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupEpochStateCommitmentFieldEvent {
    field: '$.commitment'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupEpochStateFreshSequenceFieldEvent {
    field: '$.freshSequence'
    value: bigint
  }

  export interface GroupEpochStateDueHashFieldEvent {
    field: '$.dueHash'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupEpochState>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupEpochState.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupEpochState>): GroupEpochState {
    return decodeMessage(buf, GroupEpochState.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupEpochState>): Generator<GroupEpochStateNumberFieldEvent | GroupEpochStateMadeSequenceFieldEvent | GroupEpochStateMadeHashFieldEvent | GroupEpochStateCommitmentFieldEvent | GroupEpochStateFreshSequenceFieldEvent | GroupEpochStateDueHashFieldEvent> {
    return streamMessage(buf, GroupEpochState.codec(), opts)
  }
}

export interface GroupMember {
  accountRecord: Uint8Array<ArrayBuffer>
  admin: boolean
  sinceSequence: bigint
}

export namespace GroupMember {
  let _codec: Codec<GroupMember>

  export const codec = (): Codec<GroupMember> => {
    if (_codec == null) {
      _codec = message<GroupMember>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.accountRecord != null && obj.accountRecord.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.accountRecord)
        }

        if ((obj.admin != null && obj.admin !== false)) {
          w.uint32(16)
          w.bool(obj.admin)
        }

        if ((obj.sinceSequence != null && obj.sinceSequence !== 0n)) {
          w.uint32(24)
          w.uint64(obj.sinceSequence)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          accountRecord: uint8ArrayAlloc(0),
          admin: false,
          sinceSequence: 0n
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
              obj.admin = reader.bool()
              break
            }
            case 3: {
              obj.sinceSequence = reader.uint64()
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
                field: `${prefix}.admin`,
                value: reader.bool()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.sinceSequence`,
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

  export interface GroupMemberAccountRecordFieldEvent {
    field: '$.accountRecord'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupMemberAdminFieldEvent {
    field: '$.admin'
    value: boolean
  }

  export interface GroupMemberSinceSequenceFieldEvent {
    field: '$.sinceSequence'
    value: bigint
  }

  export function encode (obj: Partial<GroupMember>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupMember.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupMember>): GroupMember {
    return decodeMessage(buf, GroupMember.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupMember>): Generator<GroupMemberAccountRecordFieldEvent | GroupMemberAdminFieldEvent | GroupMemberSinceSequenceFieldEvent> {
    return streamMessage(buf, GroupMember.codec(), opts)
  }
}

export interface GroupMessage {
  header: Uint8Array<ArrayBuffer>
  sealed: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
}

export namespace GroupMessage {
  let _codec: Codec<GroupMessage>

  export const codec = (): Codec<GroupMessage> => {
    if (_codec == null) {
      _codec = message<GroupMessage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.header != null && obj.header.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.header)
        }

        if ((obj.sealed != null && obj.sealed.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.sealed)
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
          header: uint8ArrayAlloc(0),
          sealed: uint8ArrayAlloc(0),
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.header = reader.bytes()
              break
            }
            case 2: {
              obj.sealed = reader.bytes()
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
              yield {
                field: `${prefix}.header`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.sealed`,
                value: reader.bytes()
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

  export interface GroupMessageHeaderFieldEvent {
    field: '$.header'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupMessageSealedFieldEvent {
    field: '$.sealed'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupMessageSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupMessage>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupMessage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupMessage>): GroupMessage {
    return decodeMessage(buf, GroupMessage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupMessage>): Generator<GroupMessageHeaderFieldEvent | GroupMessageSealedFieldEvent | GroupMessageSignatureFieldEvent> {
    return streamMessage(buf, GroupMessage.codec(), opts)
  }
}

export interface GroupEpochSecret {
  groupId: Uint8Array<ArrayBuffer>
  secret: Uint8Array<ArrayBuffer>
  entryHash: Uint8Array<ArrayBuffer>
}

export namespace GroupEpochSecret {
  let _codec: Codec<GroupEpochSecret>

  export const codec = (): Codec<GroupEpochSecret> => {
    if (_codec == null) {
      _codec = message<GroupEpochSecret>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.groupId != null && obj.groupId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.groupId)
        }

        if ((obj.secret != null && obj.secret.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.secret)
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
          secret: uint8ArrayAlloc(0),
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
              obj.secret = reader.bytes()
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
                field: `${prefix}.secret`,
                value: reader.bytes()
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

  export interface GroupEpochSecretGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupEpochSecretSecretFieldEvent {
    field: '$.secret'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupEpochSecretEntryHashFieldEvent {
    field: '$.entryHash'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupEpochSecret>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupEpochSecret.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupEpochSecret>): GroupEpochSecret {
    return decodeMessage(buf, GroupEpochSecret.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupEpochSecret>): Generator<GroupEpochSecretGroupIdFieldEvent | GroupEpochSecretSecretFieldEvent | GroupEpochSecretEntryHashFieldEvent> {
    return streamMessage(buf, GroupEpochSecret.codec(), opts)
  }
}

export interface GroupReceipt {
  groupId: Uint8Array<ArrayBuffer>
  epoch: bigint
  username: string
  deviceKey: Uint8Array<ArrayBuffer>
  recipientDevice: Uint8Array<ArrayBuffer>
  sealed: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
}

export namespace GroupReceipt {
  let _codec: Codec<GroupReceipt>

  export const codec = (): Codec<GroupReceipt> => {
    if (_codec == null) {
      _codec = message<GroupReceipt>((obj, w, opts = {}) => {
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

        if ((obj.username != null && obj.username !== '')) {
          w.uint32(26)
          w.string(obj.username)
        }

        if ((obj.deviceKey != null && obj.deviceKey.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.deviceKey)
        }

        if ((obj.recipientDevice != null && obj.recipientDevice.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.recipientDevice)
        }

        if ((obj.sealed != null && obj.sealed.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.sealed)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(58)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          groupId: uint8ArrayAlloc(0),
          epoch: 0n,
          username: '',
          deviceKey: uint8ArrayAlloc(0),
          recipientDevice: uint8ArrayAlloc(0),
          sealed: uint8ArrayAlloc(0),
          signature: uint8ArrayAlloc(0)
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
              obj.username = reader.string()
              break
            }
            case 4: {
              obj.deviceKey = reader.bytes()
              break
            }
            case 5: {
              obj.recipientDevice = reader.bytes()
              break
            }
            case 6: {
              obj.sealed = reader.bytes()
              break
            }
            case 7: {
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
                field: `${prefix}.username`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.deviceKey`,
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
                field: `${prefix}.sealed`,
                value: reader.bytes()
              }
              break
            }
            case 7: {
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

  export interface GroupReceiptGroupIdFieldEvent {
    field: '$.groupId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupReceiptEpochFieldEvent {
    field: '$.epoch'
    value: bigint
  }

  export interface GroupReceiptUsernameFieldEvent {
    field: '$.username'
    value: string
  }

  export interface GroupReceiptDeviceKeyFieldEvent {
    field: '$.deviceKey'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupReceiptRecipientDeviceFieldEvent {
    field: '$.recipientDevice'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupReceiptSealedFieldEvent {
    field: '$.sealed'
    value: Uint8Array<ArrayBuffer>
  }

  export interface GroupReceiptSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<GroupReceipt>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, GroupReceipt.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupReceipt>): GroupReceipt {
    return decodeMessage(buf, GroupReceipt.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GroupReceipt>): Generator<GroupReceiptGroupIdFieldEvent | GroupReceiptEpochFieldEvent | GroupReceiptUsernameFieldEvent | GroupReceiptDeviceKeyFieldEvent | GroupReceiptRecipientDeviceFieldEvent | GroupReceiptSealedFieldEvent | GroupReceiptSignatureFieldEvent> {
    return streamMessage(buf, GroupReceipt.codec(), opts)
  }
}
