import assert from 'node:assert/strict'
import fc from 'fast-check'
import { maxCaptionBytes, maxManifestBytes, maxPreviewBytes } from '../../../src/node/files/limits.js'
import { encodeManifest, parseManifest, type FileManifest } from '../../../src/node/files/manifest.js'
import { maxUnpaddedBytes } from '../../../src/crypto/padding.js'
import { Manifest } from '../../../src/protocol/pb/file.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { flipBit, onlyOurErrors, throwsCode } from '../support.js'

const random = new SeededRandom('manifest')
const manifest: FileManifest = {
  fileId: random.bytes(16),
  key: random.bytes(32),
  bytes: 150_000,
  root: random.bytes(32),
  sha256: random.bytes(32),
  name: 'cat.png',
  mime: 'image/png',
  caption: 'my cat',
  preview: { mime: 'image/png', width: 10, height: 20, picture: random.bytes(100) }
}

function changed (change: Partial<Manifest>): Uint8Array {
  return Manifest.encode({ ...Manifest.decode(encodeManifest(manifest)), ...change })
}

describe('files: the manifest', () => {
  it('says what it was told', () => {
    assert.deepEqual(parseManifest(encodeManifest(manifest)), manifest)
    const { preview, ...plain } = manifest
    assert.deepEqual(parseManifest(encodeManifest({ ...plain, caption: '', bytes: 0 })), { ...plain, caption: '', bytes: 0 })
    assert.ok(preview)
  })

  it('at its largest fits one message beside what a message says of itself', () => {
    const largest = encodeManifest({
      ...manifest,
      bytes: 2 ** 40,
      name: 'n'.repeat(255),
      mime: `${'m'.repeat(127)}/${'m'.repeat(127)}`,
      caption: 'c'.repeat(maxCaptionBytes),
      preview: { mime: `${'m'.repeat(127)}/${'m'.repeat(127)}`, width: 1024, height: 1024, picture: new Uint8Array(maxPreviewBytes) }
    })
    assert.ok(largest.byteLength <= maxManifestBytes && maxManifestBytes < maxUnpaddedBytes - 2000)
    assert.equal(parseManifest(largest).caption.length, maxCaptionBytes)
  })

  it('gives a name that may be used, and a type that is one', () => {
    const parsed = parseManifest(changed({ name: new TextEncoder().encode('../../etc/pass\u202ewd'), mime: 'x\u001b[2J' }))
    assert.equal(parsed.name, 'passwd')
    assert.equal(parsed.mime, 'application/octet-stream')
  })

  it('with impossible fields is refused', () => {
    const bad: Array<Partial<Manifest>> = [
      { fileId: new Uint8Array(15) }, { key: new Uint8Array(0) }, { root: new Uint8Array(31) }, { sha256: new Uint8Array(33) },
      { chunks: 2 }, { chunks: 0 }, { bytes: 2n ** 60n }, { bytes: 200_000n }, { name: Uint8Array.of(0xff) }, { caption: Uint8Array.of(0xc3) },
      { name: new Uint8Array(1025).fill(97) }, { caption: new Uint8Array(maxCaptionBytes + 1).fill(97) }, { mime: 'a'.repeat(256) },
      { preview: { mime: 'image/png', width: 0, height: 1, picture: new Uint8Array(1) } },
      { preview: { mime: 'image/png', width: 1, height: 100_000, picture: new Uint8Array(1) } },
      { preview: { mime: 'image/png', width: 1, height: 1, picture: new Uint8Array(0) } },
      { preview: { mime: 'image/png', width: 1, height: 1, picture: new Uint8Array(maxPreviewBytes + 1) } }
    ]
    for (const change of bad) throwsCode(() => parseManifest(changed(change)), 'ERR_INVALID_RECORD')
    throwsCode(() => parseManifest(new Uint8Array(maxManifestBytes + 1)), 'ERR_LIMIT')
    throwsCode(() => parseManifest(new Uint8Array(0)), 'ERR_INVALID_RECORD')
  })

  it('that was cut or changed anywhere gives one of our errors, or another manifest', () => {
    const encoded = encodeManifest(manifest)
    for (let length = 0; length < encoded.byteLength; length++) onlyOurErrors(() => parseManifest(encoded.subarray(0, length)))
    fc.assert(fc.property(fc.nat(encoded.byteLength * 8 - 1), (bit) => { onlyOurErrors(() => parseManifest(flipBit(encoded, bit))) }))
  })

  it('too large to be sent is refused with the limit by name', () => {
    assert.match(throwsCode(() => encodeManifest({ ...manifest, caption: 'é'.repeat(maxCaptionBytes) }), 'ERR_LIMIT').message, /maxCaptionBytes/)
    const preview = { mime: 'image/png', width: 10, height: 10, picture: new Uint8Array(maxPreviewBytes + 1) }
    assert.match(throwsCode(() => encodeManifest({ ...manifest, preview }), 'ERR_LIMIT').message, /maxPreviewBytes/)
  })
})
