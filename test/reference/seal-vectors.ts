import { EMPTY, hex, join, utf8 } from './bytes.js'
import { CountedBytes } from './drbg.js'
import { pad } from './padding.js'
import { seal } from './seal.js'

export interface SealVector {
  comment: string
  messageKey: string
  label: string
  ad: string
  header: string
  plaintext: string
  salt: string
  sealed: string
  valid: boolean
}

export type PaddingVector = { plain: string, padded: string } | { padded: string, valid: false }

interface SealCase { comment: string, messageKey: Buffer, label: string, ad: Buffer, header: Buffer, plaintext: Buffer, salt: Buffer }

const MESSAGE = 'p2pchat/1 message'
const RECEIPT = 'p2pchat/1 receipt'
const VAULT = 'p2pchat/1 vault'

function row (of: SealCase, sealed: Buffer, valid: boolean): SealVector {
  return {
    comment: of.comment,
    messageKey: hex(of.messageKey),
    label: of.label,
    ad: hex(of.ad),
    header: hex(of.header),
    plaintext: hex(of.plaintext),
    salt: hex(of.salt),
    sealed: hex(sealed),
    valid
  }
}

function sealCase (of: SealCase): Buffer {
  return seal(of.messageKey, of.label, of.ad, of.header, of.plaintext, of.salt)
}

function flip (bytes: Buffer, at: number, mask = 0x01): Buffer {
  const flipped = Buffer.from(bytes)
  const index = at < 0 ? bytes.length + at : at
  flipped.writeUInt8(bytes.readUInt8(index) ^ mask, index)
  return flipped
}

export function sealVectors (): SealVector[] {
  return [...validSeals(), ...refusedSeals()]
}

function freshCase (bytes: CountedBytes, comment: string, change: Partial<SealCase>): SealCase {
  const fresh = { comment, messageKey: bytes.take(32), label: MESSAGE, ad: bytes.take(32), header: bytes.take(40), salt: bytes.take(16) }
  return { ...fresh, plaintext: EMPTY, ...change }
}

function validSeals (): SealVector[] {
  const bytes = new CountedBytes('seal')
  const cases = [0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 128, 2048, 2051].map(length =>
    freshCase(bytes, `${length} bytes`, { plaintext: bytes.take(length) }))
  cases.push(
    freshCase(bytes, 'another label', { label: RECEIPT, plaintext: bytes.take(20) }),
    freshCase(bytes, 'a third label, empty header', { label: VAULT, header: EMPTY, plaintext: bytes.take(20) }),
    freshCase(bytes, 'empty associated data and header', { ad: EMPTY, header: EMPTY, plaintext: bytes.take(20) }),
    freshCase(bytes, 'everything empty', { ad: EMPTY, header: EMPTY }),
    freshCase(bytes, 'long header', { header: bytes.take(1000), plaintext: bytes.take(20) }),
    freshCase(bytes, 'long associated data', { ad: bytes.take(1000), plaintext: bytes.take(20) }),
    freshCase(bytes, 'all zero', {
      messageKey: Buffer.alloc(32), ad: Buffer.alloc(32), header: Buffer.alloc(40), salt: Buffer.alloc(16), plaintext: Buffer.alloc(24)
    }),
    freshCase(bytes, 'all ff', {
      messageKey: Buffer.alloc(32, 255), ad: Buffer.alloc(32, 255), header: Buffer.alloc(40, 255), salt: Buffer.alloc(16, 255), plaintext: Buffer.alloc(24, 255)
    }),
    freshCase(bytes, 'the longest plaintext, 65,536 bytes', { plaintext: bytes.take(65_536) })
  )
  const sameKey = freshCase(bytes, 'one key, first salt', { plaintext: bytes.take(32) })
  cases.push(sameKey, { ...sameKey, comment: 'the same key, another salt', salt: bytes.take(16) })
  return cases.map(each => row(each, sealCase(each), true))
}

