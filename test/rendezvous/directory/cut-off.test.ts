import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import { Attachments } from '../../../src/rendezvous/directory/attachments.js'
import { CutOff } from '../../../src/rendezvous/directory/cut-off.js'
import { checkedAtOnce, recheckMs } from '../../../src/rendezvous/limits.js'
import type { StoredAccount } from '../../../src/rendezvous/accounts/index.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { stubChannel, type StubChannel } from '../helpers/stub-channel.js'

const keyOf = (n: number): Uint8Array => new Uint8Array(32).fill(n)

describe('CutOff', () => {
  let clock: FakeClock
  let attachments: Attachments
  let cutOff: CutOff
  /** Devices that the register lists now. */
  let listed: Map<string, number[]>
  let reads: string[]
  let atOnce: { now: number, most: number }
  let failures: number

  const account = (devices: number[]): StoredAccount => ({ record: { deviceKeys: devices.map(keyOf) } }) as unknown as StoredAccount

  const attach = (username: string, device: number): StubChannel => {
    const channel = stubChannel(`${username} ${device}`)
    attachments.attach({ channel, username, deviceKey: keyOf(device), locator: undefined, attachedAtMs: 0 })
    return channel
  }

  beforeEach(() => {
    clock = new FakeClock()
    attachments = new Attachments()
    listed = new Map()
    reads = []
    atOnce = { now: 0, most: 0 }
    failures = 0
    cutOff = new CutOff({
      attachments,
      clock,
      logger: silentLogger,
      accounts: {
        async read (username) {
          reads.push(username)
          atOnce.most = Math.max(atOnce.most, ++atOnce.now)
          await settle(1)
          atOnce.now--
          if (failures-- > 0) throw new P2pChatError('ERR_UNKNOWN_OUTCOME', 'No majority.')
          const devices = listed.get(username)
          return devices === undefined ? undefined : account(devices)
        }
      }
    })
  })

  it('ends the channels of devices that the register lists no more, and of no others', async () => {
    const [laptop, phone, other] = [attach('alice', 1), attach('alice', 2), attach('bob', 3)]
    listed.set('alice', [1]).set('bob', [3])
    cutOff.check('alice')
    await settle(5)
    assert.deepEqual([laptop, phone, other].map(({ closed }) => closed.aborted), [false, true, false])
    assert.deepEqual(reads, ['alice'])
  })

  it('believes the register, whatever was heard', async () => {
    const laptop = attach('alice', 1)
    listed.set('alice', [1])
    for (let i = 0; i < 5; i++) cutOff.check('alice')
    await settle(20)
    assert.ok(!laptop.closed.aborted)
    listed.delete('alice')
    cutOff.check('alice')
    await settle(5)
    assert.ok(laptop.closed.aborted)
  })

  it('reads nothing for accounts that are not here', async () => {
    cutOff.check('alice')
    await settle()
    assert.deepEqual(reads, [])
  })

  it('tries again while the register cannot be read', async () => {
    const phone = attach('alice', 2)
    listed.set('alice', [1])
    failures = 3
    cutOff.check('alice')
    await settle(5)
    assert.ok(!phone.closed.aborted)
    await clock.advance(4 * recheckMs)
    assert.ok(phone.closed.aborted)
  })

  it('looks at all that are here, a few at a time', async () => {
    const channels = Array.from({ length: 100 }, (_, i) => attach(`user-${i}`, i))
    for (let i = 0; i < 100; i += 2) listed.set(`user-${i}`, [i])
    cutOff.checkAll()
    await settle(60)
    assert.deepEqual(channels.map(({ closed }) => closed.aborted), channels.map((_, i) => i % 2 === 1))
    assert.equal(atOnce.most, checkedAtOnce)
  })

  it('catches a device that attaches while it is removed', async () => {
    listed.set('alice', [1, 2])
    let phone: StubChannel | undefined
    await cutOff.attaching('alice', async () => {
      await settle()
      // Read with both devices; the change is heard before the channel is attached.
      listed.set('alice', [1])
      cutOff.check('alice')
      phone = attach('alice', 2)
    })
    await settle(5)
    assert.ok(phone?.closed.aborted)
  })
})
