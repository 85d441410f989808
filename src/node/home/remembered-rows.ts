/** Rows so many: those of some busy groups and conversations. */
const maxRows = 1_024
/** A longer one is read from the store each time: all of them together are 4 MiB at most. */
const maxRowBytes = 4 * 1024

/** What a store holds under a key; undefined: nothing. */
export interface Remembered { value: Uint8Array | undefined }

/** When a reading began. */
export type Reading = number

/**
 * Rows of a store with one writer, as they are on the disk: those that were used last. A row that was read while another
 * batch was being written is not kept, as it may be from before or after it.
 */
export class RememberedRows {
  /** Used last at the end. */
  private readonly rows = new Map<string, Remembered>()
  /** Batches so far; a fraction while one is being written. */
  private version = 0

  find (key: string): Remembered | undefined {
    const row = this.rows.get(key)
    if (row === undefined) return undefined
    this.rows.delete(key)
    this.rows.set(key, row)
    return row
  }

  /** A row is going to be read from the store. */
  begin (): Reading {
    return this.version
  }

  keep (reading: Reading, key: string, value: Uint8Array | undefined): void {
    if (reading !== this.version || !Number.isInteger(reading) || (value?.byteLength ?? 0) > maxRowBytes) return
    this.rows.set(key, { value })
    const [oldest] = this.rows.keys()
    if (this.rows.size > maxRows && oldest !== undefined) this.rows.delete(oldest)
  }

  /** A batch is going to be written. @returns what to call then: with its changes, or with undefined where that failed; null: deleted */
  change (): (changes: ReadonlyMap<string, Uint8Array | null> | undefined) => void {
    this.version += 0.5
    return (changes) => {
      this.version += 0.5
      if (changes === undefined) this.rows.clear()
      else for (const [key, value] of changes) this.replace(key, value ?? undefined)
    }
  }

  private replace (key: string, value: Uint8Array | undefined): void {
    if (!this.rows.has(key)) return
    if ((value?.byteLength ?? 0) > maxRowBytes) this.rows.delete(key)
    else this.rows.set(key, { value })
  }
}
