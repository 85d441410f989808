import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { P2pChatError } from '../errors.js'

type Env = Record<string, string | undefined>

/** The client's folder: `--home`, else P2PCHAT_HOME, else the platform's place for data. @throws ERR_USAGE: `--home` is empty */
export function homeFolder (option: string | undefined, env: Env): string {
  return folder('--home', option ?? nonEmpty(env.P2PCHAT_HOME)) ?? join(dataFolder(env), 'home')
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

/**
 * The platform's place for data: of XDG (https://specifications.freedesktop.org/basedir-spec, which has relative paths
 * ignored), or what macOS and Windows have.
 *
 * @throws ERR_USAGE: the user has no folder, or one that depends on where one happens to be
 */
export function dataFolder (env: Env = process.env, platform = process.platform, userFolder: () => string = homedir): string {
  const given = platform === 'win32' ? env.LOCALAPPDATA : platform === 'darwin' ? undefined : env.XDG_DATA_HOME
  const data = given !== undefined && isAbsolute(given) ? given : join(absolute(userFolder), ...dataOfUser[platform] ?? ['.local', 'share'])
  return platform === 'win32' ? join(data, 'p2pchat', 'Data') : join(data, 'p2pchat')
}

const dataOfUser: Partial<Record<NodeJS.Platform, string[]>> = { win32: ['AppData', 'Local'], darwin: ['Library', 'Application Support'] }

function absolute (userFolder: () => string): string {
  try {
    const folder = userFolder()
    if (isAbsolute(folder)) return folder
  } catch {
    // Of a user that the system does not know, as containers have, and without HOME.
  }
  throw new P2pChatError('ERR_USAGE', 'This user has no folder of its own. Name one with --home or --data, or set HOME to an absolute path.')
}

function nonEmpty (text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
