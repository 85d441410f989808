import { openVault, sealVault } from '../../../src/crypto/vault.js'
import { makeAccountRegister, makeLocator, makeMailboxAcknowledgement, makeSignedPrekey, verifyAccountRecord, verifyAccountRegister, verifyLocator, verifyMailboxAcknowledgement, verifySignedPrekey } from '../../../src/records/index.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { bytesOf, meaningOf } from '../meaning.js'
import type { Frozen, Scene } from './index.js'
import { frozenPerson, newSecrets, NOW_MS, personOf, readPerson, recordOf } from './people.js'

/** What accounts and devices sign, and the vault. */
export const records: Scene = {
  make: () => {
    const random = new SeededRandom('p2pchat wire: records')
    const alice = personOf(newSecrets('alice', (length) => random.bytes(length)))
    const owner = { poolId: 'a'.repeat(52), username: 'alice', exportKey: random.bytes(64) }
    const vault = sealVault(owner, alice.account.seed, random)
    const accountRecord = recordOf(alice, true)
    const register = makeAccountRegister(alice.account.seed, { version: 1, opaqueSetupVersion: 2, opaqueRecord: random.bytes(192), vault, accountRecord })
    const given = { alice: frozenPerson(alice), owner: meaningOf(owner) }
    const wire = {
      accountRecord: meaningOf(accountRecord.signed),
      register: meaningOf(register.signed),
      locator: meaningOf(makeLocator(alice.device, ['/ip4/192.0.2.1/tcp/4001', '/dns4/a.example/tcp/4001'], NOW_MS)),
      signedPrekey: meaningOf(makeSignedPrekey(alice.device, { id: 5, publicKey: random.bytes(32), createdAtMs: NOW_MS })),
      acknowledgement: meaningOf(makeMailboxAcknowledgement(alice.device, [random.bytes(16), random.bytes(16)]))
    }
    return { given, wire, meaning: records.read(given, wire) }
  },
  read: (given, wire): Frozen => {
    const alice = readPerson(given.alice)
    const { poolId, username, exportKey } = given.owner as Frozen
    const { signed: _signed, accountRecord: _record, ...register } = verifyAccountRegister(bytesOf(wire.register))
    const { signed: _also, ...accountRecord } = verifyAccountRecord(bytesOf(wire.accountRecord))
    const { signed: _too, ...signedPrekey } = verifySignedPrekey(bytesOf(wire.signedPrekey), alice.device.publicKey)
    return meaningOf({
      accountRecord,
      register,
      accountSeed: openVault({ poolId: String(poolId), username: String(username), exportKey: bytesOf(exportKey) }, register.vault),
      locator: verifyLocator(bytesOf(wire.locator), alice.device.publicKey, NOW_MS),
      signedPrekey,
      acknowledged: verifyMailboxAcknowledgement(bytesOf(wire.acknowledgement), alice.device.publicKey)
    }) as Frozen
  }
}
