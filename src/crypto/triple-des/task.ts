/** What a pool and its threads say to each other, and the memory that both of them see. */
import { inSharedWords } from '../bytes.js'
import { KEY_BYTES, PREFIX_BYTES } from './input.js'

/**
 * What a worker is given at once. Smaller: waking it costs more than it saves. Larger: the others wait for the last
 * piece, and this thread copies while nobody computes.
 */
export const PIECE_BYTES = 128 * 1024

/** A slot has the key, then the prefix, then, from a whole word on, the piece: messages between threads are as quick as they are short. */
export const PREFIX_AT = KEY_BYTES
export const PIECE_AT = inSharedWords(PREFIX_AT + PREFIX_BYTES)
export const SLOT_BYTES = PIECE_AT + PIECE_BYTES

/** Memory that both threads see: fresh buffers for every piece cost as much as a third of the cipher. */
export interface WorkerMemory { slots: SharedArrayBuffer[], build: string }

/** Enciphers the first `bytes` of a slot's piece in place, and wipes its key. */
export interface WorkerTask { slot: number, bytes: number, firstBlock: number }

/** `ready` comes once; afterwards the slot of every task that is done. */
export type WorkerAnswer = 'ready' | { slot: number }
