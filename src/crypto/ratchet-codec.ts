/** The stored form of a ratchet. Of this implementation only: it never travels. */
import { equals } from 'uint8arrays/equals'
import type { RatchetState, SkippedKey } from './double-ratchet.js'
import { maxEndedChains, maxSkippedKeys } from './limits.js'
import { corruptState, StateReader, StateWriter } from './state-codec.js'

const VERSION = 1

/** Which of DHr, CKs and CKr there are. */
const RESPONDER_START = 0
const INITIATOR_START = 1
const BOTH_CHAINS = 2

/** 177 bytes at least, 72 more for the first skipped key of a chain and 36 for each other, 32 for each ended chain. */
export function encodeRatchet (state: RatchetState): Uint8Array {
  const { DHs, DHr, RK, CKs, CKr, Ns, Nr, PN, endedChains } = state
  const writer = new StateWriter().u8(VERSION).u8(phaseOf(state)).bytes(DHs.privateKey).bytes(DHs.publicKey).bytes(RK)
  for (const key of [DHr, CKs, CKr]) if (key !== undefined) writer.bytes(key)
  writer.u32(Ns).u32(Nr).u32(PN).u32(endedChains.length)
  for (const chain of endedChains) writer.bytes(chain)
  const runs = runsByChain(state.MKSKIPPED)
  writer.u32(runs.length)
  for (const run of runs) {
    writer.bytes(run[0].DHr).u32(run.length)
    for (const { N, mk } of run) writer.u32(N).bytes(mk)
  }
  return writer.done()
}

/** @throws ERR_STORE_CORRUPT; ERR_STORE_NEWER when a later version wrote it */
export function decodeRatchet (bytes: Uint8Array): RatchetState {
  const reader = new StateReader(bytes)
  reader.version(VERSION)
  const phase = reader.u8()
  if (phase > BOTH_CHAINS) throw corruptState(`it is in an unknown phase, ${phase}`)
  const DHs = { privateKey: reader.bytes(32), publicKey: reader.bytes(32) }
  const RK = reader.bytes(32)
  const DHr = phase === RESPONDER_START ? undefined : reader.bytes(32)
  const CKs = phase === RESPONDER_START ? undefined : reader.bytes(32)
  const CKr = phase === BOTH_CHAINS ? reader.bytes(32) : undefined
  const [Ns, Nr, PN] = [reader.u32(), reader.u32(), reader.u32()]
  const endedChains = Array.from({ length: reader.count(maxEndedChains) }, () => reader.bytes(32))
  const MKSKIPPED = Array.from({ length: reader.count(maxSkippedKeys) }, () => readRun(reader)).flat()
  if (MKSKIPPED.length > maxSkippedKeys) throw corruptState(`it keeps more than ${maxSkippedKeys} skipped keys`)
  reader.end()
  return { DHs, DHr, RK, CKs, CKr, Ns, Nr, PN, MKSKIPPED, endedChains }
}

function phaseOf (state: RatchetState): number {
  if (state.CKr !== undefined) return BOTH_CHAINS
  return state.CKs === undefined ? RESPONDER_START : INITIATOR_START
}

function readRun (reader: StateReader): SkippedKey[] {
  const DHr = reader.bytes(32)
  const length = reader.count(maxSkippedKeys)
  if (length === 0) throw corruptState('a chain of skipped keys is empty')
  return Array.from({ length }, () => ({ DHr, N: reader.u32(), mk: reader.bytes(32) }))
}

/** Neighbours of one chain stand together; their order stays. */
function runsByChain (keys: readonly SkippedKey[]): Array<[SkippedKey, ...SkippedKey[]]> {
  const runs: Array<[SkippedKey, ...SkippedKey[]]> = []
  for (const key of keys) {
    const last = runs.at(-1)
    if (last !== undefined && equals(last[0].DHr, key.DHr)) last.push(key)
    else runs.push([key])
  }
  return runs
}
