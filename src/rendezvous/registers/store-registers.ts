import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { isP2pChatError, P2pChatError } from '../../errors.js'
import { keyOf, partsOf, rangeUnder, type KeyValueStore, type Operation } from '../../store/index.js'
import { Lanes } from '../lanes.js'
import type { IndexedRegisters, KeyList, Register, RegisterList, RegisterRead, RegisterWrite } from './index.js'

const TABLE = 'register'
const VERSION_BYTES = 8

export interface StoreRegistersComponents {
  /** Written by this process alone: reading and writing are kept apart from other calls by lanes in memory. */
  store: KeyValueStore
  /** Writes that follow from a new value (an index), made in one batch with it. */
  derive: (name: string, previous: Uint8Array | undefined, next: Uint8Array) => Operation[]
}

/** Registers of one server: every value is synced before it is told. */
export function createStoreRegisters (components: StoreRegistersComponents): IndexedRegisters {
  return new StoreRegisters(components)
}

class StoreRegisters implements IndexedRegisters {
  readonly #components: StoreRegistersComponents
  readonly #lanes = new Lanes()

  constructor (components: StoreRegistersComponents) {
    this.#components = components
  }

  async read (name: string): Promise<RegisterRead> {
    return { outcome: 'read', register: await this.#get(name) }
  }

  async compareAndSet (name: string, expectedVersion: number, value: Uint8Array): Promise<RegisterWrite> {
    return await this.#lanes.run(name, async () => {
      const current = await this.#get(name)
      const version = expectedVersion + 1
      if (current?.version === version && equals(current.value, value)) return { outcome: 'written', version }
      if ((current?.version ?? 0) !== expectedVersion) return { outcome: 'conflict', current }
      return await this.#write(name, current, { version, value })
    })
  }

  async list (prefix: string, { after, limit }: { after?: string, limit: number }): Promise<RegisterList> {
    const all = rangeUnder(TABLE)
    // No character of a name sorts below the space, so this is the first key behind `after`.
    const gte = after === undefined || after < prefix ? all.gte + prefix : `${all.gte}${after} `
    const registers: Array<Register & { name: string }> = []
    for await (const [key, value] of this.#components.store.range({ gte, lt: all.lt, limit: limit + 1 })) {
      const name = partsOf(key)[1] ?? ''
      if (!name.startsWith(prefix)) break
      registers.push({ name, ...decode(value) })
    }
    const page = registers.slice(0, limit)
    return { outcome: 'listed', page: { registers: page, next: registers.length > limit ? page.at(-1)?.name : undefined } }
  }

  async derived (prefix: string, { after = '', limit }: { after?: string, limit: number }): Promise<KeyList> {
    const keys: string[] = []
    // No character of a key sorts below the space.
    for await (const [key] of this.#components.store.range({ gte: after < prefix ? prefix : `${after} `, limit: limit + 1 })) {
      if (!key.startsWith(prefix)) break
      keys.push(key)
    }
    const page = keys.slice(0, limit)
    return { outcome: 'listed', keys: page, next: keys.length > limit ? page.at(-1) : undefined }
  }

  async #get (name: string): Promise<Register | undefined> {
    return await readOwnRegister(this.#components.store, name)
  }

  async #write (name: string, current: Register | undefined, next: Register): Promise<RegisterWrite> {
    const derived = this.#components.derive(name, current?.value, next.value)
    try {
      await this.#components.store.batch([{ type: 'put', key: keyOf(TABLE, name), value: encode(next) }, ...derived], { sync: true })
    } catch (error) {
      if (isP2pChatError(error, 'ERR_STORE_IO')) return { outcome: 'unknown' }
      throw error
    }
    return { outcome: 'written', version: next.version }
  }
}

/** What this server alone has of a register, chosen or not: enough to see whether it has changed. */
export async function readOwnRegister (store: KeyValueStore, name: string): Promise<Register | undefined> {
  const stored = await store.get(keyOf(TABLE, name))
  return stored === undefined ? undefined : decode(stored)
}

function encode ({ version, value }: Register): Uint8Array {
  const head = new Uint8Array(VERSION_BYTES)
  new DataView(head.buffer).setBigUint64(0, BigInt(version))
  return concat([head, value])
}

function decode (stored: Uint8Array): Register {
  if (stored.byteLength < VERSION_BYTES) throw new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: a register is too short. Restore a backup.')
  const version = Number(new DataView(stored.buffer, stored.byteOffset).getBigUint64(0))
  return { version, value: stored.slice(VERSION_BYTES) }
}
