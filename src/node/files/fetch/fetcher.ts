/**
 * Fetches one file from whoever has it. Every chunk is verified before it is written; a source that gives a wrong one is
 * named and dropped, one that stops is dropped too, and the others go on.
 */
import { setMaxListeners } from 'node:events'
import { leavesPerPiece, verifyLeafPiece } from '../../../crypto/file/index.js'
import { asP2pChatError, isP2pChatError, P2pChatError } from '../../../errors.js'
import { abortError, raceSignal, type Clock, type Timer } from '../../../runtime.js'
import type { ChunkCipher, SealedChunk } from '../cipher.js'
import { isDiskFull } from '../disk.js'
import { ChunkSet } from '../landing/chunk-set.js'
import type { Landed, Landing, OnLanded } from '../landing/landing.js'
import { maxUnopenedChunks, saveDelayMs } from '../limits.js'
import { Schedule, type ScheduleLimits, type Task } from './schedule.js'
import type { ChunkSource } from './source.js'
import { StallWatch } from './stall-watch.js'
import { defaultScheduleLimits } from './window.js'

export interface FetcherComponents {
  clock: Clock
  cipher: ChunkCipher
  /** Belongs to the fetcher from now on: when run() is over it is closed, or has landed. */
  landing: Landing
}

export interface FetcherInit {
  limits?: ScheduleLimits
  /** Default: sourceStallMs. */
  stallMs?: number
  /** Told after chunks have become durable. */
  onProgress?: (bytes: number) => void
  /** Told of every source that is given up; `lied`: it gave what is not the file's. */
  onDropped?: (name: string, error: P2pChatError, lied: boolean) => void
  /** A source has given nothing for long, as it has said. */
  onHeld?: () => void
  /** Writes that are to be one with the landing. */
  onLanded?: OnLanded
}

interface Running {
  source: ChunkSource
  controller: AbortController
  stall: StallWatch
}

export class Fetcher {
  readonly #schedule: Schedule
  readonly #limits: ScheduleLimits
  readonly #running = new Map<string, Running>()
  readonly #liars = new Set<string>()
  readonly #stopped = new AbortController()
  readonly #done: Promise<void>
  #finish: () => void = () => {}
  #fail: (error: P2pChatError) => void = () => {}
  #wakeUps: Array<() => void> = []
  #started = false
  #over = false
  #saving = false
  #saveLater: Timer | undefined
  #paused = false
  #lastError: P2pChatError | undefined
  /** Chunks that are here and not open yet. */
  #unopened = 0
  /** What is between arrival and disk: waited for before the file is closed. */
  readonly #writes = new Set<Promise<unknown>>()

