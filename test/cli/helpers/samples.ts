import type { HistoryEntry, MessageEvent } from '../../../src/node/chat-node.js'

export function messageEvent (fields: Partial<MessageEvent> = {}): MessageEvent {
  return {
    event: 'message',
    id: '0'.repeat(31) + '1',
    from: 'bob',
    to: 'alice',
    text: 'hello',
    sentAt: '2024-11-22T10:00:00.000Z',
    receivedAt: '2024-11-22T10:00:01.000Z',
    via: 'direct',
    cursor: 'c1',
    own: false,
    ...fields
  }
}

export function historyEntry (fields: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    id: '0'.repeat(31) + '1',
    from: 'bob',
    to: 'alice',
    text: 'hello',
    kind: 'text',
    sentAt: '2024-11-22T10:00:00.000Z',
    receivedAt: '2024-11-22T10:00:01.000Z',
    via: 'direct',
    state: null,
    read: false,
    cursor: 'c1',
    ...fields
  }
}
