/** What the benchmark of groups tells the processes that it starts, and hears from them. */
import { AskedProcess, type Cost } from '../lib/asked-process.js'

export type Asked =
  | { do: 'serve', folder: string }
  | { do: 'sign-up', folder: string, pool: string, usernames: string[] }
  | { do: 'create', username: string, group: string, members: string[] }
  /** until these can send in the epoch, or in a later one */
  | { do: 'until-epoch', group: string, epoch: number, of: string[] }
  | { do: 'send', username: string, group: string, text: string }
  /** until these have it on their disks */
  | { do: 'until-heard', text: string, of: string[] }
  /** until all are known to have it */
  | { do: 'until-delivered', username: string, id: string }
  | { do: 'remove', username: string, group: string, gone: string }
  | { do: 'figures' }
  | { do: 'stop' }

export interface Answer extends Cost {
  /** what it has written to its sockets since it began */
  sentBytes: number
  pool?: string
  id?: string
  epoch?: number
  /** by the clock that all processes of the machine share */
  atMs?: number
}

/** The same in all processes of the machine. */
export function sharedNowMs (): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000
}

/** The server, or some members. */
export type Worker = AskedProcess<Asked, Answer>

export function startWorker (name: string): Worker {
  return new AskedProcess(`The process of ${name}`, new URL('./worker.js', import.meta.url), [name])
}
