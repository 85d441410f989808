import { toString } from 'uint8arrays/to-string'
import { equals } from 'uint8arrays/equals'
import { constantTimeEqual, lpAll, sha256 } from '../../crypto/bytes.js'
import { P2pChatError } from '../../errors.js'
import { decode, encode } from '../../protocol/codec.js'
import { Invite } from '../../protocol/pb/join.js'
import type { Clock, Random } from '../../runtime.js'
import { maxRaces } from '../limits.js'
import { asError } from '../outcome.js'
import type { Register, Registers } from '../registers/index.js'
import { inviteIdBytes, maxInviteTtlMs, secretBytes } from './limits.js'

/** The invitation that a pool is founded with; its secret is the founder's own. */
export const FOUNDING_INVITE_ID = new Uint8Array(inviteIdBytes)

const minInviteTtlMs = 1_000
const maxInviteBytes = 256

export interface InvitesComponents {
  registers: Registers
  clock: Clock
  random: Random
}

export interface MadeInvite {
  inviteId: Uint8Array
  secret: Uint8Array
  expiresAtMs: number
}

/** Invitations of new servers, as registers `invite:ID`: whichever server is asked, each is used once. */
export class Invites {
  readonly #components: InvitesComponents

  constructor (components: InvitesComponents) {
    this.#components = components
  }

  /**
   * Keeps the founder's invitation, which any number of servers may use until it is closed. Repeatable.
   *
   * @throws ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED
   */
  async found (secret: Uint8Array): Promise<void> {
    const written = await this.#components.registers.compareAndSet(nameOf(FOUNDING_INVITE_ID), 0, encodeInvite({ verifier: verifierOf(secret) }))
    if (written.outcome !== 'written' && written.outcome !== 'conflict') throw asError(written)
  }

  /** Whether the founder's invitation can still be used with this secret. @throws ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED */
  async isFoundingOpen (secret: Uint8Array): Promise<boolean> {
    const register = await this.#read(FOUNDING_INVITE_ID)
    const invite = register === undefined ? undefined : decodeInvite(register.value)
    return invite?.closed === false && equals(invite.verifier, verifierOf(secret))
  }

  /**
   * A new invitation, for one server. It closes the founder's.
   *
   * @throws ERR_USAGE for a time out of bounds; ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED: nobody has its secret, so make another
   */
  async make (ttlMs: number): Promise<MadeInvite> {
    const { registers, clock, random } = this.#components
    if (!Number.isSafeInteger(ttlMs) || ttlMs < minInviteTtlMs || ttlMs > maxInviteTtlMs) {
      throw new P2pChatError('ERR_USAGE', `An invitation lasts from 1 second to ${maxInviteTtlMs / 86_400_000} days.`)
    }
    await this.closeFounding()
    const inviteId = random.bytes(inviteIdBytes)
    const secret = random.bytes(secretBytes)
    const expiresAtMs = clock.now() + ttlMs
    const written = await registers.compareAndSet(nameOf(inviteId), 0, encodeInvite({ verifier: verifierOf(secret), expiresAtMs: BigInt(expiresAtMs) }))
    if (written.outcome === 'conflict') throw new P2pChatError('ERR_INTERNAL', 'Two invitations got the same id.')
    if (written.outcome !== 'written') throw asError(written)
    return { inviteId, secret, expiresAtMs }
  }

  /**
   * Lets a server use an invitation; resolves once that is kept. The same server may use it again at any time.
   *
   * @param wasLetIn whether it is in the roster, asked after a read by the newest: then any will do that ever was one. Default: no
   * @throws ERR_NOT_PERMITTED: there is no such invitation, the secret is wrong, it has expired, or another server used
   * it; ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED: ask again
   */
  async use (inviteId: Uint8Array, secret: Uint8Array, serverKey: Uint8Array, wasLetIn = (): boolean => false): Promise<void> {
    for (let race = 0; race < maxRaces; race++) {
      const register = await this.#read(inviteId)
      const invite = register === undefined ? undefined : decodeInvite(register.value)
      // The same work and the same words whether or not there is such an invitation.
      const isRight = constantTimeEqual(invite?.verifier ?? new Uint8Array(32), verifierOf(secret))
      if (register === undefined || invite === undefined || !isRight) throw refused('This pool does not know that token.')
      if (wasLetIn() || equals(invite.usedBy, serverKey)) return
      if (invite.usedBy.byteLength > 0) throw refused('That token was used by another server already.')
      if (invite.closed) throw refused('The token that the pool began with is no longer taken, as others were made since, or a server was removed.')
      if (invite.expiresAtMs === 0n) return
      if (invite.expiresAtMs <= BigInt(this.#components.clock.now())) throw refused('That token has expired.')
      const written = await this.#components.registers.compareAndSet(nameOf(inviteId), register.version, encodeInvite({ ...invite, usedBy: serverKey }))
      if (written.outcome === 'written') return
      if (written.outcome !== 'conflict') throw asError(written)
    }
    throw new P2pChatError('ERR_OVERLOADED', 'That token is being used just now. Try again shortly.', { retryAfterMs: minInviteTtlMs })
  }

  /** Nobody uses the founder's invitation from here on. Repeatable. @throws ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED */
  async closeFounding (): Promise<void> {
    for (let race = 0; race < maxRaces; race++) {
      const register = await this.#read(FOUNDING_INVITE_ID)
      const invite: Partial<Invite> = register === undefined ? {} : decodeInvite(register.value)
      if (invite.closed === true) return
      const written = await this.#components.registers.compareAndSet(nameOf(FOUNDING_INVITE_ID), register?.version ?? 0, encodeInvite({ ...invite, closed: true }))
      if (written.outcome === 'written') return
      if (written.outcome !== 'conflict') throw asError(written)
    }
    throw new P2pChatError('ERR_OVERLOADED', 'Another server makes an invitation just now. Try again shortly.', { retryAfterMs: minInviteTtlMs })
  }

  async #read (inviteId: Uint8Array): Promise<Register | undefined> {
    const read = await this.#components.registers.read(nameOf(inviteId))
    if (read.outcome !== 'read') throw asError(read)
    return read.register
  }
}

function nameOf (inviteId: Uint8Array): string {
  return `invite:${toString(inviteId, 'base16')}`
}

function verifierOf (secret: Uint8Array): Uint8Array {
  return sha256(lpAll('p2pchat/1 invite', secret))
}

function encodeInvite (invite: Parameters<typeof encode<Invite>>[1]): Uint8Array {
  return encode(Invite, invite)
}

function decodeInvite (value: Uint8Array): Invite {
  return decode(Invite, value, maxInviteBytes, 'An invitation')
}

function refused (why: string): P2pChatError {
  return new P2pChatError('ERR_NOT_PERMITTED', `${why} Get a new one with: p2pchat pool invite`)
}
