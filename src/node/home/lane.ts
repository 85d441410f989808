/**
 * The one writer of a home. Jobs run one after the other; each reads the store as it is with the writes of the jobs
 * before it, and puts its own writes into a transaction. All jobs that waited while a batch was being synced are
 * committed together by the next one, so many small jobs cost few syncs. A job's promise resolves after its sync.
 */
import { P2pChatError } from '../../errors.js'
import type { KeyValueStore, Operation } from '../../store/key-value.js'
import { RememberedRows } from './remembered-rows.js'

export interface Reader {
  get: (key: string) => Promise<Uint8Array | undefined>
  /** As get, of a row that is read again and again: it stays in memory until it is written, and whoever reads it must not change it. */
  getOften: (key: string) => Promise<Uint8Array | undefined>
  /** Entries whose keys start with `prefix`, in key order. */
  list: (prefix: string, options?: ListOptions) => Promise<Array<[string, Uint8Array]>>
}

export interface ListOptions {
  /** Only keys after this one. */
  after?: string
  /** Only keys before this one. */
  before?: string
  limit?: number
  reverse?: boolean
  /** Values are not read: empty ones may be given in their places. */
  keysOnly?: boolean
}

export interface Transaction extends Reader {
  put: (key: string, value: Uint8Array) => void
  delete: (key: string) => void
  /** Runs once this transaction is on the disk, in the order of the transactions. */
  afterCommit: (fn: () => void) => void
  /**
   * All that this transaction writes will be done again where it is lost: it is not synced. It survives the end of the
   * process; a machine without power may forget it, and may even keep what was written after it.
   */
  repeatable: () => void
}

type Job = (changes: Changes) => Promise<void>
/** null: deleted */
type Changes = Map<string, Uint8Array | null>

// Jobs of one commit; keeps one failing sync from holding an unbounded number of writes.
const maxJobsPerCommit = 256

export class Lane implements Reader {
  private readonly waiting: Job[] = []
  private running = false
  private closed = false
  private idle: Array<() => void> = []
  private readonly remembered = new RememberedRows()
  private readonly failure = new AbortController()

  constructor (private readonly store: KeyValueStore) {}

  /** Aborts, for what the store said, once it has refused a commit: one on a disk takes no further one then. */
  get failed (): AbortSignal {
    return this.failure.signal
  }

  /** Runs `work` as one atomic, synced transaction. What it throws is passed on and nothing of it is written. */
  async write<T> (work: (tx: Transaction) => Promise<T> | T): Promise<T> {
    if (this.closed) throw new P2pChatError('ERR_CLOSED', 'This home is closed.')
    return await new Promise<T>((resolve, reject) => {
      this.waiting.push(async (changes) => {
        const own: Changes = new Map()
        const effects: Array<() => void> = []
        const tx = new LayeredTransaction(this, this.store, changes, own, effects)
        try {
          const result = await work(tx)
          for (const [key, value] of own) changes.set(key, value)
          this.mustSync ||= own.size > 0 && !tx.isRepeatable
          this.committed.push({ ok: () => { runAll(effects, reject); resolve(result) }, failed: reject })
        } catch (error) {
          reject(error as Error)
        }
      })
      if (!this.running) void this.drain()
    })
  }

  async get (key: string): Promise<Uint8Array | undefined> {
    return await this.store.get(key)
  }

  async getOften (key: string): Promise<Uint8Array | undefined> {
    const known = this.remembered.find(key)
    return known === undefined ? await this.read(key) : known.value
  }

  async list (prefix: string, options: ListOptions = {}): Promise<Array<[string, Uint8Array]>> {
    return await listStored(this.store, prefix, options)
  }

  /** Waits for the jobs under way and refuses new ones. */
  async close (): Promise<void> {
    this.closed = true
    if (this.running) await new Promise<void>((resolve) => { this.idle.push(resolve) })
  }

  /** Whether a job of this commit waits for the disk. */
  private mustSync = false
  private committed: Array<{ ok: () => void, failed: (error: Error) => void }> = []

  private async read (key: string): Promise<Uint8Array | undefined> {
    const reading = this.remembered.begin()
    const value = await this.store.get(key)
    this.remembered.keep(reading, key, value)
    return value
  }

