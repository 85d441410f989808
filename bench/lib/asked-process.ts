/** Processes of a benchmark that do what they are told, and answer each thing that they were told, by messages. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Of many members in one process, many answers may be waited for at once. */
const maxAnswersAwaited = 100

/** Processor time of a process since it began, in milliseconds. */
export interface Cost { cpuMs: number }

/** The parent's end. */
export class AskedProcess<Asked extends { do: string }, Answer extends Cost> {
  private readonly child: ChildProcess
  private asked = 0

  /** @param name for who reads of its end */
  constructor (private readonly name: string, script: URL, args: string[] = []) {
    this.child = fork(fileURLToPath(script), args)
    this.child.setMaxListeners(maxAnswersAwaited)
  }

  async ask (asked: Asked): Promise<Answer> {
    const n = this.asked++
    return await new Promise<Answer>((resolve, reject) => {
      const ended = (code: number | null): void => { reject(new Error(`${this.name} ended with ${code}.`)) }
      const take = (answer: Answer & { n: number }): void => {
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

  /** Asks it to stop; resolves when its process is gone. */
  async stop (stop: Asked): Promise<void> {
    const gone = once(this.child, 'exit')
    await this.ask(stop)
    await gone
  }

  /** SIGKILL: nothing is said or written any more. Resolves when its process is gone. */
  async kill (): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await gone
  }
}

/** The child's end: answers each message, with what it cost so far, and lets the process end after `stop`. */
export function answerParent<Asked extends { do: string }, Answer extends Cost> (answer: (asked: Asked) => Promise<Omit<Answer, keyof Cost>>): void {
  process.on('message', (asked: Asked & { n: number }) => {
    answer(asked).then((given) => {
      const { user, system } = process.cpuUsage()
      process.send?.({ ...given, cpuMs: (user + system) / 1_000, n: asked.n })
      if (asked.do === 'stop') process.disconnect()
    }, (error: unknown) => {
      console.error(error)
      process.exit(1)
    })
  })
}
