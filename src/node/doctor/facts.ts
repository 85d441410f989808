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

export interface FactsComponents {
  store: KeyValueStore
  lane: Lane
  clock: Clock
  disk: Disk
  /** the home's folder */
  home: string
}

type HomeFacts = Pick<DoctorFacts, 'nowMs' | 'damage' | 'freeDiskBytes' | 'changed' | 'oldestUndeliveredAtMs' | 'forked' | 'devices' | 'messages' | 'backedUpAtMs'>

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
