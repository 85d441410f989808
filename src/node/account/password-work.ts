/** OPAQUE's client steps as the account code sees them. A third of a second of Argon2id each: they run in a worker. */
import { Worker } from 'node:worker_threads'
import { isErrorCode, P2pChatError } from '../../errors.js'
import type * as opaque from '../../crypto/opaque/client.js'

export type PasswordWork = Pick<typeof opaque, 'registrationStart' | 'registrationFinish' | 'loginStart' | 'loginFinish'>

export interface WorkRequest { step: keyof PasswordWork, args: unknown[] }
export type WorkAnswer = { ok: true, value: unknown } | { ok: false, code: string, message: string }

/** Each step in a worker of its own, which ends with it: passwords and states leave no trace in this thread's heap. */
export const workerPasswordWork: PasswordWork = {
  registrationStart: async (...args) => await runInWorker('registrationStart', args),
  registrationFinish: async (...args) => await runInWorker('registrationFinish', args),
  loginStart: async (...args) => await runInWorker('loginStart', args),
  loginFinish: async (...args) => await runInWorker('loginFinish', args)
}

async function runInWorker<Step extends keyof PasswordWork> (step: Step, args: Parameters<PasswordWork[Step]>): Promise<Awaited<ReturnType<PasswordWork[Step]>>> {
  const request: WorkRequest = { step, args }
  const worker = new Worker(new URL('./password-worker.js', import.meta.url), { workerData: request })
  try {
    const answer = await new Promise<WorkAnswer>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => { reject(new P2pChatError('ERR_INTERNAL', 'The password worker ended without an answer; try again.')) })
    })
    if (answer.ok) return answer.value as Awaited<ReturnType<PasswordWork[Step]>>
    throw new P2pChatError(isErrorCode(answer.code) ? answer.code : 'ERR_INTERNAL', answer.message)
  } finally {
    await worker.terminate()
  }
}
