/**
 * Where a file lands: a temporary file in the downloads folder, filled chunk by chunk, and in the home what of it is
 * there for good. In this order, so that after a kill or a power cut the home never says more than the disk holds: chunk
 * written, file synced, bits synced, progress told. Only then is its hash compared, and the file named and shown.
 */
import { join } from 'node:path'
import { chunkBytes, chunkCount, LEAF_BYTES, leavesPerPiece, pieceLength, plainChunkBytes } from '../../../crypto/file/index.js'
import { P2pChatError } from '../../../errors.js'
import type { Disk, DiskFile } from '../disk.js'
import type { Lane, Transaction } from '../../home/lane.js'
import { maxFileBytes, minFreeBytes } from '../limits.js'
import { encodeManifest, parseManifest, type FileManifest } from '../manifest.js'
import { ChunkSet } from './chunk-set.js'
import { nameFile } from './name-file.js'
import { chunksTable, deleteParts, incomingTable, leavesTable, type IncomingRecord } from './records.js'
import { Room } from './room.js'
import { hashHere, type FileHash } from './running-hash.js'

export interface LandingComponents {
  lane: Lane
  disk: Disk
  /** this device's key in hex: homes that share a downloads folder leave each other's files alone */
  device: string
  /** of all files that are open at a time; without one each has the disk for itself */
  room?: Room
}

export interface LandingInit {
  /** names the transfer in the home and on the disk; ours, never a peer's: letters, digits, `-` and `_` */
  id: string
  manifest: FileManifest
  /** the downloads folder, absolute */
  folder: string
  /** Default: maxFileBytes. */
  maxBytes?: number
  /** What is to stay free on the disk. Default: minFreeBytes. */
  keptBytes?: number
}

export interface Landed { path: string }

/** Writes of the caller's that are to be one with the file's landing. */
export type OnLanded = (tx: Transaction, landed: Landed) => void | Promise<void>

const ID = /^[0-9A-Za-z_-]{1,100}$/
const TEMPORARY = /^\.p2pchat-([0-9a-f]{8})-([0-9A-Za-z_-]{1,100})\.part$/
const DEVICE_DIGITS = 8

/** @param device its key in hex */
export function temporaryName (device: string, id: string): string {
  if (!ID.test(id)) throw new P2pChatError('ERR_INTERNAL', 'A transfer cannot have this id.')
  return `.p2pchat-${device.slice(0, DEVICE_DIGITS)}-${id}.part`
}

/** The transfer that a temporary file of this device belongs to. */
export function transferOf (device: string, name: string): string | undefined {
  const [, owner, id] = TEMPORARY.exec(name) ?? []
  return owner === device.slice(0, DEVICE_DIGITS) ? id : undefined
}

/**
 * Begins a file, or goes on with one that was begun under this id.
 *
 * @throws ERR_LIMIT it is too large; ERR_STORE_IO, also when there is not enough room for it
 */
export async function openLanding (components: LandingComponents, asked: LandingInit): Promise<Landing> {
  const { lane, disk, device, room = new Room() } = components
  const { id, manifest, maxBytes = maxFileBytes, keptBytes = minFreeBytes } = asked
  if (manifest.bytes > maxBytes) throw new P2pChatError('ERR_LIMIT', `${manifest.name} has ${manifest.bytes} bytes; files may have at most ${maxBytes} (limit maxFileBytes).`)
  const stored = await incomingTable.get(lane, id)
  const folder = stored === undefined || stored.state === 'landed' ? asked.folder : await begunIn(components, id, stored.folder, asked.folder)
  const init = { ...asked, folder }
  const temporary = join(folder, temporaryName(device, id))
  if (stored?.state === 'landed') return new Landing(components, init, { type: 'moved', path: stored.path })
  await disk.makeFolder(folder)
  if (stored?.state === 'naming') {
    const path = await movedPath(components, id, { ...stored, folder })
    if (path !== undefined) return new Landing(components, init, { type: 'moved', path })
  }
  const existing = await disk.open(temporary)
  const known = new ChunkSet(chunkCount(manifest.bytes))
  const leaves = new Uint8Array(known.total * LEAF_BYTES)
  const pieces = new Set<number>()
  if (existing !== undefined && stored !== undefined) await loadParts(lane, id, known, leaves, pieces)
  try {
    await room.take(disk, { id, name: manifest.name, folder, missingBytes: () => Math.max(0, manifest.bytes - known.count * chunkBytes), keptBytes })
    const record: IncomingRecord = { state: 'fetching', manifest: encodeManifest(manifest), folder }
    await lane.write(async (tx) => {
      if (existing === undefined) await deleteParts(tx, id)
      incomingTable.put(tx, record, id)
    })
    const file = existing ?? await disk.create(temporary)
    if (file === undefined) throw new P2pChatError('ERR_STORE_IO', `${temporary} is in the way; remove it.`)
    if (existing === undefined) await disk.syncFolder(folder)
    else if (known.count === 0) await file.truncate(0)
    return new Landing(components, init, { type: 'open', file, known, leaves, pieces })
  } catch (error) {
    room.giveBack(id)
    await existing?.close()
    throw error
  }
}

