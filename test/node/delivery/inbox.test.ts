import assert from 'node:assert/strict'
import fc from 'fast-check'
import { P2pChatError } from '../../../src/errors.js'
import { acceptShown, findContact, findRecord, keyToCompare, noteShown, putContact } from '../../../src/node/contacts/contacts.js'
import { decodeEnvelope, encodeGroupEnvelope, encodeGroupReceiptEnvelope } from '../../../src/node/delivery/envelope.js'
import { dueReceipt, findInChain, listParked } from '../../../src/node/delivery/in-chain.js'
import { maxHeld, maxParked, maxParkedBytes, maxParkedOfAccountBytes } from '../../../src/node/delivery/limits.js'
import { encodeDirect, encodeGroupConversation, encodeSystem, encodeText } from '../../../src/node/delivery/payload.js'
import { readConversation } from '../../../src/node/history/messages.js'
import { toHex } from '../../../src/node/home/hex.js'
import { encode } from '../../../src/protocol/codec.js'
import { Content } from '../../../src/protocol/pb/content.js'
import { Envelope } from '../../../src/protocol/pb/envelope.js'
import { createMemoryDisk } from '../../../src/store/index.js'
import { CrashingStore } from '../../simulation/crashing-store.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { flipBit, makeAccount, makeDevice, nextRecord, seeded, utf8 } from '../support.js'
import { Party } from './rig.js'

