import assert from 'node:assert/strict'
import { epochCommitment } from '../../../../src/crypto/group/index.js'
import { SystemMailer } from '../../../../src/node/delivery/system-mail.js'
import { Secrets } from '../../../../src/node/groups/book/secrets.js'
import { Content } from '../../../../src/protocol/pb/content.js'
import { toHex } from '../../../../src/node/home/hex.js'
import { silentLogger } from '../../../../src/runtime.js'
import { FakeClock } from '../../../helpers/fake-clock.js'
import { SeededRandom } from '../../../helpers/seeded-random.js'
import { Log, Person } from '../../../records/group/support.js'
import { FakeLogServer } from './fake-log-server.js'
import { LogRig } from './rig.js'

describe('the keys of a device that was away over a fresh key and many who joined', () => {
  const joined = 100
  /** of the fresh key: alice, bob and dave came in those before */
  const fresh = 4
  let rig: LogRig
  let server: FakeLogServer
  let alice: Person
  let secret: Uint8Array
  let clock: FakeClock
  let random: SeededRandom

  beforeEach(async () => {
    clock = new FakeClock()
    random = new SeededRandom('away')
    secret = random.bytes(32)
    alice = new Person('alice', random)
    const [bob, dave] = [new Person('bob', random), new Person('dave', random)]
    const log = new Log(alice.found('team'))
    for (const person of [bob, dave]) log.append(person, { kind: 'join', accountRecord: person.record })
    log.append(bob, { kind: 'leave' })
    log.append(alice, { kind: 'epoch', commitment: epochCommitment(secret) })
    for (let i = 0; i < joined; i++) {
      const person = new Person(`guest-${1_000 + i}`, random)
      log.append(person, { kind: 'join', accountRecord: person.record })
    }
    server = new FakeLogServer(log)
    rig = new LogRig({ self: dave, server, clock, random })
    await rig.reader.read(server.id)
  })

  it('are all there as soon as the secret comes that they follow from', async () => {
    const { lane, keys } = rig
    const given = { username: 'alice', device: toHex(alice.device.publicKey), secret, entryHash: undefined }
    await lane.write(async (tx) => { await keys.take(tx, server.id, given, true) })
    assert.deepEqual(await keys.missingEpochs(lane, server.id), [fresh - 1])
    for (let epoch = fresh; epoch <= fresh + joined; epoch++) assert.ok(await keys.ready(lane, server.id, epoch) !== undefined, `epoch ${epoch} is not there`)
  })

  it('are asked for by the epoch that all of them follow from', async () => {
    const { lane, keys, states } = rig
    const self = { username: 'dave', deviceKey: rig.keys['components'].self.deviceKey }
    const mail = new SystemMailer({ lane, clock, random, owed: () => {} })
    const asked: Array<bigint | undefined> = []
    mail.enqueue = async (_tx, letters) => {
      asked.push(...letters.map(({ content }) => Content.decode(content).groupEpochRequest?.epoch))
      return []
    }
    const secrets = new Secrets({ lane, clock, random, logger: silentLogger, self, states, keys, mail, online: async () => new Set(['alice']), changed: () => {}, afterReading: () => {}, tellDoubt: async () => {}, unknownGroup: () => {} })
    const state = await rig.state(server.id)
    assert.ok(state !== undefined)
    assert.equal(await secrets.ask(server.id, state), 1)
    assert.deepEqual(asked, [BigInt(fresh)])
  })
})
