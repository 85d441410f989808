import assert from 'node:assert/strict'
import fc from 'fast-check'
import { addMessage, findById, findMessage, formatCursor, groupConversation, lastCursor, putMessage, readConversation, readLog, type MessageRow } from '../../../src/node/history/messages.js'
import { historyEntry, messageTrace, statusEvent } from '../../../src/node/history/view.js'
import { eventOf } from '../../../src/node/events/event-of.js'
import type { Lane } from '../../../src/node/home/lane.js'
import { historyOf, traceOf } from '../../../src/node/queries.js'
import { makeLane, rejectsCode } from '../support.js'

const id = (n: number): string => n.toString(16).padStart(32, '0')

function message (n: number, conversation = 'bob', text = `text ${n}`): Omit<MessageRow, 'cursor'> {
  return { id: id(n), from: conversation, to: 'alice', conversation, body: { kind: 'text', text }, sentAtMs: n, receivedAtMs: n, via: 'direct', read: false }
}

async function add (lane: Lane, ...rows: Array<Omit<MessageRow, 'cursor'>>): Promise<MessageRow[]> {
  return await Promise.all(rows.map(async (row) => await lane.write(async (tx) => await addMessage(tx, row))))
}

describe('history', () => {
  let lane: Lane
  beforeEach(() => { lane = makeLane() })

  it('numbers messages as they come, over all conversations', async () => {
    const rows = await add(lane, message(1), message(2, 'carol'), message(3))
    assert.deepEqual(rows.map(({ cursor }) => cursor), [1, 2, 3])
    assert.equal(await lastCursor(lane), 3)
    assert.deepEqual((await readLog(lane, 0, 10)).map(({ row }) => row.id), [id(1), id(2), id(3)])
    assert.deepEqual((await readLog(lane, 1, 1)).map(({ row }) => row.id), [id(2)])
    assert.deepEqual(await readLog(lane, 3, 10), [])
  })

  it('keeps a changed message at its place', async () => {
    const [row] = await add(lane, message(1), message(2))
    assert.ok(row !== undefined)
    await lane.write((tx) => { putMessage(tx, { ...row, read: true }) })
    assert.deepEqual((await readLog(lane, 0, 10)).map(({ row }) => row.read), [true, false])
  })

  it('tells messages of two senders with one id apart', async () => {
    await add(lane, message(1, 'bob', 'from bob'), message(1, 'carol', 'from carol'))
    assert.equal((await findMessage(lane, 'bob', id(1)))?.conversation, 'bob')
    assert.equal((await findById(lane, 'carol', id(1)))?.conversation, 'carol')
    assert.equal((await findById(lane, 'alice', id(1)))?.conversation, 'bob', 'the first of the log')
    assert.equal(await findById(lane, 'alice', id(9)), undefined)
  })

  it('gives a conversation in pages that fit together, whatever their size, with a filter or without', async () => {
    const of = fc.record({ count: fc.nat({ max: 30 }), limit: fc.integer({ min: 1, max: 12 }), every: fc.integer({ min: 1, max: 4 }) })
    await fc.assert(fc.asyncProperty(of, async ({ count, limit, every }) => {
      const home = makeLane()
      for (let n = 1; n <= count; n++) await add(home, message(n), message(n, 'carol'))
      const filter = (row: MessageRow): boolean => row.sentAtMs % every === 0
      const pages: MessageRow[][] = []
      for (let before: number | undefined; ;) {
        const page = await readConversation(home, 'bob', { limit, ...(every === 1 ? {} : { filter }), ...(before === undefined ? {} : { before }) })
        if (page.length === 0) break
        pages.unshift(page)
        before = page[0]?.cursor
      }
      const wanted = Array.from({ length: count }, (_, i) => i + 1).filter((n) => n % every === 0)
      assert.deepEqual(pages.flat().map((row) => row.id), wanted.map(id))
      assert.ok(pages.slice(1).every((page) => page.length === limit))
    }), { numRuns: 60 })
  })

  it('looks as far back as it takes to find what is searched', async () => {
    await add(lane, message(1, 'bob', 'a needle'), ...Array.from({ length: 450 }, (_, i) => message(i + 2, 'bob', 'hay')))
    assert.deepEqual((await historyOf(lane, 'alice', { user: 'bob', search: 'NEEDLE a', limit: 5 })).map((entry) => entry.id), [id(1)])
    assert.deepEqual(await historyOf(lane, 'alice', { user: 'bob', search: 'needle pin' }), [])
  })

  it('looks no further back than what it is asked for can be', async () => {
    await add(lane, ...Array.from({ length: 1_000 }, (_, i) => message(i + 1)))
    const wanted = { limit: 100, sinceMs: 990, filter: ({ sentAtMs }: MessageRow) => sentAtMs >= 990 }
    let read = 0
    const counted: Lane = Object.assign(Object.create(lane) as Lane, { get: async (key: string) => { read++; return await lane.get(key) } })
    assert.deepEqual((await readConversation(counted, 'bob', wanted)).map(({ sentAtMs }) => sentAtMs), Array.from({ length: 11 }, (_, i) => 990 + i))
    assert.equal(read, 400)
  })

  it('searches without regard to case and accents, however they are written', async () => {
    const texts = ['Caf\u00e9', 'cafe\u0301 au lait', '\u0130STANBUL', 'na\u00efve']
    await add(lane, ...texts.map((text, n) => message(n + 1, 'bob', text)))
    const found = async (search: string): Promise<Array<string | null>> => (await historyOf(lane, 'alice', { user: 'bob', search })).map(({ text }) => text)
    for (const search of ['caf\u00e9', 'CAFE\u0301', 'cafe']) assert.deepEqual(await found(search), texts.slice(0, 2), search)
    assert.deepEqual(await found('istanbul'), texts.slice(2, 3))
    assert.deepEqual(await found('NAIVE'), texts.slice(3))
  })

  it('goes on in the same conversation, whatever ids others give their messages', async () => {
    const mine = { ...message(1, 'carol'), from: 'alice', to: 'carol' }
    const group = (n: number, from: string, text: string): Omit<MessageRow, 'cursor'> => ({ ...message(n, groupConversation('team'), text), from })
    const [, b, c, d, e] = await add(lane, mine, group(2, 'bob', 'b'), group(3, 'bob', 'c'), group(1, 'mallory', 'd'), group(4, 'bob', 'e'))
    const groups = { findByName: async () => ({ id: 'team', name: 'team' }) }
    const before = async (at: string): Promise<Array<string | null>> => (await historyOf(lane, 'alice', { group: 'team', before: at }, groups)).map(({ text }) => text)
    assert.deepEqual(await before(id(1)), ['b', 'c'])
    for (const [row, texts] of [[b, []], [c, ['b']], [d, ['b', 'c']], [e, ['b', 'c', 'd']]] as const) assert.deepEqual(await before(formatCursor(row!.cursor)), texts)
  })

  it('goes on before a message that is named by its id, and refuses ids it does not have', async () => {
    await add(lane, message(1), message(2), message(3))
    assert.deepEqual((await historyOf(lane, 'alice', { user: 'Bob', before: id(3), limit: 1 })).map((entry) => entry.id), [id(2)])
    for (const before of [id(7), 'x', '../1', '', 'f'.repeat(14)]) await rejectsCode(historyOf(lane, 'alice', { user: 'bob', before }), 'ERR_NOT_FOUND')
    for (const limit of [0, -1, 1.5, 10_001, Number.NaN]) await rejectsCode(historyOf(lane, 'alice', { user: 'bob', limit }), 'ERR_USAGE')
    await rejectsCode(historyOf(lane, 'alice', { user: 'no such name' }), 'ERR_INVALID_NAME')
  })

  it('shows gaps and kinds it does not know as such', async () => {
    const rows = await add(lane, { ...message(1), body: { kind: 'gap', missing: 3 }, via: null }, { ...message(2), body: { kind: 'unknown-content', content: new Uint8Array(3) } })
    assert.deepEqual(rows.map(historyEntry).map(({ kind, text }) => [kind, text]), [['gap', null], ['unknown-content', null]])
  })

  describe('of a group', () => {
    const groupId = 'ab'.repeat(32)
    const groups = { findByName: async (_reader: unknown, name: string) => name === 'crew' ? { id: groupId, name: 'crew' } : undefined }
    const inGroup = (n: number, text: string): Omit<MessageRow, 'cursor'> => {
      const { to, ...row } = message(n, 'bob', text)
      assert.equal(to, 'alice')
      return { ...row, group: { id: groupId, name: 'team' }, conversation: groupConversation(groupId) }
    }

    it('is read by its name, under the name that it has now, and apart from what is between two', async () => {
      await add(lane, message(1, 'bob', 'to you'), inGroup(2, 'to all'), message(3, 'crew', 'of a user of that name'))
      assert.deepEqual((await historyOf(lane, 'alice', { group: 'CREW' }, groups)).map(({ from, to, group, text }) => [from, to, group, text]), [['bob', undefined, 'crew', 'to all']])
      assert.deepEqual((await historyOf(lane, 'alice', { user: 'crew' }, groups)).map(({ text }) => text), ['of a user of that name'])
      assert.deepEqual((await historyOf(lane, 'alice', { user: 'bob' }, groups)).map(({ text }) => text), ['to you'])
    })

    it('is asked for by one name, that of a group that was known here', async () => {
      await rejectsCode(historyOf(lane, 'alice', { group: 'team' }, groups), 'ERR_NOT_FOUND')
      await rejectsCode(historyOf(lane, 'alice', { group: 'crew' }), 'ERR_NOT_FOUND')
      await rejectsCode(historyOf(lane, 'alice', { group: '123' }, groups), 'ERR_INVALID_NAME')
      await rejectsCode(historyOf(lane, 'alice', { group: 'crew', user: 'bob' }, groups), 'ERR_USAGE')
      await rejectsCode(historyOf(lane, 'alice', {}, groups), 'ERR_USAGE')
    })

    it('tells of changes as lines, which can be searched', async () => {
      const body = { kind: 'group-change' as const, change: 'join' as const, by: 'carol', users: [], text: 'carol joined' }
      await add(lane, { ...inGroup(1, ''), from: groupConversation(groupId), body }, { ...inGroup(2, ''), from: groupConversation(groupId), body: { ...body, by: null, text: 'Two logs.' } })
      assert.deepEqual((await historyOf(lane, 'alice', { group: 'crew' }, groups)).map(({ kind, from, text }) => [kind, from, text]), [['group-change', 'carol', 'carol joined'], ['group-change', 'crew', 'Two logs.']])
      assert.deepEqual((await historyOf(lane, 'alice', { group: 'crew', search: 'CAROL' }, groups)).length, 1)
    })

    it('has traces and events that name the group', async () => {
      const [row] = await add(lane, inGroup(1, 'hi'))
      assert.ok(row !== undefined)
      const trace = await traceOf(lane, 'alice', id(1))
      assert.deepEqual([trace.group, trace.to, trace.state], ['team', undefined, 'delivered'])
      const event = eventOf(row, 'alice')
      assert.ok(event?.event === 'message' && event.group === 'team' && !('to' in event) && !event.own)
      const gap = eventOf({ ...row, body: { kind: 'gap', missing: 2 } }, 'alice')
      assert.ok(gap?.event === 'gap' && gap.group === 'team')
    })
  })

  it('finds messages by their id, and that there is none, without a look through the others', async () => {
    await add(lane, message(1), message(2, 'carol'))
    const listed: string[] = []
    const noted: Lane = Object.assign(Object.create(lane) as Lane, { list: async (...args: Parameters<Lane['list']>) => { listed.push(args[0]); return await lane.list(...args) } })
    assert.equal((await findById(noted, 'alice', id(2)))?.conversation, 'carol')
    assert.equal(await findById(noted, 'alice', id(3)), undefined)
    assert.deepEqual(listed, [`message-id/${id(2)}/`, `message-id/${id(3)}/`])
  })

  it('traces what was sent device by device, and what was received by how it came', async () => {
    const hex = 'ab'.repeat(32)
    const sent = { state: 'stored' as const, steps: [{ state: 'queued' as const, atMs: 0 }, { state: 'stored' as const, atMs: 5, via: 'mailbox' as const, replicas: 1, servers: 1, untilMs: 9 }], devices: { [hex]: { username: 'bob', state: 'stored' as const, via: 'mailbox' as const, atMs: 5 } } }
    const [own, theirs] = await add(lane, { ...message(1), from: 'alice', to: 'bob', sent }, message(2))
    assert.ok(own !== undefined && theirs !== undefined)
    const trace = await traceOf(lane, 'alice', id(1))
    assert.deepEqual(trace, messageTrace(own, sent))
    assert.deepEqual(trace.steps[1], { state: 'stored', at: '1970-01-01T00:00:00.005Z', via: 'mailbox', replicas: 1, servers: 1, until: '1970-01-01T00:00:00.009Z' })
    assert.deepEqual(trace.devices, [{ username: 'bob', deviceId: hex.slice(0, 16), state: 'stored', via: 'mailbox', at: '1970-01-01T00:00:00.005Z' }])
    assert.equal(statusEvent(own, { state: 'stored', atMs: 5 }).id, id(1))
    assert.deepEqual((await traceOf(lane, 'alice', id(2))).steps, [{ state: 'delivered', at: '1970-01-01T00:00:00.002Z', via: 'direct' }])
    await rejectsCode(traceOf(lane, 'alice', id(3)), 'ERR_NOT_FOUND')
  })
})
