import assert from 'node:assert/strict'
import { candidateTtlMs } from '../../../../src/node/groups/book/limits.js'
import { candidateTable, epochTable, missingTable, rootTable, servedTable, type ServedRow } from '../../../../src/node/groups/book/tables.js'
import { fromHex, toHex } from '../../../../src/node/home/hex.js'
import { decode, encode } from '../../../../src/protocol/codec.js'
import { Content } from '../../../../src/protocol/pb/content.js'
import { GroupEpochSecret } from '../../../../src/protocol/pb/group.js'
import type { SimulatedDevice } from '../../../simulation/world.js'
import { believeClock } from '../../../helpers/home-time.js'
import { bookOf, GroupWorld, laneOf } from './group-world.js'

describe('the secrets of epochs between devices', () => {
  let world: GroupWorld
  let seed = 0
  let alice: SimulatedDevice
  let bob: SimulatedDevice
  let carol: SimulatedDevice
  let mallory: SimulatedDevice
  let id: string

  beforeEach(async () => {
    world = new GroupWorld(`secrets ${seed++}`)
    await world.startServer()
    ;[alice, bob, carol, mallory] = await world.people('alice', 'bob', 'carol', 'mallory') as [SimulatedDevice, SimulatedDevice, SimulatedDevice, SimulatedDevice]
    id = (await world.group('team', alice, bob)).id
  })

  afterEach(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    assert.deepEqual(errors, [])
    assert.equal(world.clock.pending, 0, 'timers are left')
  })

  type Request = [from: SimulatedDevice, epoch: number, entryHash: Uint8Array]

  /** To whom a device gives which secrets, named by their entries, when it is asked for those of these epochs. */
  const given = async (at: SimulatedDevice, ...requests: Request[]): Promise<string[]> => {
    const book = bookOf(at)
    const { mail } = book['components']
    const enqueue = mail.enqueue.bind(mail)
    const letters: string[] = []
    mail.enqueue = async (tx, all) => {
      for (const { username, content } of all) {
        const { groupEpoch } = Content.decode(content)
        if (groupEpoch !== undefined) letters.push(nameOf(username, decode(GroupEpochSecret, groupEpoch.epoch, 256, 'A secret').entryHash))
      }
      return await enqueue(tx, all)
    }
    await world.do(laneOf(at).write(async (tx) => {
      for (const [{ username, deviceKey }, epoch, entryHash] of requests) {
        assert.ok(deviceKey !== undefined)
        await book.groupContent(tx, { username, device: toHex(deviceKey) }, { kind: 'group-epoch-request', groupId: fromHex(id), epoch, entryHash })
      }
    }))
    await world.clock.advance(3_000)
    mail.enqueue = enqueue
    return letters
  }

  /** Which entries made the two newest epochs whose secrets are kept for newcomers. */
  const served = async (at: SimulatedDevice): Promise<[Uint8Array, Uint8Array]> => {
    const [first, second] = (await servedTable.list(laneOf(at), [id])).slice(-2).map(({ value }) => value.entryHash)
    assert.ok(first !== undefined && second !== undefined)
    return [first, second]
  }

  const nameOf = (username: string, entryHash: Uint8Array): string => `${username} ${toHex(entryHash)}`

  it('are given to nobody who came later, also by who has just caught up on them', async () => {
    await world.do(bob.stop())
    await world.do(carol.node.groupJoin({ name: 'team' }))
    await world.do(mallory.node.groupJoin({ name: 'team' }))
    await world.clock.advance(2_000)
    await world.do(bob.start())
    await world.clock.advance(2_000)
    assert.equal(await world.assertTogether(id, alice, bob, carol, mallory), 4)
    const [carols, mallorys] = await served(bob)
    assert.deepEqual(await given(bob, [mallory, 3, carols], [mallory, 4, mallorys], [carol, 3, carols]), [nameOf('mallory', mallorys), nameOf('carol', carols)])
  })

  it('are kept back from who came later until they come, too', async () => {
    await world.do(carol.node.groupJoin({ name: 'team' }))
    await world.do(mallory.node.groupJoin({ name: 'team' }))
    await world.clock.advance(2_000)
    const [carols, mallorys] = await served(bob)
    // As if the secrets had not come to bob yet.
    await laneOf(bob).write((tx) => {
      for (const [epoch, entryHash, sequence] of [[3, carols, 3], [4, mallorys, 4]] as const) {
        for (const table of [epochTable, rootTable, servedTable]) table.delete(tx, id, epoch)
        missingTable.put(tx, { entryHash, sequence, sinceMs: world.clock.now() }, id, epoch)
      }
    })
    bookOf(bob).missEpoch(id, 4)
    assert.deepEqual(await given(bob, [mallory, 3, carols], [mallory, 4, mallorys], [carol, 3, carols]), [nameOf('mallory', mallorys), nameOf('carol', carols)])
  })

  it('are not kept for longer than a day for a group that is not there', async () => {
    const rows = async (): Promise<number> => (await candidateTable.list(laneOf(bob), [])).length
    const stray = encode(GroupEpochSecret, { groupId: world.random.bytes(32), secret: world.random.bytes(32), entryHash: new Uint8Array(0) })
    const sender = { username: 'mallory', device: toHex(mallory.deviceKey ?? new Uint8Array(32)) }
    await world.do(laneOf(bob).write(async (tx) => { await bookOf(bob).groupContent(tx, sender, { kind: 'group-epoch', epoch: stray }) }))
    await world.clock.advance(2_000)
    assert.equal(await rows(), 1)
    await world.do(bookOf(bob).upkeep())
    assert.equal(await rows(), 1, 'the log may come')
    world.clock.jump(candidateTtlMs)
    await believeClock(laneOf(bob))
    await world.do(bookOf(bob).upkeep())
    assert.equal(await rows(), 0)
  })

  it('are not given where a home of before does not say when they were made', async () => {
    await world.do(carol.node.groupJoin({ name: 'team' }))
    await world.clock.advance(2_000)
    const [, hash] = await served(bob)
    assert.deepEqual(await given(bob, [carol, 3, hash]), [nameOf('carol', hash)])
    const { sequence, ...old } = (await servedTable.get(laneOf(bob), id, 3))!
    assert.equal(sequence, 3)
    await laneOf(bob).write((tx) => { servedTable.put(tx, old as ServedRow, id, 3) })
    assert.deepEqual(await given(bob, [carol, 3, hash]), [])
  })
})
