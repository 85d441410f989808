export type MessageState = 'queued' | 'sent' | 'stored' | 'delivered' | 'read' | 'expired'
/** The way that something took. */
export type Via = 'direct' | 'relay' | 'mailbox'
