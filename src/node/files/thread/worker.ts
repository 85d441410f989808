/** The thread behind cipher-thread.ts: opens chunks, and hashes what comes out while it is in the processor's cache. */
import { parentPort, workerData } from 'node:worker_threads'
import { chunkBytes, LEAF_BYTES, type FileSecret } from '../../../crypto/file/index.js'
import { assertSameBuild } from '../../../build.js'
import { asP2pChatError } from '../../../errors.js'
import { openVerified } from '../cipher.js'
import { RunningHash } from '../landing/running-hash.js'
import type { Opened, Said, SharedSlots, SlotTask, Told } from './messages.js'

interface Open { readonly secret: FileSecret, readonly hash: RunningHash }

const port = parentPort

if (port !== null) {
  assertSameBuild(workerData as SharedSlots)
  const { memory, slotBytes } = workerData as SharedSlots
  /** Nothing is verified, and then deciphered, where another thread could change it in between. */
  const own = new Uint8Array(slotBytes)
  const files = new Map<number, Open>()
  const say = (said: Said): void => { port.postMessage(said) }

  const open = ({ secret, hash }: Open, { index, slot, gap, bytes }: SlotTask): Opened => {
    const shared = new Uint8Array(memory, slot * slotBytes, LEAF_BYTES + gap + bytes)
    own.set(shared)
    // What comes out goes back to the start of the slot, and must lie in words as that does (slots.ts).
    own.copyWithin(LEAF_BYTES, LEAF_BYTES + gap, LEAF_BYTES + gap + bytes)
    const [leaf, sealed] = [own.subarray(0, LEAF_BYTES), own.subarray(LEAF_BYTES, LEAF_BYTES + bytes)]
    try {
      const plaintext = openVerified(secret, index, sealed, leaf)
      hash.written(plaintext, index * chunkBytes)
      shared.set(plaintext)
      return { slot, bytes: plaintext.byteLength }
    } catch (error) {
      const { code, message } = asP2pChatError(error)
      return { slot, code, message }
    }
  }

  port.on('message', (told: Told) => {
    const { type, file } = told
    if (type === 'begin') files.set(file, { secret: told.secret, hash: new RunningHash() })
    const known = files.get(file)
    if (known === undefined) return
    switch (type) {
      case 'begin': break
      case 'open': say({ type: 'opened', chunks: told.chunks.map((chunk) => open(known, chunk)) }); break
      case 'hash':
        known.hash.written(told.page, known.hash.bytes)
        say({ type: 'hashed', file, bytes: known.hash.bytes })
        break
      case 'hashed': say({ type: 'hashed', file, bytes: known.hash.bytes }); break
      case 'digest': say({ type: 'digest', file, sha256: known.hash.end() }); break
      case 'end': files.delete(file)
    }
  })
}
