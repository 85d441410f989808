import { acceptSession, initiateSession, openReceipt, sealReceipt, sessionDecrypt, sessionEncrypt, type Session } from '../../../src/crypto/session.js'
import { x25519KeyPair } from '../../../src/crypto/x25519.js'
import { SUITE } from '../../../src/protocol/ids.js'
import { Content, Payload, Receipt } from '../../../src/protocol/pb/content.js'
import { EnvelopeKind } from '../../../src/protocol/enums.js'
import { Envelope } from '../../../src/protocol/pb/envelope.js'
import { verifyAccountRecord } from '../../../src/records/index.js'
import type { Random } from '../../../src/runtime.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { bytesOf, meaningOf } from '../meaning.js'
import type { Frozen, Scene } from './index.js'
import { endOf, frozenPerson, newSecrets, NOW_MS, personOf, readPerson, recordOf, type Person } from './people.js'

/**
 * Alice's first message to bob, with the initiation; his answer, with which the ratchet turns; her next, after that; and
 * his receipt. Bob reads with his frozen keys; alice's end is made again with the chance that she had, and reads, too.
 */
export const sessions: Scene = {
  make: () => {
    const keys = new SeededRandom('p2pchat wire: sessions')
    const alice = personOf(newSecrets('alice', (length) => keys.bytes(length)))
    const bob = personOf(newSecrets('bob', (length) => keys.bytes(length)))
    const [signedPrekey, oneTimePrekey] = [x25519KeyPair(keys.bytes(32)), x25519KeyPair(keys.bytes(32))]
    const chance = meaningOf(keys.bytes(32 * 20))
    const given = { alice: frozenPerson(alice), bob: frozenPerson(bob), signedPrekeyPrivate: meaningOf(signedPrekey.privateKey), oneTimePrekeyPrivate: meaningOf(oneTimePrekey.privateKey), aliceChance: chance, bobChance: chance }
    const random = replay(chance)
    const { session, initiation } = initiateSession({ self: endOf(alice), peer: endOf(bob), signedPrekey: { id: 5, publicKey: signedPrekey.publicKey }, oneTimePrekey: { id: 77, publicKey: oneTimePrekey.publicKey }, random })
    const begin = { accountRecord: new Uint8Array(recordOf(alice).signed), ephemeralKey: new Uint8Array(initiation.ephemeralKey), signedPrekeyId: 5, oneTimePrekeyId: 77 }
    const first = seal(session, alice, bob, payload('alice', 'bob', 1n, 'See you at six?'), random, begin)
    let atBob = acceptSession({ self: endOf(bob), peer: endOf(alice), sessionId: session.id, ephemeralKey: initiation.ephemeralKey, signedPrekey, oneTimePrekey })
    const bobRandom = replay(chance)
    atBob = opened(atBob, first.envelope, bobRandom).session
    const answer = seal(atBob, bob, alice, payload('bob', 'alice', 1n, 'Make it seven.'), bobRandom)
    const heard = opened(first.session, answer.envelope, random).session
    const third = seal(heard, alice, bob, payload('alice', 'bob', 2n, 'Fine.'), random)
    const receipt = sealReceipt(answer.session, Receipt.encode({ deliveredThrough: 1n, readThrough: 1n, dropped: [] }), bobRandom)
    const wire = { first: meaningOf(first.envelope), answer: meaningOf(answer.envelope), third: meaningOf(third.envelope), receipt: meaningOf(receipt) }
    return { given, wire, meaning: sessions.read(given, wire) }
  },
  read: (given, wire): Frozen => {
    const [alice, bob] = [readPerson(given.alice), readPerson(given.bob)]
    const signedPrekey = x25519KeyPair(bytesOf(given.signedPrekeyPrivate))
    const oneTimePrekey = x25519KeyPair(bytesOf(given.oneTimePrekeyPrivate))
    const { initiation, sessionId } = Envelope.decode(bytesOf(wire.first))
    if (initiation === undefined) throw new Error('The first message begins no session.')
    const record = verifyAccountRecord(initiation.accountRecord)
    const bobRandom = replay(given.bobChance)
    const atBob = opened(acceptSession({ self: endOf(bob), peer: endOf(alice), sessionId, ephemeralKey: initiation.ephemeralKey, signedPrekey, oneTimePrekey }), bytesOf(wire.first), bobRandom)
    const random = replay(given.aliceChance)
    const { session } = initiateSession({ self: endOf(alice), peer: endOf(bob), signedPrekey: { id: 5, publicKey: signedPrekey.publicKey }, oneTimePrekey: { id: 77, publicKey: oneTimePrekey.publicKey }, random })
    const sent = sessionEncrypt(session, payload('alice', 'bob', 1n, 'See you at six?'), random).session
    const atAlice = opened(sent, bytesOf(wire.answer), random)
    const answered = sessionEncrypt(atBob.session, payload('bob', 'alice', 1n, 'Make it seven.'), bobRandom).session
    const third = opened(answered, bytesOf(wire.third), bobRandom)
    return {
      initiator: record.username,
      signedPrekeyId: initiation.signedPrekeyId,
      oneTimePrekeyId: initiation.oneTimePrekeyId ?? null,
      sessionId: meaningOf(sessionId),
      first: spoken(atBob.plaintext),
      answer: spoken(atAlice.plaintext),
      third: spoken(third.plaintext),
      receipt: meaningOf(Receipt.decode(openReceipt(atAlice.session, bytesOf(wire.receipt)).receipt))
    }
  }
}

function payload (from: string, to: string, sequence: bigint, text: string): Uint8Array {
  const bytes = (length: number, value: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(value)
  return Payload.encode({
    messageId: bytes(16, Number(sequence)),
    sequence,
    lowestAlive: 1n,
    recordVersion: 1n,
    recordHash: bytes(32, 7),
    sentAtMs: BigInt(NOW_MS),
    conversation: { direct: { from, to } },
    content: { text: { text: new Uint8Array(Buffer.from(text)) } }
  })
}

type Begin = NonNullable<Envelope['initiation']>

function seal (session: Session, from: Person, to: Person, plaintext: Uint8Array, random: Random, initiation?: Begin): { session: Session, envelope: Uint8Array } {
  const { session: next, header, sealed } = sessionEncrypt(session, plaintext, random)
  const envelope = Envelope.encode({
    id: new Uint8Array(16).fill(3),
    suite: SUITE,
    kind: EnvelopeKind.MESSAGE,
    senderDevice: new Uint8Array(from.device.publicKey),
    recipientDevice: new Uint8Array(to.device.publicKey),
    sessionId: new Uint8Array(session.id),
    ...(initiation === undefined ? {} : { initiation }),
    header: new Uint8Array(header),
    sealed: new Uint8Array(sealed)
  })
  return { session: next, envelope }
}

function opened (session: Session, envelope: Uint8Array, random: Random): { session: Session, plaintext: Uint8Array } {
  const { header, sealed } = Envelope.decode(envelope)
  return sessionDecrypt(session, header, sealed, random)
}

function spoken (plaintext: Uint8Array): Frozen {
  const { content, ...rest } = Payload.decode(plaintext)
  return { ...(meaningOf(rest) as Frozen), text: Buffer.from(Content.decode(Content.encode(content ?? {})).text?.text ?? []).toString() }
}

/** Chance that was had before, in the same order. */
function replay (chance: Frozen[string] | undefined): Random {
  const all = bytesOf(chance)
  let at = 0
  return {
    bytes: (length) => {
      if (at + length > all.byteLength) throw new Error('More chance is drawn than was frozen.')
      at += length
      return all.slice(at - length, at)
    }
  }
}
