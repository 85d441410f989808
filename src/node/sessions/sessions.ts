/**
 * The sessions of this device with others, as stored in the home. Every step is part of the caller's transaction, so
 * that a session is durable before what it sealed leaves, and together with what it opened.
 */
import { decodeSession, encodeSession } from '../../crypto/session-codec.js'
import { acceptSession, forgetSession, initiateSession, openReceipt, sealReceipt, sessionDecrypt, sessionEncrypt, type PublicPrekey, type Session } from '../../crypto/session.js'
import type { DeviceEnd, SelfEnd } from '../../crypto/x3dh.js'
import { isP2pChatError, type P2pChatError } from '../../errors.js'
import type { Envelope } from '../../protocol/pb/envelope.js'
import { mailRetentionMs } from '../../protocol/limits.js'
import type { Clock, Random } from '../../runtime.js'
import { toHex } from '../home/hex.js'
import { stampNow, steadyNow } from '../home/home-time.js'
import type { Reader, Transaction } from '../home/lane.js'
import { bytesTable, jsonTable, rememberedTable } from '../home/table.js'
import type { Prekeys } from '../prekeys/prekeys.js'
import { maxSessions } from './limits.js'

/** The sessions with one device. */
interface SessionList {
  username: string
  /** session ids in hex; the one on which a message was last read, or that was begun last, first */
  ids: string[]
  /** The other end may have none of them: the next thing to send begins a new one, unless something is read before. */
  stale?: true
  /** Since then its account does not list the device: nothing is sealed for it. */
  unlistedAtMs?: number
}

/** An id that may not come back: a first message that names it is a replay. */
interface EndedSession { endedAtMs: number }

const sessionTable = bytesTable('session')
const listTable = rememberedTable<SessionList>('sessions')
const endedTable = jsonTable<EndedSession>('ended-session')

export interface Sealed {
  sessionId: Uint8Array
  initiation: Session['initiation']
  header: Uint8Array
  sealed: Uint8Array
}

export type Opened =
  | { kind: 'read', plaintext: Uint8Array }
  /** its key was used before */
  | { kind: 'duplicate' }
  /** too far ahead of what was read; may become readable */
  | { kind: 'early' }
  /** no session, or prekeys that are gone: only a new session helps */
  | { kind: 'unreadable' }
  /** not made by who it says, or damaged */
  | { kind: 'invalid', error: P2pChatError }

export interface SessionsComponents {
  clock: Clock
  random: Random
  prekeys: Prekeys
}

export class Sessions {
  constructor (private readonly components: SessionsComponents) {}

  /** Whose device this is, if there ever was a session with it. */
  async usernameOf (reader: Reader, device: string): Promise<string | undefined> {
    return (await listTable.get(reader, device))?.username
  }

  /** Whether the session is here: whatever is kept is in its device's list. */
  async knows (reader: Reader, device: string, sessionId: Uint8Array): Promise<boolean> {
    return (await listTable.get(reader, device))?.ids.includes(toHex(sessionId)) === true
  }

  /** Whether there is a session to send in. */
  async hasSession (reader: Reader, device: string): Promise<boolean> {
    return (await this.activeId(reader, device)) !== undefined
  }

  /** Begins a session as X3DH's initiator, with a device that its account lists; it is the one to send in from now on. */
  async begin (tx: Transaction, self: SelfEnd, peer: DeviceEnd, bundle: { signedPrekey: PublicPrekey, oneTimePrekey?: PublicPrekey }): Promise<void> {
    const { session } = initiateSession({ self, peer, ...bundle, random: this.components.random })
    const device = toHex(peer.deviceKey)
    await this.listed(tx, device)
    await this.keep(tx, device, peer.username, session)
    forgetSession(session)
  }

  /** Seals in the active session; undefined when there is none. */
  async seal (tx: Transaction, device: string, plaintext: Uint8Array): Promise<Sealed | undefined> {
    const active = await this.active(tx, device)
    if (active === undefined) return undefined
    const { session, header, sealed } = sessionEncrypt(active, plaintext, this.components.random)
    sessionTable.put(tx, encodeSession(session), device, session.id)
    forget(active, session)
    return { sessionId: session.id, initiation: session.initiation, header, sealed }
  }

  /**
   * Opens a message envelope. With an initiation and no such session yet, it begins one as X3DH's responder, kept only
   * if the message could be read.
   */
  async open (tx: Transaction, self: SelfEnd, peer: DeviceEnd, envelope: Envelope): Promise<Opened> {
    const device = toHex(peer.deviceKey)
    const stored = await sessionTable.get(tx, device, envelope.sessionId)
    try {
      if (stored !== undefined) return await this.read(tx, device, peer.username, decodeSession(stored), envelope)
      const initiation = envelope.initiation
      if (initiation === undefined || await endedTable.get(tx, envelope.sessionId) !== undefined) return { kind: 'unreadable' }
      const { prekeys } = this.components
      const found = await prekeys.find(tx, initiation.signedPrekeyId, initiation.oneTimePrekeyId)
      if (found === undefined) return { kind: 'unreadable' }
      const session = acceptSession({
        self,
        peer,
        sessionId: envelope.sessionId,
        ephemeralKey: initiation.ephemeralKey,
        signedPrekey: found.signedPrekey,
        oneTimePrekey: found.oneTimePrivate === undefined ? undefined : { privateKey: found.oneTimePrivate }
      })
      const opened = await this.read(tx, device, peer.username, session, envelope)
      if (opened.kind === 'read' && initiation.oneTimePrekeyId !== undefined) prekeys.useUp(tx, initiation.oneTimePrekeyId)
      return opened
    } catch (error) {
      if (isP2pChatError(error, 'ERR_REPLAY')) return { kind: 'duplicate' }
      if (isP2pChatError(error, 'ERR_LIMIT')) return { kind: 'early' }
      if (isP2pChatError(error, 'ERR_DECRYPT', 'ERR_CRYPTO_INPUT')) return { kind: 'invalid', error }
      throw error
    }
  }

