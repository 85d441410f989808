import { epochCommitment, isCommittedSecret, nextEpochSecret, openGroupMessage, openGroupReceipt, sealGroupMessage, sealGroupReceipt, startGroupEpoch, verifyGroupReceipt } from '../../../src/crypto/group/index.js'
import { foldEntry, makeGroupEntry, verifyGroupEntry, encodeGroupState, checkpointOf, decodeGroupState, startFromCheckpoint, type GroupAction, type GroupHead, type GroupState } from '../../../src/records/group/index.js'
import { GroupMessage } from '../../../src/protocol/pb/group.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { bytesOf, meaningOf } from '../meaning.js'
import type { Frozen, Scene } from './index.js'
import { frozenPerson, newSecrets, NOW_MS, personOf, readPerson, recordOf, type Person } from './people.js'

/** A log with most kinds of entries, folded; a checkpoint of it; a message and a receipt in the epochs that its entries make. */
export const groups: Scene = {
  make: () => {
    const random = new SeededRandom('p2pchat wire: groups')
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => personOf(newSecrets(name, (length) => random.bytes(length)))) as [Person, Person, Person]
    const secret = random.bytes(32)
    const given = { alice: frozenPerson(alice), bob: frozenPerson(bob), secret: meaningOf(secret) }
    const log: Uint8Array[] = []
    let state: GroupState | undefined
    const say = (person: Person, action: GroupAction): GroupHead => {
      const entry = makeGroupEntry({ username: person.username, device: person.device }, state?.head, NOW_MS + log.length, action)
      state = foldEntry(state, entry)
      log.push(entry.signed)
      return state.head
    }
    const { hash: groupId } = say(alice, { kind: 'found', name: 'team', inviteOnly: false, unlisted: false, accountRecord: recordOf(alice), commitment: epochCommitment(secret) })
    say(bob, { kind: 'join', accountRecord: recordOf(bob) })
    say(alice, { kind: 'policy', inviteOnly: true, unlisted: true })
    say(alice, { kind: 'add', accountRecords: [recordOf(carol)] })
    say(alice, { kind: 'promote', username: 'bob' })
    say(bob, { kind: 'demote', username: 'bob' })
    say(alice, { kind: 'rename', name: 'squad' })
    say(alice, { kind: 'remove', usernames: ['carol'], lastSeen: [{ username: 'carol', deviceKey: carol.device.publicKey, epoch: 2, counter: 4 }], commitment: epochCommitment(random.bytes(32)) })
    say(alice, { kind: 'epoch', commitment: epochCommitment(random.bytes(32)) })
    const before = encodeGroupState(state ?? never())
    const head = say(alice, checkpointOf(state ?? never()))
    const owners = [alice, bob].map(({ username, device }) => ({ username, deviceKey: device.publicKey }))
    const keys = startGroupEpoch({ groupId, epoch: 1, secret, owners })
    const { keys: after } = sealGroupMessage(keys, { username: 'alice', device: alice.device }, head, Buffer.from('skipped'), random)
    const { message } = sealGroupMessage(after, { username: 'alice', device: alice.device }, head, Buffer.from('Who brings cake?'), random)
    const header = { groupId, epoch: 1, username: 'bob', deviceKey: bob.device.publicKey, recipientDevice: alice.device.publicKey }
    const receipt = sealGroupReceipt(keys.receiptKey, header, bob.device.seed, Uint8Array.of(1, 2, 3), random)
    const wire = { log: log.map(meaningOf), before: meaningOf(before), message: meaningOf(GroupMessage.encode(message as GroupMessage)), receipt: meaningOf(receipt) }
    return { given, wire, meaning: groups.read(given, wire) }
  },
  read: (given, wire): Frozen => {
    const [alice, bob] = [readPerson(given.alice), readPerson(given.bob)]
    const secret = bytesOf(given.secret)
    const log = (wire.log as string[]).map(bytesOf)
    const entries = log.map(verifyGroupEntry)
    const state = entries.reduce<GroupState | undefined>(foldEntry, undefined) ?? never()
    const [found, join] = entries
    if (found?.action.kind !== 'found' || join === undefined) throw new Error('The log does not begin as it should.')
    const started = startFromCheckpoint(found.hash, log.at(-1) ?? never(), bytesOf(wire.before))
    const owners = [alice, bob].map(({ username, device }) => ({ username, deviceKey: device.publicKey }))
    const keys = startGroupEpoch({ groupId: found.hash, epoch: 1, secret, owners })
    const { header, plaintext } = openGroupMessage(keys, GroupMessage.decode(bytesOf(wire.message)))
    const frozen = wire.receipt as Frozen
    const receipt = { groupId: bytesOf(frozen.groupId), epoch: Number(frozen.epoch), username: String(frozen.username), deviceKey: bytesOf(frozen.deviceKey), recipientDevice: bytesOf(frozen.recipientDevice), sealed: bytesOf(frozen.sealed), signature: bytesOf(frozen.signature) }
    verifyGroupReceipt(receipt)
    return {
      entries: entries.map(({ author, sequence, action, hash }) => ({ author, sequence, kind: action.kind, hash: meaningOf(hash) })),
      state: meaningOf(encodeGroupState(state)),
      stateBeforeCheckpoint: decodeGroupState(bytesOf(wire.before)).name,
      checkpointBy: started.admin,
      isCommitted: isCommittedSecret(secret, found.action.commitment),
      nextSecret: meaningOf(nextEpochSecret(keys, join.hash)),
      message: { ...(meaningOf(header) as Frozen), text: Buffer.from(plaintext).toString() },
      receipt: meaningOf(openGroupReceipt(keys.receiptKey, receipt))
    }
  }
}

function never (): never {
  throw new Error('There is none.')
}
