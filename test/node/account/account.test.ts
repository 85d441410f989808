import assert from 'node:assert/strict'
import { equals } from 'uint8arrays/equals'
import { sha256 } from '../../../src/crypto/bytes.js'
import { P2pChatError } from '../../../src/errors.js'
import { AccountService } from '../../../src/node/account/account.js'
import { deviceId } from '../../../src/node/account/device-id.js'
import { takeRecord } from '../../../src/node/contacts/contacts.js'
import type { Lane } from '../../../src/node/home/lane.js'
import { askTimeoutMs } from '../../../src/node/pool/limits.js'
import { encode } from '../../../src/protocol/codec.js'
import { AccountWriteRequest, LoginFinishRequest, LoginFinishResponse, LoginStartResponse, LookupResponse, RegisterStartResponse } from '../../../src/protocol/pb/service.js'
import { verifyAccountRegister, type VerifiedAccountRegister } from '../../../src/records/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { fakePasswordWork } from '../../simulation/fake-password-work.js'
import { FakeChannel } from '../pool/fake-channel.js'
import { makeDevice, makeLane, rejectsCode, seeded } from '../support.js'

const PASSWORD = 'correct horse battery staple'

describe('AccountService', () => {
  /** What the server has. */
  let register: VerifiedAccountRegister | undefined
  let writes: number
  /**
   * What becomes of each write, in turn: 'ok', 'lost' (written, but the answer is lost), 'last words' (also the server is),
   * an error, or what happens before it is lost.
   */
  let fates: Array<'ok' | 'lost' | 'last words' | P2pChatError | (() => Promise<unknown>)>
  let isReachable: boolean
  /** Happens before the end of the next sign-in. */
  let meanwhile: (() => Promise<unknown>) | undefined
  /** of new registrations */
  let setupVersion: number
  /** the same, once the registration under way has been answered */
  let nextSetupVersion: number | undefined
  let accounts: AccountService
  /** of a home */
  let accountsOf: (home: string, lane?: Lane) => AccountService
  let clock: FakeClock

  beforeEach(() => {
    register = undefined
    writes = 0
    fates = []
    isReachable = true
    meanwhile = undefined
    setupVersion = 1
    nextSetupVersion = undefined
    clock = new FakeClock()
    const channel = new FakeChannel({
      'account/register-start': () => {
        const answer = encode(RegisterStartResponse, { registrationResponse: new Uint8Array(32), opaqueSetupVersion: setupVersion })
        setupVersion = nextSetupVersion ?? setupVersion
        nextSetupVersion = undefined
        return answer
      },
      'account/login-start': () => encode(LoginStartResponse, { loginId: sha256(register?.signed ?? new Uint8Array(0)).slice(0, 16), startResponse: new Uint8Array(32) }),
      'account/login-finish': async (body) => {
        const before = meanwhile
        meanwhile = undefined
        await before?.()
        const { loginId, finishRequest } = LoginFinishRequest.decode(body)
        const isCurrent = register !== undefined && equals(sha256(register.signed).slice(0, 16), loginId)
        if (register === undefined || !isCurrent || !equals(register.opaqueRecord.slice(0, 32), finishRequest)) throw new P2pChatError('ERR_BAD_CREDENTIALS', 'Wrong username or password.')
        return encode(LoginFinishResponse, { register: register.signed, opaqueSetupVersion: setupVersion })
      },
      'account/compare-and-set': async (body) => {
        writes++
        const fate = fates.shift() ?? 'ok'
        if (fate instanceof P2pChatError) throw fate
        if (typeof fate === 'function') {
          await fate()
          throw new P2pChatError('ERR_TIMEOUT', 'No answer.')
        }
        const request = AccountWriteRequest.decode(body)
        if (register !== undefined && equals(request.register, register.signed)) return new Uint8Array(0)
        if (Number(request.expectedVersion) !== (register?.version ?? 0)) throw new P2pChatError(request.expectedVersion === 0n ? 'ERR_NAME_TAKEN' : 'ERR_CONFLICT', 'No.')
        const next = verifyAccountRegister(request.register)
        if (next.opaqueSetupVersion !== setupVersion && !equals(next.opaqueRecord, register?.opaqueRecord ?? new Uint8Array(0))) throw new P2pChatError('ERR_CONFLICT', 'Another setup.')
        register = next
        if (fate === 'lost') throw new P2pChatError('ERR_TIMEOUT', 'No answer.')
        if (fate === 'last words') {
          isReachable = false
          throw new P2pChatError('ERR_CLOSED', 'The channel was closed.')
        }
        return new Uint8Array(0)
      },
      'directory/lookup': () => {
        if (register === undefined) throw new P2pChatError('ERR_NOT_FOUND', 'No such user.')
        return encode(LookupResponse, { accountRecord: register.accountRecord.signed, devices: [], registerVersion: BigInt(register.version) })
      }
    })
    accountsOf = (home, lane = makeLane()) => new AccountService({
      lane,
      clock,
      random: seeded(`account of ${home}`),
      device: makeDevice(seeded(home)),
      poolId: 'pool',
      passwordWork: fakePasswordWork,
      channel: async () => {
        if (isReachable) return channel
        throw new P2pChatError('ERR_NO_SERVER', 'Nobody there.')
      }
    })
    accounts = accountsOf('laptop')
  })

  const signUp = async (): ReturnType<AccountService['signUp']> => await accounts.signUp({ username: 'Alice', password: PASSWORD, unlisted: false, label: 'laptop' })

  it('makes an account with one device, from absent', async () => {
    const { username, record } = await signUp()
    assert.deepEqual([username, record.version, record.devices.map(({ label }) => label)], ['alice', 1, ['laptop']])
    assert.deepEqual([register?.version, register?.username], [1, 'alice'])
  })

  it('tries a write again whose outcome is unknown, and knows its own', async () => {
    fates = ['lost']
    const { record } = await clock.until(signUp())
    assert.equal(writes, 2)
    assert.deepEqual(record.hash, register?.accountRecord.hash)
  })

  it('tries again when the server could not say, and says so in the end', async () => {
    fates = [new P2pChatError('ERR_CLOSED', 'Gone.'), new P2pChatError('ERR_OVERLOADED', 'Later.')]
    await clock.until(signUp())
    assert.equal(writes, 3)
    register = undefined
    writes = 0
    const startMs = clock.now()
    fates = Array.from({ length: 100 }, () => new P2pChatError('ERR_TIMEOUT', 'No answer.'))
    await rejectsCode(clock.until(signUp()), 'ERR_UNKNOWN_OUTCOME')
    assert.ok(writes > 3 && clock.now() - startMs <= askTimeoutMs, `${writes} writes in ${clock.now() - startMs} ms`)
  })

  it('says that the outcome is unknown when the server was lost with the answer, and that none is reachable when nothing was sent', async () => {
    const { record } = await signUp()
    const removeThis = async (): Promise<unknown> => await accounts.removeDevice('alice', PASSWORD, deviceId(record.devices[0]!.deviceKey))
    const lost: Array<() => Promise<unknown>> = [
      async () => { await accounts.changePassword('alice', PASSWORD, 'another horse entirely') },
      async () => await accountsOf('phone').signIn({ username: 'alice', password: 'another horse entirely', label: 'phone' })
    ]
    for (const run of lost) {
      const before = register
      fates = ['last words']
      await rejectsCode(clock.until(run()), 'ERR_UNKNOWN_OUTCOME')
      assert.equal(register?.version, (before?.version ?? 0) + 1)
      isReachable = true
    }
    isReachable = false
    await rejectsCode(clock.until(removeThis()), 'ERR_NO_SERVER')
  })

  it('does not take another\'s new password for its own after a lost answer, though neither changes the account record', async () => {
    await signUp()
    fates = [async () => { await accountsOf('phone').changePassword('alice', PASSWORD, 'the phone was quicker') }]
    const refused = await rejectsCode(clock.until(accounts.changePassword('alice', PASSWORD, 'another horse entirely')), 'ERR_BAD_CREDENTIALS')
    assert.match(refused.message, /was changed meanwhile/)
    assert.equal(register?.version, 2)
    await accounts.signIn({ username: 'alice', password: 'the phone was quicker', label: 'laptop' })
  })

  it('changes the password also when another device registers it anew with a newer setup while the answer is lost', async () => {
    await signUp()
    setupVersion = 7
    fates = [async () => { await accounts.signIn({ username: 'alice', password: PASSWORD, label: 'laptop' }) }]
    await clock.until(accounts.changePassword('alice', PASSWORD, 'another horse entirely'))
    assert.equal(register?.version, 3)
    await accounts.signIn({ username: 'alice', password: 'another horse entirely', label: 'laptop' })
  })

  it('signs in with the right password while another device registers it anew', async () => {
    await signUp()
    setupVersion = 7
    meanwhile = async () => { await accounts.signIn({ username: 'alice', password: PASSWORD, label: 'laptop' }) }
    const { record } = await accountsOf('phone').signIn({ username: 'alice', password: PASSWORD, label: 'phone' })
    assert.deepEqual([record.devices.length, register?.version, register?.opaqueSetupVersion], [2, 3, 7])
  })

  it('finishes a sign-up of this home of which nobody saw the end: the recovery key is the account\'s', async () => {
    fates = ['last words']
    await rejectsCode(clock.until(signUp()), 'ERR_UNKNOWN_OUTCOME')
    isReachable = true
    const { recoveryKey, record } = await signUp()
    assert.deepEqual([writes, record.version, record.hash], [2, 1, register?.accountRecord.hash])
    const recovered = await accountsOf('phone').recover({ username: 'alice', recoveryKey, newPassword: 'another horse entirely', label: 'phone' })
    assert.equal(recovered.record.devices.length, 2)
    await rejectsCode(signUp(), 'ERR_NAME_TAKEN')
  })

  it('does not take another\'s account for its own, also after an unknown outcome', async () => {
    await signUp()
    const others = async (): Promise<unknown> => await accountsOf('another home').signUp({ username: 'alice', password: PASSWORD, unlisted: false, label: 'laptop' })
    await rejectsCode(others(), 'ERR_NAME_TAKEN')
    fates = [new P2pChatError('ERR_TIMEOUT', 'No answer.')]
    await rejectsCode(clock.until(others()), 'ERR_NAME_TAKEN')
  })

  it('registers the password again when it signs in and the pool has a newer setup, and signs in all the same when that fails', async () => {
    await signUp()
    const signIn = async (): ReturnType<AccountService['signIn']> => await clock.until(accounts.signIn({ username: 'alice', password: PASSWORD, label: 'laptop' }))
    await signIn()
    assert.equal(writes, 1)
    setupVersion = 7
    fates = [new P2pChatError('ERR_INVALID_RECORD', 'Not yet.')]
    await signIn()
    assert.deepEqual([register?.version, register?.opaqueSetupVersion], [1, 1])
    const before = register?.accountRecord.hash
    await signIn()
    assert.deepEqual([register?.version, register?.opaqueSetupVersion, register?.accountRecord.hash], [2, 7, before])
    await signIn()
    assert.equal(register?.version, 2)
  })

  it('registers a password again when the pool changes its setup before that is written', async () => {
    nextSetupVersion = 2
    const { recoveryKey } = await signUp()
    assert.deepEqual([register?.version, register?.opaqueSetupVersion], [1, 2])
    nextSetupVersion = 3
    await accounts.changePassword('alice', PASSWORD, 'another horse entirely')
    assert.deepEqual([register?.version, register?.opaqueSetupVersion], [2, 3])
    nextSetupVersion = 4
    await accounts.recover({ username: 'alice', recoveryKey, newPassword: PASSWORD, label: 'laptop' })
    assert.deepEqual([register?.version, register?.opaqueSetupVersion], [3, 4])
    await accounts.signIn({ username: 'alice', password: PASSWORD, label: 'laptop' })
  })

  it('recovers while another device changes the account', async () => {
    const { recoveryKey } = await signUp()
    fates = [async () => { await accountsOf('phone').signIn({ username: 'alice', password: PASSWORD, label: 'phone' }) }]
    const { record } = await clock.until(accounts.recover({ username: 'alice', recoveryKey, newPassword: 'another horse entirely', label: 'again' }))
    assert.deepEqual(record.devices.map(({ label }) => label), ['laptop', 'phone'])
  })

  it('lets a ninth device in, in the place of a lost one, by the password and by the recovery key, and drops none unasked', async () => {
    const { recoveryKey } = await signUp()
    const signIn = async (home: string, replace?: string): Promise<unknown> => await accountsOf(home).signIn({ username: 'alice', password: PASSWORD, label: home, ...(replace === undefined ? {} : { replace }) })
    const labels = (): string[] | undefined => register?.accountRecord.devices.map(({ label }) => label)
    const idOf = (wanted: string): string => deviceId(register?.accountRecord.devices.find(({ label }) => label === wanted)?.deviceKey ?? new Uint8Array(0))
    for (let n = 2; n <= 8; n++) await signIn(`home ${n}`)
    const recover = async (replace?: string): Promise<unknown> => await accountsOf('found again').recover({ username: 'alice', recoveryKey, newPassword: 'another horse entirely', label: 'found again', ...(replace === undefined ? {} : { replace }) })
    for (const refused of [async () => await signIn('ninth'), recover]) assert.match((await rejectsCode(refused(), 'ERR_LIMIT')).message, new RegExp(`${idOf('home 5')} \\(home 5, since 2024-01-01\\)`))
    await rejectsCode(signIn('ninth', 'ffff'), 'ERR_NOT_FOUND')
    assert.equal(register?.version, 8)
    await signIn('ninth', idOf('home 5'))
    assert.deepEqual(labels(), ['laptop', 'home 2', 'home 3', 'home 4', 'home 6', 'home 7', 'home 8', 'ninth'])
    await recover(idOf('laptop'))
    assert.deepEqual(labels(), ['home 2', 'home 3', 'home 4', 'home 6', 'home 7', 'home 8', 'ninth', 'found again'])
  })

  it('signs nothing over a record that is older than, or contradicts, one that this home has seen', async () => {
    const { recoveryKey } = await signUp()
    const old = register
    const join = async (home: string): Promise<VerifiedAccountRegister | undefined> => {
      register = old
      await accountsOf(home).signIn({ username: 'alice', password: PASSWORD, label: home })
      return register
    }
    const [seen, other] = [await join('phone'), await join('tablet')]
    const lane = makeLane()
    await lane.write(async (tx) => { await takeRecord(tx, seen?.accountRecord ?? assert.fail(), clock.now()) })
    const laptop = accountsOf('laptop', lane)
    const newPassword = 'another horse entirely'
    const changes: Array<() => Promise<unknown>> = [
      async () => { await laptop.changePassword('alice', PASSWORD, newPassword) },
      async () => await laptop.recover({ username: 'alice', recoveryKey, newPassword, label: 'again' })
    ]
    const before = writes
    for (const served of [old, other]) {
      register = served
      for (const change of changes) await rejectsCode(change(), 'ERR_INVALID_RECORD')
    }
    assert.equal(writes, before)
    register = seen
    await laptop.recover({ username: 'alice', recoveryKey, newPassword, label: 'again' })
  })

  it('recovers with the key that was printed, keeps the other devices, and takes no other key', async () => {
    const { recoveryKey } = await signUp()
    const recovered = await accounts.recover({ username: 'alice', recoveryKey, newPassword: 'another horse entirely', label: 'again' })
    assert.deepEqual([recovered.record.devices.length, register?.version], [1, 2], 'this device is listed already')
    register = undefined
    const other = await signUp()
    await rejectsCode(accounts.recover({ username: 'alice', recoveryKey, newPassword: 'another horse entirely', label: 'x' }), 'ERR_BAD_CREDENTIALS')
    assert.notEqual(other.recoveryKey, recoveryKey)
  })
})
