import assert from 'node:assert/strict'
import { openVault, sealVault } from '../../src/crypto/vault.js'
import { SeededRandom } from '../helpers/seeded-random.js'
import { assertCode, flipBit } from './support.js'

describe('vault', () => {
  const random = new SeededRandom('vault')
  const owner = { poolId: 'pool', username: 'alice', exportKey: random.bytes(64) }
  const seed = random.bytes(32)

  it('opens with the export key of its user in its pool', () => {
    assert.deepEqual(openVault(owner, sealVault(owner, seed, random)), seed)
  })

  it('opens for nobody else', () => {
    const vault = sealVault(owner, seed, random)
    for (const other of [{ poolId: 'other' }, { username: 'bob' }, { exportKey: flipBit(owner.exportKey, 511) }, { poolId: 'poola', username: 'lice' }]) {
      assertCode(() => openVault({ ...owner, ...other }, vault), 'ERR_DECRYPT')
    }
  })

  it('opens with no bit changed, and not when cut', () => {
    const vault = sealVault(owner, seed, random)
    for (let bit = 0; bit < vault.byteLength * 8; bit++) assertCode(() => openVault(owner, flipBit(vault, bit)), 'ERR_DECRYPT')
    for (let end = 0; end < vault.byteLength; end++) assertCode(() => openVault(owner, vault.subarray(0, end)), 'ERR_DECRYPT')
  })

  it('is another one every time, and leaves the seed and the key as they were', () => {
    const [seedBefore, keyBefore] = [seed.slice(), owner.exportKey.slice()]
    assert.notDeepEqual(sealVault(owner, seed, random), sealVault(owner, seed, random))
    assert.deepEqual([seed, owner.exportKey], [seedBefore, keyBefore])
  })

  it('refuses a seed or an export key of another length', () => {
    assertCode(() => sealVault(owner, new Uint8Array(31), random), 'ERR_CRYPTO_INPUT')
    assertCode(() => sealVault({ ...owner, exportKey: new Uint8Array(32) }, seed, random), 'ERR_CRYPTO_INPUT')
  })
})
