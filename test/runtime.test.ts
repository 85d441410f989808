import assert from 'node:assert/strict'
import { getEventListeners, once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { P2pChatError } from '../src/errors.js'
import { deadline, eitherSignal, sleep, systemClock } from '../src/runtime.js'
import { FakeClock } from './helpers/fake-clock.js'

/** As a long computation does: nothing else runs. */
function block (ms: number): void {
  const untilMs = performance.now() + ms
  while (performance.now() < untilMs);
}

describe('runtime', () => {
  it('joins signals: aborts as the first of them does, and leaves nothing behind in those that live longer', () => {
    const [life, call] = [new AbortController(), new AbortController()]
    const left = (): number[] => [life, call].map(({ signal }) => getEventListeners(signal, 'abort').length)
    const cleared = eitherSignal(life.signal, call.signal)
    assert.deepEqual(left(), [1, 1])
    cleared.clear()
    assert.deepEqual(left(), [0, 0])
    const joined = eitherSignal(life.signal, call.signal)
    call.abort(new Error('enough'))
    assert.deepEqual([joined.signal.aborted, joined.signal.reason, cleared.signal.aborted, left()], [true, call.signal.reason, false, [0, 0]])
    assert.equal(eitherSignal(life.signal, call.signal).signal.reason, call.signal.reason)
  })

  it('gives what arrived while the process was busy its turn before what waited for it too long', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const accepted = once(server, 'connection') as Promise<[Socket]>
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
    const [there] = await accepted
    const order: string[] = []
    const data = once(there.on('data', () => { order.push('answer') }), 'data')
    const timer = new Promise<void>((resolve) => { systemClock.schedule(20, () => { order.push('timeout'); resolve() }) })
    client.write('x')
    block(150)
    await Promise.all([data, timer])
    client.destroy()
    server.close()
    assert.deepEqual(order, ['answer', 'timeout'])
  })

  it('does not run a late timer that was cancelled by what had its turn before', async () => {
    let ran = false
    const timer = systemClock.schedule(1, () => { ran = true })
    const next = new Promise<void>((resolve) => { setTimeout(() => { timer.cancel(); resolve() }, 2) })
    block(100)
    await next
    await new Promise((resolve) => { setImmediate(resolve) })
    assert.equal(ran, false)
  })

  it('does not take a time that no timer can hold for none', async () => {
    const timers = [2 ** 31, Infinity].map((delayMs) => systemClock.schedule(delayMs, () => { assert.fail('it ran') }))
    await new Promise<void>((resolve) => { systemClock.schedule(20, resolve) })
    for (const timer of timers) timer.cancel()
  })

  it('ends an exchange with what happens first', async () => {
    const clock = new FakeClock()
    const late = deadline(clock, 100)
    const parent = new AbortController()
    const stopped = deadline(clock, 100, parent.signal)
    const done = deadline(clock, 100, parent.signal)
    done.clear()
    parent.abort(new P2pChatError('ERR_CLOSED', 'Gone.'))
    await clock.advance(100)
    assert.equal((late.signal.reason as P2pChatError).code, 'ERR_TIMEOUT')
    assert.equal((stopped.signal.reason as P2pChatError).code, 'ERR_CLOSED')
    assert.equal(done.signal.aborted, false)
    assert.equal(clock.pending, 0)
    await assert.rejects(sleep(clock, 100, parent.signal), { code: 'ERR_CLOSED' })
  })
})