describe('Inbox', () => {
  let clock: FakeClock
  let alice: Party
  let bob: Party

  beforeEach(async () => {
    clock = new FakeClock()
    alice = new Party('alice', { clock, random: seeded('alice') })
    bob = new Party('bob', { clock, random: seeded('bob') })
    await alice.knows(bob)
    await bob.knows(alice)
  })

  const take = async (...envelopes: Uint8Array[]): Promise<string[]> => await Promise.all(envelopes.map(async (envelope) => await bob.inbox.take(envelope, 'mailbox')))
  const due = async (): Promise<number | undefined> => (await dueReceipt(bob.lane, alice.hex))?.deliveredThrough

  it('keeps a message, tells of it, counts it as unread and owes a receipt, all at once', async () => {
    assert.deepEqual(await take(await alice.text(bob, 'hello')), ['taken'])
    assert.deepEqual(await bob.texts('alice'), ['hello'])
    assert.deepEqual(bob.events.map((event) => (event.event === 'message' ? [event.from, event.to, event.text, event.via, event.own] : event.event)), [['alice', 'bob', 'hello', 'mailbox', false]])
    const contact = await findContact(bob.lane, 'alice')
    assert.deepEqual([contact?.unread, contact?.talked, contact?.lastMessageAtMs], [1, true, clock.now()])
    assert.equal(await due(), 1)
  })

  it('leaves in the mailbox what only a later version can read, of those with whom one talks', async () => {
    const before = Envelope.decode(await alice.text(bob, 'before'))
    assert.deepEqual(await take(Envelope.encode({ ...before, suite: 9 })), ['taken'], 'a stranger fills nothing')
    await take(Envelope.encode(before))
    const envelope = Envelope.decode(await alice.text(bob, 'hello'))
    for (const later of [{ suite: 9 }, { kind: 9 }]) assert.deepEqual(await take(Envelope.encode({ ...envelope, ...later })), ['unanswered'])
    assert.deepEqual(await take(Envelope.encode(envelope)), ['taken'])
    assert.deepEqual(await bob.texts('alice'), ['before', 'hello'])
    const contact = await findContact(bob.lane, 'alice')
    await bob.lane.write((tx) => { putContact(tx, 'alice', { ...contact!, decision: 'blocked' }) })
    assert.deepEqual(await take(Envelope.encode({ ...envelope, suite: 9 })), ['taken'])
  })

  it('keeps a text of another sort of conversation than between two as what it cannot show, whole', async () => {
    assert.deepEqual(await take(await alice.text(bob, 'for a group', { conversation: encodeGroupConversation(new Uint8Array(32)) })), ['taken'])
    const [message] = await readConversation(bob.lane, 'alice', { limit: 1 })
    assert.equal(message?.body.kind, 'unknown-content')
    assert.ok(message?.body.kind === 'unknown-content' && Buffer.from(message.body.content).includes('for a group'))
  })

  it('keeps a message that comes again once, and owes the receipt again', async () => {
    const envelope = await alice.text(bob, 'hello')
    await take(envelope)
    await bob.lane.write((tx) => { tx.delete(`receipt-due/${alice.hex}`) })
    assert.deepEqual(await take(envelope, envelope), ['taken', 'taken'])
    assert.deepEqual(await bob.texts('alice'), ['hello'])
    assert.equal(bob.events.length, 1)
    assert.equal(await due(), 1)
  })

  it('keeps a message that was sealed again, in another envelope or another session, once', async () => {
    const wireId = seeded('id').bytes(16)
    const first = await alice.text(bob, 'hello', { wireId, sequence: 1 })
    const again = await alice.text(bob, 'hello', { wireId, sequence: 1 })
    await alice.begin(bob)
    const anew = await alice.text(bob, 'hello', { wireId, sequence: 1 })
    await take(first, again, anew)
    assert.deepEqual(await bob.texts('alice'), ['hello'])
  })

  it('keeps a message that was owed to it twice, under two sequences, once', async () => {
    const wireId = seeded('id').bytes(16)
    await take(await alice.text(bob, 'hello', { wireId }), await alice.text(bob, 'hello', { wireId }))
    assert.deepEqual(await bob.texts('alice'), ['hello'])
    assert.equal(await due(), 2)
  })

  it('shows messages in the order of their sequence, whatever the order of arrival, and acknowledges only without a hole', async () => {
    const [one, two, three] = [await alice.text(bob, '1'), await alice.text(bob, '2'), await alice.text(bob, '3')]
    await take(three)
    assert.deepEqual([await bob.texts('alice'), await due()], [[], 0])
    await take(one)
    assert.deepEqual([await bob.texts('alice'), await due()], [['1'], 1])
    await take(two)
    assert.deepEqual([await bob.texts('alice'), await due()], [['1', '2', '3'], 3])
    assert.deepEqual((await findInChain(bob.lane, alice.hex, 'alice')).held, [])
    assert.deepEqual(await bob.lane.list('held/'), [])
  })

  it('marks every gap where it is, also several in one moment', async () => {
    await take(await alice.text(bob, '2', { sequence: 2, lowestAlive: 2 }), await alice.text(bob, '4', { sequence: 4, lowestAlive: 4 }), await alice.text(bob, '6', { sequence: 6, lowestAlive: 6 }))
    const history = await bob.history('alice')
    assert.deepEqual(history.map(({ kind, text }) => text ?? kind), ['gap', '2', 'gap', '4', 'gap', '6'])
    assert.equal(new Set(history.map(({ id }) => id)).size, 6)
    assert.ok(history.every(({ id }) => /^[0-9a-f]{32}$/.test(id)))
    assert.deepEqual(bob.events.map((event) => (event.event === 'gap' ? event.missing : event.event)), [1, 'message', 1, 'message', 1, 'message'])
  })

  it('gives messages that came too early back to their mailbox when it keeps too many', async () => {
    await bob.lane.write(async (tx) => {
      tx.put(`in-chain/${alice.hex}`, utf8(JSON.stringify({ username: 'alice', expected: 1, readThrough: 0, held: Array.from({ length: maxHeld }, (_, i) => i + 10) })))
    })
    const early = await alice.text(bob, 'early', { sequence: 3 })
    assert.deepEqual(await take(early, early), ['full', 'full'])
    assert.deepEqual(await take(await alice.text(bob, 'first', { sequence: 1 }), await alice.text(bob, 'second', { sequence: 2 })), ['taken', 'taken'])
    assert.deepEqual(await take(early), ['taken'])
    assert.deepEqual(await bob.texts('alice'), ['first', 'second', 'early'])
  })

  it('says of what there is no room for whether that is so until its sender is answered', async () => {
    let isWelcome = false
    const carol = new Party('carol', {
      clock,
      random: seeded('carol'),
      effects: {
        admit: async () => { throw new P2pChatError('ERR_LIMIT', 'Too much waits.') },
        isWelcome: async () => isWelcome
      }
    })
    await carol.knows(alice)
    await alice.knows(carol)
    const taken = async (envelope: Uint8Array): Promise<string> => await carol.inbox.take(envelope, 'mailbox')
    const [first, second] = [await alice.text(carol, 'one'), await alice.text(carol, 'two')]
    assert.deepEqual([await taken(first), await taken(second)], ['unanswered', 'taken'], 'the second is held back until the first is there')
    isWelcome = true
    assert.equal(await taken(first), 'not-yet')
  })

  describe('hands over what is for groups', () => {
    const handed: string[] = []
    const note = (what: string) => async (envelope: { senderDevice: Uint8Array }, via: string): Promise<'taken'> => {
      handed.push(`${what} ${toHex(envelope.senderDevice)} ${via}`)
      return 'taken'
    }
    const carol = new Party('carol', { clock: new FakeClock(), random: seeded('carol'), groups: { takeMessage: note('message'), takeReceipt: note('receipt') } })
    const id = seeded('id').bytes(16)

    beforeEach(() => { handed.length = 0 })

    it('with the way that it came, from the mailbox or from the device that sealed it', async () => {
      const message = encodeGroupEnvelope(alice.device.deviceKey, id, utf8('sealed'))
      assert.equal(await carol.inbox.take(message, 'mailbox'), 'taken')
      assert.equal(await carol.inbox.take(message, 'direct', alice.device.deviceKey), 'taken')
      await carol.inbox.take(encodeGroupReceiptEnvelope({ senderDevice: alice.device.deviceKey, recipientDevice: carol.device.deviceKey }, id, utf8('sealed')), 'relay')
      assert.deepEqual(handed, [`message ${alice.hex} mailbox`, `message ${alice.hex} direct`, `receipt ${alice.hex} relay`])
    })

    it('but not what a peer hands over in the name of another, nor receipts for others', async () => {
      await carol.inbox.take(encodeGroupEnvelope(alice.device.deviceKey, id, utf8('sealed')), 'direct', bob.device.deviceKey)
      await carol.inbox.take(encodeGroupReceiptEnvelope({ senderDevice: alice.device.deviceKey, recipientDevice: bob.device.deviceKey }, id, utf8('sealed')), 'mailbox')
      assert.deepEqual([handed, carol.refusals], [[], ['it claims another sender', 'it is for another device']])
    })

    it('and leaves it where it is while there is nobody to take it', async () => {
      assert.equal(await bob.inbox.take(encodeGroupEnvelope(alice.device.deviceKey, id, utf8('sealed')), 'mailbox'), 'not-yet')
    })
  })

  describe('refuses, for good', () => {
    const nothing = async (envelope: Uint8Array, why: RegExp, from?: Uint8Array): Promise<void> => {
      const before = await bob.texts('alice')
      assert.equal(await bob.inbox.take(envelope, 'direct', from, () => true), 'taken')
      assert.deepEqual(await bob.texts('alice'), before)
      assert.match(bob.refusals.at(-1) ?? 'nothing was refused', why)
    }

    it('what is no envelope', async () => {
      await nothing(utf8('garbage'), /could not be read|malformed/)
      await nothing(new Uint8Array(100_000), /limit/)
    })

    it('what is for another device', async () => {
      const carol = new Party('carol', { clock, random: seeded('carol') })
      await nothing(await alice.text(carol, 'x'), /another device/)
    })

    it('what a peer hands over in the name of another', async () => {
      await nothing(await alice.text(bob, 'x'), /another sender/, bob.device.deviceKey)
    })

    it('what was changed on the way, and takes it when it comes whole', async () => {
      await take(await alice.text(bob, 'one'))
      const envelope = await alice.text(bob, 'two')
      await nothing(flipBit(envelope, envelope.byteLength * 8 - 1), /./)
      assert.deepEqual(bob.effects, ['needs new session alice'])
      await take(envelope)
      assert.deepEqual(await bob.texts('alice'), ['one', 'two'])
    })

    it('what was changed on the way of no session here, or by a device that was removed, without asking for another', async () => {
      const envelope = await alice.text(bob, 'one')
      await nothing(flipBit(envelope, envelope.byteLength * 8 - 1), /./)
      await take(envelope)
      const later = await alice.text(bob, 'two')
      await bob.pins(nextRecord(alice.account, [makeDevice(seeded('new laptop'))]))
      await nothing(flipBit(later, later.byteLength * 8 - 1), /./)
      assert.deepEqual(bob.effects, [])
    })

    it('a message whose fields are impossible', async () => {
      await nothing(await alice.plaintext(bob, utf8('no payload')), /could not be read|impossible/)
    })

    it('a message for a conversation of others', async () => {
      await nothing(await alice.text(bob, 'x', { conversation: encodeDirect('carol', 'bob') }), /refused/)
      await nothing(await alice.text(bob, 'x', { conversation: encodeDirect('alice', 'carol') }), /refused/)
    })

    it('a malformed receipt of somebody who could make a good one', async () => {
      await take(await alice.text(bob, 'x'))
      await nothing(await alice.receiptBytes(bob, Uint8Array.of(0xff, 0xff, 0xff)), /malformed receipt/)
    })

    it('a receipt of no session', async () => {
      const stranger = new Party('alice', { clock, random: seeded('alice'), account: alice.account, device: alice.device })
      await stranger.begin(bob)
      await nothing(await stranger.receipt(bob, 1), /no session/)
    })
  })

  describe('from strangers', () => {
    let carol: Party
    beforeEach(async () => {
      carol = new Party('carol', { clock, random: seeded('carol') })
      await carol.knows(bob)
    })

    it('waits for the directory, and takes the message once it vouches for the account', async () => {
      const envelope = await carol.text(bob, 'hello')
      assert.equal(await bob.inbox.toLookUp(envelope), 'carol')
      assert.equal(await bob.inbox.take(envelope, 'mailbox'), 'not-yet')
      assert.equal(await findContact(bob.lane, 'carol'), undefined, 'a record that comes with a message is not pinned')
      await bob.pins(carol.account.record)
      assert.equal(await bob.inbox.toLookUp(envelope), undefined)
      assert.equal(await bob.inbox.take(envelope, 'mailbox'), 'taken')
      assert.deepEqual(await bob.texts('carol'), ['hello'])
    })

    it('refuses the message when the directory was asked and knows no such account', async () => {
      assert.equal(await bob.inbox.take(await carol.text(bob, 'hello'), 'mailbox', undefined, (name) => name === 'carol'), 'taken')
      assert.equal(await findContact(bob.lane, 'carol'), undefined)
      assert.match(bob.refusals.at(-1) ?? '', /does not vouch/)
    })

    it('who call themselves like a contact change nothing for the contact: not the key, not whether one can write', async () => {
      const mallory = new Party('alice', { clock, random: seeded('mallory') })
      await mallory.knows(bob)
      const envelope = await mallory.text(bob, 'it is me')
      assert.equal(await bob.inbox.toLookUp(envelope), 'alice', 'the directory is asked')
      assert.equal(await bob.inbox.take(envelope, 'mailbox'), 'not-yet')
      assert.equal(await bob.inbox.take(envelope, 'mailbox', undefined, () => true), 'taken')
      const contact = await findContact(bob.lane, 'alice')
      assert.deepEqual([contact?.identity, contact?.accountKey, contact?.offered], ['pinned', alice.account.key.publicKey, undefined])
      assert.deepEqual(await bob.texts('alice'), [])
      await take(await alice.text(bob, 'still me'))
      assert.deepEqual(await bob.texts('alice'), ['still me'])
    })

    it('is not misled by what is no record', async () => {
      const envelope = await carol.envelope(bob, {}, { ...carol.account.record, signed: utf8('no record') })
      assert.equal(await bob.inbox.toLookUp(envelope), undefined)
      assert.equal(await bob.inbox.take(envelope, 'mailbox', undefined, () => true), 'taken')
      assert.equal(await bob.inbox.toLookUp(utf8('garbage')), undefined)
    })
  })

  describe('of an account whose identity has changed, as the directory says', () => {
    let other: Party
    beforeEach(async () => {
      other = new Party('alice', { clock, random: seeded('another alice') })
      await other.knows(bob)
      await take(await alice.text(bob, 'before'))
      await bob.pins(other.account.record)
    })

    it('parks messages of either until the change is accepted, and says so once', async () => {
      const [old, fresh] = [await alice.text(bob, 'from the old'), await other.text(bob, 'from the new')]
      assert.deepEqual(await take(old, fresh), ['taken', 'taken'])
      assert.deepEqual(await bob.texts('alice'), ['before'])
      assert.deepEqual(bob.effects, ['identity changed alice'])
      assert.equal((await listParked(bob.lane, alice.hex)).length + (await listParked(bob.lane, other.hex)).length, 2)
    })

    it('leaves what there is no room for where it is, until that is answered', async () => {
      const envelopes: Uint8Array[] = []
      for (let n = 0; n <= maxParked; n++) envelopes.push(await other.text(bob, `from the new ${n}`))
      const taken = await take(...envelopes)
      assert.deepEqual([new Set(taken.slice(0, -1)), taken.at(-1)], [new Set(['taken']), 'unanswered'])
    })

    it('leaves another under the id of one that it keeps where it is, until that is answered', async () => {
      const [kept, another] = [await other.text(bob, 'kept'), await other.text(bob, 'another')]
      const sameId = encode(Envelope, { ...decodeEnvelope(another), id: decodeEnvelope(kept).id })
      assert.deepEqual(await take(kept, sameId), ['taken', 'unanswered'])
    })

    it('keeps nothing of who only shows its record, which is public, or that of the one before', async () => {
      const mallory = new Party('mallory', { clock, random: seeded('mallory') })
      await mallory.knows(bob)
      for (const { record } of [alice.account, other.account]) {
        const envelope = await mallory.envelope(bob, {}, record)
        assert.equal(await bob.inbox.toLookUp(envelope), undefined)
        assert.deepEqual(await take(envelope), ['taken'])
      }
      assert.deepEqual([await listParked(bob.lane, mallory.hex), bob.effects], [[], []])
    })

    it('keeps so much of all devices of an account together, though it may have as many as it likes', async () => {
      const long = 'x'.repeat(60_000)
      let taken: string[] = []
      let devices = 0
      for (; !taken.includes('unanswered') && devices < 10; devices++) {
        const account = { ...other.account, record: nextRecord(other.account, [makeDevice(seeded(`device ${devices}`))]) }
        const device = new Party('alice', { clock, random: seeded(`party ${devices}`), account, device: makeDevice(seeded(`device ${devices}`)) })
        await device.knows(bob)
        const first = await device.text(bob, long)
        const copies = Array.from({ length: Math.floor(maxParkedBytes / first.byteLength) }, (_, i) => encode(Envelope, { ...decodeEnvelope(first), id: seeded(`${devices} ${i}`).bytes(16) }))
        taken = await take(...copies)
      }
      assert.equal(devices, maxParkedOfAccountBytes / maxParkedBytes + 1)
    }).timeout(60_000)

    it('takes them once it is accepted, once each, and refuses first messages of the old one', async () => {
      const envelope = await other.text(bob, 'from the new')
      await take(envelope, envelope)
      await bob.lane.write(async (tx) => {
        const contact = await findContact(tx, 'alice')
        assert.ok(contact !== undefined)
        await noteShown(tx, 'alice', keyToCompare(contact))
        await acceptShown(tx, 'alice')
      })
      await Promise.all([bob.inbox.retryParked(other.hex), bob.inbox.retryParked(other.hex)])
      await take(envelope)
      assert.deepEqual(await bob.texts('alice'), ['before', 'from the new'])
      assert.deepEqual(await listParked(bob.lane, other.hex), [])
    })
  })

  describe('learns of records', () => {
    it('from a first message: a newer one of the same account, and says what changed', async () => {
      const phone = makeDevice(seeded('phone'))
      const v2 = nextRecord(alice.account, [alice.device, phone])
      await take(await alice.envelope(bob, { record: { version: 2, hash: v2.hash }, conversation: encodeDirect('alice', 'bob') }, v2))
      assert.equal((await findRecord(bob.lane, 'alice'))?.version, 2)
      assert.deepEqual(bob.effects, ['record 1 to 2 of alice'])
    })

    it('from a head that is newer than any record here: the directory is asked', async () => {
      await take(await alice.text(bob, 'x', { record: { version: 5, hash: new Uint8Array(32) } }))
      assert.deepEqual(bob.effects, ['record outdated alice'])
      assert.equal((await findContact(bob.lane, 'alice'))?.claim?.version, 5)
      await take(await alice.text(bob, 'y', { record: { version: 5, hash: new Uint8Array(32) } }))
      assert.deepEqual(bob.effects, ['record outdated alice'], 'no news')
    })

    it('of the keys of groups: they are handed over, and never shown', async () => {
      await take(await alice.envelope(bob, { content: Content.encode({ groupEpoch: { epoch: new Uint8Array(70) } }) }))
      assert.deepEqual(bob.effects.filter((effect) => effect.startsWith('group')), ['group-epoch of alice'])
      assert.deepEqual(await bob.history('alice'), [])
    })

    it('from an announcement of the same account', async () => {
      const v2 = nextRecord(alice.account, [alice.device, makeDevice(seeded('phone'))])
      await take(await alice.envelope(bob, { content: encodeSystem({ accountRecord: v2.signed }) }))
      assert.deepEqual(bob.effects.filter((effect) => effect.startsWith('record 1')), ['record 1 to 2 of alice'])
      assert.deepEqual(await bob.history('alice'), [])
    })

    it('but not from an announcement of another account, known or not, nor under another key', async () => {
      const carol = makeAccount('carol', seeded('carol'))
      const impostor = makeAccount('alice', seeded('mallory'))
      await bob.pins(carol.record)
      const otherCarol = makeAccount('carol', seeded('other carol'))
      for (const { signed } of [otherCarol.record, nextRecord(carol, [makeDevice(seeded('x'))]), makeAccount('dave', seeded('dave')).record, impostor.record]) {
        await take(await alice.envelope(bob, { content: encodeSystem({ accountRecord: signed }) }))
        assert.match(bob.refusals.at(-1) ?? '', /another account/)
      }
      await take(await alice.envelope(bob, { content: encodeSystem({ accountRecord: utf8('no record') }) }))
      assert.deepEqual([(await findContact(bob.lane, 'carol'))?.identity, (await findRecord(bob.lane, 'carol'))?.version], ['pinned', 1])
      assert.equal((await findContact(bob.lane, 'alice'))?.identity, 'pinned')
      assert.equal(await findContact(bob.lane, 'dave'), undefined)
    })
  })

  describe('from a device that its account has removed', () => {
    const removeAlicesDevice = async (): Promise<void> => {
      await bob.pins(nextRecord(alice.account, [makeDevice(seeded('new laptop'))]))
    }

    it('shows what was sealed before as such, in a session that is there or begun under the older record', async () => {
      await take(await alice.text(bob, 'listed'))
      await removeAlicesDevice()
      const { initiation: _, ...known } = decodeEnvelope(await alice.text(bob, 'known session'))
      assert.equal(await bob.inbox.toLookUp(encode(Envelope, known)), 'alice', 'it may have been signed in again')
      await take(encode(Envelope, known))
      assert.equal(await bob.sessions.hasSession(bob.lane, alice.hex), false, 'nothing is sealed for it')
      await alice.begin(bob)
      await take(await alice.text(bob, 'new session'))
      assert.deepEqual((await bob.history('alice')).map(({ text, fromRemovedDevice }) => [text, fromRemovedDevice]), [['listed', undefined], ['known session', true], ['new session', true]])
    })

    it('and that was signed in again, which is not known here yet, waits until the directory was asked', async () => {
      const other = makeDevice(seeded('new laptop'))
      await take(await alice.text(bob, 'listed'))
      const v2 = nextRecord(alice.account, [other])
      await bob.pins(v2)
      await bob.lane.write(async (tx) => { await bob.sessions.endAll(tx, alice.hex) })
      // It goes on in the session that it has.
      const full = await alice.text(bob, 'it is me again')
      const { initiation, ...rest } = decodeEnvelope(full)
      const envelope = encode(Envelope, rest)
      assert.ok(initiation !== undefined)
      assert.equal(await bob.inbox.toLookUp(envelope), 'alice')
      assert.equal(await bob.inbox.take(envelope, 'mailbox'), 'not-yet')
      await bob.pins(nextRecord({ ...alice.account, record: v2 }, [other, alice.device]))
      assert.equal(await bob.inbox.toLookUp(envelope), undefined)
      assert.equal(await bob.inbox.take(envelope, 'mailbox'), 'taken')
      assert.deepEqual(bob.effects.slice(-1), ['needs new session alice'], 'and says it again')
    })

    it('is refused when the directory does not list it either', async () => {
      await take(await alice.text(bob, 'listed'))
      await removeAlicesDevice()
      await bob.lane.write(async (tx) => { await bob.sessions.endAll(tx, alice.hex) })
      const { initiation, ...rest } = decodeEnvelope(await alice.text(bob, 'it is me again'))
      assert.equal(await bob.inbox.take(encode(Envelope, rest), 'mailbox', undefined, (name) => name === 'alice'), 'taken')
      assert.match(bob.refusals.at(-1) ?? '', /does not list/)
    })

    it('does not ask for a new session', async () => {
      const forgetful = new Party('bob', { clock, random: seeded('bob'), account: bob.account, device: bob.device })
      await forgetful.knows(alice)
      await forgetful.pins(nextRecord(alice.account, [makeDevice(seeded('new laptop'))]))
      await forgetful.inbox.take(await alice.text(bob, 'x'), 'mailbox')
      assert.deepEqual(forgetful.effects, [])
    })
  })

  it('asks for a new session when it cannot read, and tells the sender of a wish to seal again', async () => {
    const forgetful = new Party('bob', { clock, random: seeded('bob'), account: bob.account, device: bob.device })
    await forgetful.knows(alice)
    assert.equal(await forgetful.inbox.take(await alice.text(bob, 'x'), 'mailbox'), 'taken')
    assert.deepEqual(forgetful.effects, ['needs new session alice'])
    await take(await alice.envelope(bob, { sequence: 1, content: encodeSystem({ resend: true }) }))
    assert.deepEqual(bob.effects, [`seals again ${alice.hex.slice(0, 4)}`])
    assert.deepEqual(await bob.history('alice'), [])
  })

  it('asks for a new session when a receipt is of one that it lost, while something is owed to that device', async () => {
    await take(await alice.text(bob, 'hello'))
    await alice.inbox.take(await bob.text(alice, 'hello yourself'), 'direct')
    await alice.owes(bob, 'waiting')
    const receipt = await bob.receipt(alice, 1)
    await alice.lane.write(async (tx) => { for (const [key] of await tx.list('session')) tx.delete(key) })
    await alice.inbox.take(receipt, 'mailbox')
    assert.deepEqual(alice.effects, ['needs new session bob'])
    await alice.lane.write(async (tx) => { await alice.progress.dropDevice(tx, bob.hex) })
    await alice.inbox.take(receipt, 'mailbox')
    assert.deepEqual(alice.effects, ['needs new session bob'])
  })

  it('knows whose device it is from what was exchanged before, when all sessions are gone', async () => {
    await take(await alice.text(bob, 'hello'))
    await alice.inbox.take(await bob.text(alice, 'hello yourself'), 'direct')
    const later = await alice.text(bob, 'in a session that bob loses')
    await bob.lane.write(async (tx) => { for (const [key] of await tx.list('session')) tx.delete(key) })
    await take(later)
    assert.deepEqual(bob.effects, ['needs new session alice'])
  })

  it('keeps what is outside the ratchet\'s window, and reads it once that has moved', async () => {
    const sealed: Uint8Array[] = []
    for (let i = 1; i <= 1_003; i++) sealed.push(await alice.text(bob, String(i)))
    assert.deepEqual(await take(sealed[1_002] as Uint8Array, sealed[1_001] as Uint8Array), ['taken', 'taken'])
    assert.equal((await listParked(bob.lane, alice.hex)).length, 2)
    await take(...sealed.slice(0, 1_001))
    await settle(6)
    assert.deepEqual(await listParked(bob.lane, alice.hex), [])
    assert.deepEqual((await bob.texts('alice')).map(Number), Array.from({ length: 1_003 }, (_, i) => i + 1))
  }).timeout(60_000)

  it('does not drop what is parked when it still cannot be taken', async () => {
    const sealed: Uint8Array[] = []
    for (let i = 1; i <= 1_003; i++) sealed.push(await alice.text(bob, String(i)))
    await take(sealed[1_002] as Uint8Array)
    await bob.lane.write(async (tx) => {
      tx.put(`in-chain/${alice.hex}`, utf8(JSON.stringify({ username: 'alice', expected: 1, readThrough: 0, held: Array.from({ length: maxHeld }, (_, i) => i + 5_000) })))
    })
    await take(sealed[0] as Uint8Array, sealed[1] as Uint8Array, sealed[2] as Uint8Array)
    await settle(4)
    assert.equal((await listParked(bob.lane, alice.hex)).length, 1)
  }).timeout(60_000)

  it('shows copies of what another device of this account wrote, without counting them as unread', async () => {
    const account = makeAccount('bob', seeded('bob with two'), 2)
    const [laptop, phone] = account.devices.map((device, i) => new Party('bob', { clock, random: seeded(`bob ${i}`), account, device }))
    assert.ok(laptop !== undefined && phone !== undefined)
    await laptop.knows(alice)
    await phone.knows()
    await phone.inbox.take(await laptop.envelope(phone, { content: encodeText('from my laptop'), conversation: encodeDirect('bob', 'alice') }), 'direct')
    assert.deepEqual(await phone.texts('alice'), ['from my laptop'])
    assert.deepEqual(phone.effects, ['met alice'])
    assert.deepEqual(phone.events.map((event) => event.event === 'message' && event.own), [true])
    await phone.inbox.take(await laptop.envelope(phone, { content: encodeText('x'), conversation: encodeDirect('alice', 'bob') }), 'direct')
    assert.equal((await phone.texts('alice')).length, 1, 'not in the name of another')
  })

  it('has each message once and in order after a crash at any write, when everything comes again', async () => {
    const scenario = fc.record({
      order: fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 25 }),
      crashes: fc.array(fc.record({ batches: fc.integer({ min: 1, max: 6 }), written: fc.boolean() }), { maxLength: 5 })
    })
    await fc.assert(fc.asyncProperty(scenario, async ({ order, crashes }) => {
      const disk = createMemoryDisk()
      let store = new CrashingStore(disk.open(), () => { disk.crash() })
      const start = (): Party => new Party('bob', { clock, random: seeded('bob'), account: bob.account, device: bob.device, store })
      let receiver = start()
      await receiver.knows(alice)
      const sender = new Party('alice', { clock, random: seeded('alice'), account: alice.account, device: alice.device })
      const envelopes: Uint8Array[] = []
      for (let i = 1; i <= 10; i++) envelopes.push(await sender.text(receiver, String(i)))
      const acknowledged: number[] = []
      for (const { batches, written } of crashes) {
        store.arm({ batches, written })
        for (const i of order) {
          await receiver.inbox.take(envelopes[i] as Uint8Array, 'mailbox').then(() => { acknowledged.push(i) }, () => {})
        }
        disk.crash()
        store = new CrashingStore(disk.open(), () => { disk.crash() })
        receiver = start()
      }
      // What was acknowledged is gone from the mailbox; the rest comes again.
      for (const [i, envelope] of envelopes.entries()) if (!acknowledged.includes(i)) await receiver.inbox.take(envelope, 'mailbox')
      assert.deepEqual(await receiver.texts('alice'), envelopes.map((_, i) => String(i + 1)))
      assert.equal((await dueReceipt(receiver.lane, sender.hex))?.deliveredThrough, 10)
      assert.equal((await findContact(receiver.lane, 'alice'))?.unread, 10)
    }), { numRuns: 40 })
  }).timeout(60_000)
})