function refusedSeals (): SealVector[] {
  const bytes = new CountedBytes('seal refused')
  const good = freshCase(bytes, 'what the refused ones are made of', { plaintext: pad(utf8('hello')) })
  const sealed = sealCase(good)
  const end = sealed.length
  const changed: Array<[string, Partial<SealCase>, Buffer]> = [
    ['first bit of the salt flipped', {}, flip(sealed, 0, 0x80)],
    ['last bit of the salt flipped', {}, flip(sealed, 15)],
    ['first bit of the ciphertext flipped', {}, flip(sealed, 16, 0x80)],
    ['a bit inside the ciphertext flipped', {}, flip(sealed, 80, 0x10)],
    ['last bit of the ciphertext flipped', {}, flip(sealed, end - 33)],
    ['first bit of the tag flipped', {}, flip(sealed, end - 32, 0x80)],
    ['a bit in the second half of the tag flipped', {}, flip(sealed, end - 12)],
    ['last bit of the tag flipped', {}, flip(sealed, end - 1)],
    ['tag of zeros', {}, join(sealed.subarray(0, -32), Buffer.alloc(32))],
    ['tag cut to 16 bytes', {}, sealed.subarray(0, -16)],
    ['last byte missing', {}, sealed.subarray(0, -1)],
    ['first byte missing', {}, sealed.subarray(1)],
    ['a byte more', {}, join(sealed, Buffer.alloc(1))],
    ['a block of the ciphertext missing', {}, join(sealed.subarray(0, 16), sealed.subarray(24))],
    ['two blocks of the ciphertext exchanged', {}, join(sealed.subarray(0, 16), sealed.subarray(24, 32), sealed.subarray(16, 24), sealed.subarray(32))],
    ['empty', {}, EMPTY],
    ['salt alone', {}, sealed.subarray(0, 16)],
    ['one byte too short for salt and tag', {}, sealed.subarray(0, 47)],
    ['salt and tag without the ciphertext', {}, join(sealed.subarray(0, 16), sealed.subarray(-32))],
    ['a bit of the associated data flipped', { ad: flip(good.ad, 0) }, sealed],
    ['a byte more of associated data', { ad: join(good.ad, Buffer.alloc(1)) }, sealed],
    ['no associated data', { ad: EMPTY }, sealed],
    ['a bit of the header flipped', { header: flip(good.header, -1) }, sealed],
    ['no header', { header: EMPTY }, sealed],
    ['a byte moved from the associated data to the header', {
      ad: good.ad.subarray(0, -1), header: join(good.ad.subarray(-1), good.header)
    }, sealed],
    ['a byte moved from the header to the associated data', {
      ad: join(good.ad, good.header.subarray(0, 1)), header: good.header.subarray(1)
    }, sealed],
    ['another label', { label: RECEIPT }, sealed],
    ['a third label', { label: VAULT }, sealed],
    ['first bit of the message key flipped', { messageKey: flip(good.messageKey, 0, 0x80) }, sealed],
    ['last bit of the message key flipped', { messageKey: flip(good.messageKey, -1) }, sealed]
  ]
  return [
    row(good, sealed, true),
    ...changed.map(([comment, change, bad]) => row({ ...good, ...change, comment }, bad, false))
  ]
}

export function paddingVectors (): PaddingVector[] {
  const bytes = new CountedBytes('padding')
  const lengths = [0, 1, 2, 32, 126, 127, 128, 129, 254, 255, 256, 257, 511, 512, 1023, 1024, 2047]
  const plains = lengths.map(length => bytes.take(length))
  const tricky = ['00', '80', '8000', '8080', '000000', '80000000', '00'.repeat(127), '80'.repeat(127), '00'.repeat(128), '80' + '00'.repeat(127)]
  plains.push(...tricky.map(text => Buffer.from(text, 'hex')))
  const refused = [
    EMPTY,
    Buffer.from([0x80]),
    join(Buffer.from([0x80]), Buffer.alloc(63)),
    join(Buffer.from([0x80]), Buffer.alloc(126)),
    join(Buffer.from([0x80]), Buffer.alloc(128)),
    join(Buffer.from([0x80]), Buffer.alloc(191)),
    join(Buffer.from([0x80]), Buffer.alloc(383)),
    Buffer.alloc(128),
    Buffer.alloc(256),
    Buffer.alloc(1024),
    Buffer.alloc(128, 0xff),
    join(Buffer.from([0x01]), Buffer.alloc(127)),
    join(Buffer.from([0x80, 0x01]), Buffer.alloc(126)),
    join(Buffer.alloc(127), Buffer.from([0x81])),
    join(Buffer.alloc(127), Buffer.from([0x08])),
    join(Buffer.alloc(255, 0x80), Buffer.from([0x40]))
  ]
  return [
    ...plains.map(plain => ({ plain: hex(plain), padded: hex(pad(plain)) })),
    ...refused.map(padded => ({ padded: hex(padded), valid: false as const }))
  ]
}
