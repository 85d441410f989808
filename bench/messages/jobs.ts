/** What the benchmark of messages tells its clients, and hears from them. */
import type { WaitRequest } from '../../src/node/chat-node.js'
import { AskedProcess, type Cost } from '../lib/asked-process.js'

export type Asked =
  | { do: 'start', home: string, pool: string, username: string }
  /** one after the other, each when the one before has come so far: how long each took */
  | { do: 'one-by-one', to: string, count: number, state: WaitRequest['state'] }
  /** all at once: how long until the last has come so far */
  | { do: 'at-once', to: string, count: number, state: WaitRequest['state'] }
  /** how long each text took from its send to this client's listeners, since this was asked before */
  | { do: 'shown' }
  | { do: 'stop' }

export interface Answer extends Cost {
  timesMs: number[]
}

export type Client = AskedProcess<Asked, Answer>

export function startClient (): Client {
  return new AskedProcess('A client', new URL('./process.js', import.meta.url))
}
