import assert from 'node:assert/strict'
import { DiskLife } from '../../../src/rendezvous/consensus/disk-life.js'
import type { Standing } from '../../../src/rendezvous/consensus/messages.js'
import { WitnessBook } from '../../../src/rendezvous/consensus/witness-book.js'
import { silentLogger } from '../../../src/runtime.js'
import { createMemoryStore, type KeyValueStore } from '../../../src/store/index.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'

const put = (key: string): [{ type: 'put', key: string, value: Uint8Array }] => [{ type: 'put', key, value: Uint8Array.of(1) }]

/** The acceptor a among b and c, which have a book each. */
class Trio {
  readonly clock = new FakeClock()
  readonly books = new Map(['b', 'c'].map((name) => [name, new WitnessBook(createMemoryStore())]))
  readonly silent = new Set<string>()
  asked = 0
  /** How often it was said that the disk is an old one. */
  retired = 0

  life (store: KeyValueStore, incarnation = 1): DiskLife {
    return new DiskLife({
      self: 'a',
      store,
      clock: this.clock,
      logger: silentLogger,
      incarnation,
      voters: () => ['a', 'b', 'c'],
      quorum: () => ({ sets: [['a', 'b', 'c']], rule: 'majority' }),
      unwitnessedWrites: 4,
      onRetired: () => { this.retired++ },
      witness: async (server, standing): Promise<Standing> => {
        this.asked++
        const book = this.books.get(server)
        if (book === undefined || this.silent.has(server)) throw new Error('Nobody answers.')
        return await book.witness('a', standing)
      }
    })
  }

  async awake (store: KeyValueStore, incarnation?: number): Promise<DiskLife> {
    const life = this.life(store, incarnation)
    await this.clock.until(life.wake())
    return life
  }
}

async function copyOf (store: KeyValueStore): Promise<KeyValueStore> {
  const copy = createMemoryStore()
  for await (const [key, value] of store.range()) await copy.batch([{ type: 'put', key, value }], { sync: true })
  return copy
}

describe('the life of an acceptor\'s disk', () => {
  it('counts writes, in one batch with them, over restarts', async () => {
    const trio = new Trio()
    const store = createMemoryStore()
    const life = await trio.awake(store)
    for (let i = 0; i < 10; i++) await life.write(put(`key/${i}`))
    assert.deepEqual(life.standing, { incarnation: 1, writes: 10 })
    const again = await trio.awake(store)
    assert.equal(again.state, 'voting')
    assert.deepEqual(again.standing, { incarnation: 1, writes: 10 })
  })

  it('makes no more than so many writes that nobody knows of', async () => {
    const trio = new Trio()
    const store = createMemoryStore()
    const life = await trio.awake(store)
    for (const name of ['b', 'c']) trio.silent.add(name)
    for (let i = 0; i < 4; i++) await life.write(put(`key/${i}`))
    await assert.rejects(life.write(put('key/5')))
    trio.silent.delete('c')
    await life.write(put('key/6'))
    assert.equal(await store.get('key/5'), undefined)
    assert.notEqual(await store.get('key/6'), undefined)
  })

  it('takes many writes at once', async () => {
    const life = await new Trio().awake(createMemoryStore())
    await Promise.all(Array.from({ length: 50 }, async (_, i) => { await life.write(put(`key/${i}`)) }))
    assert.equal(life.standing.writes, 50)
  })

  it('refuses, and waits for nothing, once the disk has refused', async () => {
    const inner = createMemoryStore()
    const disk = { isFull: false }
    const store: KeyValueStore = {
      get: async (key) => await inner.get(key),
      range: (options) => inner.range(options),
      close: async () => { await inner.close() },
      batch: async (operations, options) => {
        if (disk.isFull) throw new Error('The disk is full.')
        await inner.batch(operations, options)
      }
    }
    const life = await new Trio().awake(store)
    disk.isFull = true
    for (let i = 0; i < 10; i++) await assert.rejects(life.write(put(`key/${i}`)), /full/)
    assert.equal(life.standing.writes, 0)
  })

  it('is over when an old copy is put back, for good', async () => {
    const trio = new Trio()
    const store = createMemoryStore()
    const life = await trio.awake(store)
    await life.write(put('key/0'))
    const old = await copyOf(store)
    for (let i = 1; i < 10; i++) await life.write(put(`key/${i}`))
    assert.equal(trio.retired, 0)
    const back = await trio.awake(old)
    assert.deepEqual([back.state, trio.retired], ['retired', 1])
    for (const name of ['b', 'c']) trio.silent.add(name)
    assert.deepEqual([(await trio.awake(old)).state, trio.retired], ['retired', 2])
  })

  it('goes on after a crash without one of the others, but waits for it a while', async () => {
    const trio = new Trio()
    trio.silent.add('b')
    const life = trio.life(createMemoryStore())
    const waking = life.wake()
    await trio.clock.advance(4_000)
    assert.equal(life.state, 'waking')
    await trio.clock.until(waking)
    assert.equal(life.state, 'voting')
  })

  it('does not vote while no quorum answers, and ends when it is aborted', async () => {
    const trio = new Trio()
    for (const name of ['b', 'c']) trio.silent.add(name)
    const life = trio.life(createMemoryStore())
    const stop = new AbortController()
    const waking = life.wake(stop.signal)
    await trio.clock.advance(60_000)
    assert.equal(life.state, 'waking')
    stop.abort()
    await assert.rejects(waking)
    await settle()
    assert.equal(trio.clock.pending, 0)
  })

  it('begins anew with another incarnation', async () => {
    const trio = new Trio()
    const life = await trio.awake(createMemoryStore())
    for (let i = 0; i < 10; i++) await life.write(put(`key/${i}`))
    const fresh = await trio.awake(createMemoryStore(), 2)
    assert.equal(fresh.state, 'voting')
    assert.equal((await trio.awake(createMemoryStore(), 1)).state, 'retired')
  })
})

describe('the book of how far disks are', () => {
  it('believes no answer that is behind what was heard before it was asked for', () => {
    const book = new WitnessBook(createMemoryStore())
    const at = (writes: number): Standing => ({ incarnation: 1, writes })
    assert.equal(book.heard('a', at(5), book.floor('a')), true)
    const floor = book.floor('a')
    assert.equal(book.heard('a', at(9), floor), true)
    assert.equal(book.heard('a', at(7), floor), true)
    assert.equal(book.heard('a', at(7), book.floor('a')), false)
    assert.equal(book.heard('a', { incarnation: 2, writes: 0 }, book.floor('a')), true)
  })

  it('keeps what it was told over a restart', async () => {
    const store = createMemoryStore()
    await new WitnessBook(store).witness('a', { incarnation: 1, writes: 9 })
    await new WitnessBook(store).witness('a', { incarnation: 1, writes: 3 })
    assert.deepEqual(await new WitnessBook(store).witness('a', { incarnation: 1, writes: 2 }), { incarnation: 1, writes: 9 })
  })
})
