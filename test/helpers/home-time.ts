import type { Lane } from '../../src/node/home/lane.js'
import { keyOf } from '../../src/store/keys.js'

/** The home believes the clock at its next step, as if it had followed it all the time. */
export async function believeClock (lane: Lane): Promise<void> {
  await lane.write((tx) => { tx.delete(keyOf('home-time', 'now')) })
}
