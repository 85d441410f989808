/** What this device has of each device that sends to a group: how far in order, what is held back, what receipt is due. */
import type { Via } from '../../chat-node.js'
import type { ReadState } from '../../history/reading.js'
import type { Reader, Transaction } from '../../home/lane.js'
import { jsonCodec, jsonTable, rememberedTable } from '../../home/table.js'
import type { KnownStart } from './arrival.js'

/** A device that sends to a group; the same key under another name is another one. */
export interface SendingDevice {
  /** of the group, in hex */
  id: string
  username: string
  /** in hex */
  device: string
}

export interface InState {
  /** the epoch that made this account a member, when it began */
  since: number
  /** the next sequence that is waited for */
  expected: number
  readThrough: number
  /** the newest epoch that a message was read in: its sender has the keys for a receipt */
  epoch: number
  starts: KnownStart[]
  /** sequences that came too early */
  held: number[]
  heldBytes: number
  /** how many messages of epochs whose keys are lost people were told of, and those that no sequence was found for yet */
  lost: Array<{ epoch: number, counted: number }>
  told: number
}

export interface HeldGroupMessage { payload: Uint8Array, epoch: number, counter: number, via: Via, fromRemovedDevice?: true }
export interface DueGroupReceipt { deliveredThrough: number, readThrough: number }

/** Of a group's conversation as a whole. */
export interface GroupTalkState extends ReadState { lastMessageAtMs: number | null, heldBytes: number }

const stateTable = rememberedTable<InState>('group-in')
const heldTable = jsonTable<HeldGroupMessage>('group-held')
const dueTable = jsonTable<DueGroupReceipt>('group-due')
/** The shelf that has a state for each group. */
export const GROUP_TALK_SHELF = 'group-talk'

const talkTable = rememberedTable<GroupTalkState>(GROUP_TALK_SHELF)

export async function findInState (reader: Reader, { id, username, device }: SendingDevice): Promise<InState | undefined> {
  return await stateTable.get(reader, id, username, device)
}

export function putInState (tx: Transaction, { id, username, device }: SendingDevice, state: InState): void {
  stateTable.put(tx, state, id, username, device)
}

export async function listInStates (reader: Reader, id: string): Promise<Array<{ sender: SendingDevice, state: InState }>> {
  return (await stateTable.list(reader, [id])).map(({ key: [, username = '', device = ''], value }) => ({ sender: { id, username, device }, state: value }))
}

export function holdMessage (tx: Transaction, { id, username, device }: SendingDevice, sequence: number, held: HeldGroupMessage): void {
  heldTable.put(tx, held, id, username, device, sequence)
}

export async function takeHeldMessage (tx: Transaction, { id, username, device }: SendingDevice, sequence: number): Promise<HeldGroupMessage | undefined> {
  const held = await heldTable.get(tx, id, username, device, sequence)
  if (held !== undefined) heldTable.delete(tx, id, username, device, sequence)
  return held
}

/** Devices of which something is held back. */
export async function sendersWithHeld (reader: Reader, id: string): Promise<SendingDevice[]> {
  const keys = await heldTable.keys(reader, [id])
  return [...new Map(keys.map(([, username = '', device = '']) => [`${username}/${device}`, { id, username, device }])).values()]
}

export function putDueReceipt (tx: Transaction, { id, username, device }: SendingDevice, state: InState): void {
  dueTable.put(tx, { deliveredThrough: state.expected - 1, readThrough: state.readThrough }, id, username, device)
}

export async function findDueReceipt (reader: Reader, { id, username, device }: SendingDevice): Promise<DueGroupReceipt | undefined> {
  return await dueTable.get(reader, id, username, device)
}

export async function sendersWithDueReceipt (reader: Reader): Promise<SendingDevice[]> {
  return (await dueTable.keys(reader, [])).map(([id = '', username = '', device = '']) => ({ id, username, device }))
}

/** The receipt was handed over; what became due meanwhile stays. */
export async function clearDueReceipt (tx: Transaction, { id, username, device }: SendingDevice, given: DueGroupReceipt): Promise<void> {
  const due = await dueTable.get(tx, id, username, device)
  if (due?.deliveredThrough === given.deliveredThrough && due.readThrough === given.readThrough) dueTable.delete(tx, id, username, device)
}

export async function findTalkState (reader: Reader, id: string): Promise<GroupTalkState> {
  return await talkTable.get(reader, id) ?? { unread: 0, lastMessageAtMs: null, heldBytes: 0 }
}

export function putTalkState (tx: Transaction, id: string, state: GroupTalkState): void {
  talkTable.put(tx, state, id)
}

/** A stored state as a device that was restored has it: what was held back is in no backup. */
export function asRestoredTalk (stored: Uint8Array): Uint8Array {
  const codec = jsonCodec<GroupTalkState>(GROUP_TALK_SHELF)
  return codec.encode({ ...codec.decode(stored), heldBytes: 0 })
}