  constructor (private readonly components: FetcherComponents, private readonly init: FetcherInit = {}) {
    const { landing, cipher } = components
    landing.hashBy((file) => cipher.hashOf?.(file))
    setMaxListeners(0, this.#stopped.signal)
    this.#done = new Promise((resolve, reject) => {
      this.#finish = resolve
      this.#fail = reject
    })
    this.#done.catch(() => {})
    this.#limits = init.limits ?? defaultScheduleLimits
    if (landing.complete) {
      this.#schedule = new Schedule(new ChunkSet(landing.total), () => true, this.#limits)
      return
    }
    // The only leaf hash of a file of one chunk is the root.
    if (landing.total === 1 && !landing.hasLeaves(0)) landing.addLeaves(0, landing.manifest.root)
    this.#schedule = new Schedule(landing.known, (piece) => landing.hasLeaves(piece), this.#limits)
  }

  get sources (): string[] {
    return this.#schedule.sources
  }

  /** May be called at any time. @returns false: a source of this name lied, or is there already */
  add (source: ChunkSource): boolean {
    if (this.#over || this.#liars.has(source.name) || this.#running.has(source.name)) return false
    const stall = new StallWatch({
      clock: this.components.clock,
      source,
      ...(this.init.stallMs === undefined ? {} : { stallMs: this.init.stallMs }),
      awaits: () => !this.#over && this.#schedule.awaits(source.name),
      onHeld: () => { this.init.onHeld?.() },
      onStall: (error) => { this.#drop(running, error) }
    })
    const running: Running = { source, controller: new AbortController(), stall }
    setMaxListeners(0, running.controller.signal)
    this.#running.set(source.name, running)
    this.#schedule.add(source.name)
    if (this.#paused) source.pause?.(true)
    if (this.#started) this.#start(running)
    return true
  }

  /** Asks for nothing more until it is false; what is under way still comes. */
  pause (paused: boolean): void {
    this.#paused = paused
    this.#schedule.pause(paused)
    for (const { source } of this.#running.values()) source.pause?.(paused)
    this.#wake()
  }

  /**
   * Resolves when the file has landed. What it rejects with leaves either nothing of the file, or what a new landing goes
   * on with:
   *
   * @throws ERR_UNREACHABLE no source is left (its cause: what the last one said); ERR_ABORTED `signal`: both can go on
   * @throws ERR_STORE_IO the disk refused; nothing is kept if it is full
   * @throws ERR_INVALID_RECORD, ERR_DECRYPT the sender's announcement or its sealing is wrong: nothing is kept
   */
  async run (signal: AbortSignal = new AbortController().signal): Promise<Landed> {
    const { landing } = this.components
    const onAbort = (): void => { this.#fail(abortError(signal)) }
    signal.addEventListener('abort', onAbort, { once: true })
    let ended: 'done' | 'ended' = 'ended'
    try {
      if (signal.aborted) throw abortError(signal)
      this.#started = true
      if (!landing.complete) {
        for (const running of [...this.#running.values()]) this.#start(running)
        if (this.#running.size === 0) throw this.#unreachable()
        await this.#done
      }
      await this.#settle()
      const landed = await landing.finish(this.init.onLanded)
      ended = 'done'
      return landed
    } catch (error) {
      throw await this.#giveUp(asP2pChatError(error))
    } finally {
      signal.removeEventListener('abort', onAbort)
      for (const name of [...this.#running.keys()]) this.#end(name, ended)
    }
  }

  #start (running: Running): void {
    const { windowChunks, rangeChunks } = this.#limits
    // Ranges in flight side by side, and one more for leaf hashes.
    const lanes = Math.ceil(windowChunks / rangeChunks) + 1
    for (let lane = 0; lane < lanes; lane++) {
      this.#work(running).catch((error: unknown) => { this.#drop(running, asP2pChatError(error)) })
    }
  }

  async #work (running: Running): Promise<void> {
    const { source, controller: { signal } } = running
    while (!this.#over && !signal.aborted) {
      const task = this.#unopened >= maxUnopenedChunks ? undefined : this.#schedule.next(source.name)
      if (task === undefined) await this.#change()
      else await this.#do(running, task)
    }
  }

  async #do (running: Running, task: Task): Promise<void> {
    const { source, controller: { signal } } = running
    const { clock } = this.components
    running.stall.begin()
    if (task.type === 'leaves') {
      await this.#takeLeaves(running, task.piece)
      return
    }
    const { first, count } = task.range
    let left = count
    const askedAtMs = clock.monotonicMs()
    await raceSignal(source.fetch(task.range, (chunk) => {
      if (signal.aborted) return
      if (chunk.index < first || chunk.index >= first + count || !this.#schedule.arrived(source.name, chunk.index)) {
        this.#drop(running, new P2pChatError('ERR_INVALID_FRAME', `Chunk ${chunk.index} came, which nobody asked for.`))
        return
      }
      left--
      running.stall.begin()
      this.#tracked(this.#take(chunk)).catch((error: unknown) => { this.#drop(running, asP2pChatError(error)) })
    }, signal), signal)
    if (left > 0) throw new P2pChatError('ERR_CLOSED', `The source stopped ${left} chunks before the end of what it was asked for.`)
    this.#schedule.rangeArrived(source.name, clock.monotonicMs() - askedAtMs)
    this.#wake()
  }

  async #takeLeaves (running: Running, piece: number): Promise<void> {
    const { source, controller: { signal } } = running
    const { landing } = this.components
    const proven = await raceSignal(source.leaves(piece, signal), signal)
    const right = verifyLeafPiece(landing.manifest.root, landing.total, piece, proven, leavesPerPiece)
    this.#schedule.leavesArrived(source.name, piece)
    running.stall.begin()
    if (!right) throw new P2pChatError('ERR_INVALID_RECORD', 'The leaf hashes that came are not the file\'s.')
    landing.addLeaves(piece, proven.leaves)
    this.#wake()
  }

  /** Throws only what is the source's fault. */
  async #take ({ index, sealed, release }: SealedChunk): Promise<void> {
    const { landing, cipher } = this.components
    const leaf = landing.leaf(index)
    if (leaf === undefined) throw new P2pChatError('ERR_INTERNAL', 'A chunk was asked for before its leaf hash was known.')
    let plaintext: Uint8Array
    this.#unopened++
    try {
      plaintext = await cipher.open(landing.manifest, index, sealed, leaf)
    } catch (error) {
      this.#schedule.refused(index)
      if (isP2pChatError(error, 'ERR_INVALID_RECORD')) throw error
      // It is the chunk that was announced: nobody has a better one.
      this.#fail(asP2pChatError(error))
      return
    } finally {
      if (this.#unopened-- === maxUnopenedChunks) this.#wake()
    }
    try {
      // In their order, so side by side in the file, mostly: they go to the disk together.
      await landing.write(index, plaintext)
    } catch (error) {
      this.#fail(asP2pChatError(error))
      return
    } finally {
      cipher.release?.(plaintext)
    }
    release?.()
    this.#schedule.written(index)
    this.#save()
  }

  /** One checkpoint after the other, for as long as it is worth it; what is left is saved a little later. */
  #save (): void {
    if (this.#saving || this.#over) return
    if (!this.#schedule.shouldSave) {
      this.#saveLater ??= this.components.clock.schedule(saveDelayMs, () => { this.#saveNow() }, { unref: true })
      return
    }
    this.#saveNow()
  }

  #saveNow (): void {
    this.#saveLater?.cancel()
    this.#saveLater = undefined
    if (this.#saving || this.#over) return
    this.#saving = true
    this.#tracked(this.#saveAll()).catch((error: unknown) => { this.#fail(asP2pChatError(error)) })
  }

  async #saveAll (): Promise<void> {
    const { landing } = this.components
    try {
      do {
        const before = landing.durableChunks
        await landing.checkpoint()
        this.#schedule.durable(landing.durableChunks - before)
        this.init.onProgress?.(landing.durableBytes)
        for (const { source } of this.#running.values()) source.progress?.(landing.durableChunks)
        this.#wake()
      } while (!this.#over && this.#schedule.shouldSave)
    } finally {
      // In the same turn as the last look at what there is to save: what comes later begins anew.
      this.#saving = false
    }
    if (landing.known.count > landing.durableChunks) this.#save()
    if (landing.durableChunks === landing.total) this.#finish()
  }

  #drop (running: Running, error: P2pChatError): void {
    const { source: { name } } = running
    if (this.#over || this.#running.get(name) !== running) return
    const lied = isP2pChatError(error, 'ERR_INVALID_RECORD', 'ERR_INVALID_FRAME', 'ERR_LIMIT')
    if (lied) this.#liars.add(name)
    this.#lastError = error
    this.#end(name, 'ended')
    this.init.onDropped?.(name, error, lied)
    if (this.#running.size === 0) this.#fail(this.#unreachable())
    this.#wake()
  }

  #end (name: string, reason: 'done' | 'ended'): void {
    const running = this.#running.get(name)
    if (running === undefined) return
    this.#running.delete(name)
    this.#schedule.remove(name)
    running.stall.cancel()
    running.controller.abort(new P2pChatError('ERR_ABORTED', 'Nothing more is fetched from this source.'))
    running.source.end?.(reason)
  }

  /** Nothing is written any more from here on. */
  async #settle (): Promise<void> {
    this.#over = true
    this.#saveLater?.cancel()
    for (const { controller, stall } of this.#running.values()) {
      stall.cancel()
      controller.abort(new P2pChatError('ERR_ABORTED', 'The fetch is over.'))
    }
    this.#wake()
    await Promise.allSettled(this.#writes)
  }

  async #giveUp (error: P2pChatError): Promise<P2pChatError> {
    const { landing } = this.components
    await this.#settle()
    try {
      if (isDiskFull(error) || isP2pChatError(error, 'ERR_INVALID_RECORD', 'ERR_DECRYPT')) await landing.discard()
      else {
        // What came so far need not come again.
        await landing.checkpoint().catch(() => {})
        await landing.close()
      }
    } catch {
      // A disk that fails at this too is swept at the next start.
    }
    return error
  }

  #unreachable (): P2pChatError {
    const said = this.#lastError === undefined ? '' : ` (${this.#lastError.message})`
    return new P2pChatError('ERR_UNREACHABLE', `Nobody who has ${this.components.landing.manifest.name} can be reached${said}. It goes on when someone can.`, { cause: this.#lastError })
  }

  async #tracked<T> (work: Promise<T>): Promise<T> {
    this.#writes.add(work)
    try {
      return await work
    } finally {
      this.#writes.delete(work)
    }
  }

  async #change (): Promise<void> {
    await new Promise<void>((resolve) => { this.#wakeUps.push(resolve) })
  }

  #wake (): void {
    for (const wake of this.#wakeUps.splice(0)) wake()
  }
}
