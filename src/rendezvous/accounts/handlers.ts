/** The methods account/*: one function each. */
import { constantTimeEqual } from '../../crypto/bytes.js'
import type { OpaqueContext, OpaqueServer } from '../../crypto/opaque/server.js'
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { RequestHandler } from '../../overlay/network.js'
import { maxRegisterBytes } from '../../protocol/limits.js'
import * as pb from '../../protocol/pb/service.js'
import { assertUsername } from '../fields.js'
import { loginStateTtlMs, maxOpaqueMessageBytes } from '../limits.js'
import { method } from '../method.js'
import type { Accounts } from './accounts.js'
import type { AttemptLimits } from './attempt-limits.js'
import type { Logins } from './logins.js'
import { signUpsClosed, type SignUps } from './sign-ups.js'

/** The pool's OPAQUE setups: new registrations use the current one, older ones are kept until nobody uses them. */
export interface OpaqueSetups {
  currentVersion: number
  get: (version: number) => Uint8Array
}

export interface AccountHandlersComponents {
  /** Throws while the server has not made its pool yet. */
  poolId: () => string
  opaque: OpaqueServer
  setups: OpaqueSetups
  accounts: Accounts
  limits: AttemptLimits
  signUps: SignUps
  logins: Logins
}

const maxStartBytes = maxOpaqueMessageBytes + 128

export function accountHandlers (components: AccountHandlersComponents): Record<string, RequestHandler> {
  return {
    'account/register-start': registerStart(components),
    'account/compare-and-set': compareAndSet(components),
    'account/login-start': loginStart(components),
    'account/login-finish': loginFinish(components)
  }
}

function registerStart ({ poolId, opaque, setups, accounts, limits, signUps }: AccountHandlersComponents): RequestHandler {
  return method({
    request: pb.RegisterStartRequest,
    response: pb.RegisterStartResponse,
    maxBytes: maxStartBytes,
    async answer ({ username, registrationRequest }, { channel }) {
      assertUsername(username)
      limits.registrationFrom(username, channel)
      const isKnown = await accounts.read(username) !== undefined
      const setup = setups.get(setups.currentVersion)
      limits.registration(username, isKnown, channel)
      if (!isKnown && await signUps.state() === 'closed') throw signUpsClosed()
      const registrationResponse = await opaque.registrationResponse(setup, { username, poolId: poolId() }, registrationRequest)
      return { registrationResponse, opaqueSetupVersion: setups.currentVersion }
    }
  })
}

function compareAndSet ({ accounts, limits, signUps }: AccountHandlersComponents): RequestHandler {
  return method({
    request: pb.AccountWriteRequest,
    response: pb.AccountWriteResponse,
    maxBytes: maxRegisterBytes + 128,
    async answer ({ expectedVersion, register }, { channel }) {
      limits.write(channel)
      const expected = Number(expectedVersion)
      const state = expected === 0 ? await signUps.state() : 'open'
      let giveBack = (): void => {}
      try {
        const version = await accounts.write(expected, register, (next, isRepeat) => {
          // One that was made before they were closed may be asked for again.
          if (state === 'closed' && !isRepeat) throw signUpsClosed()
          if (expected === 0 && !isRepeat) giveBack = limits.signUp(channel)
          else limits.change(next.username)
        })
        return { version: BigInt(version) }
      } catch (error) {
        giveBack()
        throw error
      }
    }
  })
}

function loginStart ({ poolId, opaque, setups, accounts, limits, logins }: AccountHandlersComponents): RequestHandler {
  return method({
    request: pb.LoginStartRequest,
    response: pb.LoginStartResponse,
    maxBytes: maxStartBytes,
    async answer ({ username, startRequest }, { channel }) {
      assertUsername(username)
      const giveBack = limits.login(username, channel)
      try {
        const account = await accounts.read(username)
        const opaqueRecord = account?.opaqueRecord
        // Without a record the answer is a fake one, made by the same work: nobody learns here who has an account.
        const setup = setups.get(account?.opaqueSetupVersion ?? setups.currentVersion)
        const { state, startResponse } = await opaque.loginStart(setup, { username, poolId: poolId() }, opaqueRecord, startRequest)
        return { loginId: logins.add(channel, { username, state, opaqueRecord, giveBack }), startResponse }
      } catch (error) {
        // What this server could not do was no guess; what was asked in no way that can be answered counts.
        if (!isP2pChatError(error, 'ERR_CRYPTO_INPUT')) giveBack()
        throw error
      }
    }
  })
}

function loginFinish ({ poolId, opaque, setups, accounts, logins }: AccountHandlersComponents): RequestHandler {
  return method({
    request: pb.LoginFinishRequest,
    response: pb.LoginFinishResponse,
    maxBytes: maxStartBytes,
    async answer ({ loginId, finishRequest }, { channel }) {
      const login = logins.take(channel, loginId)
      if (login === undefined) {
        throw new P2pChatError('ERR_TIMEOUT', `This sign-in was finished already, or not within ${loginStateTtlMs / 1000} seconds. Sign in again.`)
      }
      const context: OpaqueContext = { username: login.username, poolId: poolId() }
      await opaque.loginFinish(context, login.state, finishRequest)
      // It was right when the sign-in was begun, whatever becomes of this one.
      login.giveBack()
      const account = await accounts.read(login.username)
      if (account === undefined || login.opaqueRecord === undefined || !constantTimeEqual(account.opaqueRecord, login.opaqueRecord)) {
        throw new P2pChatError('ERR_BAD_CREDENTIALS', 'Wrong username or password.')
      }
      return { register: account.signed, opaqueSetupVersion: setups.currentVersion }
    }
  })
}
