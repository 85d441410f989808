import assert from 'node:assert/strict'
import fc from 'fast-check'
import { claimedMime, sniffMime } from '../../../src/node/files/mime.js'

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1')

describe('files: MIME types', () => {
  const heads: Array<[string, string]> = [
    ['\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR', 'image/png'],
    ['\xff\xd8\xff\xe0\0\x10JFIF', 'image/jpeg'],
    ['GIF89a\x01\0\x01\0', 'image/gif'],
    ['RIFF\x10\0\0\0WEBPVP8 ', 'image/webp'],
    ['RIFF\x10\0\0\0WAVEfmt ', 'audio/wav'],
    ['RIFF\x10\0\0\0????', 'application/octet-stream'],
    ['\0\0\0\x20ftypisom\0\0\x02\0', 'video/mp4'],
    ['\0\0\0\x14ftypqt  ', 'video/quicktime'],
    ['\0\0\0\x1cftypavif', 'image/avif'],
    ['\xff\xfb\x90\x44\0', 'audio/mpeg'],
    [`OggS\0\x02${'\0'.repeat(22)}OpusHead`, 'audio/ogg'],
    ['ID3\x04', 'application/octet-stream'],
    ['%PDF-1.7\n', 'application/pdf'],
    ['PK\x03\x04\x14\0', 'application/zip'],
    ['\x1f\x8b\x08\0', 'application/gzip'],
    [`${'a\0'.repeat(128)}\0ustar\0`, 'application/x-tar'],
    ['\x7fELF\x02\x01', 'application/x-elf'],
    ['ID3 is a text after all', 'text/plain'],
    ['#!/bin/sh\nreboot\n', 'text/plain'],
    ['<svg onload="x()">', 'text/plain'],
    ['\xc3\xbcber', 'text/plain'],
    ['cut in a letter \xc3', 'text/plain'],
    ['latin \xfc only', 'application/octet-stream'],
    ['\0', 'application/octet-stream'],
    ['', 'application/octet-stream']
  ]
  for (const [head, mime] of heads) {
    it(`${JSON.stringify(head.slice(0, 24))} is ${mime}`, async () => { assert.equal(await sniffMime(latin1(head)), mime) })
  }

  it('are found in whatever comes', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...heads), async (rest, [start]) => {
      const mime = await sniffMime(Buffer.concat([latin1(start), rest]))
      assert.equal(claimedMime(mime), mime)
    }))
  })

  it('that are none are not believed to be some', () => {
    assert.equal(claimedMime('image/PNG'), 'image/png')
    for (const text of ['', 'png', 'image/', '/png', 'image/png; x', 'a/b/c', 'image/\u001b[2J', `a/${'b'.repeat(200)}`]) assert.equal(claimedMime(text), 'application/octet-stream')
  })
})
