import type { ErrorCode } from '../../errors.js'
import type { VotePhase, VoteResult } from '../consensus/index.js'
import type { ServerReadings } from './readings.js'

/** What the parts of a server tell of what they did. A call must be cheap and must not throw. */
export interface Metrics {
  /** A request of a client (`pool`) or of another server (`server`) was answered. */
  request: (told: { protocol: 'pool' | 'server', method: string, outcome: 'ok' | ErrorCode, durationMs: number }) => void
  /** Mail was left in a mailbox, read or acknowledged, or was not. */
  mail: (operation: MailOperation, outcome: string) => void
  /** Something was done with a register. */
  register: (told: { operation: RegisterOperation, outcome: string, durationMs: number }) => void
  /** The acceptors were asked, as a part of it: once for a peek, twice (prepare, accept) for a round that writes. */
  vote: (phase: VotePhase, result: VoteResult) => void
  /** A batch was written to the store, or refused by it. */
  storeBatch: (told: { sync: boolean, ok: boolean, durationMs: number }) => void
  /** The server runs; `read` tells how things are at the time of the call, and rejects once it has stopped. */
  running: (read: () => Promise<ServerReadings>) => void
}

export type MailOperation = 'append' | 'read' | 'acknowledge'
export type RegisterOperation = 'read' | 'compare-and-set' | 'list'

const nothing = (): void => {}
export const noMetrics: Metrics = { request: nothing, mail: nothing, register: nothing, vote: nothing, storeBatch: nothing, running: nothing }
