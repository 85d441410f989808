import assert from 'node:assert/strict'
import { Listening, retryMs } from '../../../src/cli/shell/listening.js'
import { P2pChatError } from '../../../src/errors.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { FakeChatNode } from '../helpers/fake-chat-node.js'
import { messageEvent } from '../helpers/samples.js'

describe('cli: the events of a shell', () => {
  const clock = new FakeClock()
  let node: FakeChatNode
  let taken: string[]
  let failed: unknown[]
  let listening: Listening
  /** How often asking for events fails, before they come. */
  let failing: number
  let failure: P2pChatError

  beforeEach(() => {
    node = new FakeChatNode()
    const events = node.events.bind(node)
    node.events = async function * (request, signal) {
      if (failing-- > 0) throw failure
      yield * events(request, signal)
    }
    failure = new P2pChatError('ERR_STORE_LOCKED', 'Locked.')
    taken = []
    failed = []
    listening = new Listening({ node, clock, signal: new AbortController().signal, take: async (event) => { if (event.event === 'message') taken.push(event.text) }, fail: (error) => { failed.push(error) } })
  })

  it('go on without a word when somebody signs out and in again from elsewhere', async () => {
    failing = 2
    failure = new P2pChatError('ERR_NOT_SIGNED_IN', 'Not signed in.')
    node.emit(messageEvent({ cursor: 'c1', text: 'one' }))
    listening.start()
    await clock.advance(2 * retryMs)
    assert.deepEqual([taken, failed], [['one'], []])
    await listening.stop()
  })

  it('are asked for again when they end with an error, which is told once', async () => {
    failing = 3
    node.emit(messageEvent({ cursor: 'c1', text: 'one' }))
    listening.start()
    await settle()
    assert.deepEqual([taken, failed.length], [[], 1])
    await clock.advance(3 * retryMs)
    assert.deepEqual([taken, failed.length], [['one'], 1])
    assert.equal(node.acknowledged, 'c1')
    await listening.stop()
  })

  it('go on behind what was shown, when the home cannot note that: it would be shown again and again', async () => {
    const asked: unknown[] = []
    node.acknowledgeEvents = async () => { throw new P2pChatError('ERR_STORE_IO', 'Full.') }
    node.events = async function * ({ after } = {}) {
      asked.push(after)
      if (after === undefined) yield messageEvent({ cursor: 'c1', text: 'one' })
      yield { event: 'error', code: 'ERR_STORE_IO', message: 'Full.' }
      throw new P2pChatError('ERR_STORE_IO', 'Full.')
    }
    listening.start()
    await settle()
    await clock.advance(3 * retryMs)
    assert.deepEqual([asked, taken, failed.length], [[undefined, 'c1', 'c1', 'c1'], ['one'], 1])
    await listening.stop()
  })

  it('are not asked for again by a shell that has stopped to listen', async () => {
    failing = Infinity
    listening.start()
    await settle()
    await listening.stop()
    assert.equal(clock.pending, 0)
  })
})
