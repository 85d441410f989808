import assert from 'node:assert/strict'
import { encode } from '../../../src/protocol/codec.js'
import { RegisterStartRequest } from '../../../src/protocol/pb/service.js'
import { AttemptLimits } from '../../../src/rendezvous/accounts/attempt-limits.js'
import { accountHandlers, type AccountHandlersComponents } from '../../../src/rendezvous/accounts/handlers.js'
import { defaultLimits } from '../../../src/rendezvous/limits.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { fakeOpaque } from '../helpers/fake-opaque.js'
import { rejects } from '../helpers/expect.js'
import { stubChannel } from '../helpers/stub-channel.js'

describe('account/register-start', () => {
  it('asks no other server for an address that has asked too often, whatever the names and keys', async () => {
    let reads = 0
    const components: Partial<AccountHandlersComponents> = {
      poolId: () => 'a pool',
      opaque: fakeOpaque(),
      setups: { currentVersion: 1, get: () => new Uint8Array(0) },
      accounts: {
        read: async () => {
          reads++
          return undefined
        }
      } as unknown as AccountHandlersComponents['accounts'],
      signUps: { state: async () => 'open' } as unknown as AccountHandlersComponents['signUps'],
      limits: new AttemptLimits(new FakeClock(), { ...defaultLimits, registrationsPerAddress: { burst: 2, refillMs: 1_000 } }, () => undefined)
    }
    const start = accountHandlers(components as AccountHandlersComponents)['account/register-start'] ?? assert.fail()
    const ask = async (n: number): Promise<void> => {
      const channel = stubChannel(`peer ${n}`)
      await start(encode(RegisterStartRequest, { username: `user${n}`, registrationRequest: new Uint8Array(32) }), { channel, signal: channel.closed })
    }
    await ask(1)
    await ask(2)
    for (let n = 3; n < 10; n++) await rejects(ask(n), 'ERR_RATE_LIMITED')
    assert.equal(reads, 2)
  })
})
