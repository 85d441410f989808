/** What Noise computes in a handshake, without DER: three key agreements a side, which are most of what a connection costs. */
import { diffieHellman, hkdfSync } from 'node:crypto'
import type { ICryptoInterface } from '@chainsafe/libp2p-noise'
import { defaultCrypto } from '@chainsafe/libp2p-noise/crypto'
import { KeyCache } from '../../crypto/key-cache.js'
import { privateKeyObject, publicKeyObject, publicKeyOf } from '../../crypto/raw-keys.js'
import { systemRandom } from '../../runtime.js'

type KeyPair = ReturnType<ICryptoInterface['generateX25519KeyPair']>
/** The library's lists are of a version of their own. */
type Bytes = Parameters<ICryptoInterface['generateX25519SharedKey']>[0]

/** A private key is used twice in each handshake, the host's own in all of them. */
const keys = new KeyCache()

export const noiseCrypto: ICryptoInterface = {
  ...defaultCrypto,
  generateX25519KeyPair: () => keyPair(systemRandom.bytes(32)),
  generateX25519KeyPairFromSeed: keyPair,
  generateX25519SharedKey: (privateKey, publicKey) => diffieHellman({
    privateKey: keyObject(oneArray(privateKey)),
    publicKey: publicKeyObject('X25519', oneArray(publicKey))
  }),
  getHKDF (chainingKey, inputKeyMaterial) {
    const okm = new Uint8Array(hkdfSync('sha256', inputKeyMaterial, chainingKey, '', 96))
    return [okm.subarray(0, 32), okm.subarray(32, 64), okm.subarray(64)]
  }
}

function keyPair (privateKey: Uint8Array): KeyPair {
  return { privateKey, publicKey: publicKeyOf(keyObject(privateKey)) }
}

function keyObject (privateKey: Uint8Array): ReturnType<typeof privateKeyObject> {
  return keys.of(privateKey, (raw) => privateKeyObject('X25519', raw))
}

function oneArray (bytes: Bytes): Uint8Array {
  return bytes instanceof Uint8Array ? bytes : bytes.subarray()
}
