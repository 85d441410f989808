import assert from 'node:assert/strict'
import fc from 'fast-check'
import { amountWords } from '../../../src/cli/render/amount.js'
import { captionLines } from '../../../src/cli/render/file.js'
import { listedGroupLine, logLine, memberLine, names, ownGroupLine, standingWords, verificationLines } from '../../../src/cli/render/group.js'
import { eventLines, historyLines, messageLines } from '../../../src/cli/render/message.js'
import { identityWords, numberLines } from '../../../src/cli/render/safety-number.js'
import { isLater, stateWords } from '../../../src/cli/render/status.js'
import { makeStyle, wantsColour } from '../../../src/cli/render/style.js'
import { table } from '../../../src/cli/render/table.js'
import { inWords, shortTime } from '../../../src/cli/render/time.js'
import { groupEvent } from '../helpers/fake-groups.js'
import type { NodeEvent } from '../../../src/node/chat-node.js'
import { historyEntry, messageEvent } from '../helpers/samples.js'

const nowMs = new Date(2024, 10, 22, 12, 0).getTime()
const local = (...fields: [number, number, number, number, number]): string => new Date(...fields).toISOString()
const view = { style: makeStyle(false), nowMs, self: 'alice' }

describe('cli: rendering', () => {
  it('shows a time as short as it is still clear', () => {
    assert.equal(shortTime(local(2024, 10, 22, 9, 5), nowMs), '09:05')
    assert.equal(shortTime(local(2024, 10, 2, 9, 5), nowMs), '2 Nov 09:05')
    assert.equal(shortTime(local(2023, 0, 2, 9, 5), nowMs), '2023-01-02 09:05')
    assert.equal(shortTime('nonsense', nowMs), '--:--')
  })

  it('says waits in words', () => {
    assert.deepEqual([1, 1500, 119_000, 121_000, 8_000_000].map(inWords), ['1 second', '2 seconds', '119 seconds', '3 minutes', '3 hours'])
  })

  it('says states with what is known of them', () => {
    assert.equal(stateWords({ state: 'stored', replicas: 1, servers: 1, until: local(2024, 11, 22, 0, 0) }), '✓ stored on 1 of 1 server until 22 Dec 2024')
    assert.equal(stateWords({ state: 'stored', replicas: 2, servers: 3 }), '✓ stored on 2 of 3 servers')
    assert.equal(stateWords({ state: 'delivered', via: 'direct' }), '✓✓ delivered, device to device')
    assert.equal(stateWords({ state: 'queued' }), '… queued on this machine')
  })

  it('sums up who has a message to a group', () => {
    const members = (delivered: number, read = 0): { delivered: number, read: number, of: number } => ({ delivered, read, of: 9 })
    assert.equal(stateWords({ state: 'delivered', members: members(9) }), '✓✓ delivered 9 of 9')
    assert.equal(stateWords({ state: 'delivered', members: members(7, 2) }), '✓✓ delivered 7 of 9, read 2 of 9')
    assert.equal(stateWords({ state: 'stored', replicas: 1, servers: 1, members: members(3) }), '✓ stored on 1 of 1 server, delivered 3 of 9')
    assert.equal(stateWords({ state: 'stored', replicas: 1, servers: 1, members: members(0) }), '✓ stored on 1 of 1 server')
    assert.equal(stateWords({ state: 'queued', members: members(0) }), '… queued on this machine')
    assert.match(stateWords({ state: 'read', members: { delivered: 0, read: 0, of: 0 } }), /nobody else is in the group yet/)
    assert.equal(stateWords({ state: 'expired', members: members(3) }), '✗ expired before it was fetched, delivered 3 of 9')
    assert.match(eventLines({ event: 'status', id: 'x', group: 'team', state: 'delivered', members: members(7) }, view).join(), /✓✓ delivered 7 of 9 · to the group team · x/)
  })

  it('reads a text of line breaks once', () => {
    const text = `a${'\n'.repeat(500_000)}b`
    assert.equal(messageLines(messageEvent({ text }), view).length, 500_001)
    assert.equal(captionLines('', text, view.style).length, 500_001)
    assert.equal(captionLines('', `\n\na\n${'\n'.repeat(500_000)}`, view.style).length, 1)
  })

  it('says where something was said, unless that is the room', () => {
    const sentAt = local(2024, 10, 22, 9, 5)
    const { to: _, ...inTeam } = messageEvent({ group: 'team', sentAt, text: 'hi\n09:06 [club] carol: hi' })
    assert.deepEqual(messageLines(inTeam, view), ['09:05 [team] bob: hi', '      │ 09:06 [club] carol: hi'])
    assert.deepEqual(messageLines({ ...inTeam, text: 'hi' }, { ...view, room: { kind: 'group', name: 'team' } }), ['09:05 bob: hi'])
    assert.deepEqual(messageLines(messageEvent({ sentAt }), { ...view, room: { kind: 'group', name: 'team' } }), ['09:05 [to you] bob: hello'])
    assert.deepEqual(messageLines(messageEvent({ sentAt }), { ...view, room: { kind: 'user', name: 'bob' } }), ['09:05 bob: hello'])
    assert.deepEqual(messageLines({ ...inTeam, text: 'hi', from: 'alice', own: true }, view), ['09:05 [team] alice: hi'])
    assert.match(eventLines({ event: 'gap', from: 'bob', group: 'team', missing: 1, cursor: 'c' }, view).join(), /1 message from bob in team expired/)
  })

  it('shows a group\'s changes as sentences, and a forked log loudly', () => {
    const at = local(2024, 10, 22, 9, 5)
    assert.deepEqual(eventLines(groupEvent({ at }), view), ['09:05 [team] bob added carol'])
    assert.match(eventLines(groupEvent({ at, kind: 'forked', message: 'Two logs.' }), view).join('\n'), /Two logs\.\n.*group verify team/)
    assert.match(historyLines(historyEntry({ kind: 'group-change', group: 'team', text: 'bob added carol' }), view).join(), / bob added carol$/)
    assert.match(historyLines(historyEntry({ kind: 'poll' as 'text', text: 'tea?' }), view).join(), /cannot show/)
  })

  it('lists groups so that a person sees what matters', () => {
    const group = { id: '1', name: 'team', standing: 'member', members: 1, admin: true, inviteOnly: true, unlisted: true, epoch: 3, unread: 1, lastMessageAt: null } as const
    assert.equal(ownGroupLine(group, 12, nowMs, view.style), ' 12  team              1 unread message · only you · you are an admin · invite-only · unlisted')
    assert.match(ownGroupLine({ ...group, standing: 'left' }, null, nowMs, view.style), /^team +1 unread message · you left · invite-only/)
    for (const standing of ['left', 'removed', 'ended'] as const) assert.match(standingWords({ ...group, standing }), /team/)
    assert.deepEqual([names([]), names(['bob']), names(['bob', 'carol']), names(['bob', 'carol', 'dave'])], ['', 'bob', 'bob and carol', 'bob, carol and dave'])
  })

  it('knows which state comes later', () => {
    assert.ok(isLater('delivered', 'stored'))
    assert.ok(!isLater('stored', 'delivered'))
    assert.ok(!isLater('read', 'read'))
  })

  it('does not let later lines of a text pass for a message of someone else', () => {
    const lines = messageLines(messageEvent({ text: 'hi\n12:00 carol: pay bob', sentAt: local(2024, 10, 22, 9, 5) }), view)
    assert.deepEqual(lines, ['09:05 bob: hi', '      │ 12:00 carol: pay bob'])
  })

  it('puts the state of own messages before their text', () => {
    const entry = historyEntry({ from: 'alice', to: 'bob', state: 'delivered', sentAt: local(2024, 10, 22, 9, 5) })
    assert.deepEqual(historyLines(entry, view), ['09:05 alice: ✓✓ hello'])
  })

  it('says when something is not there or cannot be shown', () => {
    assert.match(historyLines(historyEntry({ kind: 'gap', text: null }), view).join(), /expired/)
    assert.match(historyLines(historyEntry({ kind: 'unknown-content', text: null }), view).join(), /cannot show/)
    assert.match(messageLines(messageEvent({ fromRemovedDevice: true }), view).join(), /from a removed device/)
    assert.match(eventLines({ event: 'gap', from: 'bob', missing: 3, cursor: 'c' }, view).join(), /3 messages from bob expired/)
  })

  it('lets no escape of a peer into any kind of event', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      const dirty = `\u001b[2J${text}\u202e`
      const shown = [
        ...eventLines(messageEvent({ text: dirty, from: dirty }), view),
        ...eventLines(groupEvent({ group: dirty, message: dirty, kind: 'forked' }), view),
        ...eventLines({ event: 'status', id: dirty, group: dirty, state: 'sent' }, view),
        ...eventLines({ event: 'unknown-content', id: '', from: dirty, group: dirty, sentAt: '', receivedAt: '', cursor: '' }, view),
        ...eventLines({ event: 'gap', from: dirty, group: dirty, missing: 1, cursor: '' }, view),
        ...eventLines({ event: 'poll', message: dirty } as unknown as NodeEvent, view),
        listedGroupLine({ name: dirty, members: 1, inviteOnly: false }, 1, true, view.style),
        ownGroupLine({ id: '', name: dirty, standing: 'member', members: 1, admin: false, inviteOnly: false, unlisted: false, epoch: 1, unread: 0, lastMessageAt: null, waiting: dirty }, 1, nowMs, view.style),
        memberLine({ username: dirty, admin: true, online: true, devices: 2, since: 1 }, null, view.style),
        logLine({ sequence: 1, hash: dirty, at: dirty, by: dirty, kind: 'add', users: [dirty], text: dirty }, nowMs, view.style),
        ...verificationLines(dirty, { head: { sequence: 1, hash: dirty }, walkedFrom: { kind: 'checkpoint', sequence: 1, admin: dirty }, agreed: [dirty], differing: [dirty], unanswered: [dirty] }, view.style),
        ...eventLines({ event: 'presence', username: dirty, online: true }, view),
        ...eventLines({ event: 'identity-changed', username: dirty, message: dirty }, view),
        ...eventLines({ event: 'device-added', username: dirty, own: false, deviceId: dirty, label: dirty, message: dirty, at: '', cursor: '' }, view),
        ...eventLines({ event: 'device-added', username: dirty, own: true, deviceId: dirty, label: dirty, message: dirty, at: '', cursor: '' }, view),
        ...eventLines({ event: 'error', code: 'ERR_INTERNAL', message: dirty }, view),
        ...eventLines({ event: 'pool', change: 'looking', connection: { kind: 'connecting' }, message: dirty }, view)
      ].join('')
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(shown, /[\u0000-\u001f\u007f-\u009f\u202e]/)
    }))
  })

  it('groups the safety number by five digits, four groups a line', () => {
    const number = Array.from({ length: 60 }, (_, at) => at % 10).join('')
    assert.deepEqual(numberLines(number), ['01234 56789 01234 56789', '01234 56789 01234 56789', '01234 56789 01234 56789'])
    assert.deepEqual(numberLines('01234 56789'), ['01234 56789'])
    assert.match(identityWords({ username: 'bob', identity: 'changed' }), /HAS CHANGED/)
  })

  it('lines columns up', () => {
    assert.deepEqual(table([['a', 'bb', 'c'], ['ąąą', 'b', '']]), ['a    bb  c', 'ąąą  b'])
  })

  it('colours only terminals that want it', () => {
    assert.equal(wantsColour(true, {}), true)
    assert.equal(wantsColour(true, { NO_COLOR: '1' }), false)
    assert.equal(wantsColour(true, { NO_COLOR: '' }), true)
    assert.equal(wantsColour(true, { TERM: 'dumb' }), false)
    assert.equal(wantsColour(false, {}), false)
    assert.equal(makeStyle(true).red('x'), '\u001b[31mx\u001b[39m')
  })

  it('reads amounts in round numbers, and stays exact else', () => {
    assert.deepEqual([amountWords(2_592_000_000, 'ms'), amountWords(104_857_600, 'bytes'), amountWords(60_000, 'bytes'), amountWords(8, 'devices'), amountWords(2_592_000_001, 'ms'), amountWords(8_596_242_432, 'bytes')],
      ['30 days', '100 MiB', '60000 bytes', '8 devices', '2592000001 ms', '8 GiB'])
  })
})
