/** The stored form of an epoch's keys, whole or chain by chain. Of this implementation only: it never travels. */
import { fromString } from 'uint8arrays/from-string'
import { corruptState, StateReader, StateWriter } from '../state-codec.js'
import { maxGroupChains, maxGroupSkippedKeys } from './limits.js'
import { maxNameChars } from '../../protocol/limits.js'
import type { GroupEpochKeys, GroupSkippedKey, SenderChain } from './epoch.js'

const VERSION = 1

/** 82 bytes at least, the username and 36 bytes for each skipped key more. */
export function encodeChain (chain: SenderChain): Uint8Array {
  const writer = new StateWriter().u8(VERSION)
  writeChain(writer, chain)
  return writer.done()
}

/** @throws ERR_STORE_CORRUPT; ERR_STORE_NEWER when a later version wrote it */
export function decodeChain (bytes: Uint8Array): SenderChain {
  const reader = new StateReader(bytes)
  reader.version(VERSION)
  const chain = readChain(reader)
  reader.end()
  return chain
}

export function encodeGroupEpoch ({ groupId, epoch, successor, receiptKey, chains }: GroupEpochKeys): Uint8Array {
  const writer = new StateWriter().u8(VERSION).bytes(groupId)
  writer.u32(Math.floor(epoch / 2 ** 32)).u32(epoch % 2 ** 32).bytes(successor).bytes(receiptKey).u32(chains.length)
  for (const chain of chains) writeChain(writer, chain)
  return writer.done()
}

/** @throws ERR_STORE_CORRUPT; ERR_STORE_NEWER when a later version wrote it */
export function decodeGroupEpoch (bytes: Uint8Array): GroupEpochKeys {
  const reader = new StateReader(bytes)
  reader.version(VERSION)
  const groupId = reader.bytes(32)
  const epoch = reader.u32() * 2 ** 32 + reader.u32()
  if (!Number.isSafeInteger(epoch) || epoch < 1) throw corruptState('it has an epoch that cannot be')
  const successor = reader.bytes(32)
  const receiptKey = reader.bytes(32)
  const chains = Array.from({ length: reader.count(maxGroupChains) }, () => readChain(reader))
  reader.end()
  return { groupId, epoch, successor, receiptKey, chains }
}

function writeChain (writer: StateWriter, { username, deviceKey, CK, N, skipped }: SenderChain): void {
  const name = fromString(username)
  writer.u32(name.byteLength).bytes(name).bytes(deviceKey).bytes(CK).u32(N).u32(skipped.length)
  for (const { N, mk } of skipped) writer.u32(N).bytes(mk)
}

function readChain (reader: StateReader): SenderChain {
  const username = String.fromCharCode(...reader.bytes(reader.count(maxNameChars)))
  const deviceKey = reader.bytes(32)
  const CK = reader.bytes(32)
  const N = reader.u32()
  const skipped: GroupSkippedKey[] = Array.from({ length: reader.count(maxGroupSkippedKeys) }, () => ({ N: reader.u32(), mk: reader.bytes(32) }))
  if (skipped.some((key, i) => key.N >= (skipped[i + 1]?.N ?? N))) throw corruptState('the skipped keys of a chain are out of order')
  return { username, deviceKey, CK, N, skipped }
}
