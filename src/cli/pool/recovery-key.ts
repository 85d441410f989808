import { readFile } from 'node:fs/promises'
import { P2pChatError } from '../../errors.js'

/** The key in a file as the pool's first server wrote it: comments, then 64 hexadecimal digits. @throws ERR_USAGE */
export async function readRecoveryKey (path: string | undefined): Promise<string> {
  if (path === undefined) throw new P2pChatError('ERR_USAGE', 'Name the file with the recovery key: --key FILE')
  const text = await readFile(path, 'utf8').catch((cause: unknown) => { throw new P2pChatError('ERR_USAGE', `The file ${path} cannot be read.`, { cause }) })
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
  const [key] = lines
  if (key === undefined || lines.length !== 1 || !/^[0-9a-f]{64}$/i.test(key)) throw new P2pChatError('ERR_USAGE', `The file ${path} holds no recovery key (64 hexadecimal digits).`)
  return key
}
