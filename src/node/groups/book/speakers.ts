/** Who may speak in a group: this device now, and under which key; others by what the heads say that their messages name. */
import type { GroupMessageHeader } from '../../../crypto/group/index.js'
import type { Channel } from '../../../overlay/network.js'
import { findDevice } from '../../../records/index.js'
import { groupDevices, isGroupDevice, type GroupHead } from '../../../records/group/index.js'
import type { Clock } from '../../../runtime.js'
import { toHex } from '../../home/hex.js'
import type { Reader } from '../../home/lane.js'
import type { SendingEpoch, Standing } from '../types.js'
import type { Keys } from './keys.js'
import { epochLifeMs } from './limits.js'
import type { States } from './states.js'
import { accountOf, standingOf, staysOf } from './stays.js'
import { entryTable, groupTable } from './tables.js'
import { wait } from './turns.js'

export interface SpeakersComponents {
  clock: Clock
  self: { username: string, deviceKey: Uint8Array }
  states: States
  keys: Keys
  /** the server's channel if there is one now */
  poolChannel: () => Channel | undefined
  /** A week is over: the next key is to be made. */
  look: (id: string) => void
  /** A message names another log than ours. */
  forked: (id: string, head: GroupHead) => void
}

export class Speakers {
  constructor (private readonly components: SpeakersComponents) {}

  /** What the log says of a message, by its header alone. */
  async standingOf (reader: Reader, header: GroupMessageHeader): Promise<Standing> {
    const standing = await standingOf(reader, this.components.self, header)
    if (standing.kind === 'forked') this.components.forked(toHex(header.groupId), header.head)
    if (standing.kind !== 'ok' || standing.account !== undefined) return standing
    // Noted before accounts were: the member's of now is the best that is known.
    const record = (await this.components.states.of(reader, toHex(header.groupId)))?.members.get(header.sender)?.accountRecord
    return record === undefined || findDevice(record, header.senderDevice) === undefined ? standing : { kind: 'ok', account: accountOf(record) }
  }

  /** Whether this device may seal now, and under which key. */
  async sendingEpoch (reader: Reader, id: string): Promise<SendingEpoch> {
    const { self, clock, states, keys, poolChannel } = this.components
    const row = await groupTable.get(reader, id)
    const state = await states.of(reader, id)
    if (row?.standing !== 'member' || state === undefined) return { kind: 'not-member' }
    if (row.later !== undefined) return { kind: 'waiting', why: 'The group was changed by a newer version of p2pchat: install it here, too.' }
    if (!isGroupDevice(state, self.username, self.deviceKey)) return { kind: 'waiting', why: 'The group does not know this device of yours yet.' }
    if (state.epoch.dueHash !== undefined) return { kind: 'waiting', why: 'A new key is being made, since a member or a device has gone.' }
    // Without a server nobody can make another.
    if (wait(row.epochSinceMs, epochLifeMs, clock.now()) === 0 && poolChannel() !== undefined) {
      // Its timer does not know that the clock went forward.
      this.components.look(id)
      return { kind: 'waiting', why: 'A new key is being made, since this one is a week old.' }
    }
    if (await keys.ready(reader, id, state.epoch.number) === undefined) return { kind: 'waiting', why: 'The key of the group is not here yet; other members are asked for it.' }
    return { kind: 'ready', epoch: state.epoch.number, head: state.head, devices: groupDevices(state) }
  }

  /** As GroupBook.memberSince. */
  async memberSince (reader: Reader, id: string, epoch = Infinity): Promise<{ sequence: number, epoch: number } | undefined> {
    const { username, deviceKey } = this.components.self
    for (const { from } of [...await staysOf(reader, id, username, deviceKey)].reverse()) {
      const entry = await entryTable.get(reader, id, from)
      if (entry === undefined) return undefined
      // While a fresh secret was due, the first that this device was given is that one.
      const since = { sequence: from, epoch: entry.due ? entry.epoch + 1 : entry.epoch }
      if (since.epoch <= epoch) return since
    }
    return undefined
  }
}
