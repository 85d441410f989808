/** A client's process, with its memory as the binary has it. */
import '../../src/cli/memory.js'

// Only now: loading the rest takes memory already.
await import('./client.js')