type State =
  | { type: 'open', file: DiskFile, known: ChunkSet, leaves: Uint8Array, pieces: Set<number> }
  /** it has its name; only the home may not know yet */
  | { type: 'moved', path: string }
  | { type: 'closed' }

export class Landing {
  readonly manifest: FileManifest
  readonly total: number
  /** Written, or being made durable: bits that the home does not have yet. */
  #written: number[] = []
  #newPieces = new Set<number>()
  #durable: number
  #hash = hashHere()
  #checkpoint: Promise<void> = Promise.resolve()

  constructor (private readonly components: LandingComponents, private readonly init: LandingInit, private state: State) {
    this.manifest = init.manifest
    this.total = chunkCount(init.manifest.bytes)
    this.#durable = state.type === 'open' ? state.known.count : this.total
  }

  /** Whether nothing more has to be fetched. */
  get complete (): boolean {
    return this.state.type === 'moved' || (this.state.type === 'open' && this.state.known.complete)
  }

  /** Chunks that are there for good. */
  get durableChunks (): number {
    return this.#durable
  }

  /** Bytes of the file that are there for good: what progress says. */
  get durableBytes (): number {
    return Math.min(this.manifest.bytes, this.#durable * chunkBytes)
  }

  /** Chunks that were written, durable or not. */
  get known (): ChunkSet {
    return this.#open().known
  }

  hasLeaves (piece: number): boolean {
    return this.#open().pieces.has(piece)
  }

  /** The leaf hash of a chunk; undefined while its piece is not known. */
  leaf (index: number): Uint8Array | undefined {
    const { leaves, pieces } = this.#open()
    return pieces.has(Math.floor(index / leavesPerPiece)) ? leaves.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES) : undefined
  }

  /** Before anything is written: where the hash of the file comes from, if not from what is written here. */
  hashBy (hashOf: (file: FileManifest) => FileHash | undefined): void {
    if (this.state.type === 'open') this.#hash = hashOf(this.manifest) ?? this.#hash
  }

  /** Takes a piece of leaf hashes that was verified; it is kept with the next checkpoint. */
  addLeaves (piece: number, hashes: Uint8Array): void {
    const { leaves, pieces } = this.#open()
    leaves.set(hashes.subarray(0, pieceLength(this.total, piece) * LEAF_BYTES), piece * leavesPerPiece * LEAF_BYTES)
    pieces.add(piece)
    this.#newPieces.add(piece)
  }

  /** Takes a chunk that was verified. @throws ERR_STORE_IO */
  async write (index: number, plaintext: Uint8Array): Promise<void> {
    const { file, known } = this.#open()
    if (known.has(index)) return
    if (plaintext.byteLength !== plainChunkBytes(this.manifest.bytes, index)) throw new P2pChatError('ERR_INTERNAL', 'A chunk of a wrong length was to be written.')
    await file.write(plaintext, index * chunkBytes)
    known.add(index)
    this.#hash.written(plaintext, index * chunkBytes)
    this.#written.push(index)
  }

  /** Makes durable what was written until now; progress counts it from then on. */
  async checkpoint (): Promise<void> {
    const work = this.#checkpoint.catch(() => {}).then(async () => { await this.#makeDurable() })
    this.#checkpoint = work
    await work
  }

  /**
   * Compares its hash, gives it a name that is free, and notes that it has landed, together with what `onLanded` writes.
   * May be called again after a crash, whatever was done before.
   *
   * @throws ERR_INVALID_RECORD it is not the file that was announced: nothing of it is kept; ERR_STORE_IO
   */
  async finish (onLanded: OnLanded = () => {}): Promise<Landed> {
    const path = this.state.type === 'moved' ? this.state.path : await this.#moveIntoPlace()
    this.state = { type: 'moved', path }
    const { lane } = this.components
    const { id } = this.init
    await lane.write(async (tx) => {
      const before = await incomingTable.get(tx, id)
      if (before?.state === 'landed') return
      incomingTable.put(tx, { state: 'landed', path }, id)
      await deleteParts(tx, id)
      await onLanded(tx, { path })
    })
    return { path }
  }

  /** Nothing of the file stays behind. What has landed is left alone. */
  async discard (): Promise<void> {
    if (this.state.type === 'moved') return
    await this.close()
    await forgetIncoming(this.components, this.init.id)
  }

  /** Frees the file; what is durable stays for the next time. */
  async close (): Promise<void> {
    if (this.state.type !== 'open') return
    const { file } = this.state
    this.state = { type: 'closed' }
    this.components.room?.giveBack(this.init.id)
    this.#hash.end()
    await this.#checkpoint.catch(() => {})
    await file.close()
  }

