import assert from 'node:assert/strict'
import {
  decodeChain, decodeGroupEpoch, encodeChain, encodeGroupEpoch, epochCommitment, forgetChain, forgetGroupEpoch, isCommittedSecret, maxGroupChains,
  nextEpochSecret, openGroupMessage, sealGroupMessage, startGroupEpoch, type GroupEpochKeys
} from '../../../src/crypto/group/index.js'
import { hkdf } from '../../../src/crypto/hkdf.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { assertCode, hex, toHex, utf8 } from '../support.js'
import { End, makeMember, owners } from './support.js'

const random = new SeededRandom('group epoch')
const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => makeMember(name, random)) as [ReturnType<typeof makeMember>, ReturnType<typeof makeMember>, ReturnType<typeof makeMember>]
const groupId = random.bytes(32)

/** Every secret that a state holds. */
function secretsOf (keys: GroupEpochKeys): Uint8Array[] {
  return [keys.successor, keys.receiptKey, ...keys.chains.flatMap((chain) => [chain.CK, ...chain.skipped.map(({ mk }) => mk)])]
}

describe('the epochs of a group', () => {
  it('are derived as the specification says', () => {
    const secret = new Uint8Array(32).fill(7)
    const keys = startGroupEpoch({ groupId: new Uint8Array(32).fill(1), epoch: 258, secret, owners: [{ username: 'alice', deviceKey: new Uint8Array(32).fill(2) }] })
    const label = (text: string): string => `${text.length.toString(16).padStart(8, '0')}${toHex(utf8(text))}`
    const epoch = '0000000000000102'
    const chain = hex(`${label('p2pchat/1 group chain')}${epoch}${label('alice')}00000020${'02'.repeat(32)}`)
    const chainRoot = hkdf(new Uint8Array(32).fill(1), secret, hex(`${label('p2pchat/1 group chains')}${epoch}`), 32)
    assert.deepEqual(keys.chains[0]?.CK, hkdf(new Uint8Array(32).fill(1), chainRoot, chain, 32))
    assert.deepEqual(keys.successor, hkdf(new Uint8Array(32).fill(1), secret, hex(`${label('p2pchat/1 group successor')}${epoch}`), 32))
    assert.deepEqual(keys.receiptKey, hkdf(new Uint8Array(32).fill(1), secret, hex(`${label('p2pchat/1 group receipt')}${epoch}`), 32))
    assert.deepEqual(nextEpochSecret(keys, new Uint8Array(32).fill(3)), hkdf(new Uint8Array(32).fill(3), keys.successor, hex(`${label('p2pchat/1 group join')}0000000000000103`), 32))
    assert.deepEqual(epochCommitment(secret), hkdf(new Uint8Array(0), secret, hex(label('p2pchat/1 group commitment')), 32))
  })

  it('have keys of their own for every group, epoch, name, device, and entry', () => {
    const secret = random.bytes(32)
    const start = { groupId, epoch: 4, secret, owners: owners(alice) }
    const variants = [
      start, { ...start, groupId: random.bytes(32) }, { ...start, epoch: 5 }, { ...start, secret: random.bytes(32) }, { ...start, owners: owners(bob) },
      { ...start, owners: owners({ ...alice, username: 'bob' }) }, { ...start, owners: owners({ ...bob, username: 'alice' }) }
    ]
    const chains = variants.map((variant) => toHex(startGroupEpoch(variant).chains[0]!.CK))
    assert.equal(new Set(chains).size, variants.length)
    const keys = startGroupEpoch(start)
    assert.notDeepEqual(nextEpochSecret(keys, random.bytes(32)), nextEpochSecret(keys, random.bytes(32)))
  })

  it('are committed to without being told, to one secret', () => {
    const secret = random.bytes(32)
    assert.equal(isCommittedSecret(secret, epochCommitment(secret)), true)
    assert.equal(isCommittedSecret(random.bytes(32), epochCommitment(secret)), false)
    assert.equal(isCommittedSecret(secret.subarray(1), epochCommitment(secret)), false)
    for (const { CK } of startGroupEpoch({ groupId, epoch: 1, secret, owners: owners(alice) }).chains) assert.notDeepEqual(CK, epochCommitment(secret))
  })

  it('refuse what is no secret, no id, no epoch, and too many devices', () => {
    const start = { groupId, epoch: 1, secret: random.bytes(32), owners: owners(alice) }
    for (const wrong of [{ groupId: random.bytes(31) }, { epoch: 0 }, { epoch: 1.5 }, { epoch: 2 ** 53 }, { secret: random.bytes(31) }, { owners: [{ username: 'alice', deviceKey: random.bytes(31) }] }]) {
      assertCode(() => startGroupEpoch({ ...start, ...wrong }), 'ERR_CRYPTO_INPUT')
    }
    assertCode(() => startGroupEpoch({ ...start, owners: Array.from({ length: maxGroupChains + 1 }, () => start.owners[0]!) }), 'ERR_LIMIT')
    assertCode(() => nextEpochSecret(startGroupEpoch(start), random.bytes(31)), 'ERR_CRYPTO_INPUT')
  })
})

