import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import { decode } from '../../../src/protocol/codec.js'
import { maxFrameBytes } from '../../../src/protocol/limits.js'
import { DeliverRequest } from '../../../src/protocol/pb/service.js'
import { Attachments } from '../../../src/rendezvous/directory/index.js'
import { maxForwardedReceiptBytes, maxForwardedReceipts, receiptForwardPauseMs, receiptGatherMs } from '../../../src/rendezvous/limits.js'
import { ReceiptForwarder } from '../../../src/rendezvous/mail/index.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { stubChannel, type StubChannel } from '../helpers/stub-channel.js'

describe('ReceiptForwarder', () => {
  const device = new Uint8Array(32).fill(1)
  let clock: FakeClock
  let attachments: Attachments
  let forwarder: ReceiptForwarder
  let channel: StubChannel
  /** The first byte of each receipt, by request. */
  let requests: number[][]
  let answer: () => Promise<Uint8Array>

  beforeEach(() => {
    clock = new FakeClock()
    attachments = new Attachments()
    forwarder = new ReceiptForwarder({ attachments, clock, logger: silentLogger })
    requests = []
    answer = async () => new Uint8Array(0)
    channel = stubChannel()
    channel.request = async (method, body) => {
      assert.equal(method, 'mailbox/receipts')
      requests.push(decode(DeliverRequest, body, maxFrameBytes, '').envelopes.map(([first = 0]) => first))
      return await answer()
    }
    attachments.attach({ channel, username: 'alice', deviceKey: device, locator: undefined, attachedAtMs: clock.now() })
  })

  const forward = async (n: number, bytes = 1): Promise<boolean> => await forwarder.forward(device, new Uint8Array(bytes).fill(n))

  it('hands the first over at once, and together what comes soon after it', async () => {
    assert.equal(await forward(1), true)
    const others = [forward(2), forward(3)]
    await settle()
    assert.deepEqual(requests, [[1]])
    await clock.advance(receiptGatherMs)
    assert.deepEqual(await Promise.all(others), [true, true])
    assert.deepEqual(requests, [[1], [2, 3]])
  })

  it('says that it has arrived only when the device has said so', async () => {
    let taken = (): void => {}
    answer = async () => await new Promise((resolve) => { taken = () => { resolve(new Uint8Array(0)) } })
    let told: boolean | undefined
    const forwarding = forward(1).then((outcome) => { told = outcome })
    await settle()
    assert.equal(told, undefined)
    taken()
    await forwarding
    assert.equal(told, true)
  })

  it('leaves what a device that is not here is to get', async () => {
    assert.equal(await forwarder.forward(new Uint8Array(32).fill(9), Uint8Array.of(1)), false)
    channel.end()
    assert.equal(await forward(1), false)
    assert.deepEqual(requests, [])
  })

  it('leaves a device alone for a while that did not take any', async () => {
    answer = async () => { throw new P2pChatError('ERR_TIMEOUT', 'No answer.') }
    assert.deepEqual(await Promise.all([forward(1), forward(2)]), [false, false])
    assert.equal(await forward(3), false)
    assert.deepEqual(requests, [[1, 2]])
    answer = async () => new Uint8Array(0)
    clock.jump(-24 * 60 * 60 * 1_000)
    await clock.advance(receiptForwardPauseMs)
    assert.equal(await forward(4), true)
  })

  it('asks a device of an older version once', async () => {
    answer = async () => { throw new P2pChatError('ERR_UNSUPPORTED', 'Not known.') }
    assert.equal(await forward(1), false)
    await clock.advance(100 * receiptForwardPauseMs)
    assert.equal(await forward(2), false)
    assert.deepEqual(requests, [[1]])
  })

  it('holds no more than its limits for a device that is slow', async () => {
    answer = async () => await new Promise(() => {})
    void forward(1)
    await settle()
    for (let i = 0; i < maxForwardedReceipts; i++) void forward(2)
    assert.equal(await forward(3), false)
    const other = stubChannel('another peer')
    other.request = async () => await new Promise(() => {})
    const deviceKey = new Uint8Array(32).fill(2)
    attachments.attach({ channel: other, username: 'bob', deviceKey, locator: undefined, attachedAtMs: clock.now() })
    void forwarder.forward(deviceKey, new Uint8Array(maxForwardedReceiptBytes))
    assert.equal(await forwarder.forward(deviceKey, Uint8Array.of(1)), false)
  })
})
