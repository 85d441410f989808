import assert from 'node:assert/strict'
import { SharedDials } from '../../../src/overlay/channel/shared-dials.js'
import { isP2pChatError } from '../../../src/errors.js'
import { settle } from '../../helpers/fake-clock.js'

interface Attempt {
  addresses: string[]
  signal: AbortSignal
  resolve: (value: string) => void
  reject: (error: Error) => void
}

describe('shared dials', () => {
  let dials: SharedDials<string>
  let attempts: Attempt[]
  const never = new AbortController().signal

  beforeEach(() => {
    dials = new SharedDials()
    attempts = []
  })

  const dial = async (addresses: string[], signal = never, key = 'peer'): Promise<string> => await dials.dial(key, addresses, async (given, dialSignal) =>
    await new Promise<string>((resolve, reject) => {
      attempts.push({ addresses: given, signal: dialSignal, resolve, reject })
      dialSignal.addEventListener('abort', () => { reject(dialSignal.reason) })
    }), signal)

  it('are one for the same peer, several for several', async () => {
    const all = Promise.all([dial(['1']), dial(['1']), dial(['2'], never, 'other')])
    assert.equal(attempts.length, 2)
    attempts[0]?.resolve('a')
    attempts[1]?.resolve('b')
    assert.deepEqual(await all, ['a', 'a', 'b'])
    const again = dial(['1'])
    assert.equal(attempts.length, 3)
    attempts[2]?.resolve('c')
    assert.equal(await again, 'c')
    assert.equal(attempts[0]?.signal.aborted, false, 'a dial that succeeded is not aborted afterwards')
  })

  it('go on until nobody waits any more', async () => {
    const first = new AbortController()
    const second = new AbortController()
    const one = dial(['1'], first.signal)
    const two = dial(['1'], second.signal)
    first.abort()
    await assert.rejects(one, (error) => isP2pChatError(error, 'ERR_ABORTED'))
    assert.equal(attempts[0]?.signal.aborted, false)
    second.abort()
    await assert.rejects(two, (error) => isP2pChatError(error, 'ERR_ABORTED'))
    assert.equal(attempts[0]?.signal.aborted, true)
    const three = dial(['1'])
    assert.equal(attempts.length, 2)
    attempts[1]?.resolve('new')
    assert.equal(await three, 'new')
  })

  it('try the addresses that only a later caller knew', async () => {
    const one = dial(['1'])
    const two = dial(['1', '2'])
    const three = dial(['1'])
    const outcomes = Promise.allSettled([one, three])
    attempts[0]?.reject(new Error('refused'))
    await settle()
    assert.deepEqual(attempts.map(({ addresses }) => addresses), [['1'], ['2']])
    attempts[1]?.resolve('second')
    assert.equal(await two, 'second')
    assert.deepEqual((await outcomes).map(({ status }) => status), ['rejected', 'rejected'])
  })

  it('all end when they are told to', async () => {
    const one = dial(['1'])
    dials.abortAll(new Error('stopping'))
    await assert.rejects(one, /stopping/)
  })
})
