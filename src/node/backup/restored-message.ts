import { summarise } from '../delivery/status.js'
import { MESSAGE_SHELF, type FileBody, type MessageRow, type SentDetails } from '../history/messages.js'
import { jsonCodec } from '../home/table.js'

/** A stored message as a device that was restored has it: no file is coming to that one any more, and nothing waits there to be sent. */
export function asRestored (stored: Uint8Array): Uint8Array {
  const codec = jsonCodec<MessageRow>(MESSAGE_SHELF)
  const row = codec.decode(stored)
  const isComing = row.body.kind === 'file' && (row.body.status === 'offered' || row.body.status === 'coming')
  if (isComing) return codec.encode({ ...row, body: { ...row.body as FileBody, status: 'failed' } })
  return row.sent?.state === 'queued' ? codec.encode({ ...row, sent: withoutQueued(row.sent, row.sentAtMs) }) : stored
}

/** What waited for all has expired; of what some device has already, only that for the others has. */
function withoutQueued (sent: SentDetails, atMs: number): SentDetails {
  const devices = Object.fromEntries(Object.entries(sent.devices).map(([hex, device]) => [hex, device.state === 'queued' ? { ...device, state: 'expired' as const } : device]))
  const state = Object.keys(devices).length === 0 ? 'expired' : summarise(Object.values(devices))
  return { ...sent, state, steps: [...sent.steps, { state, atMs }], devices }
}
