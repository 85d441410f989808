/** Typed shelves of the home's store. Keys are parts parted by `/`; values JSON (bytes as base64) or raw bytes. */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import { keyOf, type KeyPart } from '../../store/keys.js'
import type { ListOptions, Reader, Transaction } from './lane.js'

export interface TableListOptions extends Omit<ListOptions, 'after' | 'before' | 'keysOnly'> {
  /** Only entries after this last part. */
  after?: KeyPart
  /** Only entries before this last part. */
  before?: KeyPart
}

export interface TableEntry<T> { key: string[], value: T }

export interface Table<T> {
  get: (reader: Reader, ...key: KeyPart[]) => Promise<T | undefined>
  put: (tx: Transaction, value: T, ...key: KeyPart[]) => void
  delete: (tx: Transaction, ...key: KeyPart[]) => void
  /** Entries below `prefix`, in key order; `key` holds the parts behind the table's name. */
  list: (reader: Reader, prefix: KeyPart[], options?: TableListOptions) => Promise<Array<TableEntry<T>>>
  /** Their keys alone: what is under them is not read. */
  keys: (reader: Reader, prefix: KeyPart[], options?: TableListOptions) => Promise<string[][]>
}

export interface ValueCodec<T> { encode: (value: T) => Uint8Array, decode: (bytes: Uint8Array) => T }

export function jsonTable<T> (name: string): Table<T> {
  return table<T>(name, jsonCodec(name))
}

/** One whose rows are read again and again: they stay in memory as they were decoded, and what was read must not be changed. */
export function rememberedTable<T> (name: string, codec: ValueCodec<T> = jsonCodec<T>(name)): Table<Readonly<T>> {
  const decoded = new WeakMap<Uint8Array, { value: T }>()
  const decode = (bytes: Uint8Array): T => {
    const known = decoded.get(bytes) ?? { value: codec.decode(bytes) }
    decoded.set(bytes, known)
    return known.value
  }
  return {
    ...table<T>(name, codec),
    async get (reader, ...key) {
      const bytes = await reader.getOften(keyOf(name, ...key))
      return bytes === undefined ? undefined : decode(bytes)
    }
  }
}

/** How a shelf of JSON keeps its values. */
export function jsonCodec<T> (name: string): ValueCodec<T> {
  return {
    encode: (value) => fromString(JSON.stringify(value, replacer)),
    decode: (bytes) => {
      try {
        return revived(JSON.parse(toString(bytes))) as T
      } catch (cause) {
        throw new P2pChatError('ERR_STORE_CORRUPT', `The home holds an unreadable ${name} entry; restore it from a copy.`, { cause })
      }
    }
  }
}

export function bytesTable (name: string): Table<Uint8Array> {
  return table<Uint8Array>(name, { encode: (value) => value, decode: (bytes) => bytes })
}

function table<T> (name: string, codec: ValueCodec<T>): Table<T> {
  const list = async (reader: Reader, prefix: KeyPart[], { after, before, ...rest }: TableListOptions = {}, keysOnly = false): Promise<Array<TableEntry<Uint8Array>>> => {
    const options: ListOptions = { ...rest, keysOnly }
    if (after !== undefined) options.after = keyOf(name, ...prefix, after)
    if (before !== undefined) options.before = keyOf(name, ...prefix, before)
    const entries = await reader.list(`${keyOf(name, ...prefix)}/`, options)
    return entries.map(([key, value]) => ({ key: key.split('/').slice(1), value }))
  }
  return {
    async get (reader, ...key) {
      const bytes = await reader.get(keyOf(name, ...key))
      return bytes === undefined ? undefined : codec.decode(bytes)
    },
    put (tx, value, ...key) {
      tx.put(keyOf(name, ...key), codec.encode(value))
    },
    delete (tx, ...key) {
      tx.delete(keyOf(name, ...key))
    },
    async list (reader, prefix, options) {
      return (await list(reader, prefix, options)).map(({ key, value }) => ({ key, value: codec.decode(value) }))
    },
    async keys (reader, prefix, options) {
      return (await list(reader, prefix, options, true)).map(({ key }) => key)
    }
  }
}

// A Buffer, which has a toJSON, is only found as it was in what holds it.
function replacer (this: Record<string, unknown>, key: string, value: unknown): unknown {
  const raw = this[key]
  return raw instanceof Uint8Array ? { $bytes: base64(raw) } : value
}

/** A walk over what was parsed: JSON's own reviver is called for every number, and took most of the time of reading a message. */
function revived (value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('$bytes' in value && typeof value.$bytes === 'string') return new Uint8Array(Buffer.from(value.$bytes, 'base64'))
  for (const [key, part] of Object.entries(value)) {
    if (typeof part === 'object' && part !== null) (value as Record<string, unknown>)[key] = revived(part)
  }
  return value
}

/** Without padding. By Node's own, which takes a twentieth of the time of what is written in JavaScript. */
function base64 (bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64').replace(/=+$/, '')
}
