import assert from 'node:assert/strict'
import { openWindowByHalves } from '../../../src/overlay/host/stream.js'

/** As much of a yamux stream as is looked at. */
class FakeYamux {
  recvWindow = 1000
  recvWindowCapacity = 1000
  told = 0
  constructor (public state: number) {}
  sendWindowUpdate (): void {
    this.told++
    this.recvWindowCapacity = this.recvWindow
  }

  take (bytes: number): void {
    this.recvWindowCapacity -= bytes
    this.sendWindowUpdate()
  }
}

describe('the window of a stream', () => {
  it('is opened again when half of it is used up, not after every frame', () => {
    for (const state of [3, 5]) {
      const stream = new FakeYamux(state)
      openWindowByHalves(stream)
      for (let n = 0; n < 20; n++) stream.take(100)
      assert.equal(stream.told, 4)
      assert.ok(stream.recvWindowCapacity > 500, 'the other side can always go on')
    }
  })

  it('is told in any case while the stream is being opened', () => {
    for (const state of [0, 1, 2]) {
      const stream = new FakeYamux(state)
      openWindowByHalves(stream)
      stream.sendWindowUpdate()
      assert.equal(stream.told, 1)
    }
  })

  it('is left alone where a stream is another one', () => {
    const strange = { sendWindowUpdate: () => {} }
    const { sendWindowUpdate } = strange
    openWindowByHalves(strange)
    assert.equal(strange.sendWindowUpdate, sendWindowUpdate)
  })
})
