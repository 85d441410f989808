/** What this device has of each sending device: how far in order, what is held or parked, what receipt is due. */
import type { Via } from '../chat-node.js'
import type { Reader, Transaction } from '../home/lane.js'
import { jsonTable, rememberedTable } from '../home/table.js'
import type { Range } from './dropped.js'

export interface InChain {
  username: string
  /** the next sequence that is waited for; all before it were taken, or are gone */
  expected: number
  /** the highest sequence of a message that was read here */
  readThrough: number
  /** sequences that came too early and are kept back */
  held: number[]
  /** what is kept back, in bytes; missing in chains from before it was counted */
  heldBytes?: number
  /** what was dropped, as its sender was blocked, and that may not know it yet */
  dropped?: Range[]
  /** marks of what was taken last, up to `expected`; missing in chains from before they were kept */
  taken?: Uint8Array
}

/** A message that came before one that precedes it. */
export interface HeldMessage { payload: Uint8Array, via: Via }

export type ParkReason =
  /** outside the ratchet's window */
  | 'early'
  /** of an account whose identity has changed and was not accepted yet */
  | 'identity'

export interface ParkedEnvelope { envelope: Uint8Array, via: Via, reason: ParkReason }

/** What is to be known of a parked envelope without reading it. */
export interface ParkedMark {
  bytes: number
  /** messages of one receiving chain of one session become readable in the order of their numbers */
  chain: string
  number: number
}

export interface ParkedTotal { count: number, bytes: number }

/** Of one device. */
interface DeviceTotal extends ParkedTotal { username: string }

/** A receipt that was not handed over yet. */
export interface DueReceipt { deliveredThrough: number, readThrough: number }

const chainTable = rememberedTable<InChain>('in-chain')
const heldTable = jsonTable<HeldMessage>('held')
const parkedTable = jsonTable<ParkedEnvelope>('parked')
const markTable = jsonTable<ParkedMark>('parked-mark')
const totalTable = rememberedTable<DeviceTotal>('parked-total')
const dueTable = rememberedTable<DueReceipt>('receipt-due')

export async function findInChain (reader: Reader, device: string, username: string): Promise<InChain> {
  return await chainTable.get(reader, device) ?? { username, expected: 1, readThrough: 0, held: [] }
}

/** Whose device it is, if anything of it was ever taken: known also when all sessions with it have ended. */
export async function usernameOfChain (reader: Reader, device: string): Promise<string | undefined> {
  return (await chainTable.get(reader, device))?.username
}

export function putInChain (tx: Transaction, device: string, chain: InChain): void {
  chainTable.put(tx, chain, device)
}

export async function inChains (reader: Reader): Promise<Array<{ device: string, chain: InChain }>> {
  return (await chainTable.list(reader, [])).map(({ key, value }) => ({ device: key[0] ?? '', chain: value }))
}

export async function inChainsOf (reader: Reader, username: string): Promise<Array<{ device: string, chain: InChain }>> {
  return (await inChains(reader)).filter(({ chain }) => chain.username === username)
}

export function hold (tx: Transaction, device: string, sequence: number, held: HeldMessage): void {
  heldTable.put(tx, held, device, sequence)
}

export async function takeHeld (tx: Transaction, device: string, sequence: number): Promise<HeldMessage | undefined> {
  const held = await heldTable.get(tx, device, sequence)
  if (held !== undefined) heldTable.delete(tx, device, sequence)
  return held
}

/** @param username whose device it says it is */
export async function park (tx: Transaction, username: string, device: string, envelopeId: Uint8Array, parked: ParkedEnvelope, position: Pick<ParkedMark, 'chain' | 'number'>): Promise<void> {
  const bytes = parked.envelope.byteLength
  const { count, bytes: before } = await parkedTotal(tx, device)
  parkedTable.put(tx, parked, device, envelopeId)
  markTable.put(tx, { bytes, ...position }, device, envelopeId)
  totalTable.put(tx, { username, count: count + 1, bytes: before + bytes }, device)
}

export async function findParked (reader: Reader, device: string, id: string | Uint8Array): Promise<ParkedEnvelope | undefined> {
  return await parkedTable.get(reader, device, id)
}

export async function listParked (reader: Reader, device: string): Promise<Array<ParkedMark & { id: string }>> {
  return (await markTable.list(reader, [device])).map(({ key, value }) => ({ id: key[1] ?? '', ...value }))
}

export async function parkedTotal (reader: Reader, device: string): Promise<ParkedTotal> {
  return await totalTable.get(reader, device) ?? { count: 0, bytes: 0 }
}

/** Over all devices of an account. */
export async function parkedOfAccount (reader: Reader, username: string): Promise<ParkedTotal> {
  const totals = (await totalTable.list(reader, [])).map(({ value }) => value).filter((total) => total.username === username)
  return totals.reduce((sum, { count, bytes }) => ({ count: sum.count + count, bytes: sum.bytes + bytes }), { count: 0, bytes: 0 })
}

/** Of the device of which most is held back, and of the one of which most is parked: in bytes. */
export async function mostKept (reader: Reader): Promise<{ heldBytes: number, parkedBytes: number }> {
  const held = (await inChains(reader)).map(({ chain }) => chain.heldBytes ?? 0)
  const parked = (await totalTable.list(reader, [])).map(({ value }) => value.bytes)
  return { heldBytes: held.reduce((a, b) => Math.max(a, b), 0), parkedBytes: parked.reduce((a, b) => Math.max(a, b), 0) }
}

export async function devicesWithParked (reader: Reader): Promise<string[]> {
  return (await totalTable.keys(reader, [])).map((key) => key[0] ?? '')
}

export async function unpark (tx: Transaction, device: string, id: string): Promise<void> {
  const mark = await markTable.get(tx, device, id)
  if (mark === undefined) return
  const total = await totalTable.get(tx, device)
  parkedTable.delete(tx, device, id)
  markTable.delete(tx, device, id)
  if (total === undefined || total.count === 1) totalTable.delete(tx, device)
  else totalTable.put(tx, { ...total, count: total.count - 1, bytes: total.bytes - mark.bytes }, device)
}

/** What was parked as too early is of no use: its device seals it again. */
export async function unparkEarly (tx: Transaction, device: string): Promise<void> {
  for (const { id } of await listParked(tx, device)) {
    if ((await findParked(tx, device, id))?.reason === 'early') await unpark(tx, device, id)
  }
}

export async function markReceiptDue (tx: Transaction, device: string, chain: InChain): Promise<void> {
  dueTable.put(tx, { deliveredThrough: chain.expected - 1, readThrough: chain.readThrough }, device)
}

export async function dueReceipt (reader: Reader, device: string): Promise<DueReceipt | undefined> {
  return await dueTable.get(reader, device)
}

export async function devicesWithDueReceipt (reader: Reader): Promise<string[]> {
  return (await dueTable.keys(reader, [])).map((key) => key[0] ?? '')
}

/** The receipt was handed over; what became due meanwhile stays. */
export async function clearReceiptDue (tx: Transaction, device: string, sent: DueReceipt): Promise<void> {
  const due = await dueTable.get(tx, device)
  if (due?.deliveredThrough === sent.deliveredThrough && due.readThrough === sent.readThrough) dueTable.delete(tx, device)
}
