import assert from 'node:assert/strict'
import { isP2pChatError } from '../../../src/errors.js'
import type { Roster } from '../../../src/overlay/index.js'
import { assertFollows, chooseAcceptors, nextStep, recoveryBody, unfinishedStep, type RosterChange, type RosterStep } from '../../../src/rendezvous/consensus/roster-plan.js'
import { firstHistory, peerIdOf } from './servers.js'

const first = firstHistory([1, 2, 3, 4], [1, 2]).newest
const name = (peerId: string): string => ['', '1', '2', '3', '4', '5'].find((number) => number !== '' && peerIdOf(Number(number)) === peerId) ?? '?'
const show = ({ phase, servers }: Pick<Roster, 'phase' | 'servers'>): string =>
  `${phase}: ${servers.map(({ peerId, acceptor, nextAcceptor, state }) => `${name(peerId)}${state[0] ?? ''}${acceptor ? '*' : ''}${nextAcceptor ? '+' : ''}`).join(' ')}`
const after = (roster: Roster, step: RosterStep): Roster => step.kind === 'done' ? assert.fail('There is no step.') : { ...roster, ...step.next, version: roster.version + 1 }

function allSteps (roster: Roster, change: RosterChange): string[] {
  const shown: string[] = []
  let now = roster
  for (let step = nextStep(now, change); step.kind !== 'done'; step = nextStep(now, change)) {
    const next = after(now, step)
    assertFollows(now, next)
    shown.push(`${step.kind} ${show(next)}`)
    now = next
  }
  return shown
}

