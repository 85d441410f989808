/** An open file on a disk. */
export interface DiskFile {
  /** All of `bytes`, from offset `at` on. */
  write: (bytes: Uint8Array, at: number) => Promise<void>
  /** Fills `into` from offset `at` on; fewer bytes only at the end of the file. */
  read: (into: Uint8Array, at: number) => Promise<number>
  truncate: (bytes: number) => Promise<void>
  /** What was written is there after a power cut. */
  sync: () => Promise<void>
  close: () => Promise<void>
}