describe('a newcomer', () => {
  const secret = random.bytes(32)
  const first = { groupId, epoch: 1, secret, members: [alice, bob] }
  const entryHash = random.bytes(32)

  it('agrees with the old members on the next epoch, who compute what it is given', () => {
    const [a, b] = [new End(alice, first, random), new End(bob, first, random)]
    const given = nextEpochSecret(a.keys, entryHash)
    assert.deepEqual(nextEpochSecret(b.keys, entryHash), given)
    const second = { groupId, epoch: 2, secret: given, members: [alice, bob, carol] }
    const ends = [alice, bob, carol].map((member) => new End(member, second, random))
    for (const from of ends) {
      const message = from.send(`from ${from.member.username}`)
      for (const to of ends.filter((end) => end !== from)) {
        const opened = openGroupMessage(to.keys, message)
        assert.equal(Buffer.from(opened.plaintext).toString(), `from ${from.member.username}`)
        to.keys = opened.keys
      }
    }
  })

  it('holds nothing that gives the keys of before, nor do the old members any longer', () => {
    const a = new End(alice, first, random)
    const past = a.send('before the newcomer')
    const given = nextEpochSecret(a.keys, entryHash)
    const held = startGroupEpoch({ groupId, epoch: 2, secret: given, owners: owners(alice, bob, carol) })
    const known = [given, ...secretsOf(held)]
    const older = [secret, ...secretsOf(startGroupEpoch({ groupId, epoch: 1, secret, owners: owners(alice, bob) }))]
    for (const key of known) assert.ok(older.every((other) => toHex(other) !== toHex(key)))
    // Whatever is held, put in the place of the secret, a chain key or the successor, opens nothing.
    for (const key of known) {
      const guesses = [
        startGroupEpoch({ groupId, epoch: 1, secret: key, owners: owners(alice, bob) }),
        { ...held, epoch: 1, successor: key, receiptKey: key, chains: held.chains.map((chain) => ({ ...chain, CK: key })) },
        startGroupEpoch({ groupId, epoch: 1, secret: nextEpochSecret({ ...held, successor: key }, entryHash), owners: owners(alice, bob) })
      ]
      for (const guess of guesses) assertCode(() => openGroupMessage(guess, past), 'ERR_DECRYPT')
    }
  })

  it('can be let in time after time, fifty at once', () => {
    let [a, b] = [new End(alice, first, random).keys, new End(bob, first, random).keys]
    for (let epoch = 2; epoch <= 51; epoch++) {
      const entry = random.bytes(32)
      const [forA, forB] = [nextEpochSecret(a, entry), nextEpochSecret(b, entry)]
      a = startGroupEpoch({ groupId, epoch, secret: forA, owners: owners(alice, bob) })
      b = startGroupEpoch({ groupId, epoch, secret: forB, owners: owners(alice, bob) })
    }
    assert.deepEqual(a, b)
  })
})

