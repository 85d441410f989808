import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { toString } from 'uint8arrays/to-string'
import { writeFileDurably } from '../../store/index.js'

export const recoveryKeyFile = 'recovery-key'

/** Writes the private half of the pool's recovery key into the data folder, mode 0600. The server never reads it again. */
export async function writeRecoveryKey (dataDir: string, seed: Uint8Array): Promise<void> {
  await writeFileDurably(join(dataDir, recoveryKeyFile), `# The recovery key of this p2pchat pool.
#
# Every later roster of the pool must be signed by a majority of its servers, or by
# this key. It is what saves the pool when most of its servers are lost for good.
# Whoever has it can say who the servers of this pool are.
#
# Move this file to a safe place that is not on a server, and keep a copy of it.
# The server needs it no more. It was written once and cannot be made again.
${toString(seed, 'base16')}
`)
}

/** Of a pool that was never founded: nobody shall take it for that of the pool which this server joins. */
export async function removeRecoveryKey (dataDir: string): Promise<void> {
  await rm(join(dataDir, recoveryKeyFile), { force: true })
}
