import assert from 'node:assert/strict'
import { Mailbox } from '../../../src/node/delivery/mailbox.js'
import { encode } from '../../../src/protocol/codec.js'
import { MailboxReadResponse } from '../../../src/protocol/pb/service.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { FakeChannel } from '../pool/fake-channel.js'
import { makeDevice, rejectsCode, seeded } from '../support.js'

describe('a server that leads in circles', () => {
  const device = makeDevice(seeded('mailbox order'))
  const reading = async (...pages: bigint[][]): Promise<{ reads: number, taken: number, error: Error }> => {
    let [reads, taken] = [0, 0]
    const server = new FakeChannel({
      'mailbox/read': () => {
        const cursors = pages[Math.min(reads++, pages.length - 1)] ?? []
        return encode(MailboxReadResponse, { more: true, entries: cursors.map((cursor) => ({ cursor, entryId: new Uint8Array(16), envelope: Uint8Array.of(1) })) })
      },
      'mailbox/acknowledge': () => new Uint8Array(0)
    })
    const mailbox = new Mailbox({
      clock: new FakeClock(),
      random: seeded('spread'),
      logger: silentLogger,
      device: { seed: device.seed, publicKey: device.deviceKey },
      take: async (envelopes) => { taken += envelopes.length; return envelopes.map(() => 'taken') }
    })
    const error = await rejectsCode(mailbox.open(server), 'ERR_INVALID_RECORD')
    return { reads, taken, error }
  }

  it('with the same page again and again is given up', async () => {
    const { reads, taken } = await reading([1n, 2n])
    assert.deepEqual([reads, taken], [2, 2])
  })

  it('within a page is given up before anything of that page is taken', async () => {
    for (const page of [[1n, 1n], [2n, 1n], [0n]]) assert.equal((await reading(page)).taken, 0)
  })

  it('from page to page is given up', async () => {
    const { reads, error } = await reading([1n, 5n], [6n], [4n])
    assert.equal(reads, 3)
    assert.match(error.message, /another server/)
  })
})
