import assert from 'node:assert/strict'
import type { GroupEvent, GroupInfo } from '../../../../src/node/chat-node.js'
import type { Book } from '../../../../src/node/groups/book/index.js'
import { toHex } from '../../../../src/node/home/hex.js'
import type { Lane } from '../../../../src/node/home/lane.js'
import { World, type SimulatedDevice } from '../../../simulation/world.js'

export function bookOf (device: SimulatedDevice): Book {
  const signedIn = device.node['signedIn']
  assert.ok(signedIn !== undefined, `${device.name} is not signed in`)
  return signedIn.book
}

export function laneOf (device: SimulatedDevice): Lane {
  return device.node['components'].lane
}

/** Devices with groups on a server in memory, and what is to be asked of them in nearly every test. */
export class GroupWorld extends World {
  async people (...names: string[]): Promise<SimulatedDevice[]> {
    const devices: SimulatedDevice[] = []
    for (const name of names) devices.push(await this.addDevice(`${name}-1`, name))
    return devices
  }

  async do<T> (work: Promise<T>): Promise<T> {
    return await this.clock.until(work)
  }

  /** A group that the first one founded and the others joined. */
  async group (name: string, founder: SimulatedDevice, ...others: SimulatedDevice[]): Promise<GroupInfo> {
    const { group } = await this.do(founder.node.groupCreate({ name }))
    for (const other of others) await this.do(other.node.groupJoin({ name }))
    await this.clock.advance(5_000)
    return group
  }

  async info (device: SimulatedDevice, name: string): Promise<GroupInfo | undefined> {
    return (await this.do(device.node.myGroups({ all: true }))).find((group) => group.name === name)
  }

  async members (device: SimulatedDevice, name: string): Promise<string[]> {
    return (await this.do(device.node.groupMembers({ name }))).map(({ username }) => username)
  }

  /** Everyone has the same log and can send under the same key. Returns its epoch. */
  async assertTogether (id: string, ...devices: SimulatedDevice[]): Promise<number> {
    const seen = await Promise.all(devices.map(async (device) => {
      const book = bookOf(device)
      const lane = laneOf(device)
      const state = await book.state(lane, id)
      const sending = await book.sendingEpoch(lane, id)
      assert.equal(sending.kind, 'ready', `${device.name} cannot send: ${JSON.stringify(sending)}`)
      assert.ok(state !== undefined && sending.kind === 'ready')
      const receiptKey = await book.receiptKey(lane, id, sending.epoch)
      assert.ok(receiptKey !== undefined)
      for (const owner of sending.devices) assert.ok(await book.chain(lane, id, sending.epoch, owner) !== undefined, `${device.name} lacks a chain of ${owner.username}`)
      return { head: `${state.head.sequence} ${toHex(state.head.hash)}`, epoch: sending.epoch, key: toHex(receiptKey) }
    }))
    for (const one of seen) assert.deepEqual(one, seen[0])
    return seen[0]?.epoch ?? 0
  }

  /** What a listener would be told of groups from now on. */
  groupEvents (device: SimulatedDevice): GroupEvent[] {
    const told: GroupEvent[] = []
    const hub = device.node['hub']
    const emit = hub.emit.bind(hub)
    hub.emit = (event) => {
      if (event.event === 'group') told.push(event)
      emit(event)
    }
    return told
  }
}
