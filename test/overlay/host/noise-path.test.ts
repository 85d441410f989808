import assert from 'node:assert/strict'
import { randomFillSync } from 'node:crypto'
import { noise } from '@chainsafe/libp2p-noise'
import type { Stream } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import fc from 'fast-check'
import { createLibp2p, type Libp2p } from 'libp2p'
import { Uint8ArrayList } from 'uint8arraylist'
import { corkedNoise } from '../../../src/overlay/host/corked.js'
import { encryptMessages, NoiseDecoder, shortenPath } from '../../../src/overlay/host/noise-path.js'

function noiseBytes (length: number): Uint8Array {
  return randomFillSync(new Uint8Array(length))
}

/** Cut at these places. */
function cut (bytes: Uint8Array, lengths: number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0, n = 0; at < bytes.byteLength; n++) {
    const length = Math.max(1, lengths[n % Math.max(1, lengths.length)] ?? 1000)
    pieces.push(bytes.subarray(at, at + length))
    at += length
  }
  return pieces
}

/** A node whose connections go through this encrypter. */
async function nodeOf (encrypter: ReturnType<typeof corkedNoise>): Promise<Libp2p> {
  return await createLibp2p({ addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] }, transports: [tcp()], connectionEncrypters: [encrypter], streamMuxers: [yamux()] })
}

/** As corkedNoise, and tells what it made of a connection. */
function watched (told: (connection: object) => void): ReturnType<typeof corkedNoise> {
  return (components) => {
    const encrypter = corkedNoise()(components)
    const { secureOutbound } = encrypter
    encrypter.secureOutbound = async (...args) => {
      const secured = await secureOutbound.apply(encrypter, args)
      told(secured.connection)
      return secured
    }
    return encrypter
  }
}

async function received (stream: Stream, length: number): Promise<Uint8Array> {
  const got = new Uint8ArrayList()
  await new Promise<void>((resolve) => {
    stream.addEventListener('message', ({ data }) => {
      got.append(data)
      if (got.byteLength >= length) resolve()
    })
  })
  return got.subarray()
}

/** As many as there are: their number is no number of arguments. */
function listOf (pieces: Uint8Array[]): Uint8ArrayList {
  const list = new Uint8ArrayList()
  for (const piece of pieces) list.append(piece)
  return list
}

describe('the short path through Noise', () => {
  it('cuts messages out of pieces of any size', () => {
    const message = fc.oneof(fc.nat(40), fc.integer({ min: 4_000, max: 5_000 }), fc.constantFrom(65_535, 65_519))
    fc.assert(fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 70_000 }), { maxLength: 8 }), fc.boolean(), (lengths, cuts, lists) => {
      const messages = lengths.map((length) => noiseBytes(length))
      const whole = Buffer.concat(messages.flatMap((bytes) => [Uint8Array.of(bytes.byteLength >> 8, bytes.byteLength & 255), bytes]))
      const decoder = new NoiseDecoder()
      const got: Uint8Array[] = []
      const pieces = cut(whole, cuts)
      // Copied at once: a message is looked at before the next one is taken.
      for (const piece of lists ? [listOf(pieces)] : pieces) {
        const read = piece instanceof Uint8Array ? Uint8Array.from(piece) : piece
        for (const one of decoder.decode(read)) got.push(one.slice())
        if (read instanceof Uint8Array) read.fill(0)
      }
      assert.deepEqual(got.map((one) => Buffer.from(one)), messages.filter(({ byteLength }) => byteLength > 0).map((one) => Buffer.from(one)))
    }), { numRuns: 60, examples: [[[65_535], [1], true]] })
  })

  it('gives small messages memory of their own: those are decrypted where they lie', () => {
    const decoder = new NoiseDecoder()
    const [first, second] = [Buffer.from([0, 2, 1]), Buffer.from([2, 0, 2, 3, 4, 0, 1])]
    const all = [...decoder.decode(new Uint8ArrayList(first, second))]
    // What was read lies in memory that is used again.
    for (const read of [first, second]) read.fill(9)
    all.push(...decoder.decode(Buffer.from([5])))
    assert.deepEqual(all.map((one) => [...one]), [[1, 2], [3, 4], [5]])
  })

  it('makes messages of at most 65,535 bytes, whatever the pieces', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 140_000 }), { minLength: 1, maxLength: 5 }), (lengths) => {
      const pieces = lengths.map((length) => noiseBytes(length))
      const plaintexts: Uint8Array[] = []
      const out = encryptMessages((plaintext) => {
        plaintexts.push(plaintext.slice())
        return new Uint8ArrayList(plaintext.slice(), new Uint8Array(16))
      }, new Uint8ArrayList(...pieces))
      assert.ok(Buffer.concat(plaintexts).equals(Buffer.concat(pieces)))
      const messages = [...new NoiseDecoder().decode(out)]
      assert.deepEqual(messages.map(({ byteLength }) => byteLength - 16), plaintexts.map(({ byteLength }) => byteLength))
      assert.ok(plaintexts.every(({ byteLength }, n) => n === plaintexts.length - 1 ? byteLength <= 65_519 : byteLength === 65_519))
    }), { numRuns: 40 })
  })

  it('is taken by the connections of the library as it is, and understood by one without it, both ways', async () => {
    let connection: object = {}
    const [here, there] = [await nodeOf(watched((secured) => { connection = secured })), await nodeOf(noise())]
    try {
      const accepted = new Promise<Stream>((resolve) => { void there.handle('/test/1', resolve) })
      const out = await here.dialProtocol(there.getMultiaddrs(), '/test/1')
      assert.ok('decoder' in connection && connection.decoder instanceof NoiseDecoder, 'the library is another one: the path must be looked at again')
      for (const [from, to] of [[out, await accepted], [await accepted, out]] as const) {
        const bytes = noiseBytes(300_007)
        const got = received(to, bytes.byteLength)
        for (const piece of [bytes.subarray(0, 5), bytes.subarray(5, 100_000), new Uint8ArrayList(bytes.subarray(100_000, 100_010), bytes.subarray(100_010))]) from.send(piece)
        assert.ok(Buffer.from(await got).equals(bytes))
      }
    } finally {
      await Promise.all([here.stop(), there.stop()])
    }
  })

  it('leaves alone what it does not know', () => {
    for (const strange of [{}, { decoder: {}, encrypt: 1, handshake: {} }, { decoder: { buffer: { byteLength: 1 } }, encrypt: 1, handshake: { encrypt: () => new Uint8Array(0) } }]) {
      const before = { ...strange }
      shortenPath(strange)
      assert.deepEqual(strange, before)
    }
  })
})
