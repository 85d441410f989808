/** A message that says nothing but what every message says: from which sequence on the device may wait for more. */
import { equals } from 'uint8arrays/equals'
import type { Clock, Random } from '../../runtime.js'
import type { Transaction } from '../home/lane.js'
import { enqueue, findEntry, findOutChain, putOutChain, type OutEntry } from './outbox.js'
import { encodeSystem } from './payload.js'

const HELLO = encodeSystem({ hello: true })

/** Owes it to a device that something was owed to before. Nobody is dialled for it. */
export async function enqueueHello (tx: Transaction, device: string, { clock, random }: { clock: Clock, random: Random }): Promise<void> {
  const chain = await findOutChain(tx, device)
  if (chain === undefined) return
  const { sequence } = await enqueue(tx, device, chain.username, {
    messageId: '',
    wireId: random.bytes(16),
    content: HELLO,
    conversation: new Uint8Array(0),
    sentAtMs: clock.now(),
    noDial: true
  })
  putOutChain(tx, device, { ...chain, next: sequence + 1, hello: sequence })
}

/** The hello that is still owed to a device, the newest if there are several. */
export async function findHello (tx: Transaction, device: string): Promise<OutEntry | undefined> {
  const { hello } = await findOutChain(tx, device) ?? {}
  const entry = hello === undefined ? undefined : await findEntry(tx, device, hello)
  return entry !== undefined && isHello(entry) ? entry : undefined
}

export function isHello ({ content }: OutEntry): boolean {
  return equals(content, HELLO)
}
