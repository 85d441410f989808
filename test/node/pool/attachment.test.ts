import assert from 'node:assert/strict'
import { P2pChatError, type ErrorCode } from '../../../src/errors.js'
import { attachDevice } from '../../../src/node/pool/attachment.js'
import type { Reachability } from '../../../src/node/pool/reachability.js'
import { Prekeys } from '../../../src/node/prekeys/prekeys.js'
import type { VerifiedAccountRecord } from '../../../src/records/index.js'
import { encode } from '../../../src/protocol/codec.js'
import { maxOneTimePrekeys } from '../../../src/protocol/limits.js'
import { AttachResponse, PrekeyUploadRequest } from '../../../src/protocol/pb/service.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { makeAccount, makeLane, rejectsCode, seeded } from '../support.js'
import { FakeChannel } from './fake-channel.js'

describe('a new device that attaches', () => {
  const account = makeAccount('alice', seeded('attachment'))
  const [device = assert.fail()] = account.devices
  const clock = new FakeClock()

  const attach = async (channel: FakeChannel): Promise<VerifiedAccountRecord> => await attachDevice({
    lane: makeLane(),
    clock,
    logger: silentLogger,
    device,
    prekeys: new Prekeys({ clock, random: seeded('prekeys'), device }),
    reachability: { addresses: () => [] as string[] } as unknown as Reachability
  }, channel, 'alice')
  const server = (upload: () => Uint8Array): FakeChannel => new FakeChannel({
    'directory/attach': () => encode(AttachResponse, { accountRecord: account.record.signed as Uint8Array<ArrayBuffer>, oneTimePrekeys: 0, signedPrekeyId: 0 }),
    'prekeys/upload': upload
  })
  const refusing = (code: ErrorCode): FakeChannel => server(() => { throw new P2pChatError(code, 'No.') })

  it('brings its prekeys', async () => {
    const channel = server(() => new Uint8Array(0))
    assert.equal((await attach(channel)).username, 'alice')
    const [body = assert.fail()] = channel.of('prekeys/upload')
    assert.equal(PrekeyUploadRequest.decode(body).oneTimePrekeys.length, maxOneTimePrekeys)
  })

  for (const code of ['ERR_UNKNOWN_OUTCOME', 'ERR_OVERLOADED', 'ERR_RATE_LIMITED'] as const) {
    it(`can read its mail although no server keeps its prekeys (${code})`, async () => {
      assert.equal((await attach(refusing(code))).username, 'alice')
    })
  }

  it('is told when its prekeys are wrong', async () => {
    await rejectsCode(attach(refusing('ERR_INVALID_RECORD')), 'ERR_INVALID_RECORD')
  })
})