  private async drain (): Promise<void> {
    this.running = true
    while (this.waiting.length > 0) {
      const changes: Changes = new Map()
      this.committed = []
      this.mustSync = false
      for (const job of this.waiting.splice(0, maxJobsPerCommit)) await job(changes)
      const done = this.committed
      try {
        if (changes.size > 0) await this.commit(changes)
      } catch (error) {
        for (const entry of done) entry.failed(error as Error)
        continue
      }
      for (const entry of done) entry.ok()
    }
    this.running = false
    for (const resolve of this.idle.splice(0)) resolve()
  }

  private async commit (changes: Changes): Promise<void> {
    const done = this.remembered.change()
    try {
      await this.store.batch(operations(changes), { sync: this.mustSync })
    } catch (error) {
      // What is on the disk now is not known.
      done(undefined)
      this.failure.abort(error)
      throw error
    }
    done(changes)
  }
}

class LayeredTransaction implements Transaction {
  isRepeatable = false

  constructor (
    private readonly lane: Lane,
    private readonly store: KeyValueStore,
    private readonly shared: Changes,
    private readonly own: Changes,
    private readonly effects: Array<() => void>
  ) {}

  async get (key: string): Promise<Uint8Array | undefined> {
    const changed = this.changed(key)
    return changed === undefined ? await this.store.get(key) : changed ?? undefined
  }

  async getOften (key: string): Promise<Uint8Array | undefined> {
    const changed = this.changed(key)
    return changed === undefined ? await this.lane.getOften(key) : changed ?? undefined
  }

  async list (prefix: string, options: ListOptions = {}): Promise<Array<[string, Uint8Array]>> {
    const layers = [this.shared, this.own].flatMap((layer) => [...layer].filter(([key]) => within(key, prefix, options)))
    // Every pending deletion may hide one stored entry, so read that many more.
    const limit = options.limit === undefined ? undefined : options.limit + layers.length
    const merged = new Map<string, Uint8Array | null>(await listStored(this.store, prefix, { ...options, limit }))
    for (const [key, value] of layers) merged.set(key, value)
    const entries = [...merged].filter((entry): entry is [string, Uint8Array] => entry[1] !== null)
    entries.sort(([a], [b]) => (a < b ? -1 : 1))
    if (options.reverse === true) entries.reverse()
    return entries.slice(0, options.limit)
  }

  put (key: string, value: Uint8Array): void {
    this.own.set(key, value)
  }

  delete (key: string): void {
    this.own.set(key, null)
  }

  afterCommit (fn: () => void): void {
    this.effects.push(fn)
  }

  repeatable (): void {
    this.isRepeatable = true
  }

  /** What this transaction, or one before it that is not on the disk yet, makes of a row; null: deleted. */
  private changed (key: string): Uint8Array | null | undefined {
    const own = this.own.get(key)
    return own === undefined ? this.shared.get(key) : own
  }
}

/** An effect that throws does not keep the others, or other transactions, from theirs. */
function runAll (effects: Array<() => void>, onError: (error: Error) => void): void {
  for (const effect of effects) {
    try {
      effect()
    } catch (error) {
      onError(error as Error)
    }
  }
}

function within (key: string, prefix: string, options: ListOptions): boolean {
  return key.startsWith(prefix) && (options.after === undefined || key > options.after) && (options.before === undefined || key < options.before)
}

async function listStored (store: KeyValueStore, prefix: string, options: ListOptions): Promise<Array<[string, Uint8Array]>> {
  const entries: Array<[string, Uint8Array]> = []
  // Keys are printable ASCII: DEL is behind all of them, and a trailing space is the next key after `after`.
  const gte = options.after === undefined || options.after < prefix ? prefix : `${options.after} `
  const end = `${prefix}\x7f`
  const lt = options.before === undefined || options.before > end ? end : options.before
  const range = {
    gte,
    lt,
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(options.reverse === undefined ? {} : { reverse: options.reverse }),
    ...(options.keysOnly === undefined ? {} : { keysOnly: options.keysOnly })
  }
  for await (const entry of store.range(range)) entries.push(entry)
  return entries
}

function operations (changes: Changes): Operation[] {
  return [...changes].map(([key, value]) => (value === null ? { type: 'delete', key } : { type: 'put', key, value }))
}
