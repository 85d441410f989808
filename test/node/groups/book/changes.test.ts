import assert from 'node:assert/strict'
import { P2pChatError, type ErrorCode } from '../../../../src/errors.js'
import type { GroupAction } from '../../../../src/records/group/index.js'
import { FakeClock } from '../../../helpers/fake-clock.js'
import { SeededRandom } from '../../../helpers/seeded-random.js'
import { Log, Person } from '../../../records/group/support.js'
import { rejectsCode } from '../../support.js'
import { FakeLogServer } from './fake-log-server.js'
import { LogRig } from './rig.js'

describe('changes of logs', () => {
  let random: SeededRandom
  let clock: FakeClock
  let seed = 0
  let alice: Person
  let bob: Person
  let server: FakeLogServer
  let rig: LogRig

  beforeEach(() => {
    random = new SeededRandom(`changes ${seed++}`)
    clock = new FakeClock()
    alice = new Person('alice', random)
    bob = new Person('bob', random)
    server = new FakeLogServer(new Log(alice.found('team')))
    rig = new LogRig({ self: alice, server, clock, random })
  })

  const append = async (action: GroupAction | (() => GroupAction | undefined)): Promise<unknown> => await clock.until(rig.writer.append(server.id, () => typeof action === 'function' ? action() : action))
  const add = (): GroupAction => ({ kind: 'add', accountRecords: [bob.record] })
  const appended = (): number => server.channel.of('groups/append').length
  /** Fails the first `times` appends, before or after they were worked on. */
  const fail = (when: 'before' | 'after', code: ErrorCode, times = 1): void => {
    let left = times
    server[when] = (method) => {
      if (method !== 'groups/append' || left-- <= 0) return
      throw new P2pChatError(code, 'The test says so.')
    }
  }

  it('are taken at once, and are not read again', async () => {
    await append(add())
    assert.equal((await rig.state(server.id))?.members.has('bob'), true)
    assert.equal(server.channel.of('groups/read').length, 1)
  })

  it('that the rules refuse are not even asked for', async () => {
    await append(add())
    await rejectsCode(append(add()), 'ERR_USAGE')
    await rejectsCode(append({ kind: 'demote', username: 'alice' }), 'ERR_NOT_PERMITTED')
    assert.equal(appended(), 1)
  })

  it('that are not needed any more are not made', async () => {
    await append(() => undefined)
    assert.equal(appended(), 0)
  })

  it('are signed anew when others were quicker, as long as the rules allow', async () => {
    const other = bob.entry(server.state.head, { kind: 'join', accountRecord: bob.record })
    server.before = (method) => {
      if (method !== 'groups/append' || server.entries.length > 1) return
      server.append(other)
      throw new P2pChatError('ERR_CONFLICT', 'The head has moved.')
    }
    await append({ kind: 'rename', name: 'crew' })
    assert.deepEqual([server.state.head.sequence, server.state.name], [3, 'crew'])
  })

  it('end when others were quicker to do the same', async () => {
    const other = bob.entry(server.state.head, { kind: 'join', accountRecord: bob.record })
    server.before = (method) => {
      if (method !== 'groups/append' || server.entries.length > 1) return
      server.append(other)
      throw new P2pChatError('ERR_CONFLICT', 'The head has moved.')
    }
    await rejectsCode(append(add()), 'ERR_USAGE')
  })

  for (const code of ['ERR_TIMEOUT', 'ERR_CLOSED', 'ERR_UNKNOWN_OUTCOME', 'ERR_OVERLOADED'] as const) {
    it(`whose outcome is unknown (${code}) are made once, whether they were taken or not`, async () => {
      fail('after', code)
      await append({ kind: 'rename', name: 'taken' })
      assert.equal(server.entries.length, 2)
      assert.equal(appended(), 1, 'it was in the log')
      fail('before', code, 2)
      await append({ kind: 'rename', name: 'not-taken' })
      assert.equal(server.entries.length, 3)
      const [, first, second, third] = server.channel.of('groups/append')
      assert.deepEqual([second, third], [first, first], 'the same entry again: it could still arrive')
    })
  }

  it('whose place was taken by another entry, after their outcome was unknown, are made anew', async () => {
    const other = bob.entry(server.state.head, { kind: 'join', accountRecord: bob.record })
    server.before = (method) => {
      if (method !== 'groups/append' || server.entries.length > 1) return
      server.append(other)
      throw new P2pChatError('ERR_TIMEOUT', 'Silence.')
    }
    await append({ kind: 'rename', name: 'crew' })
    assert.deepEqual([server.entries.length, server.state.name], [3, 'crew'])
  })

  it('say so when nobody can tell what became of them', async () => {
    server.after = (method) => { if (method === 'groups/append') throw new P2pChatError('ERR_TIMEOUT', 'Silence.') }
    server.before = (method) => { if (method === 'groups/read' && server.entries.length > 1) throw new P2pChatError('ERR_TIMEOUT', 'Silence.') }
    await rejectsCode(append({ kind: 'rename', name: 'crew' }), 'ERR_UNKNOWN_OUTCOME')
    assert.ok(appended() >= 2)
    assert.equal(server.entries.length, 2)
  })

  it('give up when others are always quicker', async () => {
    let name = 0
    server.before = (method) => {
      if (method !== 'groups/append') return
      server.append(alice.entry(server.state.head, { kind: 'rename', name: `name-${name++}` }))
      throw new P2pChatError('ERR_CONFLICT', 'The head has moved.')
    }
    await rejectsCode(append(add()), 'ERR_OVERLOADED')
  })
})
