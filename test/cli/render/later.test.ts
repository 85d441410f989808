import assert from 'node:assert/strict'
import fc from 'fast-check'
import { contactLine } from '../../../src/cli/commands/people.js'
import { SETTINGS } from '../../../src/cli/commands/settings.js'
import { amountWords } from '../../../src/cli/render/amount.js'
import { connectionWords } from '../../../src/cli/render/connection.js'
import { transferLine } from '../../../src/cli/render/file.js'
import { findingLines } from '../../../src/cli/render/finding.js'
import { ownGroupLine, standingWords, verificationLines } from '../../../src/cli/render/group.js'
import { eventLines, historyLines } from '../../../src/cli/render/message.js'
import { poolLines, serverLines } from '../../../src/cli/render/pool.js'
import { progressLine } from '../../../src/cli/render/progress.js'
import { identityWords } from '../../../src/cli/render/safety-number.js'
import { isLater, stateMark, stateWords, viaWords } from '../../../src/cli/render/status.js'
import { makeStyle } from '../../../src/cli/render/style.js'
import type { View } from '../../../src/cli/render/view.js'
import { fromRpcError } from '../../../src/cli/control/messages.js'
import { Followed } from '../../../src/cli/shell/followed.js'
import { ShellModel } from '../../../src/cli/shell/model.js'
import { UnderWay } from '../../../src/cli/shell/under-way.js'
import { FakeFiles, fileFailedEvent, progressEvent } from '../helpers/fake-files.js'
import { groupEvent } from '../helpers/fake-groups.js'
import { historyEntry, messageEvent } from '../helpers/samples.js'

const style = makeStyle(false)
const view: View = { style, nowMs: Date.parse('2024-11-22T12:00:00.000Z'), self: 'alice', inShell: true }
const contact = { username: 'bob', online: true, unread: 0, identity: 'pinned', lastMessageAt: null, standing: 'accepted', waiting: 0 } as const
const group = { id: '1', name: 'team', standing: 'member', members: 1, admin: true, inviteOnly: true, unlisted: true, epoch: 3, unread: 1, lastMessageAt: null } as const
const members = { delivered: 1, read: 0, of: 3 }

/** Everything that is said with a word from another process, said with `word`. */
function shownWith (word: string): string[] {
  const later = word as never
  const transfer = new FakeFiles().put({})
  const followed = new Followed()
  followed.sent('1', { kind: 'user', name: 'bob' }, 'hello', later, 0)
  followed.sent('2', { kind: 'group', name: 'team' }, 'hello', later, 0)
  followed.moved({ event: 'status', id: '2', state: later, members }, 0)
  const waitMs = followed.nextTellingMs(0)
  assert.ok(waitMs !== null && waitMs >= 0)
  assert.deepEqual(followed.unsettled, ['1', '2'])
  return [
    stateMark(later), viaWords(later), connectionWords({ kind: later }), amountWords(1, word),
    stateWords({ state: later }), stateWords({ state: later, members }), stateWords({ state: 'delivered', via: later }),
    identityWords({ username: 'bob', identity: later }),
    contactLine({ ...contact, identity: later, standing: later }, 0, style),
    ownGroupLine({ ...group, standing: later }, null, 0, style), standingWords({ ...group, standing: later }),
    ...verificationLines('team', { head: { sequence: 1, hash: '' }, walkedFrom: { kind: later }, agreed: [], differing: [], unanswered: [] }, style),
    transferLine({ ...transfer, state: later }, 0, style), transferLine({ ...transfer, direction: later }, 0, style),
    progressLine(progressEvent({ idle: later }), 80, style),
    ...historyLines(historyEntry({ kind: later }), view),
    ...historyLines(historyEntry({ from: 'alice', state: later }), view),
    ...historyLines(historyEntry({ kind: 'file', file: { name: 'a', mime: word, bytes: 1, sha256: '', path: null, status: later } }), view),
    ...eventLines({ event: word, cursor: 'c' } as never, view),
    ...eventLines(messageEvent({ via: later }), view),
    ...eventLines({ event: 'status', id: '1', to: 'bob', state: later, via: later, members }, view),
    ...eventLines({ event: 'pool', change: later, connection: { kind: later }, message: 'Moved.' }, view),
    ...eventLines(groupEvent({ kind: later }), view),
    ...eventLines(progressEvent({ idle: later, via: later, phase: later }), view),
    ...eventLines(fileFailedEvent({ code: word, direction: later }), view),
    ...eventLines({ event: 'error', code: word, message: 'No.' }, view),
    ...new ShellModel().take({ event: word, cursor: 'c' } as never, view).lines,
    ...new UnderWay().sent({ ...transfer, state: later }, view),
    ...findingLines({ severity: later, text: 'a', advice: 'b' }, style),
    ...Object.values(SETTINGS).map(({ words }) => words({ autoAcceptBytes: 0, downloadsFolder: '/', relayOnly: true, contacts: later, receipts: true })),
    ...poolLines({ servers: [], poolId: '', pool: '', name: '', rosterVersion: 1, phase: later, acceptors: 1, acceptorsUp: 1, canDecide: true, registers: 1, envelopes: 1, underReplicated: 0, mailboxesLeft: 0, mailboxesInAll: 1, filesUnderReplicated: 0, fileBytesLeft: 0, signUp: later }, style),
    ...serverLines([{ number: 1, peerId: '1'.repeat(20), self: true, state: later, acceptor: true, addresses: [], figures: null }], style),
    fromRpcError({ code: 1, message: 'No.', data: { code: word } }).code,
    ...followed.tell({ ...view, nowMs: waitMs })
  ]
}

describe('cli: words of a later version', () => {
  // eslint-disable-next-line no-control-regex -- what must not come through
  const acts = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/

  it('are shown as they are, wherever they stand', () => {
    fc.assert(fc.property(fc.oneof(fc.constantFrom('', 'constructor', 'toString', '__proto__', 'un-known', '\u001b[2J\u202e'), fc.string({ unit: 'binary' })), (word) => {
      for (const line of shownWith(word)) {
        assert.equal(typeof line, 'string')
        assert.doesNotMatch(line, /undefined|NaN|\[object|native code/)
        assert.doesNotMatch(line, acts)
      }
    }))
    assert.ok(shownWith('postponed').filter((line) => line.includes('postponed')).length >= 20)
  })

  it('of a state hold back none that is known', () => {
    assert.ok(isLater('queued', 'postponed' as 'sent'))
    assert.ok(!isLater('postponed' as 'sent', 'queued'))
  })
})
