import type { NodeEvent } from '../chat-node.js'
import { formatCursor, type FileBody, type MessageRow } from '../history/messages.js'
import { endOfTimeMs } from '../limits.js'

/** The event that tells of a row at a place of the log; undefined for what this device sent itself, and for a file that is not there yet. */
export function eventOf (row: MessageRow, username: string, at = row.cursor): NodeEvent | undefined {
  if (row.sent !== undefined) return undefined
  const cursor = formatCursor(at)
  const common = { id: row.id, ...parties(row), sentAt: iso(row.sentAtMs), receivedAt: iso(row.receivedAtMs), cursor }
  switch (row.body.kind) {
    case 'text':
      return {
        event: 'message',
        ...common,
        text: row.body.text,
        via: row.via ?? 'mailbox',
        own: row.from === username,
        ...(row.fromRemovedDevice === true ? { fromRemovedDevice: true } : {})
      }
    case 'file':
      return fileEvent(row, row.body, row.from === username, at)
    case 'unknown-content':
      return { event: 'unknown-content', ...common }
    case 'gap':
      return { event: 'gap', from: row.from, ...(row.group === undefined ? {} : { group: row.group.name }), missing: row.body.missing, cursor }
    case 'device-added': {
      const { device, label, text } = row.body
      return { event: 'device-added', username: row.from, own: row.from === username, deviceId: device, label, message: text, at: iso(row.sentAtMs), cursor }
    }
    case 'group-change': {
      const { change, by, users, text } = row.body
      return { event: 'group', group: row.group?.name ?? '', groupId: row.group?.id ?? '', kind: change, by, users, message: text, at: iso(row.sentAtMs), receivedAt: iso(row.receivedAtMs), cursor }
    }
  }
}

function fileEvent (row: MessageRow, body: FileBody, own: boolean, at: number): NodeEvent | undefined {
  const { name, mime, bytes, sha256, caption, path, status } = body
  const common = { id: row.id, ...parties(row), name, mime, bytes, ...(caption === '' ? {} : { caption }), sentAt: iso(row.sentAtMs), cursor: formatCursor(at) }
  if (at === body.landedCursor && path !== null) return { event: 'file', ...common, sha256, path, receivedAt: iso(row.receivedAtMs), via: row.via ?? 'mailbox', own }
  return at === row.cursor && status === 'offered' ? { event: 'offer', ...common } : undefined
}

/** Who wrote it, and to whom. A line about a group that nobody in it caused comes from the group itself. */
export function parties ({ from, to, group, body }: MessageRow): { from: string, to?: string, group?: string } {
  if (group === undefined) return { from, ...(to === undefined ? {} : { to }) }
  return { from: body.kind === 'group-change' ? body.by ?? group.name : from, group: group.name }
}

/** ISO 8601, from 1970 to 9999: a time beyond it, which only a broken clock or a forged message has, becomes the nearer end. */
export function iso (ms: number): string {
  return new Date(Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), endOfTimeMs)).toISOString()
}
