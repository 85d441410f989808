import assert from 'node:assert/strict'
import { isP2pChatError } from '../../../src/errors.js'
import { AttemptLimits } from '../../../src/rendezvous/accounts/index.js'
import { defaultLimits, maxBuckets } from '../../../src/rendezvous/limits.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { stubChannel } from '../helpers/stub-channel.js'

describe('AttemptLimits', () => {
  const from = (remoteAddress: string): ReturnType<typeof stubChannel> => ({ ...stubChannel(), remoteAddress })
  const isRefused = (attempt: () => void): boolean => {
    try {
      attempt()
      return false
    } catch (error) {
      return isP2pChatError(error, 'ERR_RATE_LIMITED') || assert.fail(String(error))
    }
  }

  const [guesser, flooder] = [from('/ip4/10.7.7.1/tcp/1'), from('/ip4/10.7.7.2/tcp/1')]
  const attempts: Array<[string, (limits: AttemptLimits, username: string, channel: typeof guesser) => void]> = [
    ['sign-ins', (limits, username, channel) => { limits.login(username, channel) }],
    ['registrations', (limits, username, channel) => {
      limits.registrationFrom(username, channel)
      limits.registration(username, true, channel)
    }]
  ]
  for (const [what, attempt] of attempts) {
    it(`counts guesses on an account however many ${what} of other names an address is refused`, () => {
      const limits = new AttemptLimits(new FakeClock(), { ...defaultLimits, loginsPerAddress: { burst: 20, refillMs: 10_000 }, registrationsPerAddress: { burst: 20, refillMs: 10_000 } }, () => undefined)
      for (let i = 0; i < 10; i++) attempt(limits, 'alice', guesser)
      assert.ok(isRefused(() => { attempt(limits, 'alice', guesser) }))
      let refused = 0
      for (let i = 0; i <= maxBuckets + 20; i++) if (isRefused(() => { attempt(limits, `name${i}`, flooder) })) refused++
      assert.ok(refused > maxBuckets)
      assert.ok(isRefused(() => { attempt(limits, 'alice', guesser) }))
    })
  }

  it('lets guess and hold up what docs/SECURITY.md says', async () => {
    const [signIns, registrations] = [attempts[0] ?? assert.fail(), attempts[1] ?? assert.fail()]
    /** What so many addresses that never stop get through in that time, and whether another stranger is refused then. */
    const run = async ([, attempt]: typeof signIns, addresses: number, minutes: number): Promise<{ count: number, holdsUp: boolean }> => {
      const clock = new FakeClock()
      const limits = new AttemptLimits(clock, defaultLimits, () => undefined)
      const guessers = Array.from({ length: addresses }, (_, i) => from(`/ip4/10.7.8.${i}/tcp/1`))
      let count = 0
      for (let half = 0; half <= 2 * minutes; half++) {
        if (half > 0) await clock.advance(30_000)
        for (const channel of guessers) while (!isRefused(() => { attempt(limits, 'alice', channel) })) count++
      }
      return { count, holdsUp: isRefused(() => { attempt(limits, 'alice', flooder) }) }
    }
    assert.deepEqual(await run(signIns, 10, 0), { count: 100, holdsUp: true })
    assert.equal((await run(signIns, 3, 70)).holdsUp, true)
    assert.equal((await run(signIns, 2, 300)).holdsUp, false)
    assert.equal((await run(registrations, 2, 40)).holdsUp, true)
    assert.equal((await run(registrations, 1, 300)).holdsUp, false)
    assert.equal((await run(signIns, 3, 24 * 60)).count, 100 + 2_880)
  })
})
