/** The servers of a pool that run on this machine, as the commands for its operator find them. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { P2pChatError } from '../../errors.js'
import { remotePool, type RemotePool } from '../control/index.js'
import { poolFolder, serverFolder } from '../paths.js'

/**
 * In the order in which they are to be asked: in the folder that was named, else in the default ones, the server itself
 * and then those that `pool up` runs below it.
 *
 * @throws ERR_NO_SERVER when none runs
 */
export async function localServers (data: string | undefined): Promise<RemotePool[]> {
  const roots = data === undefined ? [serverFolder(undefined), poolFolder(undefined)] : [serverFolder(data)]
  const folders = await Promise.all(roots.map(async (root) => [root, ...await numbered(root)]))
  const found: RemotePool[] = []
  for (const folder of folders.flat()) {
    const pool = await remotePool(folder)
    if (pool !== null) found.push(pool)
  }
  if (found.length > 0) return found
  throw new P2pChatError('ERR_NO_SERVER', `No server runs with its data in ${roots.join(' or ')}. Name its folder with --data, or start it: p2pchat rendezvous --data DIR`)
}

/** DIR/1, DIR/2 … */
async function numbered (root: string): Promise<string[]> {
  const names = await readdir(root).catch(() => [])
  return names.filter((name) => /^[1-9]\d{0,2}$/.test(name)).sort((a, b) => Number(a) - Number(b)).map((name) => join(root, name))
}
