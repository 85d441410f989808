/**
 * How the binary's process keeps its memory small and leaves the other processor cores alone; for programs only, never for
 * a library. Imported before anything that takes memory.
 */
import { setFlagsFromString } from 'node:v8'

const KEPT_BYTES = 16 * 1024 * 1024

// V8 lets the space of young objects grow to 32 MiB: they would lie unused most of the time, and so much of what lies outside
// of the heap would wait for it to fill. A new thread's heap sets the factor to 2 again, for all threads (V8, Heap::ConfigureHeap).
const keepYoungSmall = (): void => { setFlagsFromString('--semi-space-growth-factor=1') }
keepYoungSmall()
process.on('worker', (thread) => { thread.once('online', keepYoungSmall) })
// What lies outside of the heap counts as its growth: while a file flows, all of the heap would be looked through every few MiB
// of the file. Twice of what is alive is soon enough, and still little.
setFlagsFromString('--heap-growing-percent=100')
// Collecting it with four threads takes a few times the processor time of one, most of it spent waiting for each other.
setFlagsFromString('--no-parallel-scavenge')

// glibc gives the top of its heap back to the system whenever 128 KiB of it are free, and each page that comes again costs a
// page fault. Freeing one large block, never touched, makes it keep up to twice as much as that (mallopt(3), M_MMAP_THRESHOLD).
Buffer.allocUnsafeSlow(KEPT_BYTES / 2)
