import { join, resolve } from 'node:path'
import envPaths from 'env-paths'
import { P2pChatError } from '../errors.js'

type Env = Record<string, string | undefined>

/** The client's folder: `--home`, else P2PCHAT_HOME, else the platform's place for data. @throws ERR_USAGE: `--home` is empty */
export function homeFolder (option: string | undefined, env: Env): string {
  return folder('--home', option ?? nonEmpty(env.P2PCHAT_HOME)) ?? join(dataFolder(), 'home')
}

/** A rendezvous server's folder: `--data`, else the platform's place for data. @throws ERR_USAGE: `--data` is empty */
export function serverFolder (option: string | undefined): string {
  return folder('--data', option) ?? join(dataFolder(), 'server')
}

/** The folder of `pool up`, in which each of its servers has one of its own: `--data`, else the platform's place for data. @throws ERR_USAGE: `--data` is empty */
export function poolFolder (option: string | undefined): string {
  return folder('--data', option) ?? join(dataFolder(), 'pool')
}

/** Pool addresses: `--pool`, else P2PCHAT_POOL (several are parted by white space), else none. */
export function poolAddresses (options: string[], env: Env): string[] {
  return options.length > 0 ? options : (env.P2PCHAT_POOL ?? '').split(/\s+/).filter((address) => address !== '')
}

/** An empty one would be the folder that one happens to be in: a variable of a script that was never set. */
function folder (name: string, given: string | undefined): string | undefined {
  if (given === '') throw new P2pChatError('ERR_USAGE', `${name} is empty: give it a folder, or leave it out.`)
  return given === undefined ? undefined : resolve(given)
}

function dataFolder (): string {
  return envPaths('p2pchat', { suffix: '' }).data
}

function nonEmpty (text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