describe('the plan of a roster change', () => {
  it('changes acceptors by a joint version and a transfer', () => {
    assert.deepEqual(allSteps(first, { kind: 'acceptors', peerIds: [2, 3, 4].map(peerIdOf) }), [
      'propose joint: 1m* 2m*+ 3m+ 4m+',
      'transfer settled: 1m 2m* 3m* 4m*'
    ])
    assert.deepEqual(allSteps(first, { kind: 'acceptors', peerIds: [2, 1].map(peerIdOf) }), [])
  })

  it('first ends what somebody else began', () => {
    const joint = after(first, nextStep(first, { kind: 'acceptors', peerIds: [peerIdOf(1)] }))
    assert.deepEqual(allSteps(joint, { kind: 'acceptors', peerIds: [peerIdOf(3)] }), [
      'transfer settled: 1m* 2m 3m 4m',
      'propose joint: 1m* 2m 3m+ 4m',
      'transfer settled: 1m 2m 3m* 4m'
    ])
    assert.deepEqual(unfinishedStep(joint), nextStep(joint, { kind: 'remove', peerId: peerIdOf(4) }))
    assert.deepEqual(unfinishedStep(first), { kind: 'done' })
  })

  it('takes a change back without a transfer', () => {
    const joint = after(first, nextStep(first, { kind: 'acceptors', peerIds: [peerIdOf(3)] }))
    assert.deepEqual(allSteps(joint, { kind: 'take-back' }), ['propose settled: 1m* 2m* 3m 4m'])
    assert.deepEqual(allSteps(first, { kind: 'take-back' }), [])
  })

  it('adds a learner, fills it, drains and removes it, each once', () => {
    const five = { peerId: peerIdOf(5), serverKey: new Uint8Array(32), addresses: ['/ip4/127.0.0.1/tcp/1'] }
    const added = after(first, nextStep(first, { kind: 'add', server: five }))
    assert.equal(show(added), 'settled: 1m* 2m* 3m 4m 5l')
    assert.equal(nextStep(added, { kind: 'add', server: five }).kind, 'done')
    assert.equal(nextStep(added, { kind: 'add', server: { ...five, addresses: [] } }).kind, 'propose')
    const draining = after(added, nextStep(added, { kind: 'state', peerId: five.peerId, state: 'draining' }))
    assert.equal(show(draining), 'settled: 1m* 2m* 3m 4m 5d')
    const removed = after(draining, nextStep(draining, { kind: 'remove', peerId: five.peerId }))
    assert.equal(show(removed), 'settled: 1m* 2m* 3m 4m')
    assert.equal(nextStep(removed, { kind: 'remove', peerId: five.peerId }).kind, 'done')
  })

  it('never goes back to an older OPAQUE setup', () => {
    assert.equal(nextStep(first, { kind: 'opaque-setup', version: first.opaqueSetupVersion }).kind, 'done')
    assert.equal(nextStep({ ...first, opaqueSetupVersion: 5 }, { kind: 'opaque-setup', version: 4 }).kind, 'done')
    assert.equal(after(first, nextStep(first, { kind: 'opaque-setup', version: 2 })).opaqueSetupVersion, 2)
  })

  it('refuses to remove who votes, and whom it does not know', () => {
    assert.throws(() => nextStep(first, { kind: 'remove', peerId: peerIdOf(1) }), (error) => isP2pChatError(error, 'ERR_NOT_PERMITTED'))
    assert.throws(() => nextStep(first, { kind: 'acceptors', peerIds: [peerIdOf(5)] }), (error) => isP2pChatError(error, 'ERR_NOT_FOUND'))
    assert.throws(() => nextStep(first, { kind: 'state', peerId: peerIdOf(5), state: 'member' }), (error) => isP2pChatError(error, 'ERR_NOT_FOUND'))
    assert.throws(() => recoveryBody(first, [peerIdOf(3)]), (error) => isP2pChatError(error, 'ERR_NOT_FOUND'))
  })

  it('leaves one server that stores, whoever else is there', () => {
    const emptied = (roster: Roster, ...numbers: number[]): Roster => numbers.reduce((now, number) => after(now, nextStep(now, { kind: 'state', peerId: peerIdOf(number), state: 'draining' })), roster)
    const refused = (roster: Roster, change: RosterChange): void => { assert.throws(() => nextStep(roster, change), { code: 'ERR_NOT_PERMITTED', message: /only server that keeps mail/ }) }
    const last = emptied(first, 1, 2, 3)
    refused(last, { kind: 'state', peerId: peerIdOf(4), state: 'draining' })
    refused(last, { kind: 'remove', peerId: peerIdOf(4) })
    const learner = { ...first, servers: first.servers.slice(0, 2).map((server, at) => at === 0 ? server : { ...server, state: 'learner' as const }) }
    refused(learner, { kind: 'state', peerId: peerIdOf(1), state: 'draining' })
    assert.equal(show(emptied(learner, 2)), 'settled: 1m* 2d*', 'one that does not store yet')
    assert.equal(nextStep(last, { kind: 'state', peerId: peerIdOf(3), state: 'draining' }).kind, 'done')
  })

  /** m: stores, *: votes and stores, l: learner, d: being emptied, D: being emptied, and votes. */
  function chosen (states: string): string {
    const stateOf: Record<string, Roster['servers'][number]['state']> = { l: 'learner', d: 'draining', D: 'draining' }
    const servers = [...states].map((state, index) => ({ ...(first.servers[0] ?? assert.fail()), peerId: peerIdOf(index + 1), acceptor: '*D'.includes(state), state: stateOf[state] ?? 'member' }))
    return chooseAcceptors({ ...first, servers }).map(name).join('')
  }

  it('chooses 1, 2, 3 or 5 of those that store, and keeps who votes', () => {
    assert.deepEqual(['*', '*m', '*mm', '*mmm', 'm**m', 'm****', 'l*l'].map(chosen), ['1', '12', '123', '123', '231', '23451', '2'])
  })

  it('leaves one that is being emptied its vote where only two others store', () => {
    assert.deepEqual(['**D', '*mD', 'D*l*', 'D*D*', '**d'].map(chosen), ['123', '123', '241', '241', '12'])
    assert.deepEqual(['*D', '*DD', '**D*', '***DD'].map(chosen), ['1', '1', '124', '123'])
  })

  it('lets nothing follow that skips a step', () => {
    const refused = (roster: Roster, next: Roster): void => { assert.throws(() => { assertFollows(roster, next) }, (error) => isP2pChatError(error, 'ERR_INVALID_RECORD')) }
    const joint = after(first, nextStep(first, { kind: 'acceptors', peerIds: [3, 4].map(peerIdOf) }))
    const settled = after(joint, unfinishedStep(joint))
    refused(first, { ...settled, version: 2 })
    refused(first, { ...first, version: 3 })
    refused(joint, { ...joint, version: 3 })
    refused(joint, { ...settled, servers: settled.servers.map((server) => ({ ...server, acceptor: true })) })
    const recovering = { ...first, phase: 'recovering' as const }
    refused(recovering, { ...joint, version: 2 })
    assertFollows(recovering, { ...first, version: 2 })
  })
})
