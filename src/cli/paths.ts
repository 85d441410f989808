import { join, resolve } from 'node:path'
import envPaths from 'env-paths'

type Env = Record<string, string | undefined>

/** The client's folder: `--home`, else P2PCHAT_HOME, else the platform's place for data. */
export function homeFolder (option: string | undefined, env: Env): string {
  const named = option ?? nonEmpty(env.P2PCHAT_HOME)
  return named === undefined ? join(dataFolder(), 'home') : resolve(named)
}

/** A rendezvous server's folder: `--data`, else the platform's place for data. */
export function serverFolder (option: string | undefined): string {
  return option === undefined ? join(dataFolder(), 'server') : resolve(option)
}

/** The folder of `pool up`, in which each of its servers has one of its own: `--data`, else the platform's place for data. */
export function poolFolder (option: string | undefined): string {
  return option === undefined ? join(dataFolder(), 'pool') : resolve(option)
}

/** Pool addresses: `--pool`, else P2PCHAT_POOL (several are parted by white space), else none. */
export function poolAddresses (options: string[], env: Env): string[] {
  return options.length > 0 ? options : (env.P2PCHAT_POOL ?? '').split(/\s+/).filter((address) => address !== '')
}

function dataFolder (): string {
  return envPaths('p2pchat', { suffix: '' }).data
}

function nonEmpty (text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
