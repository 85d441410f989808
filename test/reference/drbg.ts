import { EMPTY, join, lp, sha256, u64 } from './bytes.js'

/** Bytes that are the same on every run: SHA-256 over a name and a counter. A stream a file, so that a new case in one file leaves the others alone. */
export class CountedBytes {
  private readonly name: string
  private counter = 0n
  private rest: Buffer = EMPTY

  constructor (name: string) {
    this.name = name
  }

  take (length: number): Buffer {
    while (this.rest.length < length) {
      this.rest = join(this.rest, sha256(join(lp('p2pchat session vectors'), lp(this.name), u64(this.counter))))
      this.counter += 1n
    }
    const taken = this.rest.subarray(0, length)
    this.rest = this.rest.subarray(length)
    return taken
  }

  /** An integer in 0 … below - 1. */
  below (below: number): number {
    return this.take(6).readUIntBE(0, 6) % below
  }
}
