import type { Conversation } from '../conversation.js'
import type { Style } from './style.js'

/** What rendering needs to know beside the thing itself. */
export interface View {
  style: Style
  nowMs: number
  /** The account that looks, so that its own lines are told apart. */
  self: string | null
  /** The room that is open: what belongs to it needs no word about where it was said. */
  room?: Conversation | null
  /** What can be typed there may be offered. */
  inShell?: true
}
