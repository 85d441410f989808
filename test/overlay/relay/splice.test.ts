import assert from 'node:assert/strict'
import { splice, type SpliceInit } from '../../../src/overlay/relay/splice.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { streamPair, type MemoryStream } from '../../helpers/stream-pair.js'

/** What a side has been given, and how it ended. */
class Side {
  readonly got: number[] = []
  ended: 'no' | 'well' | Error = 'no'

  constructor (readonly stream: MemoryStream) {
    stream.read({
      onBytes: (bytes) => { for (const byte of bytes) this.got.push(byte) },
      onEnd: (error) => { this.ended = error ?? 'well' }
    })
  }
}

const turns = async (): Promise<void> => { for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => { setImmediate(resolve) }) }

describe('a circuit', () => {
  function circuit (init: Partial<SpliceInit> = {}): { clock: FakeClock, left: Side, right: Side, over: Promise<void>, end: () => void, relayed: MemoryStream[] } {
    const clock = new FakeClock()
    const [a, b] = [streamPair(), streamPair()]
    const controller = new AbortController()
    const [left, right] = [new Side(a.ends[0]), new Side(b.ends[1])]
    const over = splice(a.ends[1], b.ends[0], { clock, maxBytes: 1000, pace: () => 0, signal: controller.signal, ...init })
    return { clock, left, right, over, end: () => { controller.abort() }, relayed: [a.ends[1], b.ends[0]] }
  }

  it('gives each side what the other one sends, and each end', async () => {
    const { left, right, over } = circuit()
    left.stream.send(Uint8Array.of(1, 2))
    left.stream.send(Uint8Array.of(3))
    right.stream.send(Uint8Array.of(9))
    await turns()
    assert.deepEqual([left.got, right.got], [[9], [1, 2, 3]])
    await left.stream.close()
    await turns()
    assert.equal(right.ended, 'well')
    right.stream.send(Uint8Array.of(8))
    await turns()
    assert.deepEqual(left.got, [9, 8])
    await right.stream.close()
    await over
    assert.equal(left.ended, 'well')
  })

  it('breaks on both sides when one does', async () => {
    const { left, right, over } = circuit()
    left.stream.abort(new Error('gone'))
    await over
    await turns()
    assert.ok(right.ended instanceof Error)
  })

  it('is ended at its limit of bytes, whichever way they went', async () => {
    const { left, right, over } = circuit({ maxBytes: 10 })
    left.stream.send(new Uint8Array(6))
    right.stream.send(new Uint8Array(4))
    await turns()
    assert.equal(right.got.length, 6)
    left.stream.send(new Uint8Array(1))
    await over
    await turns()
    assert.ok(left.ended instanceof Error && right.ended instanceof Error)
  })

  it('is ended from outside', async () => {
    const { left, right, over, end } = circuit()
    end()
    await over
    await turns()
    assert.ok(left.ended instanceof Error && right.ended instanceof Error)
  })

  it('reads no more from one side than the other one takes', async () => {
    const { left, right, relayed } = circuit({ maxBytes: 100_000_000 })
    right.stream.pause()
    let sent = 0
    while (sent < 2000 && left.stream.send(new Uint8Array(10_000).fill(sent))) {
      sent++
      await turns()
    }
    assert.ok(sent < 2000, 'the sender was never held back')
    assert.ok((relayed[1]?.other?.unreadBytes ?? 0) + (relayed[0]?.unreadBytes ?? 0) <= (sent + 1) * 10_000)
    right.stream.resume()
    while (right.got.length < (sent + 1) * 10_000) await turns()
    assert.equal(right.got.length, (sent + 1) * 10_000)
  })

  it('waits as long as its pace says, and loses nothing', async () => {
    const waits = [1000, 0, 0]
    const { clock, left, right } = circuit({ pace: () => waits.shift() ?? 0 })
    left.stream.send(Uint8Array.of(1))
    await turns()
    left.stream.send(Uint8Array.of(2))
    await turns()
    assert.deepEqual(right.got, [1])
    await clock.advance(1000)
    await turns()
    assert.deepEqual(right.got, [1, 2])
  })
})
