import assert from 'node:assert/strict'
import fc from 'fast-check'
import { openGroupReceipt, sealGroupReceipt, startGroupEpoch, verifyGroupReceipt, type GroupReceiptHeader, type SealedGroupReceipt } from '../../../src/crypto/group/index.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { assertCode, flipBit, toHex, utf8 } from '../support.js'
import { makeMember, owners } from './support.js'

const random = new SeededRandom('group receipt')
const [alice, bob] = [makeMember('alice', random), makeMember('bob', random)]
const groupId = random.bytes(32)
const keys = startGroupEpoch({ groupId, epoch: 4, secret: random.bytes(32), owners: owners(alice, bob) })
const header: GroupReceiptHeader = { groupId, epoch: 4, username: 'bob', deviceKey: bob.device.publicKey, recipientDevice: alice.device.publicKey }
const give = (text = 'so far', from = bob): SealedGroupReceipt => sealGroupReceipt(keys.receiptKey, header, from.device.seed, utf8(text), random)

function take (receipt: SealedGroupReceipt, key = keys.receiptKey): string {
  verifyGroupReceipt(receipt)
  return Buffer.from(openGroupReceipt(key, receipt)).toString()
}

describe('the receipts of a group', () => {
  it('are read by who has the epoch, and say nothing else: one size, and never the same bytes', () => {
    assert.equal(take(give()), 'so far')
    assert.equal(give('1').sealed.byteLength, give('x'.repeat(100)).sealed.byteLength)
    assert.notEqual(toHex(give().sealed), toHex(give().sealed))
  })

  it('are refused under another epoch, or by a member in the name of another', () => {
    const next = startGroupEpoch({ groupId, epoch: 5, secret: random.bytes(32), owners: owners(alice, bob) })
    assertCode(() => take(give(), next.receiptKey), 'ERR_DECRYPT')
    assertCode(() => take(give('forged', alice)), 'ERR_INVALID_SIGNATURE')
  })

  it('are refused with any field changed', () => {
    const receipt = give()
    const others: Array<Partial<SealedGroupReceipt>> = [
      { groupId: random.bytes(32) }, { epoch: 5 }, { username: 'carol' }, { deviceKey: alice.device.publicKey }, { recipientDevice: bob.device.publicKey }
    ]
    for (const other of others) assertCode(() => take({ ...receipt, ...other }), 'ERR_INVALID_SIGNATURE')
    fc.assert(fc.property(fc.constantFrom('sealed' as const, 'signature' as const), fc.nat(), (field, n) => {
      assertCode(() => take({ ...receipt, [field]: flipBit(receipt[field], n % (8 * receipt[field].byteLength)) }), 'ERR_INVALID_SIGNATURE')
    }), { numRuns: 100 })
  })

  it('are refused when they are none', () => {
    for (const other of [{ groupId: new Uint8Array(31) }, { epoch: 0 }, { epoch: 2 ** 53 }, { username: '' }, { username: 'a b' }, { deviceKey: new Uint8Array(0) }, { recipientDevice: new Uint8Array(33) }]) {
      assertCode(() => take({ ...give(), ...other }), 'ERR_INVALID_RECORD')
    }
  })
})