  /** Seals a receipt in the active session; undefined when there is none. */
  async sealReceipt (reader: Reader, device: string, receipt: Uint8Array): Promise<{ sessionId: Uint8Array, sealed: Uint8Array } | undefined> {
    const active = await this.active(reader, device)
    if (active === undefined) return undefined
    const sealed = sealReceipt(active, receipt, this.components.random)
    forgetSession(active)
    return { sessionId: active.id, sealed }
  }

  /** The plaintext of a receipt; undefined when it is of no session here, or not genuine. */
  async openReceipt (tx: Transaction, device: string, envelope: Envelope): Promise<Uint8Array | undefined> {
    const stored = await sessionTable.get(tx, device, envelope.sessionId)
    if (stored === undefined) return undefined
    const before = decodeSession(stored)
    try {
      const { session, receipt } = openReceipt(before, envelope.sealed)
      if (session !== before) sessionTable.put(tx, encodeSession(session), device, session.id)
      return receipt
    } catch (error) {
      if (isP2pChatError(error, 'ERR_DECRYPT')) return undefined
      throw error
    } finally {
      forgetSession(before)
    }
  }

  /** The other end seals in a session that is not here: ours stay readable, but a new one is needed to send in. */
  async distrust (tx: Transaction, device: string): Promise<void> {
    const list = await listTable.get(tx, device)
    if (list !== undefined) listTable.put(tx, { ...list, stale: true }, device)
  }

  /** Its account does not list the device any more: nothing is sealed for it, what it sealed before may be in a mailbox still. */
  async unlisted (tx: Transaction, device: string): Promise<void> {
    const list = await listTable.get(tx, device)
    if (list !== undefined && list.unlistedAtMs === undefined) listTable.put(tx, { ...list, unlistedAtMs: await stampNow(tx, this.components.clock) }, device)
  }

  /** Ends all sessions with a device of somebody else who had the name. */
  async endAll (tx: Transaction, device: string): Promise<void> {
    const list = await listTable.get(tx, device)
    for (const id of list?.ids ?? []) await this.end(tx, device, id)
    listTable.delete(tx, device)
  }

  /** The device is back: it may have no session any more. */
  async listed (tx: Transaction, device: string): Promise<void> {
    const { unlistedAtMs, ...list } = await listTable.get(tx, device) ?? {}
    if (unlistedAtMs !== undefined) listTable.put(tx, { ...list as SessionList, stale: true }, device)
  }

  /**
   * Ends sessions with devices of which no mail can be left, and forgets ended ids once the prekeys that they could be
   * replayed against are gone.
   */
  async sweep (tx: Transaction): Promise<void> {
    const latestMs = await steadyNow(tx, this.components.clock) - mailRetentionMs
    for (const { key: [device = ''], value: { unlistedAtMs = Infinity } } of await listTable.list(tx, [])) {
      if (unlistedAtMs <= latestMs) await this.endAll(tx, device)
    }
    const oldest = await this.components.prekeys.oldestSignedAtMs(tx) ?? Number.POSITIVE_INFINITY
    for (const { key, value } of await endedTable.list(tx, [])) {
      if (value.endedAtMs < oldest) endedTable.delete(tx, key[0] ?? '')
    }
  }

  private async read (tx: Transaction, device: string, username: string, session: Session, envelope: Envelope): Promise<Opened> {
    const { session: next, plaintext } = sessionDecrypt(session, envelope.header, envelope.sealed, this.components.random)
    await this.keep(tx, device, username, next)
    forget(session, next)
    return { kind: 'read', plaintext }
  }

  private async active (reader: Reader, device: string): Promise<Session | undefined> {
    const id = await this.activeId(reader, device)
    const stored = id === undefined ? undefined : await sessionTable.get(reader, device, id)
    return stored === undefined ? undefined : decodeSession(stored)
  }

  private async activeId (reader: Reader, device: string): Promise<string | undefined> {
    const list = await listTable.get(reader, device)
    return list?.stale === true || list?.unlistedAtMs !== undefined ? undefined : list?.ids[0]
  }

  private async keep (tx: Transaction, device: string, username: string, session: Session): Promise<void> {
    const id = toHex(session.id)
    const list = await listTable.get(tx, device)
    const ids = [id, ...(list?.ids ?? []).filter((other) => other !== id)]
    for (const dropped of ids.slice(maxSessions)) await this.end(tx, device, dropped)
    sessionTable.put(tx, encodeSession(session), device, id)
    if (list?.ids[0] === id && list.stale !== true && ids.length <= maxSessions) return
    listTable.put(tx, { username, ids: ids.slice(0, maxSessions), ...(list?.unlistedAtMs === undefined ? {} : { unlistedAtMs: list.unlistedAtMs }) }, device)
  }

  private async end (tx: Transaction, device: string, id: string): Promise<void> {
    sessionTable.delete(tx, device, id)
    endedTable.put(tx, { endedAtMs: await stampNow(tx, this.components.clock) }, id)
  }
}

/** What was decoded for one step is in the store again, or of no use any more. */
function forget (before: Session, after: Session): void {
  forgetSession(before, after)
  forgetSession(after)
}
