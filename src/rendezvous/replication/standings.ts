import { equals } from 'uint8arrays/equals'
import { P2pChatError } from '../../errors.js'
import { decode, encode } from '../../protocol/codec.js'
import { maxFrameBytes } from '../../protocol/limits.js'
import { ReplicaMessage, type ReplicaStanding } from '../../protocol/pb/server-mail.js'
import type { Random } from '../../runtime.js'
import { partsOf, type KeyValueStore, type Operation } from '../../store/index.js'
import { integer, malformed } from './codec.js'
import * as rows from './rows.js'

const BOOT_ID_BYTES = 16

export interface WriteCounter {
  /** The write that says so, the first time: called as it is given to the store, so that numbers are written in their order. */
  count: () => Operation[]
  /** The change is synced. */
  synced: () => void
}

/**
 * A disk has one life. Every message between servers says how often its sender was started on its disk and how many
 * changes that disk has; whoever has heard of more does not talk to it any more, as an old copy of a disk has forgotten
 * what its server had acknowledged. Such a server comes back under a new identity.
 */
export class Standings {
  readonly #store: KeyValueStore
  readonly #boot: number
  readonly #bootId: Uint8Array
  readonly #bootWrites: number
  #asked: number
  #synced: number
  readonly #heard: Map<string, rows.StandingRow>
  readonly #unsaved = new Set<string>()
  readonly #distrusted = new Set<string>()
  #isVouched = false

  private constructor (store: KeyValueStore, own: { boot: number, bootId: Uint8Array, writes: number }, heard: Map<string, rows.StandingRow>) {
    this.#store = store
    this.#boot = own.boot
    this.#bootId = own.bootId
    this.#bootWrites = this.#asked = this.#synced = own.writes
    this.#heard = heard
  }

  /** Counts a start. */
  static async load (store: KeyValueStore, random: Random): Promise<Standings> {
    const boot = rows.decodeNumber(await store.get(rows.BOOT_KEY)) + 1
    const writes = rows.decodeNumber(await store.get(rows.WRITES_KEY))
    const heard = new Map<string, rows.StandingRow>()
    for await (const [key, stored] of store.range(rows.standingRange())) heard.set(partsOf(key)[1] ?? '', rows.decodeStanding(stored))
    await store.batch([{ type: 'put', key: rows.BOOT_KEY, value: rows.encodeNumber(boot) }], { sync: true })
    return new Standings(store, { boot, bootId: random.bytes(BOOT_ID_BYTES), writes }, heard)
  }

  /** Whether another server has answered this one since its start: this disk is no old one, as far as that one knows. */
  get isVouched (): boolean {
    return this.#isVouched
  }

  /** Servers (PeerIds) that came with an old disk. */
  get distrusted (): string[] {
    return [...this.#distrusted]
  }

  /** A server says itself that its disk is an old one. */
  distrust (peerId: string): void {
    this.#distrusted.add(peerId)
  }

  /** For one change of mail on this disk. */
  counter (): WriteCounter {
    let number = 0
    return {
      count: () => {
        if (number > 0) return []
        number = ++this.#asked
        return [{ type: 'put', key: rows.WRITES_KEY, value: rows.encodeNumber(number) }]
      },
      synced: () => { this.#synced = Math.max(this.#synced, number) }
    }
  }

  seal (body: Uint8Array): Uint8Array {
    const standing = { boot: BigInt(this.#boot), bootId: this.#bootId, bootWrites: BigInt(this.#bootWrites), writes: BigInt(this.#synced) }
    return encode(ReplicaMessage, { standing, body })
  }

  /** The body of a request. @throws ERR_INVALID_RECORD; ERR_STORE_FOREIGN when its sender's disk has forgotten something */
  open (peerId: string, message: Uint8Array): Uint8Array {
    const { standing, body } = decode(ReplicaMessage, message, maxFrameBytes, 'A message of another server')
    if (standing === undefined || standing.bootId.byteLength !== BOOT_ID_BYTES) throw malformed()
    if (!this.#accept(peerId, standing)) {
      throw new P2pChatError('ERR_STORE_FOREIGN', `The disk of server ${peerId} is older than what it has said before. Let it join again under a new identity.`)
    }
    return body
  }

  /** As open, of an answer: who gives one has seen how far this disk is. Who asks may not even know that it was started. */
  openAnswer (peerId: string, message: Uint8Array): Uint8Array {
    const body = this.open(peerId, message)
    this.#isVouched = true
    return body
  }

  /** Keeps what was heard; it need not be synced at once. */
  async save (): Promise<void> {
    const operations = [...this.#unsaved].flatMap((peerId): Operation[] => {
      const row = this.#heard.get(peerId)
      return row === undefined ? [] : [{ type: 'put', key: rows.standingKey(peerId), value: rows.encodeStanding(row) }]
    })
    this.#unsaved.clear()
    if (operations.length > 0) await this.#store.batch(operations, { sync: false })
  }

  #accept (peerId: string, standing: ReplicaStanding): boolean {
    const boot = integer(standing.boot)
    const writes = integer(standing.writes)
    const before = this.#heard.get(peerId)
    const isSameStart = before?.boot === boot && equals(before.bootId, standing.bootId)
    if (before !== undefined && !isSameStart) {
      // A message of an earlier start that comes late is refused, too; its sender has more than that to say by now.
      if (boot <= before.boot) {
        if (boot === before.boot) this.#distrusted.add(peerId)
        return false
      }
      if (integer(standing.bootWrites) < before.writes) {
        this.#distrusted.add(peerId)
        return false
      }
    }
    if (before !== undefined && isSameStart && writes <= before.writes) return true
    this.#heard.set(peerId, { boot, bootId: standing.bootId.slice(), writes })
    this.#unsaved.add(peerId)
    return true
  }
}
