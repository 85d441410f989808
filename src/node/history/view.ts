/** Rows of the history as the outside sees them. */
import type { HistoryEntry, MessageTrace, StatusEvent } from '../chat-node.js'
import { deviceId } from '../account/device-id.js'
import { fromHex } from '../home/hex.js'
import { iso, parties } from '../events/event-of.js'
import { formatCursor, type FileBody, type MessageRow, type SentDetails, type Step } from './messages.js'

export function historyEntry (row: MessageRow): HistoryEntry {
  return {
    id: row.id,
    ...parties(row),
    text: 'text' in row.body ? row.body.text : null,
    kind: row.body.kind,
    sentAt: iso(row.sentAtMs),
    receivedAt: row.sent === undefined ? iso(row.receivedAtMs) : null,
    via: row.via,
    state: row.sent?.state ?? null,
    read: row.read,
    cursor: formatCursor(row.cursor),
    ...(row.body.kind === 'file' ? { file: fileView(row.body) } : {}),
    ...(row.fromRemovedDevice === true ? { fromRemovedDevice: true } : {})
  }
}

function fileView ({ name, mime, bytes, sha256, caption, path, status }: FileBody): NonNullable<HistoryEntry['file']> {
  return { name, mime, bytes, sha256, path, status, ...(caption === '' ? {} : { caption }) }
}

export function messageTrace (row: MessageRow, sent: SentDetails): MessageTrace {
  return {
    id: row.id,
    ...recipient(row),
    state: sent.state,
    steps: sent.steps.map((step) => ({ state: step.state, at: iso(step.atMs), ...where(step) })),
    devices: Object.entries(sent.devices).map(([hex, device]) => ({
      username: device.username,
      deviceId: deviceId(fromHex(hex)),
      state: device.state,
      via: device.via,
      at: iso(device.atMs)
    }))
  }
}

export function statusEvent (row: MessageRow, step: Step): StatusEvent {
  const members = row.sent?.members
  return { event: 'status', id: row.id, ...recipient(row), state: step.state, ...where(step), ...(members === undefined ? {} : { members }) }
}

/** Whom a message is for: an account, or a group by its name. */
export function recipient ({ to, group }: MessageRow): { to?: string, group?: string } {
  return group !== undefined ? { group: group.name } : to !== undefined ? { to } : {}
}

function where (step: Step): Pick<StatusEvent, 'via' | 'replicas' | 'servers' | 'until'> {
  return {
    ...(step.via === undefined ? {} : { via: step.via }),
    ...(step.replicas === undefined ? {} : { replicas: step.replicas }),
    ...(step.servers === undefined ? {} : { servers: step.servers }),
    ...(step.untilMs === undefined ? {} : { until: iso(step.untilMs) })
  }
}
