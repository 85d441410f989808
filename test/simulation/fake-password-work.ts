import { lpAll, sha256 } from '../../src/crypto/bytes.js'
import type { PasswordWork } from '../../src/node/account/password-work.js'
import { fakeFinish, fakeRecord } from '../rendezvous/helpers/fake-opaque.js'

/** The client's half of the stand-in for OPAQUE: quick and repeatable. The other half is fakeOpaque. */
export const fakePasswordWork: PasswordWork = {
  registrationStart: async (password) => ({ state: new TextEncoder().encode(password), request: sha256(lpAll('registration', password)) }),
  registrationFinish: async (context, password) => ({ record: fakeRecord(password), exportKey: exportKey(context, password), serverPublicKey: new Uint8Array(32) }),
  loginStart: async (password) => ({ state: new TextEncoder().encode(password), request: sha256(lpAll('login', password)) }),
  loginFinish: async (context, password) => ({ finishRequest: fakeFinish(password), sessionKey: new Uint8Array(64), exportKey: exportKey(context, password), serverPublicKey: new Uint8Array(32) }),
  stretchBackup: async (password, salt) => sha256(lpAll('backup', password, salt))
}

function exportKey ({ username, poolId }: { username: string, poolId: string }, password: string): Uint8Array {
  const half = (n: string): Uint8Array => sha256(lpAll('export key', username, poolId, password, n))
  return Uint8Array.from([...half('1'), ...half('2')])
}
