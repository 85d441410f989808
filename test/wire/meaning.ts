/** Values as JSON that a person can read: bytes as "0x…", 64-bit numbers as "…n". */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'

export type Meaning = string | number | boolean | null | Meaning[] | { [key: string]: Meaning }

export function meaningOf (value: unknown): Meaning {
  if (value instanceof Uint8Array) return `0x${toString(value, 'base16')}`
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return value.map(meaningOf)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined && typeof part !== 'function').map(([key, part]) => [key, meaningOf(part)]))
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return null
}

/** The bytes of "0x…". */
export function bytesOf (meaning: Meaning | undefined): Uint8Array<ArrayBuffer> {
  if (typeof meaning !== 'string' || !meaning.startsWith('0x')) throw new Error(`These are no bytes: ${JSON.stringify(meaning)}`)
  return new Uint8Array(fromString(meaning.slice(2), 'base16'))
}
