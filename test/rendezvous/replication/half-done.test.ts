import assert from 'node:assert/strict'
import { ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { makeMailboxAcknowledgement } from '../../../src/records/index.js'
import * as rows from '../../../src/rendezvous/replication/rows.js'
import { entry, id } from '../mailboxes/suite.js'
import { TestPool, type TestServer } from './helpers.js'

const device = ed25519KeyPair(new Uint8Array(32).fill(77))
const mailbox = device.publicKey

/** Rewrites the row of an entry on a server's disk, as an older version could leave it. */
async function rewrite (pool: TestPool, server: TestServer, entryId: Uint8Array, change: (row: rows.ItemRow) => rows.ItemRow): Promise<void> {
  const key = rows.rowKey(mailbox, 'item', entryId)
  const copy = await pool.copy(server)
  const changed = copy.map(([name, value]): [string, Uint8Array] => name === key ? [name, rows.encodeItem(change(rows.decodeItem(value)))] : [name, value])
  assert.notDeepEqual(changed, copy)
  await pool.putBack(server, changed)
}

async function read (server: TestServer): Promise<number[]> {
  const page = await server.mail.mailboxes.read(mailbox, { afterCursor: 0, maxEntries: 100, maxBytes: 1_000_000 })
  return page.outcome === 'read' && !page.more ? page.entries.map(({ entryId }) => entryId[0] ?? -1) : assert.fail(page.outcome)
}

describe('Rows that an older version left half done', () => {
  let pool: TestPool
  let server: TestServer

  beforeEach(async () => {
    pool = new TestPool()
    server = await pool.add(0)
    pool.decide(server.placed)
    await server.mail.mailboxes.append(entry({ entryId: id(1), mailbox }))
    await server.mail.mailboxes.append(entry({ entryId: id(2), mailbox }))
  })

  it('are stored where the entry lies in the mailbox', async () => {
    await rewrite(pool, server, id(1), (row) => ({ ...row as rows.StoredRow, state: 'arriving' }))
    assert.deepEqual(await read(server), [1, 2])
    const [found] = (await pool.copy(server)).filter(([key]) => key === rows.rowKey(mailbox, 'item', id(1)))
    assert.equal(rows.decodeItem(found?.[1] ?? assert.fail()).state, 'stored')
  })

  it('are forgotten where it does not, so that it can come again', async () => {
    const key = rows.rowKey(mailbox, 'item', id(3))
    const arriving: rows.StoredRow = { state: 'arriving', expiresAtMs: 5_000, sequence: 9, writer: new Uint8Array(16), sender: new Uint8Array(32), slot: new Uint8Array(0) }
    await pool.putBack(server, [...await pool.copy(server), [key, rows.encodeItem(arriving)]])
    assert.deepEqual(await read(server), [1, 2])
    assert.equal((await server.mail.mailboxes.append(entry({ entryId: id(3), mailbox }))).outcome, 'stored')
    assert.deepEqual(await read(server), [1, 2, 3])
  })

  it('are gone where the acknowledgement had begun', async () => {
    const signed = makeMailboxAcknowledgement(device, [id(1)])
    await rewrite(pool, server, id(1), ({ expiresAtMs }) => ({ state: 'leaving', expiresAtMs, acknowledgementHash: new Uint8Array(32) }))
    assert.deepEqual(await read(server), [2])
    assert.equal((await server.mail.mailboxes.acknowledge(mailbox, [id(1)], signed)).outcome, 'acknowledged')
    assert.equal((await server.mail.mailboxes.append(entry({ entryId: id(1), mailbox }))).outcome, 'stored')
    assert.deepEqual(await read(server), [2])
  })
})
