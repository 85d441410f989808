import assert from 'node:assert/strict'
import { decodeGroupHeader } from '../../src/crypto/group/index.js'
import { decodeEnvelope } from '../../src/node/delivery/envelope.js'
import { entryTable, tellEntry } from '../../src/node/groups/book/index.js'
import { findMessage, groupConversation, readConversation, type MessageRow } from '../../src/node/history/messages.js'
import { toHex } from '../../src/node/home/hex.js'
import { decode } from '../../src/protocol/codec.js'
import { GroupMessage } from '../../src/protocol/pb/group.js'
import { foldEntry, isGroupDevice, verifyGroupEntry, type GroupHead, type GroupState } from '../../src/records/group/index.js'
import type { Operation } from '../../src/store/key-value.js'
import { laneOf } from '../node/groups/book/group-world.js'
import type { SimulatedDevice } from './world.js'

/** A message as it is sealed: from then on it is clear who may, and who must, read it. */
export interface SealedText {
  device: SimulatedDevice
  group: string
  messageId: string
  sequence: number
  epoch: number
  head: GroupHead
}

/** What is to be said at most once each, and easily found wherever it should not be. */
export function markedText (device: SimulatedDevice, number: number): string {
  return `[[${device.name} ${number}]]`
}

const mark = /\[\[[\w-]+ \d+\]\]/g

/** Watches what devices write: which of their messages were sealed, and at which heads. */
export class SealedTexts {
  /** by device, group and sequence: what is sealed again after a crash stands for what was lost in it */
  readonly #sealed = new Map<string, SealedText>()

  get all (): SealedText[] {
    return [...this.#sealed.values()]
  }

  onWritten (device: SimulatedDevice, operations: readonly Operation[]): void {
    const places = new Map<string, string>()
    for (const operation of operations) {
      if (operation.type === 'put' && operation.key.startsWith('group-out/')) places.set(operation.key.slice('group-out/'.length), (JSON.parse(Buffer.from(operation.value).toString()) as { messageId: string }).messageId)
    }
    for (const operation of operations) {
      if (operation.type !== 'put' || !operation.key.startsWith('group-sealed/')) continue
      const place = operation.key.slice('group-sealed/'.length)
      const { header } = decode(GroupMessage, decodeEnvelope(operation.value).sealed, operation.value.byteLength, 'A message')
      const { groupId, epoch, head } = decodeGroupHeader(header)
      this.#sealed.set(`${device.name}/${place}`, {
        device, group: toHex(groupId), messageId: places.get(place) ?? '', sequence: Number.parseInt(place.split('/')[1] ?? '', 16), epoch, head
      })
    }
  }
}

/** The log of a group, put together from what all devices have of it, and what it folds to after each entry. */
export class WholeLog {
  readonly #states: Array<GroupState | undefined> = []
  readonly #told: string[] = []

  static async of (group: string, devices: readonly SimulatedDevice[]): Promise<WholeLog> {
    const entries = new Map<number, { hash: string, signed: Uint8Array }>()
    for (const device of devices) {
      for (const { key, value } of await entryTable.list(laneOf(device), [group])) {
        const sequence = Number.parseInt(key[1] ?? '', 16)
        const known = entries.get(sequence)
        assert.ok(known === undefined || known.hash === toHex(value.hash), `${device.name} has another entry ${sequence} in the log of ${group.slice(0, 8)}`)
        entries.set(sequence, { hash: toHex(value.hash), signed: value.signed })
      }
    }
    const log = new WholeLog()
    let state: GroupState | undefined
    for (let sequence = 1, entry = entries.get(1); entry !== undefined; entry = entries.get(++sequence)) {
      const verified = verifyGroupEntry(entry.signed)
      state = foldEntry(state, verified)
      log.#told.push(`  ${sequence} ${verified.author}: ${tellEntry(verified).text}, epoch ${state.epoch.number}${state.epoch.dueHash === undefined ? '' : ', a fresh key is due'}`)
      log.#states[sequence] = state
    }
    assert.equal(log.length, entries.size, `nobody has all of the log of ${group.slice(0, 8)}`)
    return log
  }

  /** One line for each entry. */
  tell (): string {
    return this.#told.join('\n')
  }

  get length (): number {
    return Math.max(0, this.#states.length - 1)
  }

  at (sequence: number): GroupState | undefined {
    return this.#states[sequence]
  }

  isIn (device: SimulatedDevice, sequence: number): boolean {
    const state = this.#states[sequence]
    return state !== undefined && device.deviceKey !== undefined && isGroupDevice(state, device.username, device.deviceKey)
  }

  /** Whether it was a member's device at that entry and ever since. */
  staysFrom (device: SimulatedDevice, sequence: number): boolean {
    for (let at = sequence; at <= this.length; at++) if (!this.isIn(device, at)) return false
    return sequence <= this.length
  }
}

export async function rowsOf (device: SimulatedDevice, group: string): Promise<MessageRow[]> {
  return await readConversation(laneOf(device), groupConversation(group), { limit: 100_000 })
}

export async function textOf ({ device, messageId }: SealedText): Promise<string> {
  const row = await findMessage(laneOf(device), device.username, messageId)
  assert.ok(row?.body.kind === 'text', `${device.name} has sealed what it does not know`)
  return row.body.text
}

/** The marked texts in whatever is stored. */
export async function marksIn (stored: AsyncIterable<[string, Uint8Array]>): Promise<Set<string>> {
  const found = new Set<string>()
  for await (const [key, value] of stored) for (const [text] of `${key} ${Buffer.from(value).toString('latin1')}`.matchAll(mark)) found.add(text)
  return found
}
