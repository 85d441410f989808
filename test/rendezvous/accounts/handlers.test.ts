import assert from 'node:assert/strict'
import { encode } from '../../../src/protocol/codec.js'
import { P2pChatError } from '../../../src/errors.js'
import { LoginFinishRequest, LoginStartRequest, LoginStartResponse, RegisterStartRequest } from '../../../src/protocol/pb/service.js'
import { AttemptLimits } from '../../../src/rendezvous/accounts/attempt-limits.js'
import { accountHandlers, type AccountHandlersComponents } from '../../../src/rendezvous/accounts/handlers.js'
import { Logins } from '../../../src/rendezvous/accounts/logins.js'
import { defaultLimits } from '../../../src/rendezvous/limits.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { fakeFinish, fakeOpaque, fakeRecord } from '../helpers/fake-opaque.js'
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

describe('account/login-start and account/register-start', () => {
  /** What the server cannot do now. */
  let fault: 'no majority' | 'no setup' | undefined
  let channel: ReturnType<typeof stubChannel>
  let handlers: ReturnType<typeof accountHandlers>

  beforeEach(() => {
    fault = undefined
    channel = stubChannel()
    const clock = new FakeClock()
    const components: Partial<AccountHandlersComponents> = {
      poolId: () => 'a pool',
      opaque: fakeOpaque(),
      setups: {
        currentVersion: 1,
        get: () => {
          if (fault === 'no setup') throw new P2pChatError('ERR_OVERLOADED', 'Later.')
          return new Uint8Array(0)
        }
      },
      accounts: {
        read: async () => {
          if (fault === 'no majority') throw new P2pChatError('ERR_UNKNOWN_OUTCOME', 'Nobody knows.')
          return { username: 'alice', version: 1, opaqueSetupVersion: 1, opaqueRecord: fakeRecord('right') }
        }
      } as unknown as AccountHandlersComponents['accounts'],
      limits: new AttemptLimits(clock, { ...defaultLimits, loginsPerAccountAndAddress: { burst: 3, refillMs: 60_000 } }, () => undefined),
      logins: new Logins({ clock, random: new SeededRandom('logins') })
    }
    handlers = accountHandlers(components as AccountHandlersComponents)
  })

  const ask = async (method: string, body: Uint8Array): Promise<Uint8Array> => await (handlers[method] ?? assert.fail())(body, { channel, signal: channel.closed })
  const login = async (bytes = 32): Promise<Uint8Array> => await ask('account/login-start', encode(LoginStartRequest, { username: 'alice', startRequest: new Uint8Array(bytes) }))
  const register = async (): Promise<unknown> => await ask('account/register-start', encode(RegisterStartRequest, { username: 'alice', registrationRequest: new Uint8Array(32) }))

  it('count only what was answered as guesses', async () => {
    for (const one of ['no majority', 'no setup'] as const) {
      fault = one
      for (let i = 0; i < 5; i++) for (const begin of [login, register]) await rejects(begin(), one === 'no setup' ? 'ERR_OVERLOADED' : 'ERR_UNKNOWN_OUTCOME')
    }
    fault = undefined
    await login()
    await register()
    await login()
    await rejects(login(), 'ERR_RATE_LIMITED')
  })

  it('count no right password, also when the account cannot be read any more at the end', async () => {
    for (let i = 0; i < 5; i++) {
      const { loginId } = LoginStartResponse.decode(await login())
      fault = 'no majority'
      await rejects(ask('account/login-finish', encode(LoginFinishRequest, { loginId, finishRequest: fakeFinish('right') })), 'ERR_UNKNOWN_OUTCOME')
      fault = undefined
    }
  })

  it('count what cannot be read, which costs as much', async () => {
    for (let i = 0; i < 3; i++) await rejects(login(31), 'ERR_CRYPTO_INPUT')
    await rejects(login(31), 'ERR_RATE_LIMITED')
  })
})
