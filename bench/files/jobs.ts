/** What the benchmark of files tells its clients, and hears from them. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export type Asked =
  | { do: 'start', home: string, pool: string, username: string, signUp: boolean, autoAcceptBytes: number }
  | { do: 'text', to: string }
  | { do: 'send-file', to: string, path: string }
  /** until it is done, or so many bytes of it are there */
  | { do: 'until-landed', id: string, bytes?: number }
  /** one after the other, so many of them, or for as long as a file flows */
  | { do: 'texts', to: string, until: { count: number } | { fileId: string } }
  /** `bare`: libp2p as it comes, with no setting of ours */
  | { do: 'serve-bulk', bytes: number, bare: boolean }
  | { do: 'take-bulk', from: { peerId: string, addresses: string[] }, bytes: number, bare: boolean }
  | { do: 'stop' }

export interface Answer {
  n: number
  /** processor time since the process began */
  cpuMs: number
  maxRss: number
  id?: string
  doneBytes?: number
  timesMs?: number[]
  peerId?: string
  addresses?: string[]
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

  /** SIGKILL: nothing is said or written any more. */
  async kill (): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await gone
  }
}
