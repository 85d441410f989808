import assert from 'node:assert/strict'
import type { Connection } from '@libp2p/interface'
import { Gate } from '../../../src/overlay/host/gate.js'
import type { Host } from '../../../src/overlay/host/options.js'
import { maxRenewalMs } from '../../../src/overlay/relay/limits.js'
import { RelayClient } from '../../../src/overlay/relay/relay-client.js'
import type { Reserved } from '../../../src/overlay/relay/reserve.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'

const { signal } = new AbortController()

describe('a slot at a relay', () => {
  let clock: FakeClock
  let client: RelayClient
  let lost: string[]
  /** Requests to the relay that it has not answered. */
  let asked: Array<{ grant: () => void, refuse: () => void }>

  beforeEach(() => {
    clock = new FakeClock()
    lost = []
    asked = []
    client = new RelayClient({ clock, logger: silentLogger, gate: new Gate() })
    const connection = { status: 'open' } as unknown as Connection
    client.attach({
      host: { addEventListener: () => {} } as unknown as Host,
      reserve: async () => await new Promise<Reserved>((resolve, reject) => {
        asked.push({ grant: () => { resolve({ connection, addresses: [], expiresAtMs: clock.now() + 10 * maxRenewalMs }) }, refuse: () => { reject(new Error('The relay is full.')) } })
      })
    })
    client.onLost((peerId) => { lost.push(peerId) })
  })

  async function reserve (): Promise<void> {
    const reserved = client.reserve('relay', signal)
    asked.pop()?.grant()
    await reserved
  }

  it('is renewed again and again', async () => {
    await reserve()
    for (let time = 0; time < 3; time++) {
      await clock.advance(maxRenewalMs)
      asked.pop()?.grant()
      await settle()
      assert.deepEqual([client.has('relay'), clock.pending, lost], [true, 1, []])
    }
    await clock.advance(maxRenewalMs)
    asked.pop()?.refuse()
    await settle()
    assert.deepEqual([client.has('relay'), clock.pending, lost], [false, 0, ['relay']])
  })

  for (const answer of ['grant', 'refuse'] as const) {
    it(`stays released when it was while it was renewed (${answer})`, async () => {
      await reserve()
      await clock.advance(maxRenewalMs)
      client.release('relay')
      asked.pop()?.[answer]()
      await settle()
      assert.deepEqual([client.has('relay'), clock.pending, lost], [false, 0, []])
    })
  }
})
