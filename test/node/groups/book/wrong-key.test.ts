import assert from 'node:assert/strict'
import { decode, encode } from '../../../../src/protocol/codec.js'
import { Content } from '../../../../src/protocol/pb/content.js'
import { GroupEpochSecret } from '../../../../src/protocol/pb/group.js'
import type { SystemMailer } from '../../../../src/node/delivery/system-mail.js'
import type { SimulatedDevice } from '../../../simulation/world.js'
import { bookOf, GroupWorld, laneOf } from './group-world.js'

/** From now on the device gives wrong secrets to who comes into a group. What it makes itself is as it should be. */
function giveWrongSecrets (device: SimulatedDevice): void {
  const mail: SystemMailer = bookOf(device)['components'].mail
  const enqueue = mail.enqueue.bind(mail)
  mail.enqueue = async (tx, letters) => await enqueue(tx, letters.map((letter) => ({ ...letter, content: spoilt(letter.content) })))
}

function spoilt (bytes: Uint8Array): Uint8Array {
  const content = Content.decode(bytes)
  if (content.groupEpoch === undefined) return bytes
  const given = decode(GroupEpochSecret, content.groupEpoch.epoch, 256, 'A secret')
  if (given.entryHash.byteLength === 0) return bytes
  return encode(Content, { groupEpoch: { epoch: encode(GroupEpochSecret, { ...given, secret: given.secret.map((byte) => byte ^ 1) }) } })
}

describe('a wrong key of a group', function () {
  this.timeout(120_000)
  let world: GroupWorld
  let seed = 0
  let alice: SimulatedDevice
  let bob: SimulatedDevice
  let carol: SimulatedDevice
  let dave: SimulatedDevice
  let id: string

  beforeEach(async () => {
    world = new GroupWorld(`wrong key ${seed++}`)
    await world.startServer()
    ;[alice, bob, carol, dave] = await world.people('alice', 'bob', 'carol', 'dave') as [SimulatedDevice, SimulatedDevice, SimulatedDevice, SimulatedDevice]
    id = (await world.group('team', alice, bob, carol)).id
    // Who has read what another one than the giver wrote is sure of the key.
    for (const who of [alice, bob, carol]) await says(who, `${who.name} is here`)
    await world.clock.advance(5_000)
    giveWrongSecrets(alice)
  })

  afterEach(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    assert.deepEqual(errors, [])
    assert.equal(world.clock.pending, 0, 'timers are left')
  })

  const says = async (from: SimulatedDevice, text: string): Promise<void> => { await world.do(from.node.groupSend({ names: ['team'], text })) }
  const texts = async (at: SimulatedDevice): Promise<Array<string | null>> => (await world.do(at.node.history({ group: 'team', limit: 1_000 }))).filter(({ kind }) => kind === 'text').map(({ text }) => text)
  const told = async (at: SimulatedDevice): Promise<string[]> => (await world.do(at.node.history({ group: 'team', limit: 1_000 }))).flatMap(({ text, kind }) => kind === 'group-change' && text?.includes('key of') === true ? [text] : [])
  const goesOn = async (): Promise<void> => {
    await world.clock.advance(30_000)
    for (const who of [alice, bob, carol, dave]) await says(who, `${who.name} goes on`)
    await world.clock.advance(30_000)
    await world.assertTogether(id, alice, bob, carol, dave)
    for (const who of [alice, bob, carol, dave]) {
      const here = await texts(who)
      for (const from of [alice, bob, carol, dave]) assert.ok(here.includes(`${from.name} goes on`), `${who.name} does not have what ${from.name} wrote`)
      assert.equal(new Set(here).size, here.length)
    }
  }

  it('that an admin gives is told as soon as somebody else writes, and replaced', async () => {
    await world.do(alice.node.groupAdd({ name: 'team', usernames: ['dave'] }))
    await world.clock.advance(2_000)
    await says(bob, 'welcome, dave')
    await world.clock.advance(500)
    assert.deepEqual(await told(dave), ['alice and bob do not have the same key of team: one of them gave, or has, a wrong one. A new key is made.'])
    assert.deepEqual(await told(carol), [], 'whose key is sure has no doubts')
    await goesOn()
    assert.equal((await texts(dave)).includes('welcome, dave'), false, 'it was sealed under a key that dave never got')
    assert.ok((await texts(carol)).includes('welcome, dave'))
  })

  it('is settled by the second one who writes', async () => {
    await world.do(alice.node.groupAdd({ name: 'team', usernames: ['dave'] }))
    await world.clock.advance(2_000)
    await Promise.all([says(bob, 'welcome'), says(carol, 'welcome too')])
    await world.clock.advance(500)
    const lines = await told(dave)
    assert.equal(lines.length, 2)
    assert.match(lines[1] ?? '', /^alice gave a wrong key of team: (bob and carol|carol and bob) have another one\./)
    await goesOn()
  })

  it('is told by those who cannot read what its victim writes, and the victim goes on', async () => {
    await world.do(alice.node.groupAdd({ name: 'team', usernames: ['dave'] }))
    await world.clock.advance(2_000)
    await says(dave, 'thank you for the invitation')
    await world.clock.advance(20_000)
    for (const who of [bob, carol]) assert.deepEqual(await told(who), ['What dave writes to team cannot be read here: it is not under the key of the group. A new key is made.'])
    await goesOn()
    for (const who of [bob, carol]) assert.equal((await texts(who)).includes('thank you for the invitation'), false)
  })

  it('that is given to who joins is held against what the others give', async () => {
    await world.do(dave.node.groupJoin({ name: 'team' }))
    await world.clock.advance(3_000)
    assert.match((await told(dave))[0] ?? '', /^(alice and (bob|carol)|(bob|carol) and alice) do not have the same key of team/)
    await goesOn()
  })

  it('is nobody\'s when all is right', async () => {
    await world.do(carol.node.groupSend({ names: ['team'], text: 'hello' }))
    await world.clock.advance(5_000)
    for (const who of [alice, bob, carol]) assert.deepEqual(await told(who), [])
    assert.equal((await bookOf(bob).find(laneOf(bob), id))?.epoch, (await bookOf(alice).find(laneOf(alice), id))?.epoch)
  })
})