describe('a removed member', () => {
  it('opens nothing under a fresh secret with all the state it ever had', () => {
    const secrets = [random.bytes(32)]
    const members = [alice, bob, carol]
    let keys = startGroupEpoch({ groupId, epoch: 1, secret: secrets[0]!, owners: owners(...members) })
    const everything = [...secrets, ...secretsOf(keys)]
    for (let epoch = 2; epoch < 6; epoch++) {
      const secret = nextEpochSecret(keys, random.bytes(32))
      keys = startGroupEpoch({ groupId, epoch, secret, owners: owners(...members) })
      everything.push(secret, ...secretsOf(keys))
    }
    const removal = random.bytes(32)
    everything.push(nextEpochSecret(keys, removal))
    const fresh = { groupId, epoch: 6, secret: random.bytes(32), members: [alice, bob] }
    const message = new End(alice, fresh, random).send('without carol')
    everything.push(epochCommitment(fresh.secret))
    for (const key of everything) {
      const guesses = [
        startGroupEpoch({ groupId, epoch: 6, secret: key, owners: owners(...members) }),
        { groupId, epoch: 6, successor: key, receiptKey: key, chains: owners(alice).map((owner) => ({ ...owner, CK: key, N: 0, skipped: [] })) }
      ]
      for (const guess of guesses) assertCode(() => openGroupMessage(guess, message), 'ERR_DECRYPT')
    }
    assertCode(() => openGroupMessage(keys, message), 'ERR_DECRYPT')
    assertCode(() => sealGroupMessage(new End(alice, fresh, random).keys, carol, { sequence: 9, hash: removal }, utf8('still here'), random), 'ERR_NOT_PERMITTED')
  })
})

describe('the stored keys of an epoch', () => {
  const group = { groupId, epoch: 2 ** 40 + 5, secret: random.bytes(32), members: [alice, bob] }
  const a = new End(alice, group, random)
  const b = new End(bob, group, random)
  a.send('lost')
  a.send('lost too')
  b.keys = openGroupMessage(b.keys, a.send('read')).keys

  it('come back as they were, whole and chain by chain', () => {
    assert.deepEqual(decodeGroupEpoch(encodeGroupEpoch(b.keys)), b.keys)
    assert.equal(b.keys.chains[0]!.skipped.length, 2)
    for (const chain of b.keys.chains) assert.deepEqual(decodeChain(encodeChain(chain)), chain)
  })

  it('are refused cut, lengthened, newer, and out of order', () => {
    for (const [bytes, decode] of [[encodeGroupEpoch(b.keys), decodeGroupEpoch], [encodeChain(b.keys.chains[0]!), decodeChain]] as const) {
      for (let length = 0; length < bytes.byteLength; length++) assertCode(() => decode(bytes.slice(0, length)), 'ERR_STORE_CORRUPT')
      assertCode(() => decode(Uint8Array.from([...bytes, 0])), 'ERR_STORE_CORRUPT')
      assertCode(() => decode(Uint8Array.from([2, ...bytes.slice(1)])), 'ERR_STORE_NEWER')
      assertCode(() => decode(Uint8Array.from([0, ...bytes.slice(1)])), 'ERR_STORE_CORRUPT')
    }
    const chain = b.keys.chains[0]!
    assertCode(() => decodeChain(encodeChain({ ...chain, skipped: [...chain.skipped].reverse() })), 'ERR_STORE_CORRUPT')
    assertCode(() => decodeChain(encodeChain({ ...chain, N: 1 })), 'ERR_STORE_CORRUPT')
    assertCode(() => decodeGroupEpoch(encodeGroupEpoch({ ...b.keys, epoch: 0 })), 'ERR_STORE_CORRUPT')
  })

  it('are overwritten when they are over, and those of a step that is kept are not', () => {
    const [start, sender] = [new End(bob, group, random).keys, new End(alice, group, random)]
    const messages = ['one', 'two', 'three'].map((text) => sender.send(text))
    const after = openGroupMessage(start, messages[2]!).keys
    const later = openGroupMessage(after, messages[0]!).keys
    forgetChain(start.chains[0]!, after.chains[0])
    forgetChain(after.chains[0]!, later.chains[0])
    assert.ok(start.chains[0]!.CK.every((byte) => byte === 0))
    assert.ok(after.chains[0]!.skipped[0]!.mk.every((byte) => byte === 0))
    assert.equal(Buffer.from(openGroupMessage(later, messages[1]!).plaintext).toString(), 'two')
    forgetGroupEpoch(later)
    assert.ok(secretsOf(later).every((key) => key.every((byte) => byte === 0)))
  })
})
