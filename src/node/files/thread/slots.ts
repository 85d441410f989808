/** Places for chunks in memory that two threads share; who finds none free waits for one. */
import { inSharedWords, SHARED_WORD_BYTES } from '../../../crypto/bytes.js'
import { chunkBytes, LEAF_BYTES } from '../../../crypto/file/index.js'
import { SEAL_OVERHEAD_BYTES } from '../../../crypto/seal.js'
import { build } from '../../../build.js'
import { threadSlots } from '../limits.js'
import type { SharedSlots } from './messages.js'

const slotBytes = LEAF_BYTES + inSharedWords(chunkBytes + SEAL_OVERHEAD_BYTES) + SHARED_WORD_BYTES

export class Slots {
  readonly shared: SharedSlots = { memory: new SharedArrayBuffer(threadSlots * slotBytes), slotBytes, build }
  readonly #free = Array.from({ length: threadSlots }, (_, slot) => slot)
  readonly #waiting: Array<(slot: number) => void> = []

  /** A slot at once, or a promise of the next one. */
  take (): number | Promise<number> {
    return this.#free.pop() ?? new Promise<number>((resolve) => { this.#waiting.push(resolve) })
  }

  give (slot: number): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free.push(slot)
    else next(slot)
  }

  /** Nobody uses them any more: who waits is given one, and told elsewhere. */
  end (): void {
    for (const resolve of this.#waiting.splice(0)) resolve(0)
  }

  /** @returns how many bytes behind the leaf hash the chunk begins: it lies in words as it did where it came from */
  put (slot: number, sealed: Uint8Array, leaf: Uint8Array): number {
    const gap = sealed.byteOffset % SHARED_WORD_BYTES
    const room = this.view(slot, slotBytes)
    room.set(leaf)
    room.set(sealed, leaf.byteLength + gap)
    return gap
  }

  view (slot: number, bytes: number): Uint8Array {
    return new Uint8Array(this.shared.memory, slot * slotBytes, bytes)
  }

  /** The slot that a view is of; undefined when it is of other memory. */
  slotOf ({ buffer, byteOffset }: Uint8Array): number | undefined {
    return buffer === this.shared.memory ? byteOffset / slotBytes : undefined
  }
}
