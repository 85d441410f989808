/** Which messages of a device were taken last: a mark of 4 bytes of each, in the order of their sequences. Pure. */
import { equals } from 'uint8arrays/equals'
import { concat } from 'uint8arrays/concat'
import { sha256 } from '../../crypto/bytes.js'
import { maxTakenMarks } from './limits.js'

const MARK_BYTES = 4
const UNKNOWN = new Uint8Array(MARK_BYTES)

/** One message, by its wire id, or so many that will never arrive. */
export type Step = { wireId: Uint8Array } | { missing: number }

/** @param marks those before; the newest of too many are kept */
export function withTaken (marks: Uint8Array, steps: readonly Step[]): Uint8Array {
  const added = steps.flatMap((step) => ('wireId' in step ? [markOf(step.wireId)] : Array<Uint8Array>(Math.min(step.missing, maxTakenMarks)).fill(UNKNOWN)))
  return concat([marks, ...added]).slice(-maxTakenMarks * MARK_BYTES)
}

/** Without those of the last so many messages. */
export function withoutLast (marks: Uint8Array, count: number): Uint8Array {
  return marks.slice(0, Math.max(0, marks.byteLength - count * MARK_BYTES))
}

/** Whether it was this message that came under its sequence. @param through the sequence of the last mark */
export function wasTaken (marks: Uint8Array, through: number, sequence: number, wireId: Uint8Array): 'yes' | 'no' | 'unknown' {
  const start = marks.byteLength - (through - sequence + 1) * MARK_BYTES
  if (start < 0 || sequence > through) return 'unknown'
  const mark = marks.subarray(start, start + MARK_BYTES)
  if (equals(mark, UNKNOWN)) return 'unknown'
  return equals(mark, markOf(wireId)) ? 'yes' : 'no'
}

function markOf (wireId: Uint8Array): Uint8Array {
  return sha256(wireId).subarray(0, MARK_BYTES)
}
