/** A disk of its own that is small enough to be filled: a tmpfs. Needs root on Linux. */
import { spawnSync } from 'node:child_process'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** What a tmpfs gives at once. */
const PAGE_BYTES = 4_096

export class SmallDisk {
  readonly #filler: string

  private constructor (readonly folder: string) {
    this.#filler = join(folder, 'filler')
  }

  /** Undefined when it cannot be made here. */
  static async make (folder: string, bytes: number): Promise<SmallDisk | undefined> {
    await mkdir(folder, { recursive: true })
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'none', folder])
    return status === 0 ? new SmallDisk(folder) : undefined
  }

  /** Writes until nothing more fits. */
  async fill (): Promise<void> {
    const file = await open(this.#filler, 'w')
    try {
      for (;;) await file.write(Buffer.alloc(PAGE_BYTES))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    } finally {
      await file.close()
    }
  }

  async empty (): Promise<void> {
    await rm(this.#filler, { force: true })
  }

  /** No process must use it any more. */
  remove (): void {
    spawnSync('umount', [this.folder])
  }
}
