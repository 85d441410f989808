/**
 * Who is asked for what, as a state machine: chunks that are missing are shared out among the sources, each within its
 * window, and what a source did not bring is given to others. Nothing is asked of two at a time.
 */
import { leavesPerPiece, pieceLength } from '../../../crypto/file/index.js'
import type { ChunkSet } from '../landing/chunk-set.js'
import { Flight, type FlightLimits } from './flight.js'
import type { ChunkRange } from './source.js'

export interface ScheduleLimits extends FlightLimits {
  /** chunks asked for, or here and not yet durable */
  unsafeChunks: number
  /** written chunks that are worth a sync of their own */
  saveChunks: number
}

export type Task =
  | { type: 'leaves', piece: number }
  | { type: 'chunks', range: ChunkRange }

interface Work { chunks: Set<number>, pieces: Set<number>, flight: Flight }

export class Schedule {
  readonly #sources = new Map<string, Work>()
  /** Asked for, or being verified and written. */
  readonly #busy = new Set<number>()
  /** Written and not yet durable. */
  #unsafe = 0
  #paused = false
  #firstMissing = 0

  /**
   * @param known chunks that are there; who takes them adds to it before telling {@link written}
   * @param hasLeaves whether the leaf hashes of a piece are known
   */
  constructor (private readonly known: ChunkSet, private readonly hasLeaves: (piece: number) => boolean, private readonly limits: ScheduleLimits) {}

  get sources (): string[] {
    return [...this.#sources.keys()]
  }

  add (name: string): void {
    if (!this.#sources.has(name)) this.#sources.set(name, { chunks: new Set(), pieces: new Set(), flight: new Flight(this.limits) })
  }

  /** What was asked of it is free for others; what it still brings nobody asked for. */
  remove (name: string): void {
    for (const index of this.#sources.get(name)?.chunks ?? []) this.#busy.delete(index)
    this.#sources.delete(name)
  }

  pause (paused: boolean): void {
    this.#paused = paused
  }

  /** Whether what was written should be made durable now: it is much, or nothing more comes before. */
  get shouldSave (): boolean {
    return this.#unsafe > 0 && (this.#unsafe >= this.limits.saveChunks || this.#busy.size === 0)
  }

  /** Whether something is awaited of this source. */
  awaits (name: string): boolean {
    const work = this.#sources.get(name)
    return work !== undefined && (work.chunks.size > 0 || work.pieces.size > 0)
  }

  /** What to ask of a source now, and that it is asked; undefined when there is nothing, or no room. */
  next (name: string): Task | undefined {
    const work = this.#sources.get(name)
    if (work === undefined || this.#paused) return undefined
    const first = this.#firstFree()
    if (first === this.known.total) return undefined
    const piece = Math.floor(first / leavesPerPiece)
    if (!this.hasLeaves(piece)) return this.#askLeaves(work, piece)
    // The next piece is there before it is needed.
    if (pieceLength(this.known.total, piece + 1) > 0 && !this.hasLeaves(piece + 1)) {
      const task = this.#askLeaves(work, piece + 1)
      if (task !== undefined) return task
    }
    return this.#askChunks(work, first, piece)
  }

  /** @returns whether this chunk was asked of this source: if not, it does not keep to the rules */
  arrived (name: string, index: number): boolean {
    return this.#sources.get(name)?.chunks.delete(index) ?? false
  }

  /** A range that was asked of this source came whole, so long after. */
  rangeArrived (name: string, tookMs: number): void {
    this.#sources.get(name)?.flight.came(tookMs)
  }

  /** Its leaf hashes were verified, or refused. */
  leavesArrived (name: string, piece: number): void {
    this.#sources.get(name)?.pieces.delete(piece)
  }

  /** A chunk that arrived was wrong: it is missing again. */
  refused (index: number): void {
    this.#busy.delete(index)
  }

  /** A chunk that arrived was right and is written. */
  written (index: number): void {
    this.#busy.delete(index)
    this.#unsafe++
  }

  /** So many written chunks are durable now. */
  durable (count: number): void {
    this.#unsafe -= count
  }

  #askLeaves (work: Work, piece: number): Task | undefined {
    for (const { pieces } of this.#sources.values()) if (pieces.has(piece)) return undefined
    work.pieces.add(piece)
    return { type: 'leaves', piece }
  }

  #askChunks (work: Work, first: number, piece: number): Task | undefined {
    const { unsafeChunks } = this.limits
    const { rangeChunks } = work.flight
    const room = Math.min(work.flight.windowChunks - work.chunks.size, unsafeChunks - this.#busy.size - this.#unsafe)
    // Whole ranges, or the window would crumble into single chunks.
    if (room < rangeChunks) return undefined
    const end = Math.min(this.known.total, (piece + 1) * leavesPerPiece, first + rangeChunks)
    let index = first
    for (; index < end && !this.#busy.has(index) && !this.known.has(index); index++) {
      this.#busy.add(index)
      work.chunks.add(index)
    }
    return { type: 'chunks', range: { first, count: index - first } }
  }

  /** The first chunk that is neither there nor asked for. */
  #firstFree (): number {
    // Chunks never become missing again once they are written.
    this.#firstMissing = this.known.firstMissing(this.#firstMissing)
    let index = this.#firstMissing
    while (this.#busy.has(index)) index = this.known.firstMissing(index + 1)
    return index
  }
}
