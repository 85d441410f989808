/** What may be asked through the control socket of a rendezvous server: the methods of PoolAdmin, with parameters by name. */
import { checkParams, type Method } from '../../node/methods.js'
import type { PoolAdmin } from '../../rendezvous/index.js'
import type { Clock } from '../../runtime.js'
import { noParameter, serveSocket, type ControlServer } from './server.js'

interface PoolMethod extends Pick<Method, 'params'> {
  /** As {@link Method.repeatable}. */
  repeatable: boolean
  call: (admin: PoolAdmin, params: never) => Promise<unknown>
}

export const POOL_METHODS: Record<keyof PoolAdmin, PoolMethod> = {
  status: { params: {}, repeatable: true, call: (admin) => admin.status() },
  invite: { params: { ttlMs: 'number' }, repeatable: false, call: (admin, { ttlMs }: { ttlMs: number }) => admin.invite(ttlMs) },
  drain: { params: { peerId: 'string' }, repeatable: true, call: (admin, { peerId }: { peerId: string }) => admin.drain(peerId) },
  remove: { params: { peerId: 'string', force: 'boolean' }, repeatable: true, call: (admin, { peerId, force }: { peerId: string, force: boolean }) => admin.remove(peerId, { force }) },
  recover: { params: { lost: 'string[]', recoveryKey: 'string' }, repeatable: true, call: (admin, { lost, recoveryKey }: { lost: string[], recoveryKey: string }) => admin.recover(lost, recoveryKey) },
  signUp: { params: { set: 'string?' }, repeatable: true, call: (admin, { set }: { set?: string }) => admin.signUp(set) },
  doctor: { params: {}, repeatable: true, call: (admin) => admin.doctor() }
}

export interface PoolControlComponents {
  admin: PoolAdmin
  clock: Clock
  /** The absolute path of the server's data; the caller holds its lock. */
  folder: string
  env: Record<string, string | undefined>
}

export async function servePoolControl ({ admin, clock, folder, env }: PoolControlComponents): Promise<ControlServer> {
  const call = (name: string, params: unknown): { result: Promise<unknown>, repeatable: boolean } | undefined => {
    if (!Object.hasOwn(POOL_METHODS, name)) return undefined
    const method = POOL_METHODS[name as keyof PoolAdmin]
    return { result: method.call(admin, checkParams(method, params, noParameter) as never), repeatable: method.repeatable }
  }
  return await serveSocket({ service: { owner: 'this server\'s data', call }, clock, home: folder, env })
}
