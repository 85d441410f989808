/** Triple DES by OpenSSL, called in the plainest way and sharing no code with src: what everything is held against. */
import { createCipheriv } from 'node:crypto'

export function oracleCtr (key: Uint8Array, prefix: Uint8Array, data: Uint8Array, firstBlock: number): Uint8Array {
  const output = Uint8Array.from(data)
  const blocks = Buffer.alloc(Math.ceil(data.length / 8) * 8)
  for (let n = 0; n * 8 < blocks.length; n++) {
    Buffer.from(prefix).copy(blocks, n * 8)
    blocks.writeUInt32BE(firstBlock + n, n * 8 + 4)
  }
  const cipher = createCipheriv('des-ede3-ecb', key, null)
  cipher.setAutoPadding(false)
  const keystream = Buffer.concat([cipher.update(blocks), cipher.final()])
  for (let i = 0; i < output.length; i++) output[i] = data[i]! ^ keystream[i]!
  return output
}
