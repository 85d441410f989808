/**
 * Run as a process of its own, to be killed: leaves mail in the mailboxes of the folder it is given, and says of each
 * envelope that it was stored once that was promised.
 */
import { createStoreMailboxes } from '../../../src/rendezvous/mailboxes/store-mailboxes.js'
import { defaultLimits } from '../../../src/rendezvous/limits.js'
import { systemClock } from '../../../src/runtime.js'
import { openStore } from '../../../src/store/index.js'
import { depositEntry } from './deposit-entry.js'

const [folder = '', first = '0'] = process.argv.slice(2)
const store = await openStore({ folder, kind: 'server' })
const mailboxes = createStoreMailboxes({ store, clock: systemClock, limits: defaultLimits })
const parallel = 64
let next = Number(first)

async function work (): Promise<void> {
  for (;;) {
    const number = next++
    const { outcome } = await mailboxes.append(depositEntry(number))
    if (outcome === 'stored') process.stdout.write(`${number}\n`)
  }
}
await Promise.all(Array.from({ length: parallel }, work))
