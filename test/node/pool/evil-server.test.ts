import assert from 'node:assert/strict'
import { ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { isP2pChatError, P2pChatError } from '../../../src/errors.js'
import { encode } from '../../../src/protocol/codec.js'
import * as pb from '../../../src/protocol/pb/service.js'
import { RosterChain } from '../../../src/protocol/pb/pool.js'
import { consentingDevice, makeAccountRecord, verifyAccountRecord, type VerifiedAccountRecord } from '../../../src/records/index.js'
import { sleep } from '../../../src/runtime.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { PASSWORD, World, type SimulatedDevice } from '../../simulation/world.js'
import { changed, EvilServer, type Lie } from '../groups/evil-server.js'

const random = new SeededRandom('an evil server')
const noise = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from(random.bytes(length))
const refuse = (code: 'ERR_NOT_FOUND' | 'ERR_NOT_PERMITTED' | 'ERR_UNKNOWN_OUTCOME'): Lie => async () => { throw new P2pChatError(code, 'It is so because I say so.') }

function flipped (bytes: Uint8Array, at = -1): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes)
  const place = at < 0 ? copy.byteLength + at : at
  copy[place] = (copy[place] ?? 0) ^ 1
  return copy
}

/**
 * One of three servers lies, to a client that is at home with it, while those people write to each other who have before.
 * Nobody takes what the other has not said, nobody's keys change, and once the server is honest everything comes.
 */
