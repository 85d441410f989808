/** What passwords cost: OPAQUE's client steps, a third of a second of Argon2id each, in a worker; and a backup's scrypt. */
import { Worker } from 'node:worker_threads'
import { stretchBackupPassword, type StretchPassword } from '../../crypto/backup.js'
import { build } from '../../build.js'
import { isErrorCode, P2pChatError } from '../../errors.js'
import type * as opaque from '../../crypto/opaque/client.js'

type OpaqueWork = Pick<typeof opaque, 'registrationStart' | 'registrationFinish' | 'loginStart' | 'loginFinish'>

export interface PasswordWork extends OpaqueWork {
  stretchBackup: StretchPassword
}

export interface WorkRequest { step: keyof OpaqueWork, args: unknown[], build: string }
export type WorkAnswer = { ok: true, value: unknown } | { ok: false, code: string, message: string }

/** OPAQUE's steps each in a worker of its own, which ends with it: passwords and states leave no trace in this thread's heap. */
export const workerPasswordWork: PasswordWork = {
  registrationStart: async (...args) => await runInWorker('registrationStart', args),
  registrationFinish: async (...args) => await runInWorker('registrationFinish', args),
  loginStart: async (...args) => await runInWorker('loginStart', args),
  loginFinish: async (...args) => await runInWorker('loginFinish', args),
  // In a thread of Node's own.
  stretchBackup: stretchBackupPassword
}

async function runInWorker<Step extends keyof OpaqueWork> (step: Step, args: Parameters<OpaqueWork[Step]>): Promise<Awaited<ReturnType<OpaqueWork[Step]>>> {
  const request: WorkRequest = { step, args, build }
  const worker = new Worker(new URL('./password-worker.js', import.meta.url), { workerData: request })
  try {
    const answer = await new Promise<WorkAnswer>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => { reject(new P2pChatError('ERR_INTERNAL', 'The password worker ended without an answer; try again.')) })
    })
    if (answer.ok) return answer.value as Awaited<ReturnType<OpaqueWork[Step]>>
    throw new P2pChatError(isErrorCode(answer.code) ? answer.code : 'ERR_INTERNAL', answer.message)
  } finally {
    await worker.terminate()
  }
}
