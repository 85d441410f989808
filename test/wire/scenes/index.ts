/**
 * What bytes mean that no schema tells: framed, signed, sealed, written as text. Each scene is made once, with all keys
 * and chance from a seed, and must be read ever after with the keys that were frozen with it.
 */
import type { Meaning } from '../meaning.js'
import { channel } from './channel.js'
import { files } from './files.js'
import { groups } from './groups.js'
import { records } from './records.js'
import { roster } from './roster.js'
import { sessions } from './sessions.js'
import { texts } from './texts.js'

/** A part of what is frozen: names and what stands under them. */
export type Frozen = Record<string, Meaning>

export interface FrozenScene {
  /** keys and other things that the readers of the bytes have */
  given: Frozen
  /** what travelled */
  wire: Frozen
  /** what it says */
  meaning: Frozen
}

export interface Scene {
  make: () => FrozenScene
  /** What today's code reads. */
  read: (given: Frozen, wire: Frozen) => Frozen
}

export const SCENES: Record<string, Scene> = { channel, sessions, groups, files, records, roster, texts }
