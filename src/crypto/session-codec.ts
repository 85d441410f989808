/** The stored form of a session. Of this implementation only: it never travels. */
import { decodeRatchet, encodeRatchet } from './ratchet-codec.js'
import { corruptState, StateReader, StateWriter } from './state-codec.js'
import type { Session, SessionInitiation } from './session.js'

const VERSION = 1
const ROLES = ['initiator', 'responder'] as const

/** What is left of the initiation. */
const NONE = 0
const WITHOUT_ONE_TIME_PREKEY = 1
const WITH_ONE_TIME_PREKEY = 2

/** Holds every secret of the session in the open. */
export function encodeSession (session: Session): Uint8Array {
  const writer = new StateWriter().u8(VERSION).u8(ROLES.indexOf(session.role)).bytes(session.id).bytes(session.ad)
  writer.bytes(session.receiptKeyOut).bytes(session.receiptKeyIn)
  writeInitiation(writer, session.initiation)
  return writer.bytes(encodeRatchet(session.ratchet)).done()
}

/** @throws ERR_STORE_CORRUPT; ERR_STORE_NEWER when a later version wrote it */
export function decodeSession (bytes: Uint8Array): Session {
  const reader = new StateReader(bytes)
  reader.version(VERSION)
  const role = ROLES[reader.u8()]
  if (role === undefined) throw corruptState('it has an unknown role')
  const [id, ad] = [reader.bytes(16), reader.bytes(32)]
  const [receiptKeyOut, receiptKeyIn] = [reader.bytes(32), reader.bytes(32)]
  const initiation = readInitiation(reader)
  if (role === 'responder' && initiation !== undefined) throw corruptState('a responder has an initiation')
  return { id, ad, role, initiation, receiptKeyOut, receiptKeyIn, ratchet: decodeRatchet(reader.rest()) }
}

function writeInitiation (writer: StateWriter, initiation: SessionInitiation | undefined): void {
  if (initiation === undefined) {
    writer.u8(NONE)
    return
  }
  const { ephemeralKey, signedPrekeyId, oneTimePrekeyId } = initiation
  writer.u8(oneTimePrekeyId === undefined ? WITHOUT_ONE_TIME_PREKEY : WITH_ONE_TIME_PREKEY).bytes(ephemeralKey).u32(signedPrekeyId)
  if (oneTimePrekeyId !== undefined) writer.u32(oneTimePrekeyId)
}

function readInitiation (reader: StateReader): SessionInitiation | undefined {
  const kind = reader.u8()
  if (kind === NONE) return undefined
  if (kind > WITH_ONE_TIME_PREKEY) throw corruptState('its initiation is of an unknown kind')
  const [ephemeralKey, signedPrekeyId] = [reader.bytes(32), reader.u32()]
  return { ephemeralKey, signedPrekeyId, oneTimePrekeyId: kind === WITH_ONE_TIME_PREKEY ? reader.u32() : undefined }
}
