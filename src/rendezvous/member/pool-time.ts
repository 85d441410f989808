import { decode, encode } from '../../protocol/codec.js'
import { SteadyTime } from '../../protocol/pb/server-time.js'
import { maxSmallBodyBytes } from '../limits.js'
import type { Links, ServerHandler } from '../links/index.js'
import type { SteadyClock } from '../steady-clock.js'

/** What servers ask each other of the time by which they throw away what is over. */
export function timeHandlers (times: Pick<SteadyClock, 'toldMs'>): Record<string, ServerHandler> {
  return { 'time/steady': async () => encode(SteadyTime, { steadyMs: BigInt(times.toldMs()) }) }
}

/**
 * Has a server that was off for days go by the time of the others at once. Does nothing where its clock is not ahead.
 *
 * @returns whether its time has moved on
 * @throws what the store says
 */
export async function goByTimeOfOthers (times: Pick<SteadyClock, 'isBehind' | 'stepTo'>, links: Pick<Links, 'ask' | 'others'>): Promise<boolean> {
  if (!times.isBehind) return false
  const others = links.others()
  const told = await Promise.all(others.map(async (peerId) => await askTime(links, peerId)))
  return await times.stepTo(told.filter((ms) => ms !== undefined), others.length + 1)
}

/** Undefined: it does not answer, or says nothing that could be meant. */
async function askTime (links: Pick<Links, 'ask'>, peerId: string): Promise<number | undefined> {
  try {
    return Number(decode(SteadyTime, await links.ask(peerId, 'time/steady', new Uint8Array(0)), maxSmallBodyBytes, 'A time').steadyMs)
  } catch {
    return undefined
  }
}
