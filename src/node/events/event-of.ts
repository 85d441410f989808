import type { NodeEvent } from '../chat-node.js'
import { formatCursor, type MessageRow } from '../history/messages.js'

/** The event that tells of a row of the log; undefined for what this device sent itself. */
export function eventOf (row: MessageRow, username: string): NodeEvent | undefined {
  if (row.sent !== undefined) return undefined
  const cursor = formatCursor(row.cursor)
  const common = { id: row.id, from: row.from, to: row.to, sentAt: iso(row.sentAtMs), receivedAt: iso(row.receivedAtMs), cursor }
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
    case 'unknown-content':
      return { event: 'unknown-content', ...common }
    case 'gap':
      return { event: 'gap', from: row.from, missing: row.body.missing, cursor }
  }
}

export function iso (ms: number): string {
  return new Date(ms).toISOString()
}
