/** What the benchmark of groups tells the processes that it starts, and hears from them. */
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

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

export interface Answer {
  n: number
  /** processor time of the process since it began */
  cpuMs: number
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

/** A process that does what it is told: the server, or some members. */
export class Worker {
  private readonly child: ChildProcess
  private asked = 0

  constructor (readonly name: string) {
    // So many answers may be waited for at once.
    this.child = fork(fileURLToPath(new URL('./worker.js', import.meta.url)), [name])
    this.child.setMaxListeners(100)
  }

  async ask (asked: Asked): Promise<Answer> {
    const n = this.asked++
    return await new Promise<Answer>((resolve, reject) => {
      const ended = (code: number | null): void => { reject(new Error(`The process of ${this.name} ended with ${code}.`)) }
      const take = (answer: Answer): void => {
        if (answer.n !== n) return
        this.child.off('message', take)
        this.child.off('exit', ended)
        resolve(answer)
      }
      this.child.on('message', take)
      this.child.once('exit', ended)
      this.child.send({ ...asked, n })
    })
  }

  /** Whatever it is doing. */
  kill (): void {
    this.child.kill('SIGKILL')
  }
}
