import { join } from 'node:path'
import { isP2pChatError } from '../../errors.js'
import type { Clock } from '../../runtime.js'
import type { KeyValueStore } from '../../store/index.js'
import { findBackup } from '../backup/index.js'
import { findRecord, listContacts } from '../contacts/contacts.js'
import { oldestEntryAtMs } from '../delivery/outbox.js'
import type { Disk } from '../files/disk.js'
import { listForked } from '../groups/index.js'
import { isMessageKey } from '../history/messages.js'
import { findAccount } from '../home/account-state.js'
import type { Lane } from '../home/lane.js'
import type { DoctorFacts } from './diagnose.js'

const probeBytes = 4_096

export interface FactsComponents {
  store: KeyValueStore
  lane: Lane
  clock: Clock
  disk: Disk
  /** the home's folder */
  home: string
}

type HomeFacts = Pick<DoctorFacts, 'nowMs' | 'damage' | 'refused' | 'freeDiskBytes' | 'changed' | 'oldestUndeliveredAtMs' | 'forked' | 'devices' | 'messages' | 'backedUpAtMs'>

/** What the home alone tells. Every value is read: each has a checksum, so damage anywhere is seen. */
export async function readFacts ({ store, lane, clock, disk, home }: FactsComponents): Promise<HomeFacts> {
  let damage: string | undefined
  let messages = 0
  const readable = async <T>(read: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await read()
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_STORE_CORRUPT')) throw error
      damage ??= error.message
      return otherwise
    }
  }
  await readable(async () => { for await (const [key] of store.range()) if (isMessageKey(key)) messages++ }, undefined)
  const account = await readable(async () => await findAccount(lane), undefined)
  return {
    nowMs: clock.now(),
    refused: await refusal(lane, disk, home),
    freeDiskBytes: await disk.freeBytes(home),
    changed: await readable(async () => (await listContacts(lane)).filter(({ contact }) => contact.identity === 'changed').map(({ username }) => username), []),
    oldestUndeliveredAtMs: await readable(async () => await oldestEntryAtMs(lane), undefined),
    forked: await readable(async () => await listForked(lane), []),
    devices: account === undefined ? 0 : await readable(async () => (await findRecord(lane, account.username))?.devices.length ?? 0, 0),
    backedUpAtMs: await readable(async () => await findBackup(lane), undefined),
    messages,
    damage
  }
}

/** What the disk says when a page is to be written beside the store: a write of the store's own that failed would be its last. */
async function refusal (lane: Lane, disk: Disk, home: string): Promise<string | undefined> {
  const before: unknown = lane.failed.reason
  if (isP2pChatError(before)) return before.message
  const path = join(home, 'doctor.new')
  try {
    await disk.remove(path)
    const file = await disk.create(path)
    try {
      await file?.write(new Uint8Array(probeBytes).fill(1), 0)
      await file?.sync()
    } finally {
      await file?.close()
      await disk.remove(path)
    }
    return undefined
  } catch (error) {
    if (!isP2pChatError(error)) throw error
    return error.message
  }
}
