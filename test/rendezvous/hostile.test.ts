import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isP2pChatError, P2pChatError, type ErrorCode } from '../../src/errors.js'
import { maxFrameBytes } from '../../src/protocol/limits.js'
import { rejects } from './helpers/expect.js'
import type { TestClient } from './helpers/test-client.js'
import { TestPool } from './helpers/test-pool.js'

const METHODS = [
  'pool/roster',
  'account/register-start', 'account/compare-and-set', 'account/login-start', 'account/login-finish',
  'directory/attach', 'directory/lookup', 'directory/list', 'directory/watch',
  'prekeys/upload', 'prekeys/take',
  'mailbox/append', 'mailbox/read', 'mailbox/subscribe', 'mailbox/acknowledge',
  'blobs/create', 'blobs/status', 'blobs/remove',
  'groups/found', 'groups/append', 'groups/find', 'groups/list', 'groups/mine', 'groups/read', 'groups/checkpoint', 'groups/send'
]
/** Those that an empty body is a proper request to, from an attached device. */
const EMPTY_IS_FINE = new Set(['pool/roster', 'directory/list', 'directory/watch', 'mailbox/read', 'mailbox/subscribe', 'blobs/status', 'groups/list', 'groups/mine'])
/** Those that answer somebody who has not signed in. */
const OPEN = new Set(['pool/roster', 'account/register-start', 'account/compare-and-set', 'account/login-start', 'account/login-finish', 'directory/attach', 'directory/lookup'])
/** What a bad request may be told. Anything else, ERR_INTERNAL before all, is a fault of the server. */
const FAIR: ErrorCode[] = ['ERR_INVALID_NAME', 'ERR_INVALID_RECORD', 'ERR_INVALID_SIGNATURE', 'ERR_LIMIT', 'ERR_CRYPTO_INPUT', 'ERR_NOT_FOUND', 'ERR_NOT_PERMITTED', 'ERR_BAD_CREDENTIALS', 'ERR_TIMEOUT', 'ERR_RATE_LIMITED', 'ERR_UNSUPPORTED']

describe('hostile input', () => {
  let pool: TestPool
  let mallory: TestClient
  let stranger: TestClient

  before(async () => {
    pool = await new TestPool().start()
    mallory = await pool.user('mallory')
    stranger = await pool.client()
  })

  after(async () => { await pool.stop() })

  const fairly = async (client: TestClient, method: string, body: Uint8Array): Promise<void> => {
    try {
      await client.channel.request(method, body)
    } catch (error) {
      assert.ok(isP2pChatError(error, ...FAIR), `${method}: ${String(error)} ${error instanceof P2pChatError ? error.code : ''}`)
    }
  }

  for (const method of METHODS) {
    it(`${method}: an empty body`, async () => {
      if (EMPTY_IS_FINE.has(method)) await mallory.channel.request(method, new Uint8Array(0))
      else await assert.rejects(mallory.channel.request(method, new Uint8Array(0)), (error) => isP2pChatError(error, ...FAIR))
    })

    it(`${method}: garbage`, async () => {
      await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (body) => {
        await fairly(mallory, method, body)
        await fairly(stranger, method, body)
      }), { numRuns: 40 })
    })

    it(`${method}: a body as large as a frame`, async () => {
      await fairly(mallory, method, new Uint8Array(maxFrameBytes - 1024).fill(0x0a))
    })

    if (!OPEN.has(method)) {
      it(`${method}: someone who has not signed in`, async () => {
        await assert.rejects(stranger.channel.request(method, new Uint8Array(0)), (thrown) => isP2pChatError(thrown, 'ERR_NOT_PERMITTED', 'ERR_INVALID_RECORD'))
      })
    }
  }

  it('unknown methods are refused by name', async () => {
    await rejects(mallory.channel.request('account/delete-everything', new Uint8Array(0)), 'ERR_UNSUPPORTED')
    await rejects(mallory.channel.request('constructor', new Uint8Array(0)), 'ERR_UNSUPPORTED')
  })

  it('the server still serves after all that', async () => {
    assert.ok(!mallory.channel.closed.aborted)
    assert.equal((await mallory.lookup('mallory')).devices.length, 1)
  })
})
