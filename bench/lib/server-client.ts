/** A device that speaks to a server without the rest of a client: no OPAQUE, no sessions, no store. */
import { ed25519KeyPair, type Ed25519KeyPair } from '../../src/crypto/ed25519.js'
import { createNetwork, parsePoolAddress, poolServers } from '../../src/overlay/index.js'
import type { Channel } from '../../src/overlay/network.js'
import { decode, encode, type MessageType } from '../../src/protocol/codec.js'
import { POOL_PROTOCOL } from '../../src/protocol/ids.js'
import { maxFrameBytes } from '../../src/protocol/limits.js'
import * as pb from '../../src/protocol/pb/service.js'
import { consentingDevice, makeAccountRecord, makeAccountRegister, type VerifiedAccountRecord } from '../../src/records/index.js'
import { silentLogger, systemClock, systemRandom } from '../../src/runtime.js'

/** Many clients connect at once, on a machine that may have other work. */
const connectTimeoutMs = 30_000

export interface BenchAccount {
  username: string
  device: Ed25519KeyPair
  record: VerifiedAccountRecord
  /** SignedRecord of the first register: its password is one that nobody knows. */
  register: Uint8Array
}

export function makeAccount (username: string): BenchAccount {
  const account = ed25519KeyPair(systemRandom.bytes(32))
  const device = ed25519KeyPair(systemRandom.bytes(32))
  const listed = consentingDevice({ seed: device.seed, deviceKey: device.publicKey, identityKey: systemRandom.bytes(32), addedAtMs: 1, label: 'bench' }, { username, accountKey: account.publicKey })
  const record = makeAccountRecord(account, { username, version: 1, previousHash: new Uint8Array(0), devices: [listed], createdAtMs: 1, unlisted: false })
  const { signed } = makeAccountRegister(account.seed, { version: 1, opaqueSetupVersion: 1, opaqueRecord: systemRandom.bytes(192), vault: systemRandom.bytes(176), accountRecord: record })
  return { username, device, record, register: signed }
}

export interface ServerClient {
  channel: Channel
  call: <Request, Response>(name: string, request: MessageType<Request>, response: MessageType<Response>, value: Parameters<typeof encode<Request>>[1]) => Promise<Response>
  signUp: (account: BenchAccount) => Promise<void>
  attach: (username: string) => Promise<void>
  stop: () => Promise<void>
}

export async function connect (poolAddress: string, device: Ed25519KeyPair): Promise<ServerClient> {
  const network = createNetwork({ role: 'client', seed: device.seed, listen: [], announce: [], clock: systemClock, logger: silentLogger })
  network.serve(POOL_PROTOCOL, { requests: {} })
  await network.start()
  const [server] = poolServers(parsePoolAddress(poolAddress))
  if (server === undefined) throw new Error('The pool address names no server.')
  const channel = await network.connect(server, POOL_PROTOCOL, { timeoutMs: connectTimeoutMs })
  const call: ServerClient['call'] = async (name, request, response, value) =>
    decode(response, await channel.request(name, encode(request, value)), maxFrameBytes, 'An answer')
  return {
    channel,
    call,
    signUp: async ({ register }) => { await call('account/compare-and-set', pb.AccountWriteRequest, pb.AccountWriteResponse, { expectedVersion: 0n, register }) },
    attach: async (username) => { await call('directory/attach', pb.AttachRequest, pb.AttachResponse, { username, locator: new Uint8Array(0) }) },
    stop: async () => { await network.stop() }
  }
}
