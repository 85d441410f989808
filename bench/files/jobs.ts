/** What the benchmark of files tells its clients, and hears from them. */
import { AskedProcess, type Cost } from '../lib/asked-process.js'

export type Asked =
  | { do: 'start', home: string, pool: string, username: string, signUp: boolean, autoAcceptBytes: number }
  | { do: 'text', to: string }
  | { do: 'send-file', to: string, path: string }
  /** until it is done, or so many bytes of it are there */
  | { do: 'until-landed', id: string, bytes?: number }
  /** one after the other, so many of them, or for as long as a file flows */
  | { do: 'texts', to: string, until: { count: number } | { fileId: string } }
  | { do: 'serve-bulk', bytes: number }
  | { do: 'take-bulk', from: { peerId: string, addresses: string[] }, bytes: number }
  | { do: 'stop' }

export interface Answer extends Cost {
  maxRss: number
  id?: string
  doneBytes?: number
  timesMs?: number[]
  peerId?: string
  addresses?: string[]
}

export type Client = AskedProcess<Asked, Answer>

export function startClient (): Client {
  return new AskedProcess('A client', new URL('./process.js', import.meta.url))
}

/** What the processes with libp2p as it comes are told, and say. */
export type BareAsked =
  | { do: 'serve-bulk', bytes: number }
  | { do: 'take-bulk', addresses: string[], bytes: number }
  | { do: 'stop' }

export interface BareAnswer extends Cost {
  addresses?: string[]
  ms?: number
}

export type Bare = AskedProcess<BareAsked, BareAnswer>

export function startBare (): Bare {
  return new AskedProcess('A bare node', new URL('./bare.js', import.meta.url))
}
