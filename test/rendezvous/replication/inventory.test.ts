import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../../src/errors.js'
import { Box } from '../../../src/rendezvous/replication/box.js'
import type { ItemSet } from '../../../src/rendezvous/replication/digest.js'
import { Inventory } from '../../../src/rendezvous/replication/inventory.js'
import type { RosterView } from '../../../src/rendezvous/replication/placement.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { rejects } from '../helpers/expect.js'
import { key } from '../mailboxes/suite.js'
import { readUnsigned, TestPool, unsigned } from './helpers.js'

const nameOf = (n: number): string => createHash('sha256').update(`mailbox ${n}`).digest('hex')
const keysOf = (items: ItemSet): string[] => items.under('').map((item) => item.key)
const roster = (version: number): RosterView => ({ version, servers: [] })

/** Mailboxes in memory that count how often they are asked for. */
class Place {
  readonly boxes = new Map<string, Box>()
  readonly asked = { lists: 0, boxes: 0, keepers: 0 }
  /** What every asking waits for. */
  gate: Promise<void> = Promise.resolve()
  isRefused = false
  #onChanged: (name: string) => void = () => {}
  readonly inventory: Inventory

  constructor (mailboxes: number) {
    for (let n = 0; n < mailboxes; n++) this.put(nameOf(n), 1)
    this.inventory = new Inventory({
      copies: {
        onChanged: (listener) => { this.#onChanged = listener },
        everyMailbox: async () => {
          this.asked.lists++
          await this.gate
          if (this.isRefused) throw new P2pChatError('ERR_STORE_IO', 'The disk refuses.')
          return [...this.boxes].flatMap(([name, { isNoted }]) => isNoted ? [name] : [])
        },
        box: async (mailbox) => {
          this.asked.boxes++
          return this.boxes.get(toString(mailbox, 'base16')) ?? assert.fail('It is not here.')
        }
      },
      keepersOf: (mailbox, { version }) => {
        this.asked.keepers++
        // By the second roster one of them no longer keeps anything that begins with an even number.
        return version === 2 && (mailbox[0] ?? 0) % 2 === 0 ? ['a', 'c'] : ['a', 'b']
      }
    })
  }

  /** One entry more or less in a mailbox. */
  put (name: string, n: number, isThere = true): void {
    const box = this.boxes.get(name) ?? new Box(createMemoryStore(), fromString(name, 'base16'), () => { this.#onChanged(name) })
    this.boxes.set(name, box)
    box.isNoted = true
    const row = { state: 'gone' as const, expiresAtMs: 1, acknowledgementHash: new Uint8Array(32) }
    box.count(new Uint8Array(16).fill(n), isThere ? undefined : row, isThere ? row : undefined)
    box.onChanged()
  }
}

describe('the list of mailboxes', () => {
  it('looks again only at what has changed, and places a mailbox once a roster', async () => {
    const place = new Place(3_000)
    const first = await place.inventory.items(roster(1), ['a', 'b'])
    assert.deepEqual(keysOf(first), [...place.boxes.keys()].sort())
    assert.deepEqual(place.asked, { lists: 1, boxes: 3_000, keepers: 3_000 })
    place.put(nameOf(7), 2)
    place.put('ab'.repeat(32), 1)
    const second = await place.inventory.items(roster(1), ['b', 'a'])
    assert.deepEqual(keysOf(second), [...place.boxes.keys()].sort())
    assert.deepEqual(place.asked, { lists: 1, boxes: 3_002, keepers: 3_001 })
    const changed = second.under('').filter((item, index) => item.key === nameOf(7) && item !== first.under('')[index])
    assert.deepEqual(changed.map(({ value }) => value), [place.boxes.get(nameOf(7))?.sum.fingerprint()])
    const even = [...place.boxes.keys()].filter((name) => Number.parseInt(name.slice(0, 2), 16) % 2 === 0)
    assert.deepEqual(keysOf(await place.inventory.items(roster(2), ['c'])), even.sort())
    assert.equal(place.asked.keepers, 6_002)
    assert.deepEqual((await place.inventory.notKeptBy(roster(2), 'b')).map((mailbox) => toString(mailbox, 'base16')).sort(), even)
    assert.deepEqual(place.asked, { lists: 1, boxes: 3_002, keepers: 6_002 })
  })

  it('has no mailbox that holds nothing, but still says whose it is until it is forgotten', async () => {
    const place = new Place(40)
    const name = [...place.boxes.keys()].find((one) => Number.parseInt(one.slice(0, 2), 16) % 2 === 0) ?? assert.fail()
    await place.inventory.items(roster(2), ['a'])
    place.put(name, 1, false)
    assert.ok(!keysOf(await place.inventory.items(roster(2), ['a'])).includes(name))
    const notKept = async (): Promise<string[]> => (await place.inventory.notKeptBy(roster(2), 'b')).map((mailbox) => toString(mailbox, 'base16'))
    assert.ok((await notKept()).includes(name))
    const box = place.boxes.get(name) ?? assert.fail()
    box.isNoted = false
    box.onChanged()
    assert.ok(!(await notKept()).includes(name))
  })

  it('is gathered once for all who ask, with what changes meanwhile', async () => {
    const place = new Place(20)
    let open = (): void => {}
    place.gate = new Promise((resolve) => { open = resolve })
    const asking = [place.inventory.items(roster(1), ['a']), place.inventory.items(roster(1), ['a']), place.inventory.notKeptBy(roster(1), 'c')]
    place.put(nameOf(20), 1)
    open()
    await Promise.all(asking)
    assert.deepEqual(keysOf(await place.inventory.items(roster(1), ['a'])), [...place.boxes.keys()].sort())
    assert.deepEqual([place.asked.lists, place.asked.keepers], [1, 21])
  })

  it('is made at the next asking where the disk refused the first time', async () => {
    const place = new Place(3)
    place.isRefused = true
    await rejects(place.inventory.items(roster(1), ['a']), 'ERR_STORE_IO')
    place.isRefused = false
    assert.equal((await place.inventory.items(roster(1), ['a'])).sum('').count, 3)
  })

  it('lets others have their turn while a server compares thousands of mailboxes', async () => {
    const pool = new TestPool({}, readUnsigned)
    const servers = [await pool.add(0), await pool.add(1)]
    pool.decide(...servers.map(({ placed }) => placed))
    await pool.settle()
    const [one] = servers
    assert.ok(one !== undefined)
    for (let n = 0; n < 1_200; n++) {
      await unsigned(one.mail.mailboxes).append({ mailbox: fromString(nameOf(n), 'base16'), entryId: key(n % 200).subarray(0, 16), envelope: new Uint8Array(4), sender: key(1), slot: new Uint8Array(0) })
    }
    let turns = 0
    const count = (): void => {
      turns++
      next = setImmediate(count)
    }
    let next = setImmediate(count)
    const { underReplicated, notCompared } = await one.mail.round()
    clearImmediate(next)
    assert.deepEqual([underReplicated, notCompared], [0, []])
    assert.ok(turns >= 4, `${turns} turns`)
  })
})
