/** Which parked messages are worth a try: those of one receiving chain become readable in their order. Pure. */
import type { Envelope } from '../../protocol/pb/envelope.js'
import { toHex } from '../home/hex.js'
import type { ParkedMark } from './in-chain.js'

/** Where a message stands, by its header (DH, PN, N); nobody has vouched for that yet, so it only decides what is tried first. */
export function positionOf ({ sessionId, header }: Envelope): Pick<ParkedMark, 'chain' | 'number'> {
  const number = header.byteLength === 40 ? new DataView(header.buffer, header.byteOffset, header.byteLength).getUint32(36) : 0
  return { chain: `${toHex(sessionId)} ${toHex(header.subarray(0, 32))}`, number }
}

/** The ids of what is parked, a list a chain, each in the order in which its messages become readable. */
export function parkedChains (parked: Array<ParkedMark & { id: string }>): string[][] {
  const chains = new Map<string, Array<ParkedMark & { id: string }>>()
  for (const mark of parked) {
    const others = chains.get(mark.chain)
    if (others === undefined) chains.set(mark.chain, [mark])
    else others.push(mark)
  }
  return [...chains.values()].map((marks) => marks.sort((a, b) => a.number - b.number).map(({ id }) => id))
}
