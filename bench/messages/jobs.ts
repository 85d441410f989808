/** What the benchmark of messages tells its clients, and hears from them. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { WaitRequest } from '../../src/node/chat-node.js'

export type Asked =
  | { do: 'start', home: string, pool: string, username: string }
  /** one after the other, each when the one before has come so far: how long each took */
  | { do: 'one-by-one', to: string, count: number, state: WaitRequest['state'] }
  /** all at once: how long until the last has come so far */
  | { do: 'at-once', to: string, count: number, state: WaitRequest['state'] }
  /** how long each text took from its send to this client's listeners, since this was asked before */
  | { do: 'shown' }
  | { do: 'stop' }

export interface Answer {
  n: number
  /** processor time since the process began */
  cpuMs: number
  timesMs: number[]
}

export class Client {
  private readonly child: ChildProcess
  private asked = 0

  constructor () {
    this.child = fork(fileURLToPath(new URL('./process.js', import.meta.url)))
  }

  async ask (asked: Asked): Promise<Answer> {
    const n = this.asked++
    return await new Promise<Answer>((resolve, reject) => {
      const ended = (code: number | null): void => { reject(new Error(`A client ended with ${code}.`)) }
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

  /** Resolves when its process is gone. */
  async stop (): Promise<void> {
    const gone = once(this.child, 'exit')
    await this.ask({ do: 'stop' })
    await gone
  }

  /** After the benchmark, whatever became of it. */
  end (): void {
    this.child.kill('SIGKILL')
  }
}
