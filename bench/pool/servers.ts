import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Answer, Asked } from './server.js'

/** A pool of server processes on loopback, with disks of their own. */
export class Servers {
  readonly #children: ChildProcess[] = []
  #asked = 0
  poolAddresses: string[] = []

  /** @param folder a server's data lie in its subfolder of its number */
  static async start (count: number, folder: string): Promise<Servers> {
    const servers = new Servers()
    let join: string | undefined
    for (let n = 0; n < count; n++) {
      const child = fork(fileURLToPath(new URL('./server.js', import.meta.url)))
      servers.#children.push(child)
      const started = await servers.#ask(child, { do: 'start', dataDir: folderOf(folder, n), ...(join === undefined ? {} : { join }) })
      join ??= started.joinToken
      servers.poolAddresses.push(started.poolAddress ?? '')
    }
    return servers
  }

  /** Processor time of all servers together since they began, in milliseconds. */
  async cpuMs (): Promise<number> {
    const answers = await Promise.all(this.#children.map(async (child) => await this.#ask(child, { do: 'cost' })))
    return answers.reduce((sum, { cpuMs = 0 }) => sum + cpuMs, 0)
  }

  async stop (): Promise<void> {
    await Promise.all(this.#children.map(async (child) => {
      const gone = once(child, 'exit')
      await this.#ask(child, { do: 'stop' })
      await gone
    }))
  }

  async #ask (child: ChildProcess, asked: Asked): Promise<Answer> {
    const n = this.#asked++
    return await new Promise<Answer>((resolve, reject) => {
      const ended = (code: number | null): void => { reject(new Error(`A server of the benchmark ended with ${code}.`)) }
      const take = (answer: Answer): void => {
        if (answer.n !== n) return
        child.off('message', take)
        child.off('exit', ended)
        resolve(answer)
      }
      child.on('message', take)
      child.once('exit', ended)
      child.send({ ...asked, n })
    })
  }
}

function folderOf (folder: string, n: number): string {
  return join(folder, `server-${n + 1}`)
}
