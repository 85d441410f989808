export type MessageState = 'queued' | 'sent' | 'stored' | 'delivered' | 'read' | 'expired'
