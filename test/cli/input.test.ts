import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { LineReader, readAll } from '../../src/cli/input.js'

const bytes = (...chunks: Array<string | number[]>): Readable => Readable.from(chunks.map((chunk) => Buffer.from(chunk as string)), { objectMode: false })
const [first, second] = [[0xc3], [0xa9]]

describe('standard input', () => {
  describe('line by line', () => {
    it('may be cut within a character, and ends with or without a line break', async () => {
      const lines = new LineReader(bytes('caf', first, second, '\r\nt', [0xc3], [0xa9, 0x0a, 0x65]))
      assert.deepEqual([await lines.next(10), await lines.next(10), await lines.next(10), await lines.next(10)], ['café', 'té', 'e', null])
    })

    it('is refused where it is no text, also half a character at its end', async () => {
      for (const stream of [bytes('caf', second, '\n'), bytes('caf', first)]) await assert.rejects(new LineReader(stream).next(10), { code: 'ERR_USAGE' })
    })

    it('is refused past the limit', async () => {
      await assert.rejects(new LineReader(bytes('12345678901')).next(10), { code: 'ERR_LIMIT' })
    })
  })

  describe('as a whole', () => {
    it('loses its closing line break and nothing else', async () => {
      assert.equal(await readAll(bytes('caf', first, second, '\n\r\n'), 10), 'café\n')
    })

    it('is refused where it is no text, and past the limit', async () => {
      await assert.rejects(readAll(bytes('caf', first), 10), { code: 'ERR_USAGE' })
      await assert.rejects(readAll(bytes('12345678901'), 10), { code: 'ERR_LIMIT' })
    })
  })
})
