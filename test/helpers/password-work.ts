import * as opaque from '../../src/crypto/opaque/client.js'
import { workerPasswordWork, type PasswordWork } from '../../src/node/account/password-work.js'

/** OPAQUE's client steps in a worker as in real life; in this thread when tests run from source, where no worker is compiled. */
export const testPasswordWork: PasswordWork = import.meta.url.endsWith('.ts') ? { ...opaque, stretchBackup: workerPasswordWork.stretchBackup } : workerPasswordWork
