import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import type { ServerHandler } from '../../../src/rendezvous/links/index.js'
import { goByTimeOfOthers, timeHandlers } from '../../../src/rendezvous/member/pool-time.js'

const nothing = new Uint8Array(0)

describe('the time of the other servers', () => {
  const answers: Record<string, ServerHandler> = {
    right: async () => await timeHandlers({ toldMs: () => 1_700_000_000_000 })['time/steady']!('asker', nothing),
    malformed: async () => Uint8Array.of(255),
    silent: async () => { throw new P2pChatError('ERR_TIMEOUT', 'No answer.') }
  }
  const ask = async (isBehind: boolean): Promise<unknown> => {
    let heard: unknown
    const stepTo = async (told: readonly number[], servers: number): Promise<boolean> => {
      heard = { told, servers }
      return true
    }
    const isStepped = await goByTimeOfOthers({ isBehind, stepTo }, {
      others: () => Object.keys(answers),
      ask: async (peerId, method, body) => method === 'time/steady' ? await answers[peerId]!('asker', body) : assert.fail(method)
    })
    assert.equal(isStepped, isBehind)
    return heard
  }

  it('is heard of those who say one, and those who do not are servers of the pool all the same', async () => {
    assert.deepEqual(await ask(true), { told: [1_700_000_000_000], servers: 4 })
  })

  it('is not asked for where the clock is not ahead', async () => {
    assert.equal(await ask(false), undefined)
  })
})
