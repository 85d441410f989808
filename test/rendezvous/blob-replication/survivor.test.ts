import assert from 'node:assert/strict'
import type { NewBlob } from '../../../src/rendezvous/blobs/index.js'
import type { ReplicaHave } from '../../../src/rendezvous/blob-replication/replica.js'
import { survivorOf, type Said } from '../../../src/rendezvous/blob-replication/survivor.js'
import { sealedFile } from '../blobs/sealed-file.js'

const { fileId } = sealedFile('the id', 2)
const [a, b, c] = ['a', 'b', 'c'].map((name): NewBlob => ({ ...sealedFile(name, 2).blob('mallory'), fileId })) as [NewBlob, NewBlob, NewBlob]
const three = { version: 1, peerIds: ['1', '2', '3'], write: 2, read: 2 }

function there (blob: NewBlob, kept = 0): ReplicaHave {
  return { outcome: 'there', copy: { blob, kept: Uint8Array.of(kept), pieces: Uint8Array.of(0), growing: false, changedAtMs: 0, expiresAtMs: 0 } }
}

function said (...answers: ReplicaHave[]): Said[] {
  return answers.map((answer, index) => ({ peerId: String(index + 1), answer }))
}

describe('of several files under one id', () => {
  it('the one that enough servers have stays', () => {
    assert.equal(survivorOf(said(there(b), there(a), there(b)), three, [three]), b)
    assert.equal(survivorOf(said({ outcome: 'unknown' }, there(a, 1), there(a)), three, [three]), a)
  })

  it('one of them stays where none is at enough, the same by whomever it is asked', () => {
    const survivor = survivorOf(said(there(a), there(b), there(c)), three, [three])
    assert.ok(survivor !== undefined)
    assert.equal(survivorOf(said(there(c), there(a), there(b)), three, [three]), survivor)
  })

  it('the one that has chunks stays', () => {
    for (const blob of [a, b, c]) {
      assert.equal(survivorOf(said(...[a, b, c].map((one) => there(one, one === blob ? 2 : 0))), three, [three]), blob)
    }
  })

  it('none goes while one may be on its way to more servers, or told as kept by those that do not answer', () => {
    for (const outcome of ['absent', 'unknown'] as const) assert.equal(survivorOf(said(there(a), there(b), { outcome }), three, [three]), undefined)
    const older = { ...three, peerIds: ['1', '4', '5'] }
    const two = { version: 2, peerIds: ['1', '2'], write: 2, read: 1 }
    assert.equal(survivorOf(said(there(a), there(b)), two, [two, older]), undefined)
    assert.ok(survivorOf([...said(there(a), there(b)), { peerId: '4', answer: { outcome: 'absent' } }], two, [two, older]) !== undefined)
  })
})
