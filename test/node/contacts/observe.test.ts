import assert from 'node:assert/strict'
import { observeRecord, type Pin } from '../../../src/node/contacts/observe.js'
import { makeAccountRecord, type VerifiedAccountRecord } from '../../../src/records/index.js'
import { makeAccount, makeDevice, nextRecord, seeded, type TestAccount } from '../support.js'

describe('observeRecord', () => {
  const random = seeded('observe')
  const bob = makeAccount('bob', random, 2)
  const [laptop, phone] = bob.devices
  assert.ok(laptop !== undefined && phone !== undefined)
  const tablet = makeDevice(random)
  const other = makeDevice(random)
  const v2 = nextRecord(bob, [laptop, phone, tablet])
  const after = (record: VerifiedAccountRecord): TestAccount => ({ ...bob, record })
  const v3 = nextRecord(after(v2), [laptop, tablet])
  const pinOf = (record: VerifiedAccountRecord, claim?: Pin['claim']): Pin => ({ accountKey: record.accountKey, headVersion: record.version, headHash: record.hash, ...(claim === undefined ? {} : { claim }) })

  it('pins at first sight', () => {
    assert.deepEqual(observeRecord(undefined, undefined, bob.record), { kind: 'first' })
  })

  it('knows the same record again', () => {
    assert.deepEqual(observeRecord(pinOf(bob.record), bob.record, bob.record), { kind: 'same' })
  })

  it('names the devices that a newer record adds, over one version or several', () => {
    assert.deepEqual(observeRecord(pinOf(bob.record), bob.record, v2), { kind: 'newer', added: [v2.devices[2]] })
    assert.deepEqual(observeRecord(pinOf(bob.record), bob.record, v3), { kind: 'newer', added: [v3.devices[1]] })
  })

  it('refuses what is older than the head', () => {
    assert.deepEqual(observeRecord(pinOf(v3), v3, v2), { kind: 'stale' })
  })

  it('refuses a second record of the same version', () => {
    const fork = nextRecord(bob, [laptop, phone, other])
    assert.deepEqual(observeRecord(pinOf(v2), v2, fork), { kind: 'forked' })
  })

  it('sees another account key as a change of identity, whatever its version', () => {
    for (const version of [1, 9]) {
      const mallory = makeAccount('bob', random)
      const record = makeAccountRecord(mallory.key, { username: 'bob', version, previousHash: new Uint8Array(version === 1 ? 0 : 32), devices: mallory.record.devices, createdAtMs: 1, unlisted: false })
      assert.deepEqual(observeRecord(pinOf(v2), v2, record), { kind: 'changed' })
    }
  })

  describe('with a head that a device named', () => {
    const claimed = (record: VerifiedAccountRecord, device = laptop): Pin['claim'] => ({ version: record.version, hash: record.hash, device: device.deviceKey })

    it('refuses records before it, although they are newer than the one here', () => {
      assert.deepEqual(observeRecord(pinOf(bob.record, claimed(v3)), bob.record, v2), { kind: 'stale' })
    })

    it('takes the record that was named, and later ones', () => {
      const v4 = nextRecord(after(v3), [laptop])
      assert.equal(observeRecord(pinOf(bob.record, claimed(v3)), bob.record, v3).kind, 'newer')
      assert.equal(observeRecord(pinOf(bob.record, claimed(v3)), bob.record, v4).kind, 'newer')
    })

    it('refuses another record of the version that was named', () => {
      const fork = nextRecord(after(v2), [laptop, other])
      assert.deepEqual(observeRecord(pinOf(bob.record, claimed(v3)), bob.record, fork), { kind: 'forked' })
    })

    it('does not listen to a device that the record has removed: it could block its account for ever', () => {
      const lie = { version: 1_000_000, hash: new Uint8Array(32), device: phone.deviceKey }
      assert.equal(observeRecord(pinOf(v2, lie), v2, v3).kind, 'newer')
      assert.equal(observeRecord(pinOf(bob.record, lie), bob.record, v2).kind, 'stale')
    })
  })
})
