import assert from 'node:assert/strict'
import { crc32c, maskedCrc32c } from '../../../src/store/level-files/crc32c.js'
import { readLog } from '../../../src/store/level-files/log.js'
import { unsnappy } from '../../../src/store/level-files/snappy.js'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')

/** One record in one piece, as LevelDB writes it. */
function record (data: Uint8Array): Uint8Array {
  const out = Buffer.alloc(7 + data.byteLength)
  out.writeUInt16LE(data.byteLength, 4)
  out[6] = 1
  out.set(data, 7)
  out.writeUInt32LE(maskedCrc32c(out.subarray(6)), 0)
  return out
}

describe('files of LevelDB', () => {
  it('have checksums as in RFC 3720, B.4', () => {
    assert.equal(crc32c(bytes('123456789')), 0xe3069283)
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa)
    assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43)
    assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e)
  })

  it('have blocks in Snappy: literals, and copies that overlap', () => {
    assert.deepEqual(Buffer.from(unsnappy(Uint8Array.of(9, 8, 97, 98, 99, 0x09, 3))), Buffer.from('abcabcabc'.slice(0, 9)))
    const long = Uint8Array.of(0x80, 0x01, 0x00, 97, 0xfe, 0x01, 0x00, 0xfa, 0x01, 0x00)
    assert.equal(Buffer.from(unsnappy(long)).toString(), 'a'.repeat(128))
    for (const broken of [Uint8Array.of(5, 8, 97), Uint8Array.of(9, 0, 97, 0x09, 3), Uint8Array.of(3, 0, 97), Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f), Uint8Array.of()]) {
      assert.throws(() => unsnappy(broken), { name: 'Damage' })
    }
  })

  describe('a log', () => {
    const [one, two] = [record(bytes('one')), record(bytes('a second one'))]
    const whole = Buffer.concat([one, two])

    it('that ends anywhere was cut off there', () => {
      for (let end = 0; end <= whole.byteLength; end++) {
        const { records, isCutOff } = readLog(whole.subarray(0, end))
        assert.equal(records.length, end < one.byteLength ? 0 : end < whole.byteLength ? 1 : 2)
        assert.equal(isCutOff, ![0, one.byteLength, whole.byteLength].includes(end) && end % 32768 !== 0)
      }
    })

    it('that ends in sectors of zeros was cut off, too: they never got to the disk', () => {
      const long = record(new Uint8Array(2_000).fill(7))
      const torn = Buffer.concat([one, long])
      torn.fill(0, 1_024)
      assert.deepEqual(readLog(torn), { records: [bytes('one')].map((data) => Buffer.from(data)), isCutOff: true })
      assert.equal(readLog(Buffer.concat([whole, new Uint8Array(3_000)])).records.length, 2)
      torn.fill(0, 1_000)
      torn[1_023] = 1
      assert.equal(readLog(torn).records.length, 1)
      const early = Buffer.concat([one, long])
      early.fill(0, 1_000, 1_100)
      assert.throws(() => readLog(early), { name: 'Damage' })
    })

    it('in which any bit of any record has flipped is damaged', () => {
      for (let at = 0; at < whole.byteLength; at++) {
        for (let bit = 0; bit < 8; bit++) {
          const flipped = Buffer.from(whole)
          flipped[at] = (flipped[at] ?? 0) ^ (1 << bit)
          assert.throws(() => readLog(flipped), { name: 'Damage' }, `bit ${bit} of byte ${at}`)
        }
      }
    })
  })
})
