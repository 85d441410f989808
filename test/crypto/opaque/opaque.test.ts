import assert from 'node:assert/strict'
import * as client from '../../../src/crypto/opaque/client.js'
import { createOpaqueSetup, loginFinish, loginStart, OPAQUE_RECORD_BYTES, registrationResponse, type OpaqueContext } from '../../../src/crypto/opaque/server.js'
import { isP2pChatError, type ErrorCode } from '../../../src/errors.js'

const context: OpaqueContext = { username: 'alice', poolId: 'pool-one' }
const PASSWORD = 'corréct horse battery'

describe('OPAQUE', () => {
  let setup: Uint8Array
  let registration: client.OpaqueRegistration

  const startLogin = async (password: string, record: Uint8Array | undefined, at: OpaqueContext = context): Promise<{ state: Uint8Array, startResponse: Uint8Array, own: Uint8Array }> => {
    const { state: own, request } = await client.loginStart(password)
    return { ...await loginStart(setup, at, record, request), own }
  }
  const badCredentials = async (promise: Promise<unknown>): Promise<void> => { await rejects(promise, 'ERR_BAD_CREDENTIALS') }

  before(async () => {
    setup = await createOpaqueSetup()
    const { state, request } = await client.registrationStart(PASSWORD)
    registration = await client.registrationFinish(context, PASSWORD, state, await registrationResponse(setup, context, request))
  })

  it('registers: a record for the server, an export key for the client', () => {
    assert.equal(registration.record.byteLength, OPAQUE_RECORD_BYTES)
    assert.equal(registration.exportKey.byteLength, 64)
    assert.equal(registration.serverPublicKey.byteLength, 32)
  })

  it('signs in: the same export key, the same session key at both ends', async () => {
    const { state, startResponse, own } = await startLogin(PASSWORD, registration.record)
    const login = await client.loginFinish(context, PASSWORD, own, startResponse)
    assert.deepEqual(login.exportKey, registration.exportKey)
    assert.deepEqual(login.serverPublicKey, registration.serverPublicKey)
    assert.deepEqual(await loginFinish(context, state, login.finishRequest), login.sessionKey)
  })

  it('takes a password that was composed differently', async () => {
    const decomposed = PASSWORD.normalize('NFD')
    assert.notEqual(decomposed, PASSWORD)
    const { startResponse, own } = await startLogin(decomposed, registration.record)
    assert.deepEqual((await client.loginFinish(context, decomposed, own, startResponse)).exportKey, registration.exportKey)
  })

  it('tells a wrong password and an unknown user nothing apart', async () => {
    const wrong = await startLogin('wrong', registration.record)
    const unknown = await startLogin(PASSWORD, undefined)
    assert.equal(unknown.startResponse.byteLength, wrong.startResponse.byteLength)
    assert.equal(unknown.state.byteLength, wrong.state.byteLength)
    await badCredentials(client.loginFinish(context, 'wrong', wrong.own, wrong.startResponse))
    await badCredentials(client.loginFinish(context, PASSWORD, unknown.own, unknown.startResponse))
  })

  it('binds the username and the pool', async () => {
    for (const other of [{ ...context, username: 'bob' }, { ...context, poolId: 'pool-two' }]) {
      const { startResponse, own } = await startLogin(PASSWORD, registration.record, other)
      await badCredentials(client.loginFinish(context, PASSWORD, own, startResponse))
    }
  })

  it('refuses a forged, foreign or malformed finish', async () => {
    const first = await startLogin(PASSWORD, registration.record)
    const second = await startLogin(PASSWORD, registration.record)
    const { finishRequest } = await client.loginFinish(context, PASSWORD, first.own, first.startResponse)
    await badCredentials(loginFinish(context, second.state, finishRequest))
    const flipped = finishRequest.slice()
    flipped[0] = (flipped[0] ?? 0) ^ 1
    for (const bad of [flipped, finishRequest.subarray(1), new Uint8Array(), new Uint8Array(64), new Uint8Array(5000)]) {
      await badCredentials(loginFinish(context, first.state, bad))
    }
  })

  it('refuses malformed messages', async () => {
    for (const bad of [new Uint8Array(), new Uint8Array(31), new Uint8Array(32).fill(255), new Uint8Array(5000)]) {
      await rejects(registrationResponse(setup, context, bad), 'ERR_CRYPTO_INPUT')
      await rejects(loginStart(setup, context, registration.record, bad), 'ERR_CRYPTO_INPUT')
      const { state } = await client.registrationStart(PASSWORD)
      await rejects(client.registrationFinish(context, PASSWORD, state, bad), 'ERR_CRYPTO_INPUT')
      const { own } = await startLogin(PASSWORD, registration.record)
      await rejects(client.loginFinish(context, PASSWORD, own, bad), 'ERR_CRYPTO_INPUT')
    }
    const { request } = await client.loginStart(PASSWORD)
    await rejects(loginStart(setup, context, new Uint8Array(OPAQUE_RECORD_BYTES).fill(255), request), 'ERR_CRYPTO_INPUT')
  })
})

async function rejects (promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(promise, (error) => isP2pChatError(error, code))
}
