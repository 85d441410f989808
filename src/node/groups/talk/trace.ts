import { deviceId } from '../../account/device-id.js'
import type { DeviceTrace, MessageState, MessageTrace } from '../../chat-node.js'
import { iso } from '../../events/event-of.js'
import type { MessageRow } from '../../history/messages.js'
import { fromHex } from '../../home/hex.js'
import type { Reader } from '../../home/lane.js'
import { findAudience, listMarks, type Mark } from './out-tables.js'
import { audit, countsOf } from './tally.js'

/** How far a message of this device to a group is with each member and each of their devices; undefined before it is sealed. */
export async function groupTrace (reader: Reader, row: MessageRow): Promise<Pick<MessageTrace, 'members' | 'devices'> | undefined> {
  const { group, sent, from } = row
  if (group === undefined || sent?.place === undefined) return undefined
  const { sequence, epoch } = sent.place
  const audience = await findAudience(reader, group.id, epoch)
  // So old that it is forgotten whose devices it was for.
  if (audience === undefined) return { members: { ...sent.members ?? { delivered: 0, read: 0, of: 0 }, missing: [] }, devices: [] }
  const marks = await listMarks(reader, group.id)
  const known = audit(audience, marks, from)
  const missing = [...known.members].filter(([, mark]) => mark.deliveredThrough < sequence).map(([username]) => username).sort()
  const devices = Object.entries(audience).flatMap(([username, hexes]) => hexes.map((hex) => deviceTrace(username, hex, marks.get(hex), sequence, row)))
  return { members: { ...countsOf(known, sequence), missing }, devices }
}

/** The time is that of the device's newest word: it may have had the message before. */
function deviceTrace (username: string, hex: string, mark: Mark | undefined, sequence: number, row: MessageRow): DeviceTrace {
  const common = { username, deviceId: deviceId(fromHex(hex)) }
  if (mark !== undefined && mark.deliveredThrough >= sequence) {
    return { ...common, state: mark.readThrough >= sequence ? 'read' : 'delivered', via: mark.via, at: iso(mark.atMs) }
  }
  const last = row.sent?.steps.findLast(({ state }) => isBefore(state))
  return { ...common, state: last?.state ?? 'queued', via: last?.via ?? null, at: iso(last?.atMs ?? row.sentAtMs) }
}

/** States of a message that a device does not have yet. */
function isBefore (state: MessageState): boolean {
  return state !== 'delivered' && state !== 'read'
}
