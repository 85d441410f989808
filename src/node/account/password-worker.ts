/** The worker's side of password-work.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import * as opaque from '../../crypto/opaque/client.js'
import { assertSameBuild } from '../../build.js'
import { asP2pChatError } from '../../errors.js'
import type { WorkAnswer, WorkRequest } from './password-work.js'

const { step, args } = workerData as WorkRequest
const steps: Record<string, (...args: never[]) => Promise<unknown>> = {
  registrationStart: opaque.registrationStart,
  registrationFinish: opaque.registrationFinish,
  loginStart: opaque.loginStart,
  loginFinish: opaque.loginFinish
}

async function answer (): Promise<WorkAnswer> {
  try {
    assertSameBuild(workerData as WorkRequest)
    return { ok: true, value: await steps[step]?.(...args as never[]) }
  } catch (error) {
    const { code, message } = asP2pChatError(error)
    return { ok: false, code, message }
  }
}

parentPort?.postMessage(await answer())
