/** The prekeys of this device: private halves here, public halves at the servers or handed out by the device itself. */
import { P2pChatError } from '../../errors.js'
import { x25519KeyPair } from '../../crypto/x25519.js'
import { maxOneTimePrekeys } from '../../protocol/limits.js'
import { makeSignedPrekey } from '../../records/index.js'
import type { Clock, Random } from '../../runtime.js'
import type { HomeDevice } from '../home/account-state.js'
import { stampNow, steadyNow } from '../home/home-time.js'
import type { Reader, Transaction } from '../home/lane.js'
import { jsonTable, type Table } from '../home/table.js'
import { keepRetiredMs, keptRoom, maxAheadMs, maxKeptOneTime, rotationMs, topUpBelow } from './limits.js'

interface StoredPrekey {
  privateKey: Uint8Array
  publicKey: Uint8Array
  createdAtMs: number
  /** Of a signed one that is not handed out any more. */
  replacedAtMs?: number
}

export interface PublicPrekey { id: number, publicKey: Uint8Array }

const signedTable = jsonTable<StoredPrekey>('signed-prekey')
/** Those that servers hand out, and those that this device hands out itself: the one kind never pushes out the other. */
const publishedTable = jsonTable<StoredPrekey>('one-time-prekey')
const directTable = jsonTable<StoredPrekey>('direct-prekey')
const counterTable = jsonTable<number>('prekey-counter')
/** How many of a kind are here, or were used since these were last counted. */
const keptTable = jsonTable<number>('prekeys-kept')

export interface PrekeyComponents {
  clock: Clock
  random: Random
  device: HomeDevice
}

export class Prekeys {
  constructor (private readonly components: PrekeyComponents) {}

  /** The signed prekey of this week: its id and its SignedRecord. Old ones are deleted once no mail can name them. */
  async currentSigned (tx: Transaction): Promise<{ id: number, signed: Uint8Array }> {
    const { clock, random, device } = this.components
    const now = clock.now()
    const steadyMs = await steadyNow(tx, clock)
    const stored = await signedTable.list(tx, [])
    for (const { key, value: { replacedAtMs = Infinity } } of stored) {
      if (replacedAtMs + keepRetiredMs < steadyMs) signedTable.delete(tx, idOf(key))
    }
    const newest = stored.at(-1)
    const age = newest === undefined ? undefined : now - newest.value.createdAtMs
    if (newest !== undefined && age !== undefined && age < rotationMs && age >= -maxAheadMs) {
      return this.sign(idOf(newest.key), newest.value, device)
    }
    // Not when the next one says that it was made: a device that was away for long had the old one handed out until now, and a clock may be wrong.
    const replacedAtMs = await stampNow(tx, clock)
    for (const { key, value } of stored) if (value.replacedAtMs === undefined) signedTable.put(tx, { ...value, replacedAtMs }, idOf(key))
    const id = await this.nextId(tx)
    const prekey = { ...x25519KeyPair(random.bytes(32)), createdAtMs: now }
    signedTable.put(tx, prekey, id)
    return this.sign(id, prekey, device)
  }

  /** When the oldest signed prekey that is still here was made: what ended before can name none of them. */
  async oldestSignedAtMs (reader: Reader): Promise<number | undefined> {
    const created = (await signedTable.list(reader, [])).map(({ value }) => value.createdAtMs)
    return created.length === 0 ? undefined : Math.min(...created)
  }

  /** New one-time prekeys when the server holds few: durable here before they are published. */
  async replenish (tx: Transaction, heldByServer: number): Promise<PublicPrekey[]> {
    if (heldByServer >= topUpBelow) return []
    const fresh: PublicPrekey[] = []
    for (let i = heldByServer; i < maxOneTimePrekeys; i++) fresh.push(await this.makeOneTime(tx, publishedTable))
    await this.forgetOldest(tx, publishedTable, 'published', fresh.length)
    return fresh
  }

  /** A fresh one-time prekey for a device that asks directly. Strangers who ask often push out only each other's. */
  async makeDirect (tx: Transaction): Promise<PublicPrekey> {
    const prekey = await this.makeOneTime(tx, directTable)
    await this.forgetOldest(tx, directTable, 'direct', 1)
    return prekey
  }

  private async makeOneTime (tx: Transaction, table: Table<StoredPrekey>): Promise<PublicPrekey> {
    const { clock, random } = this.components
    const id = await this.nextId(tx)
    const pair = x25519KeyPair(random.bytes(32))
    table.put(tx, { ...pair, createdAtMs: clock.now() }, id)
    return { id, publicKey: pair.publicKey }
  }

  /** Private halves for a first message; undefined when one of them is not, or no longer, here. */
  async find (reader: Reader, signedPrekeyId: number, oneTimePrekeyId: number | undefined): Promise<{ signedPrekey: StoredPrekey, oneTimePrivate?: Uint8Array } | undefined> {
    const signedPrekey = await signedTable.get(reader, signedPrekeyId)
    if (signedPrekey === undefined) return undefined
    if (oneTimePrekeyId === undefined) return { signedPrekey }
    const oneTime = await publishedTable.get(reader, oneTimePrekeyId) ?? await directTable.get(reader, oneTimePrekeyId)
    return oneTime === undefined ? undefined : { signedPrekey, oneTimePrivate: oneTime.privateKey }
  }

  useUp (tx: Transaction, oneTimePrekeyId: number): void {
    publishedTable.delete(tx, oneTimePrekeyId)
    directTable.delete(tx, oneTimePrekeyId)
  }

  private sign (id: number, prekey: StoredPrekey, device: HomeDevice): { id: number, signed: Uint8Array } {
    const signer = { seed: device.seed, publicKey: device.deviceKey }
    return { id, signed: makeSignedPrekey(signer, { id, publicKey: prekey.publicKey, createdAtMs: prekey.createdAtMs }) }
  }

  private async nextId (tx: Transaction): Promise<number> {
    const id = (await counterTable.get(tx, 'last') ?? 0) + 1
    // Ids are uint32 on the wire.
    if (id > 0xffffffff) throw new P2pChatError('ERR_LIMIT', 'This device has used up its prekey ids; sign in from a new home.')
    counterTable.put(tx, id, 'last')
    return id
  }

  /** Counts, and lists only when that says that there are too many. */
  private async forgetOldest (tx: Transaction, table: Table<StoredPrekey>, kind: 'published' | 'direct', added: number): Promise<void> {
    const counted = await keptTable.get(tx, kind)
    if (counted !== undefined && counted + added <= maxKeptOneTime) {
      keptTable.put(tx, counted + added, kind)
      return
    }
    const kept = await table.keys(tx, [])
    // Some room is made, so that not every further one has them listed again.
    const excess = kept.length > maxKeptOneTime ? kept.length - maxKeptOneTime + keptRoom : 0
    for (const key of kept.slice(0, excess)) table.delete(tx, idOf(key))
    keptTable.put(tx, kept.length - excess, kind)
  }
}

function idOf (key: string[]): number {
  return Number.parseInt(key[0] ?? '', 16)
}
