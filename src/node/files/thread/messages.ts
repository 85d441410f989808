/** What the thread that opens chunks is told, and says. */
import type { FileSecret } from '../../../crypto/file/index.js'

/**
 * Both threads see it: in each slot a chunk goes over, behind its leaf hash and a gap, and its file bytes come back. Memory that is
 * handed over instead has to be collected as garbage on both sides, which costs more than to copy it.
 */
export interface SharedSlots { readonly memory: SharedArrayBuffer, readonly slotBytes: number, readonly build: string }

/** A chunk of so many bytes that lies in a slot. */
export interface SlotTask { readonly index: number, readonly slot: number, readonly gap: number, readonly bytes: number }

export type Told =
  /** A file, and the number that it has from now on. */
  | { type: 'begin', file: number, secret: FileSecret }
  | { type: 'open', file: number, chunks: SlotTask[] }
  /** The next bytes of the file behind those that were opened in their order, to be hashed with them. */
  | { type: 'hash', file: number, page: Uint8Array }
  /** How many bytes were hashed so far. */
  | { type: 'hashed', file: number }
  /** The hash of what was hashed. */
  | { type: 'digest', file: number }
  | { type: 'end', file: number }

/** How a task ended: with so many file bytes in its slot, or not. */
export type Opened =
  | { slot: number, bytes: number }
  | { slot: number, code: string, message: string }

export type Said =
  | { type: 'opened', chunks: Opened[] }
  /** after `hash` and `hashed` */
  | { type: 'hashed', file: number, bytes: number }
  | { type: 'digest', file: number, sha256: Uint8Array }
