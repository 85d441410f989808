import { ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { safetyNumber } from '../../../src/crypto/safety-number.js'
import { formatRecoveryKey, parseRecoveryKey } from '../../../src/node/account/recovery-key.js'
import { formatPoolAddress, parsePoolAddress, peerIdFromEd25519 } from '../../../src/overlay/index.js'
import * as ids from '../../../src/protocol/ids.js'
import { formatJoinToken, parseJoinToken } from '../../../src/rendezvous/join/token.js'
import { formatPoolId } from '../../../src/overlay/pool/address.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { bytesOf, meaningOf } from '../meaning.js'
import type { Frozen, Scene } from './index.js'

const PROTOCOLS = ['blob', 'file', 'kad', 'peer', 'pool', 'server', 'server-blob'].map((name) => `/p2pchat/${name}/1`)

/** What people copy and compare, and the names of the protocols. */
export const texts: Scene = {
  make: () => {
    const random = new SeededRandom('p2pchat wire: texts')
    const poolId = formatPoolId(random.bytes(32))
    const addresses = [`/ip4/192.0.2.1/tcp/4001/p2p/${peerIdFromEd25519(ed25519KeyPair(random.bytes(32)).publicKey)}`]
    const [accountKey, otherKey] = [random.bytes(32), random.bytes(32)]
    const given = { accountKey: meaningOf(accountKey), otherKey: meaningOf(otherKey) }
    const wire = {
      pool: formatPoolAddress({ poolId, addresses }),
      join: formatJoinToken({ poolId, addresses, inviteId: random.bytes(16), secret: random.bytes(32) }),
      recoveryKey: formatRecoveryKey(random.bytes(32)),
      protocols: PROTOCOLS
    }
    return { given, wire, meaning: texts.read(given, wire) }
  },
  read: (given, wire): Frozen => ({
    pool: meaningOf(parsePoolAddress(String(wire.pool))),
    join: meaningOf(parseJoinToken(String(wire.join))),
    accountSeed: meaningOf(parseRecoveryKey(String(wire.recoveryKey))),
    safetyNumber: safetyNumber({ username: 'alice', accountKey: bytesOf(given.accountKey) }, { username: 'bob', accountKey: bytesOf(given.otherKey) }),
    spoken: (wire.protocols as string[]).filter((id) => Object.values<unknown>(ids).includes(id))
  })
}