describe('one of three servers lies', function () {
  this.timeout(120_000)

  let world: World
  let alice: SimulatedDevice
  let bob: SimulatedDevice
  let mallory: SimulatedDevice
  let n = 0
  const evils = new Map<string, EvilServer>()
  const said = { alice: ['first'], bob: ['first'] }

  before(async () => {
    world = new World('one of three lies', { servers: 3 })
    world.serverNetwork = (network) => {
      const evil = new EvilServer()
      evils.set(network.peerId, evil)
      return evil.network(network)
    }
    await world.startServer()
    alice = await world.addDevice('alice-1', 'alice')
    bob = await world.addDevice('bob-1', 'bob')
    mallory = await world.addDevice('mallory-1', 'mallory')
    // So that all goes by way of the servers.
    for (const [one, other] of [[alice, bob], [alice, mallory], [bob, mallory]] as const) world.hub.cut(one.peerId ?? '', other.peerId ?? '')
    await world.clock.until(alice.node.send({ to: 'bob', text: 'first' }))
    await world.clock.until(bob.node.send({ to: 'alice', text: 'first' }))
    await world.clock.until(mallory.node.send({ to: 'alice', text: 'from mallory' }))
    await world.clock.advance(5_000)
  })

  afterEach(() => { for (const evil of evils.values()) evil.lies = {} })

  after(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    assert.deepEqual(errors, [])
  })

  const homeOf = async (device: SimulatedDevice): Promise<EvilServer> => {
    for (let look = 0; look < 60; look++) {
      const { connection } = await world.clock.until(device.node.status())
      const evil = connection.kind === 'connected' ? evils.get(connection.server) : undefined
      if (evil !== undefined) return evil
      await world.clock.advance(1_000)
    }
    assert.fail(`${device.name} is not connected`)
  }
  const says = async (from: SimulatedDevice, to: 'alice' | 'bob'): Promise<void> => {
    const text = `${from.username} ${++n}`
    const isKept = await world.clock.until(from.node.send({ to, text }).then(() => true, (error: unknown) => {
      // A key that changed is shown, and nothing is sent under it.
      if (!isP2pChatError(error, 'ERR_IDENTITY_CHANGED')) throw error
      return false
    }))
    if (isKept) said[from.username as 'alice' | 'bob'].push(text)
  }
  const heard = (device: SimulatedDevice, from: string): string[] => device.heard.filter((event) => event.from === from).map(({ text }) => text)
  const safety = async (device: SimulatedDevice, of: string): Promise<string> => (await world.clock.until(device.node.safetyNumber({ username: of }))).number
  const keys = async (): Promise<unknown> => [await safety(alice, 'bob'), await safety(bob, 'alice'), (await alice.node.devices()).map(({ id }) => id)]
  /** Only what was said, in the order in which it was. */
  const assertNothingForged = (): void => {
    for (const [device, from] of [[alice, 'bob'], [bob, 'alice']] as const) {
      const here = heard(device, from)
      assert.deepEqual(here, said[from].slice(0, here.length), `what ${device.username} heard of ${from}`)
    }
    assert.deepEqual([...new Set([...alice.heard, ...bob.heard].map(({ from }) => from))].sort(), ['alice', 'bob', 'mallory'])
    assert.deepEqual(heard(alice, 'mallory'), ['from mallory'])
  }

  async function survives (lies: Record<string, Lie>, push?: (evil: EvilServer) => Promise<void>): Promise<void> {
    const evil = await homeOf(alice)
    const before = await keys()
    evil.lied = 0
    evil.lies = lies
    await evil.endChannels()
    for (let round = 0; round < 2; round++) {
      await says(alice, 'bob')
      await says(bob, 'alice')
      await alice.node.history({ user: 'bob' })
      await world.clock.until(alice.node.users({ prefix: '' }).catch(onlyOurs))
      await push?.(evil)
      await world.clock.advance(5_000)
      alice.crash()
      await world.clock.until(alice.start())
      await world.clock.advance(20_000)
    }
    assert.ok(push !== undefined || evil.lied > 0, 'it was asked for nothing that it would lie about')
    assertNothingForged()
    evil.lies = {}
    await evil.endChannels()
    await world.clock.advance(20_000)
    // Who was told of another key compares, as the message says, and finds the one that was there before.
    assert.deepEqual(await keys(), before)
    await says(alice, 'bob')
    await says(bob, 'alice')
    await world.clock.advance(180_000)
    assertNothingForged()
    assert.deepEqual([heard(bob, 'alice').length, heard(alice, 'bob').length], [said.alice.length, said.bob.length], 'all came')
    assert.deepEqual(await keys(), before)
  }

  const onlyOurs = (error: unknown): void => { if (!isP2pChatError(error)) throw error }

  /** A record under somebody's name that names a device of the server's own: everything in it is right but the account key. */
  function forgedRecord (honest: VerifiedAccountRecord, version = honest.version): Uint8Array<ArrayBuffer> {
    const [account, device] = [ed25519KeyPair(noise(32)), ed25519KeyPair(noise(32))]
    const certified = consentingDevice({ seed: device.seed, deviceKey: device.publicKey, identityKey: noise(32), addedAtMs: 5, label: 'mine' }, { username: honest.username, accountKey: account.publicKey })
    return Uint8Array.from(makeAccountRecord(account, { ...honest, version, devices: [certified] }).signed)
  }
  const lookups = (change: (answer: pb.LookupResponse) => Partial<pb.LookupResponse>): Record<string, Lie> => ({ 'directory/lookup': changed(pb.LookupResponse, (answer) => ({ ...answer, ...change(answer) })) })
  const reads = (change: (entries: pb.MailboxEntry[]) => pb.MailboxEntry[]): Record<string, Lie> => ({ 'mailbox/read': changed(pb.MailboxReadResponse, ({ entries, more }) => ({ entries: change(entries), more })) })
  const lookedUp = async (username: string): Promise<(honest: (body: Uint8Array) => Promise<Uint8Array>) => Promise<pb.LookupResponse>> => async (honest) => pb.LookupResponse.decode(await honest(encode(pb.LookupRequest, { username })))

  const lies: Array<[string, Record<string, Lie>]> = [
    ['a record with another signature', lookups(({ accountRecord }) => ({ accountRecord: flipped(accountRecord) }))],
    ['a record that was changed', lookups(({ accountRecord }) => ({ accountRecord: flipped(accountRecord, accountRecord.byteLength >> 1) }))],
    ['a record of its own making under the name', lookups(({ accountRecord }) => ({ accountRecord: forgedRecord(verifyAccountRecord(accountRecord)) }))],
    ['a newer record of its own making', lookups(({ accountRecord }) => ({ accountRecord: forgedRecord(verifyAccountRecord(accountRecord), 1_000) }))],
    ['no record', lookups(() => ({ accountRecord: new Uint8Array(0) }))],
    ['somebody else\'s record', { 'directory/lookup': async (_body, honest) => encode(pb.LookupResponse, await (await lookedUp('mallory'))(honest)) }],
    ['somebody else\'s devices as theirs', {
      'directory/lookup': async (body, honest) => {
        const other = await (await lookedUp('mallory'))(honest)
        return encode(pb.LookupResponse, { ...pb.LookupResponse.decode(await honest(body)), devices: other.devices })
      }
    }],
    ['locators with another signature', lookups(({ devices }) => ({ devices: devices.map((device) => ({ ...device, online: true, ...device.locator === undefined ? {} : { locator: flipped(device.locator) } })) }))],
    ['nobody of that name', { 'directory/lookup': refuse('ERR_NOT_FOUND') }],
    ['prekeys with another signature', { 'prekeys/take': changed(pb.PrekeyTakeResponse, (answer) => ({ ...answer, signedPrekey: flipped(answer.signedPrekey) })), ...lookups(() => ({})) }],
    ['an own record of its own making', { 'directory/attach': changed(pb.AttachResponse, (answer) => ({ ...answer, accountRecord: answer.accountRecord.byteLength === 0 ? answer.accountRecord : forgedRecord(verifyAccountRecord(answer.accountRecord), 1_000) })) }],
    ['mail in which a bit has flipped', reads((entries) => entries.map((entry) => ({ ...entry, envelope: flipped(entry.envelope, entry.envelope.byteLength >> 1) })))],
    ['mail that is noise', reads((entries) => entries.map((entry) => ({ ...entry, envelope: noise(entry.envelope.byteLength) })))],
    ['mail twice, in another order', reads((entries) => [...entries, ...entries].reverse())],
    ['mail under other ids', reads((entries) => entries.map((entry) => ({ ...entry, entryId: noise(16) })))],
    ['mail with cursors far ahead', reads((entries) => entries.map((entry) => ({ ...entry, cursor: entry.cursor + 1_000_000n })))],
    ['a roster with another signature', { 'pool/roster': changed(RosterChain, ({ rosters }) => ({ rosters: rosters.map((roster, index) => index < rosters.length - 1 ? roster : { ...roster, roster: flipped(roster.roster) }) })) }],
    ['a roster without its end', { 'pool/roster': changed(RosterChain, ({ rosters }) => ({ rosters: rosters.slice(0, 1) })) }],
    ['homes that are no servers', { 'pool/home': changed(pb.HomeResponse, () => ({ homes: [{ serverKey: ed25519KeyPair(noise(32)).publicKey as Uint8Array<ArrayBuffer>, addresses: ['/ip4/10.66.6.6/tcp/1'] }], here: false })) }],
    ['that nothing can be known', { 'mailbox/append': refuse('ERR_UNKNOWN_OUTCOME'), 'mailbox/read': refuse('ERR_UNKNOWN_OUTCOME') }]
  ]

  for (const [name, told] of lies) it(`with ${name}`, async () => { await survives(told) })

  it('or cannot read the mailbox to its end: another one of its homes is taken, and mail comes', async () => {
    for (const evil of evils.values()) evil.lies = { 'mailbox/read': refuse('ERR_UNKNOWN_OUTCOME') }
    alice.crash()
    await world.clock.until(alice.start())
    const evil = await homeOf(alice)
    for (const other of evils.values()) if (other !== evil) other.lies = {}
    await says(bob, 'alice')
    await world.clock.advance(40_000)
    assert.notEqual(await homeOf(alice), evil)
    assert.equal(heard(alice, 'bob').at(-1), said.bob.at(-1))
  })

  it('or takes long, and then cannot read the mailbox once: it is not given up for that', async () => {
    const slow: Lie = async (body, honest) => {
      await sleep(world.clock, 6_000)
      return await honest(body)
    }
    let isAble = false
    const slowAndUnable: Lie = async (...asked) => {
      const answer = await slow(...asked)
      if (isAble) return answer
      isAble = true
      throw new P2pChatError('ERR_UNKNOWN_OUTCOME', 'Too few servers answer.')
    }
    for (const evil of evils.values()) evil.lies = { 'directory/watch': slow, 'mailbox/read': slowAndUnable }
    alice.crash()
    await world.clock.until(alice.start())
    const evil = await homeOf(alice)
    await world.clock.advance(40_000)
    assert.ok(isAble)
    assert.ok(await homeOf(alice) === evil)
  })

  it('with mail that it pushes: noise, and what came before', async () => {
    const seen: pb.MailboxEntry[] = []
    await survives({ 'mailbox/read': changed(pb.MailboxReadResponse, (answer) => { seen.push(...answer.entries); return answer }), ...lookups(() => ({})) }, async (evil) => {
      const again = seen.map((entry, index) => ({ ...entry, cursor: BigInt(2_000_000 + index), entryId: noise(16) }))
      await evil.push('mailbox/mail', encode(pb.MailNotification, { entries: [...again, { cursor: 3_000_000n, entryId: noise(16), envelope: noise(300) }] }))
    })
  })

  it('to who signs in on a new device, with a register that was changed: it is not taken', async () => {
    const told = changed(pb.LoginFinishResponse, (answer) => ({ ...answer, register: flipped(answer.register, answer.register.byteLength >> 1) }))
    for (const evil of evils.values()) evil.lies = { 'account/login-finish': told }
    const device = await world.bareDevice('alice-2', 'alice')
    const signIn = async (): Promise<void> => { await world.clock.until(device.node.signIn({ username: 'alice', password: PASSWORD })) }
    await assert.rejects(signIn(), isP2pChatError)
    for (const evil of evils.values()) evil.lies = {}
    await signIn()
    assert.equal((await world.clock.until(alice.node.devices())).length, 2)
  })
})
