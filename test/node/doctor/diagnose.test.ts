import assert from 'node:assert/strict'
import { diagnose, type DoctorFacts } from '../../../src/node/doctor/index.js'
import type { GroupInfo, TransferInfo } from '../../../src/node/chat-node.js'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 0, 31)
const GIB = 1024 ** 3

const healthy: DoctorFacts = {
  nowMs: NOW,
  damage: undefined,
  refused: undefined,
  freeDiskBytes: 10 * GIB,
  account: 'signed-in',
  connection: { kind: 'connected', server: 'x', poolId: 'p', home: true },
  cipher: 'wasm-simd',
  changed: [],
  oldestUndeliveredAtMs: undefined,
  groups: [],
  forked: [],
  transfers: [],
  devices: 1,
  messages: 10,
  backedUpAtMs: NOW - DAY
}

const group = (name: string, more: Partial<GroupInfo> = {}): GroupInfo => ({ id: name, name, standing: 'member', members: 2, admin: false, inviteOnly: false, unlisted: false, epoch: 1, unread: 0, lastMessageAt: null, ...more })
const failed = (name: string, atMs: number): TransferInfo => ({ id: name, direction: 'out', peer: 'bob', name, mime: 'image/png', bytes: 1, doneBytes: 0, state: 'failed', error: { code: 'ERR_CONFLICT', message: 'It changed.' }, path: null, at: new Date(atMs).toISOString() })

describe('the doctor', () => {
  const codes = (facts: Partial<DoctorFacts>): string[] => diagnose({ ...healthy, ...facts }).map(({ severity, code }) => `${severity} ${code}`)

  it('finds nothing where all is well', () => {
    assert.deepEqual(codes({}), [])
    assert.deepEqual(codes({ messages: 0, backedUpAtMs: undefined }), [], 'there is nothing to lose yet')
  })

  const finds: Array<[string, Partial<DoctorFacts>, RegExp]> = [
    ['problem home-damaged', { damage: 'entry x' }, /entry x/],
    ['problem home-unwritable', { refused: 'No space.' }, /No space/],
    ['problem disk-full', { freeDiskBytes: 5 * 1024 ** 2 }, /5 MiB/],
    ['advice disk-low', { freeDiskBytes: 500 * 1024 ** 2 }, /500 MiB/],
    ['problem no-account', { account: 'none' }, /signed in/],
    ['problem signed-out', { account: 'signed-out' }, /signed out/],
    ['problem no-pool', { connection: { kind: 'no-pool' } }, /No pool/],
    ['problem no-server', { connection: { kind: 'offline', poolId: 'p', retryAfterMs: 1, direct: [] } }, /reachable/],
    ['problem no-server', { connection: { kind: 'connecting' } }, /reachable/],
    ['problem identity-changed', { changed: ['a', 'b', 'c', 'd'] }, /a, b, c and 1 more/],
    ['problem group-forked', { forked: ['team'] }, /team/],
    ['advice group-waits', { groups: [group('team', { waiting: 'A key is made.' }), group('club')] }, /team wait.*A key is made/],
    ['advice outbox-waits', { oldestUndeliveredAtMs: NOW - 3 * DAY }, /3 days/],
    ['advice file-failed', { transfers: [failed('a.png', NOW - DAY), failed('b.png', NOW - 2 * DAY)] }, /a\.png.*It changed.*1 more/],
    ['advice devices-full', { devices: 8 }, /8 devices/],
    ['advice slow-cipher', { cipher: 'openssl' }, /OpenSSL/],
    ['advice no-backup', { backedUpAtMs: undefined }, /no backup/],
    ['advice no-backup', { backedUpAtMs: NOW - 40 * DAY }, /40 days/]
  ]
  for (const [expected, facts, words] of finds) {
    it(`finds ${expected} in ${JSON.stringify(facts).slice(0, 60)}`, () => {
      const [finding, ...others] = diagnose({ ...healthy, ...facts })
      assert.deepEqual([`${finding?.severity} ${finding?.code}`, others], [expected, []])
      assert.match(finding?.text ?? '', words)
      assert.ok((finding?.advice.length ?? 0) > 0)
    })
  }

  it('leaves alone what is no news', () => {
    assert.deepEqual(codes({ transfers: [failed('a.png', NOW - 30 * DAY)], oldestUndeliveredAtMs: NOW - 1000, groups: [group('gone', { standing: 'left', waiting: 'x' })] }), [])
  })

  it('names what hinders first', () => {
    assert.deepEqual(codes({ backedUpAtMs: undefined, connection: { kind: 'no-pool' } }), ['problem no-pool', 'advice no-backup'])
  })
})
