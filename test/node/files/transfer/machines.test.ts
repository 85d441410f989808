import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Asking } from '../../../../src/node/files/transfer/asking.js'
import { decodeFrame, encodeFrame, type FetchMessage, type ServeMessage } from '../../../../src/node/files/transfer/messages.js'
import { Serving } from '../../../../src/node/files/transfer/serving.js'
import { maxFileFrameBytes, pageChunks } from '../../../../src/node/files/limits.js'
import { leavesPerPiece } from '../../../../src/crypto/file/index.js'
import { FileFrame } from '../../../../src/protocol/pb/file.js'
import { onlyOurErrors, throwsCode } from '../../support.js'

describe('files: frames', () => {
  const messages: Array<FetchMessage | ServeMessage> = [
    { type: 'open', fileId: new Uint8Array(16).fill(7) },
    { type: 'want', first: 0, count: 1, verified: 0 },
    { type: 'want', first: 4_294_967_294, count: 1, verified: 300 },
    { type: 'want-leaves', piece: 0 },
    { type: 'leaves', piece: 3, leaves: new Uint8Array(64).fill(1), path: new Uint8Array(0) },
    { type: 'paused', paused: true },
    { type: 'paused', paused: false },
    { type: 'end', reason: 'done' },
    { type: 'end', reason: 'ERR_CONFLICT' },
    { type: 'chunk', index: 4_294_967_294, sealed: new Uint8Array(500).fill(9) },
    { type: 'chunk', index: 0, sealed: new Uint8Array(0) }
  ]
  for (const message of messages) it(`say ${JSON.stringify(message).slice(0, 60)}`, () => { assert.deepEqual(decodeFrame(encodeFrame(message)), message) })

  it('fit into the limit, the largest as well', () => {
    assert.equal(encodeFrame({ type: 'chunk', index: 1, sealed: new Uint8Array(65_536 + 48) }).byteLength, maxFileFrameBytes)
    assert.ok(encodeFrame({ type: 'leaves', piece: 9, leaves: new Uint8Array(leavesPerPiece * 32), path: new Uint8Array(22 * 32) }).byteLength < maxFileFrameBytes)
  })

  it('with two meanings, or a file id that is none, are refused; of a later version, ignored', () => {
    const control = (bytes: Uint8Array): Uint8Array => Buffer.concat([Uint8Array.of(0), bytes])
    throwsCode(() => decodeFrame(control(FileFrame.encode({ paused: true, wantLeaves: { piece: 1 } }))), 'ERR_INVALID_FRAME')
    throwsCode(() => decodeFrame(control(FileFrame.encode({ open: { fileId: new Uint8Array(15) } }))), 'ERR_INVALID_FRAME')
    throwsCode(() => decodeFrame(Uint8Array.of(1, 0, 0, 0)), 'ERR_INVALID_FRAME')
    assert.deepEqual([Uint8Array.of(0), Uint8Array.of(2, 1, 2), control(Uint8Array.of(0x7a, 0))].map((frame) => decodeFrame(frame).type), ['unknown', 'unknown', 'unknown'])
    assert.deepEqual(decodeFrame(control(FileFrame.encode({ end: { reason: 'ERR_OF_TOMORROW' } }))), { type: 'end', reason: 'ERR_INTERNAL' })
  })

  it('of any bytes give a message or one of our errors', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (frame) => { onlyOurErrors(() => decodeFrame(frame)) }), { numRuns: 500 })
  })
})

