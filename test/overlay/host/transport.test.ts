import assert from 'node:assert/strict'
import type { Connection } from '@libp2p/interface'
import { isP2pChatError, P2pChatError, type ErrorCode } from '../../../src/errors.js'
import type { Dialer } from '../../../src/overlay/host/dial.js'
import { existingConnectionTimeoutMs } from '../../../src/overlay/host/limits.js'
import type { Host } from '../../../src/overlay/host/options.js'
import { Libp2pTransport } from '../../../src/overlay/host/transport.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'

const rejects = async (promise: Promise<unknown>, code: ErrorCode): Promise<void> => {
  await assert.rejects(promise, (error) => isP2pChatError(error, code) || assert.fail(`expected ${code}, got ${String(error)}`))
}
const peer = { peerId: 'them', addresses: [] }

/** A connection on which streams open when, and only when, the test says so. */
class FakeConnection {
  readonly remoteAddr = { toString: () => '/memory/1' }
  readonly remotePeer = { toString: () => 'them' }
  readonly timeline
  /** Beneath it: says 'message' for whatever comes. */
  readonly maConn = new EventTarget()
  status: 'open' | 'closed' = 'open'
  answer = (): void => {}
  refuse: (error: Error) => void = () => {}

  constructor (setupMs = 0) {
    this.timeline = { open: 1, upgraded: 1 + setupMs }
  }

  async newStream (_: string, { signal }: { signal: AbortSignal }): Promise<object> {
    return await new Promise((resolve, reject) => {
      this.answer = () => { resolve({ addEventListener: () => {} }) }
      this.refuse = reject
      signal.addEventListener('abort', () => { reject(new Error('aborted')) })
    })
  }

  somethingComes (): void {
    this.maConn.dispatchEvent(new Event('message'))
  }

  abort (): void {
    this.status = 'closed'
  }
}

describe('a stream over a connection that is there', () => {
  let clock: FakeClock
  let connection: FakeConnection
  let transport: Libp2pTransport
  let dialled: number
  let controller: AbortController
  let opening: Promise<unknown>

  async function open (setupMs?: number): Promise<void> {
    clock = new FakeClock()
    connection = new FakeConnection(setupMs)
    dialled = 0
    controller = new AbortController()
    const dialer = {
      connectionsTo: () => [connection as unknown as Connection],
      dial: async () => {
        dialled++
        throw new P2pChatError('ERR_UNREACHABLE', 'Nobody is there.')
      }
    }
    transport = new Libp2pTransport({
      peerId: 'me',
      createHost: async () => ({ host: { start: async () => {} } as unknown as Host, dialer: dialer as unknown as Dialer }),
      listen: [],
      clock,
      onHost: async () => {},
      onStop: () => {}
    })
    await transport.start()
    opening = transport.open(peer, '/test/1', controller.signal)
    opening.catch(() => {})
  }

  const end = async (code: ErrorCode, { isKept, isDialled }: { isKept: boolean, isDialled: boolean }): Promise<void> => {
    await rejects(opening, code)
    assert.deepEqual([connection.status === 'open', dialled], [isKept, isDialled ? 1 : 0])
    assert.equal(clock.pending, 0)
  }

  it('is waited for as long as anything comes over it', async () => {
    await open()
    for (let time = 0; time < 5; time++) {
      await clock.advance(existingConnectionTimeoutMs - 1)
      connection.somethingComes()
    }
    connection.answer()
    await opening
    assert.deepEqual([connection.status, dialled, clock.pending], ['open', 0, 0])
  })

  it('is not waited for when nothing comes: another connection is made', async () => {
    await open()
    await clock.advance(500)
    connection.somethingComes()
    await clock.advance(existingConnectionTimeoutMs - 1)
    assert.equal(connection.status, 'open')
    await clock.advance(1)
    await end('ERR_UNREACHABLE', { isKept: false, isDialled: true })
  })

  it('leaves it to the others on it when nobody waits any more', async () => {
    for (const waitedMs of [0, existingConnectionTimeoutMs - 1]) {
      await open()
      await clock.advance(waitedMs)
      controller.abort()
      await end('ERR_ABORTED', { isKept: true, isDialled: false })
    }
    await open(5000)
    await clock.advance(4000)
    controller.abort()
    await end('ERR_ABORTED', { isKept: true, isDialled: false })
  })

  it('leaves it to the others when it is refused, whatever the reason', async () => {
    for (const [name, code] of [['TooManyOutboundProtocolStreamsError', 'ERR_UNREACHABLE'], ['UnsupportedProtocolError', 'ERR_UNSUPPORTED']] as const) {
      await open()
      connection.refuse(Object.assign(new Error('no'), { name }))
      await end(code, { isKept: true, isDialled: false })
    }
  })

  it('is sought on a new one when that one has ended, or comes to its end', async () => {
    await open()
    connection.status = 'closed'
    connection.refuse(new Error('gone'))
    await end('ERR_UNREACHABLE', { isKept: false, isDialled: true })
    await open()
    connection.refuse(Object.assign(new Error('closing'), { name: 'ConnectionClosedError' }))
    await end('ERR_UNREACHABLE', { isKept: true, isDialled: true })
  })

  it('takes it for dead when it was silent for all the time that the caller had, though it was slow before', async () => {
    for (const [comes, isKept] of [[false, false], [true, true]] as const) {
      await open(60_000)
      await clock.advance(4500)
      if (comes) connection.somethingComes()
      await clock.advance(500)
      controller.abort(new P2pChatError('ERR_TIMEOUT', 'No answer.'))
      await settle()
      await end('ERR_TIMEOUT', { isKept, isDialled: false })
    }
  })
})
