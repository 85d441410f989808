/**
 * The open part of a group message, as far as a server goes by it (docs/wire/groups.md, "A message"). Written down here once
 * more because a server loads nothing of what opens messages.
 */
import { lpAll } from '../../crypto/bytes.js'
import { assertRecord } from '../../crypto/signed-record.js'
import { P2pChatError } from '../../errors.js'
import { decode } from '../../protocol/codec.js'
import { SUITE, VERSION } from '../../protocol/ids.js'
import { maxEnvelopeBytes, maxNameChars } from '../../protocol/limits.js'
import { GroupMessage } from '../../protocol/pb/group.js'

export interface GroupMessageSender {
  /** 32 bytes */
  groupId: Uint8Array
  username: string
  /** Ed25519, 32 bytes */
  deviceKey: Uint8Array
}

const GROUP_ID_AT = 2
const DEVICE_AT = 82
const NAME_LENGTH_AT = 118
const NAME_AT = 119

/** @throws ERR_INVALID_RECORD, ERR_INVALID_SIGNATURE; ERR_UNSUPPORTED another version or suite */
export function verifyGroupMessageSender (message: Uint8Array): GroupMessageSender {
  const { header, sealed, signature } = decode(GroupMessage, message, maxEnvelopeBytes, 'A group message')
  const nameChars = header[NAME_LENGTH_AT] ?? 0
  if (header.byteLength !== NAME_AT + nameChars || nameChars < 1 || nameChars > maxNameChars || sealed.byteLength === 0) {
    throw new P2pChatError('ERR_INVALID_RECORD', 'A group message is malformed and was refused.')
  }
  if (header[0] !== VERSION || header[1] !== SUITE) throw new P2pChatError('ERR_UNSUPPORTED', 'A group message was made by another version of p2pchat than this server knows.')
  const deviceKey = header.slice(DEVICE_AT, DEVICE_AT + 32)
  assertRecord('p2pchat/1 group-message', deviceKey, { payload: lpAll(header, sealed), signature })
  return { groupId: header.slice(GROUP_ID_AT, GROUP_ID_AT + 32), username: new TextDecoder().decode(header.subarray(NAME_AT)), deviceKey }
}