describe('files: the serving side', () => {
  const want = (first: number, count: number, verified = 0): FetchMessage => ({ type: 'want', first, count, verified })
  const taken = (serving: Serving): number[] => {
    const out: number[] = []
    for (let range = serving.take(); range !== undefined; range = serving.take()) {
      assert.ok(range.count > 0 && range.count <= pageChunks)
      for (let index = range.first; index < range.first + range.count; index++) out.push(index)
    }
    return out
  }

  it('gives what was asked for, in that order', () => {
    const serving = new Serving(10)
    assert.deepEqual(taken(serving), [])
    assert.deepEqual(serving.receive(want(4, 2, 3)), [{ type: 'progress', chunks: 3 }])
    serving.receive(want(0, 1))
    assert.equal(serving.idle, false)
    assert.deepEqual(taken(serving), [4, 5, 0])
    assert.equal(serving.idle, true)
    serving.receive(want(0, 10))
    assert.deepEqual(taken(serving), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('reads what is wanted side by side in one go, a page at most', () => {
    const serving = new Serving(100)
    serving.receive(want(0, 4))
    serving.receive(want(4, 4))
    serving.receive(want(8, 1))
    serving.receive(want(20, 2))
    assert.deepEqual([serving.take(), serving.take(), serving.take(), serving.take()], [{ first: 0, count: 8 }, { first: 8, count: 1 }, { first: 20, count: 2 }, undefined])
    assert.equal(serving.idle, true)
  })

  it('holds back while it is paused, and says so only when that changes', () => {
    const serving = new Serving(10)
    serving.receive(want(0, 2))
    assert.equal(serving.pause(true), true)
    assert.equal(serving.pause(true), false)
    assert.deepEqual([taken(serving), serving.idle], [[], false])
    assert.equal(serving.pause(false), true)
    assert.deepEqual(taken(serving), [0, 1])
  })

  it('knows that the other side pauses, and how it ends', () => {
    const serving = new Serving(10)
    assert.deepEqual(serving.receive({ type: 'paused', paused: true }), [{ type: 'peer-paused', paused: true }])
    assert.equal(serving.idle, false)
    serving.receive(want(0, 2))
    assert.deepEqual(serving.receive({ type: 'end', reason: 'declined' }), [{ type: 'ended', reason: 'declined' }])
    assert.deepEqual([taken(serving), serving.ended, serving.pause(true), serving.receive(want(0, 1))], [[], true, false, []])
  })

  it('refuses what is not there, too much at once, and what its side does not get', () => {
    const bad: Array<FetchMessage | ServeMessage> = [
      want(10, 1), want(9, 2), want(0, 0), want(0, 1, 11), want(4_294_967_295, 4_294_967_295), { type: 'want-leaves', piece: 1 }, { type: 'open', fileId: new Uint8Array(16) },
      { type: 'chunk', index: 0, sealed: new Uint8Array(5) }, { type: 'leaves', piece: 0, leaves: new Uint8Array(0), path: new Uint8Array(0) }
    ]
    for (const message of bad) throwsCode(() => new Serving(10).receive(message), 'ERR_INVALID_FRAME')
    assert.deepEqual(new Serving(10).receive({ type: 'want-leaves', piece: 0 }), [{ type: 'send-leaves', piece: 0 }])
    assert.deepEqual(new Serving(10).receive({ type: 'unknown' }), [])
    const serving = new Serving(10, 5)
    serving.receive(want(0, 5))
    throwsCode(() => serving.receive(want(5, 1)), 'ERR_LIMIT')
    serving.take()
    serving.receive(want(5, 5))
  })
})

describe('files: the fetching side', () => {
  it('takes what it asked for, once, in any order', () => {
    const asking = new Asking()
    const chunk = (index: number): ServeMessage => ({ type: 'chunk', index, sealed: new Uint8Array(1) })
    asking.want({ first: 3, count: 3 })
    throwsCode(() => { asking.want({ first: 5, count: 1 }) }, 'ERR_INTERNAL')
    for (const index of [5, 3]) assert.deepEqual(asking.receive(chunk(index)), chunk(index))
    for (const index of [5, 3, 2, 6]) throwsCode(() => asking.receive(chunk(index)), 'ERR_INVALID_FRAME')
    asking.want({ first: 5, count: 1 })
    assert.deepEqual(asking.receive(chunk(5)), chunk(5))
  })

  it('takes the leaf hashes it asked for, once', () => {
    const asking = new Asking()
    const leaves: ServeMessage = { type: 'leaves', piece: 2, leaves: new Uint8Array(32), path: new Uint8Array(64) }
    throwsCode(() => asking.receive(leaves), 'ERR_INVALID_FRAME')
    asking.wantLeaves(2)
    assert.deepEqual(asking.receive(leaves), { type: 'leaves', piece: 2, leaves: { leaves: leaves.leaves, path: leaves.path } })
    throwsCode(() => asking.receive(leaves), 'ERR_INVALID_FRAME')
  })

  it('says in its own words why the other side ended', () => {
    const end = (reason: 'ERR_CONFLICT' | 'ERR_OVERLOADED' | 'ERR_INVALID_RECORD'): string => {
      const effect = new Asking().receive({ type: 'end', reason })
      return effect?.type === 'ended' ? `${effect.error.code}: ${effect.error.message}` : ''
    }
    assert.match(end('ERR_CONFLICT'), /^ERR_CONFLICT: file changed: /)
    assert.match(end('ERR_OVERLOADED'), /^ERR_OVERLOADED: .* too much to do/)
    assert.match(end('ERR_INVALID_RECORD'), /^ERR_CLOSED: .*ERR_INVALID_RECORD/, 'that it lied is not its own to say')
    for (const reason of ['done', 'declined'] as const) throwsCode(() => { throw endedBy(reason) }, 'ERR_INVALID_FRAME')
    assert.deepEqual(new Asking().receive({ type: 'paused', paused: true }), { type: 'held', held: true })
    for (const message of [{ type: 'open', fileId: new Uint8Array(16) }, { type: 'want', first: 0, count: 1, verified: 0 }, { type: 'want-leaves', piece: 0 }] as const) {
      throwsCode(() => new Asking().receive(message), 'ERR_INVALID_FRAME')
    }
  })
})

function endedBy (reason: 'done' | 'declined'): Error {
  const effect = new Asking().receive({ type: 'end', reason })
  assert.equal(effect?.type, 'ended')
  return effect?.type === 'ended' ? effect.error : new Error('it did not end')
}
