/** A transfer as `files` shows it, made of what is kept of it and what this run has seen. */
import type { TransferInfo, TransferState } from '../chat-node.js'
import { iso } from '../events/event-of.js'
import { isDeclined } from './answers.js'
import type { InTransfer, OutTransfer } from './records.js'

/** @param seen undefined when nothing of it was seen since the start */
export function incomingInfo ({ id, from, group, name, mime, bytes, atMs, state }: InTransfer, seen: { bytes: number, waits: boolean } | undefined): TransferInfo {
  return {
    id,
    direction: 'in',
    peer: group?.name ?? from,
    name,
    mime,
    bytes,
    doneBytes: state.kind === 'done' ? bytes : seen?.bytes ?? 0,
    state: state.kind === 'active' && seen?.waits === true ? 'waiting' : state.kind,
    ...(state.kind === 'failed' ? { error: { code: state.code, message: state.message } } : {}),
    path: state.kind === 'done' ? state.path : null,
    at: iso(atMs)
  }
}

export interface SeenOut {
  doneBytes: number
  /** a device fetches it, or it is being left in the pool */
  isMoving: boolean
  /** the message that offers it was delivered */
  isKnown: boolean
}

export function outgoingInfo (out: OutTransfer, message: OutTransfer['messages'][number], seen: SeenOut): TransferInfo {
  const { state, keptUntilMs } = out
  const shown = outgoingState(out, seen)
  return {
    id: message.id,
    direction: 'out',
    peer: message.to ?? message.group?.name ?? '',
    name: out.name,
    mime: out.mime,
    bytes: out.bytes,
    doneBytes: shown === 'done' ? out.bytes : seen.doneBytes,
    state: shown,
    ...(state.kind === 'failed' ? { error: { code: state.code, message: state.message } } : {}),
    path: out.path,
    ...(keptUntilMs === undefined ? {} : { keptUntil: iso(keptUntilMs) }),
    at: iso(out.atMs)
  }
}

function outgoingState (out: OutTransfer, { isMoving, isKnown }: SeenOut): TransferState {
  const { state, declined, keptUntilMs } = out
  if (isDeclined(out)) return 'declined'
  if (state.kind !== 'active') return state.kind
  if (declined.length > 0) return 'declined'
  if (keptUntilMs !== undefined) return 'done'
  if (isMoving) return 'active'
  // They know of it, and have not begun to fetch it.
  return isKnown ? 'offered' : 'waiting'
}

/** Whether nothing more will become of it. */
export function isOver ({ state }: TransferInfo): boolean {
  return state === 'done' || state === 'declined' || state === 'failed'
}
