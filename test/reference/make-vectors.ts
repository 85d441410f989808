/** Writes test/vectors/sessions/*.json from this second implementation. The same bytes on every run. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join as joinPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hex, x25519Public } from './bytes.js'
import { CountedBytes } from './drbg.js'
import type { RatchetStart } from './ratchet-script.js'
import { ratchetVectors } from './ratchet-vectors.js'
import { receiptBytes, sealReceipt } from './receipt.js'
import { safetyNumber } from './safety-number.js'
import { paddingVectors, sealVectors } from './seal-vectors.js'
import { sealVault } from './vault.js'
import { associatedData, initiate, publicEnd, respond } from './x3dh.js'
import type { EndSecrets, SessionKeys } from './x3dh.js'

interface HexEnd { username: string, accountSeed: string, deviceSeed: string, identityPrivate: string }

interface X3dhVector {
  comment: string
  initiator: HexEnd
  responder: HexEnd
  ephemeralPrivate: string
  signedPrekeyPrivate: string
  oneTimePrekeyPrivate?: string
  ad: string
  rootKey: string
  receiptKeyInitiator: string
  receiptKeyResponder: string
  sessionId: string
}

interface X3dhCase { vector: X3dhVector, ad: Buffer, SPKb: Buffer, keys: SessionKeys }

interface X3dhChoice { comment: string, initiator?: EndSecrets, responder?: EndSecrets, usesOneTimePrekey: boolean }

function newEnd (bytes: CountedBytes, username: string): EndSecrets {
  return { username, accountSeed: bytes.take(32), deviceSeed: bytes.take(32), identityPrivate: bytes.take(32) }
}

function hexEnd (secrets: EndSecrets): HexEnd {
  return {
    username: secrets.username,
    accountSeed: hex(secrets.accountSeed),
    deviceSeed: hex(secrets.deviceSeed),
    identityPrivate: hex(secrets.identityPrivate)
  }
}

function agree (bytes: CountedBytes, choice: X3dhChoice): X3dhCase {
  const A = choice.initiator ?? newEnd(bytes, 'alice')
  const B = choice.responder ?? newEnd(bytes, 'bob')
  const [EKa, SPKb] = [bytes.take(32), bytes.take(32)]
  const OPKb = choice.usesOneTimePrekey ? bytes.take(32) : undefined
  const [endA, endB] = [publicEnd(A), publicEnd(B)]
  const ad = associatedData(endA, endB)
  const keys = initiate(ad, A.identityPrivate, EKa, endB.identityKey, x25519Public(SPKb), OPKb && x25519Public(OPKb))
  const atB = respond(ad, B.identityPrivate, SPKb, OPKb, endA.identityKey, x25519Public(EKa))
  if (!keys.rootKey.equals(atB.rootKey)) throw new Error('the two ends do not agree')
  const vector: X3dhVector = {
    comment: choice.comment,
    initiator: hexEnd(A),
    responder: hexEnd(B),
    ephemeralPrivate: hex(EKa),
    signedPrekeyPrivate: hex(SPKb),
    ...(OPKb === undefined ? {} : { oneTimePrekeyPrivate: hex(OPKb) }),
    ad: hex(ad),
    rootKey: hex(keys.rootKey),
    receiptKeyInitiator: hex(keys.receiptKeyInitiator),
    receiptKeyResponder: hex(keys.receiptKeyResponder),
    sessionId: hex(keys.sessionId)
  }
  return { vector, ad, SPKb, keys }
}

function x3dhCases (): X3dhCase[] {
  const bytes = new CountedBytes('x3dh')
  const [alice, bob] = [newEnd(bytes, 'alice'), newEnd(bytes, 'bob')]
  const secondDevice: EndSecrets = { ...newEnd(bytes, 'alice'), accountSeed: alice.accountSeed }
  return [
    { comment: 'with a one-time prekey', initiator: alice, responder: bob, usesOneTimePrekey: true },
    { comment: 'the same ends without a one-time prekey', initiator: alice, responder: bob, usesOneTimePrekey: false },
    { comment: 'the same ends, the other one initiates', initiator: bob, responder: alice, usesOneTimePrekey: true },
    { comment: 'two devices of one account', initiator: alice, responder: secondDevice, usesOneTimePrekey: true },
    { comment: 'the shortest and the longest username', initiator: newEnd(bytes, 'al'), responder: newEnd(bytes, 'b.o-b_'.repeat(5) + '42'), usesOneTimePrekey: false },
    { comment: 'other keys, with a one-time prekey', usesOneTimePrekey: true },
    { comment: 'other keys, without a one-time prekey', usesOneTimePrekey: false }
  ].map(choice => agree(bytes, choice))
}

function receiptVectors (): unknown[] {
  const bytes = new CountedBytes('receipt')
  const watermarks: Array<[bigint, bigint]> = [[0n, 0n], [1n, 0n], [1n, 1n], [127n, 5n], [128n, 127n], [300n, 299n], [70_000n, 16_384n], [9_007_199_254_740_991n, 4_294_967_296n]]
  return watermarks.map(([delivered, read]) => {
    const [receiptKey, ad, sessionId, salt] = [bytes.take(32), bytes.take(32), bytes.take(16), bytes.take(16)]
    const receipt = receiptBytes(delivered, read)
    const sealed = sealReceipt(receiptKey, ad, sessionId, receipt, salt)
    return { receiptKey: hex(receiptKey), ad: hex(ad), sessionId: hex(sessionId), receipt: hex(receipt), salt: hex(salt), sealed: hex(sealed) }
  })
}

function vaultVectors (): unknown[] {
  const bytes = new CountedBytes('vault')
  const names: Array<[string, string]> = [['pool-one', 'alice'], ['pool-one', 'bob'], ['pool-two', 'alice'], ['a', 'al'], [hex(bytes.take(32)), 'b.o-b_'.repeat(5) + '42']]
  return names.map(([poolId, username]) => {
    const [exportKey, seed, salt] = [bytes.take(64), bytes.take(32), bytes.take(16)]
    const vault = sealVault(poolId, username, exportKey, seed, salt)
    return { poolId, username, exportKey: hex(exportKey), seed: hex(seed), salt: hex(salt), vault: hex(vault) }
  })
}

function safetyNumberVectors (): unknown[] {
  const bytes = new CountedBytes('safety number')
  const [alice, bob, carol, longest] = ['alice', 'bob', 'carol', 'b.o-b_'.repeat(5) + '42'].map(username =>
    ({ username, accountKey: publicEnd(newEnd(bytes, username)).accountKey }))
  if (alice === undefined || bob === undefined || carol === undefined || longest === undefined) throw new Error('four accounts')
  const otherName = { username: 'alicia', accountKey: alice.accountKey }
  const pairs = [[alice, bob], [bob, alice], [alice, carol], [carol, bob], [longest, alice], [otherName, bob], [alice, otherName]] as const
  return pairs.map(([a, b]) => ({
    a: { username: a.username, accountKey: hex(a.accountKey) },
    b: { username: b.username, accountKey: hex(b.accountKey) },
    number: safetyNumber(a, b)
  }))
}

/** @returns file name to text */
export function makeVectors (): Map<string, string> {
  const x3dh = x3dhCases()
  const [first] = x3dh
  if (first === undefined) throw new Error('no x3dh case')
  const start: RatchetStart = { rootKey: first.keys.rootKey, ad: first.ad, SPKb: first.SPKb }
  const files: Array<[string, unknown[]]> = [
    ['seal.json', sealVectors()],
    ['padding.json', paddingVectors()],
    ['x3dh.json', x3dh.map(each => each.vector)],
    ['ratchet.json', ratchetVectors(start)],
    ['receipt.json', receiptVectors()],
    ['vault.json', vaultVectors()],
    ['safety-number.json', safetyNumberVectors()]
  ]
  return new Map(files.map(([name, vectors]) => [name, JSON.stringify(vectors, undefined, 1) + '\n']))
}

/** The folder of the committed files, found from the sources as well as from the compiled tests. */
export function vectorsFolder (): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(joinPath(folder, 'package.json'))) folder = dirname(folder)
  return joinPath(folder, 'test', 'vectors', 'sessions')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(vectorsFolder(), { recursive: true })
  for (const [name, text] of makeVectors()) writeFileSync(joinPath(vectorsFolder(), name), text)
}
