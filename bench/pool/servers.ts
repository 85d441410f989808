import { join } from 'node:path'
import { AskedProcess } from '../lib/asked-process.js'
import type { Answer, Asked } from './server.js'

/** A pool of server processes on loopback, with disks of their own. */
export class Servers {
  readonly #children: Array<AskedProcess<Asked, Answer>> = []
  poolAddresses: string[] = []

  /** @param folder a server's data lie in its subfolder of its number */
  static async start (count: number, folder: string): Promise<Servers> {
    const servers = new Servers()
    let join: string | undefined
    for (let n = 0; n < count; n++) {
      const child = new AskedProcess<Asked, Answer>('A server of the benchmark', new URL('./server.js', import.meta.url))
      servers.#children.push(child)
      const started = await child.ask({ do: 'start', dataDir: folderOf(folder, n), ...(join === undefined ? {} : { join }) })
      join ??= started.joinToken
      servers.poolAddresses.push(started.poolAddress ?? '')
    }
    return servers
  }

  /** Processor time of all servers together since they began, in milliseconds. */
  async cpuMs (): Promise<number> {
    const answers = await Promise.all(this.#children.map(async (child) => await child.ask({ do: 'cost' })))
    return answers.reduce((sum, { cpuMs }) => sum + cpuMs, 0)
  }

  async stop (): Promise<void> {
    await Promise.all(this.#children.map(async (child) => { await child.stop({ do: 'stop' }) }))
  }
}

function folderOf (folder: string, n: number): string {
  return join(folder, `server-${n + 1}`)
}