  async #makeDurable (): Promise<void> {
    if (this.#written.length === 0 && this.#newPieces.size === 0) return
    const { file, leaves } = this.#open()
    const indexes = this.#written.splice(0)
    const pieces = [...this.#newPieces]
    this.#newPieces.clear()
    const { id } = this.init
    if (indexes.length > 0) await file.sync()
    await this.components.lane.write(async (tx) => {
      const bits = new Map<number, ChunkSet>()
      for (const index of indexes) {
        const segment = Math.floor(index / leavesPerPiece)
        let set = bits.get(segment)
        if (set === undefined) {
          set = new ChunkSet(this.total)
          set.addSegment(segment, await chunksTable.get(tx, id, segment) ?? new Uint8Array(0))
          bits.set(segment, set)
        }
        set.add(index)
      }
      for (const [segment, set] of bits) chunksTable.put(tx, set.segment(segment), id, segment)
      for (const piece of pieces) leavesTable.put(tx, leaves.slice(piece * leavesPerPiece * LEAF_BYTES, (piece + 1) * leavesPerPiece * LEAF_BYTES), id, piece)
    })
    this.#durable += indexes.length
  }

  async #moveIntoPlace (): Promise<string> {
    const { file, known } = this.#open()
    if (!known.complete) throw new P2pChatError('ERR_INTERNAL', 'A file was to be finished before it was complete.')
    await this.checkpoint()
    const hash = await this.#hash.digest(file, this.manifest.bytes)
    this.#hash = hashHere()
    if (!hash.every((byte, n) => byte === this.manifest.sha256[n])) {
      await this.discard()
      throw new P2pChatError('ERR_INVALID_RECORD', `${this.manifest.name} is not the file that was announced (its SHA-256 is another); it was thrown away.`)
    }
    const { lane, disk, device } = this.components
    const { id, folder } = this.init
    return await nameFile({
      disk,
      folder,
      temporary: temporaryName(device, id),
      name: this.manifest.name,
      onName: async (name) => {
        await lane.write((tx) => { incomingTable.put(tx, { state: 'naming', manifest: encodeManifest(this.manifest), folder, name }, id) })
      },
      beforeRename: async () => { await this.close() }
    })
  }

  #open (): Extract<State, { type: 'open' }> {
    if (this.state.type === 'open') return this.state
    throw new P2pChatError('ERR_CLOSED', 'This file is not being written any more.')
  }
}

/** Ends a file that is not being fetched at the moment: nothing of it stays behind. What the home knows to have landed is left alone. */
export async function forgetIncoming (components: LandingComponents, id: string): Promise<void> {
  const { lane, disk, device } = components
  const record = await incomingTable.get(lane, id)
  if (record === undefined || record.state === 'landed') return
  // The file first: on a full disk its room is needed to write down that it is gone.
  if (record.state === 'naming') {
    const path = await movedPath(components, id, record)
    if (path !== undefined) await disk.remove(path)
  }
  await disk.remove(join(record.folder, temporaryName(device, id)))
  await lane.write(async (tx) => {
    await deleteParts(tx, id)
    incomingTable.delete(tx, id)
  })
}

/** After a crash while it was given its name: where the file is if it was; else the name is free again. */
async function movedPath ({ disk, device }: LandingComponents, id: string, { folder, name, manifest }: Extract<IncomingRecord, { state: 'naming' }>): Promise<string | undefined> {
  const target = join(folder, name)
  const size = await disk.size(target)
  if (await disk.size(join(folder, temporaryName(device, id))) === undefined && size === parseManifest(manifest).bytes) return target
  // The empty file that held the name until the rename.
  if (size === 0) await disk.remove(target)
  return undefined
}

/** What was begun in one folder ends there, whatever the setting is by now, unless it was moved to where the setting is. */
async function begunIn ({ disk, device }: LandingComponents, id: string, begun: string, now: string): Promise<string> {
  if (begun === now) return begun
  const isIn = async (folder: string): Promise<boolean> => await disk.size(join(folder, temporaryName(device, id))) !== undefined
  return !await isIn(begun) && await isIn(now) ? now : begun
}

async function loadParts (lane: Lane, id: string, known: ChunkSet, leaves: Uint8Array, pieces: Set<number>): Promise<void> {
  for (let piece = 0; pieceLength(known.total, piece) > 0; piece++) {
    const hashes = await leavesTable.get(lane, id, piece)
    if (hashes?.byteLength === pieceLength(known.total, piece) * LEAF_BYTES) {
      leaves.set(hashes, piece * leavesPerPiece * LEAF_BYTES)
      pieces.add(piece)
    }
    const bits = await chunksTable.get(lane, id, piece)
    if (bits !== undefined) known.addSegment(piece, bits)
  }
}
