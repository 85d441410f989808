import assert from 'node:assert/strict'
import fc from 'fast-check'
import { P2pChatError } from '../../../src/errors.js'
import { Lane, type ListOptions, type Transaction } from '../../../src/node/home/lane.js'
import { createMemoryDisk, createMemoryStore, type KeyValueStore, type MemoryDisk, type Operation } from '../../../src/store/index.js'
import { rejectsCode, utf8 } from '../support.js'

const text = (value: Uint8Array | undefined): string | undefined => (value === undefined ? undefined : new TextDecoder().decode(value))

/** A store whose batches wait until they are let through, and which counts them. */
class SlowStore implements KeyValueStore {
  batches: Operation[][] = []
  /** Of each batch, whether it was synced. */
  syncs: boolean[] = []
  fail: Error | undefined
  private gate: Promise<void> = Promise.resolve()
  private readonly store = createMemoryStore()

  hold (): () => void {
    let open = (): void => {}
    this.gate = new Promise((resolve) => { open = resolve })
    return open
  }

  get: KeyValueStore['get'] = async (key) => await this.store.get(key)
  range: KeyValueStore['range'] = (options) => this.store.range(options)
  close: KeyValueStore['close'] = async () => { await this.store.close() }

  async batch (operations: readonly Operation[], options: { sync: boolean }): Promise<void> {
    this.syncs.push(options.sync)
    this.batches.push([...operations])
    await this.gate
    const { fail } = this
    this.fail = undefined
    if (fail !== undefined) throw fail
    await this.store.batch(operations, options)
  }
}

describe('Lane', () => {
  let store: SlowStore
  let lane: Lane

  beforeEach(() => {
    store = new SlowStore()
    lane = new Lane(store)
  })

  const put = async (key: string, value = key): Promise<void> => { await lane.write((tx) => { tx.put(key, utf8(value)) }) }

  it('writes what a job put and deleted, and gives its result', async () => {
    await put('a')
    const result = await lane.write((tx) => {
      tx.put('b', utf8('B'))
      tx.delete('a')
      return 7
    })
    assert.equal(result, 7)
    assert.equal(await lane.get('a'), undefined)
    assert.equal(text(await lane.get('b')), 'B')
  })

  it('leaves nothing of a job that throws, and passes on what it threw', async () => {
    const thrown = new Error('no')
    await assert.rejects(lane.write(async (tx) => {
      tx.put('a', utf8('A'))
      tx.afterCommit(() => { assert.fail('an effect of a job that failed') })
      await Promise.resolve()
      throw thrown
    }), thrown)
    assert.equal(await lane.get('a'), undefined)
    assert.equal(store.batches.length, 0)
  })

  it('lets a job that throws harm no other in the same commit', async () => {
    const open = store.hold()
    const first = put('first')
    const outcomes = Promise.allSettled([put('a'), lane.write((tx) => { tx.put('a', utf8('wrong')); tx.put('x', utf8('x')); throw new Error('no') }), put('b')])
    open()
    await first
    assert.deepEqual((await outcomes).map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled'])
    assert.equal(text(await lane.get('a')), 'a')
    assert.equal(await lane.get('x'), undefined)
  })

  it('runs jobs one after the other, each seeing what those before it wrote', async () => {
    const increment = async (): Promise<number> => await lane.write(async (tx) => {
      const before = Number(text(await tx.get('count')) ?? '0')
      await new Promise((resolve) => { setImmediate(resolve) })
      tx.put('count', utf8(String(before + 1)))
      return before
    })
    assert.deepEqual(await Promise.all(Array.from({ length: 20 }, increment)), Array.from({ length: 20 }, (_, i) => i))
  })

  it('does not show a job the writes of one that throws', async () => {
    const open = store.hold()
    const first = put('first')
    const failed = assert.rejects(lane.write((tx) => { tx.put('a', utf8('A')); throw new Error('no') }))
    const seen = lane.write(async (tx) => [text(await tx.get('a')), (await tx.list('')).map(([key]) => key)])
    open()
    await Promise.all([first, failed])
    assert.deepEqual(await seen, [undefined, ['first']])
  })

  it('commits everything that waited for a sync with the next one', async () => {
    const open = store.hold()
    const first = put('first')
    const others = Array.from({ length: 200 }, (_, i) => put(`k${i}`))
    open()
    await Promise.all([first, ...others])
    assert.equal(store.batches.length, 2)
    assert.equal(store.batches[1]?.length, 200)
  })

  it('syncs nothing for jobs that only read', async () => {
    await lane.write(async (tx) => await tx.get('a'))
    assert.equal(store.batches.length, 0)
  })

  it('acknowledges only after the sync, and runs effects in the order of the jobs', async () => {
    const open = store.hold()
    const log: string[] = []
    const job = async (name: string): Promise<void> => {
      await lane.write((tx) => { tx.put(name, utf8(name)); tx.afterCommit(() => { log.push(`${name} effect`) }) })
      log.push(`${name} resolved`)
    }
    const jobs = Promise.all([job('a'), job('b')])
    await new Promise((resolve) => { setImmediate(resolve) })
    assert.equal(log.length, 0)
    open()
    await jobs
    assert.deepEqual(log.filter((entry) => entry.endsWith('effect')), ['a effect', 'b effect'])
    assert.ok(log.indexOf('a effect') < log.indexOf('a resolved'))
  })

  it('rejects every job of a batch that the store refuses, and goes on with later ones', async () => {
    const open = store.hold()
    const first = put('first')
    await new Promise((resolve) => { setImmediate(resolve) })
    store.fail = new P2pChatError('ERR_STORE_IO', 'The disk is full.')
    const effects: string[] = []
    const failing = lane.write((tx) => { tx.put('first', utf8('again')); tx.afterCommit(() => { effects.push('told') }) })
    open()
    // The batch under way when the disk began to refuse is the first one.
    await rejectsCode(first, 'ERR_STORE_IO')
    await failing
    assert.deepEqual(effects, ['told'])
    store.fail = new P2pChatError('ERR_STORE_IO', 'The disk is full.')
    const refused = await Promise.allSettled([lane.write((tx) => { tx.put('c', utf8('c')); tx.afterCommit(() => { effects.push('wrong') }) }), put('d')])
    assert.deepEqual(refused.map(({ status }) => status), ['rejected', 'fulfilled'])
    await put('e')
    assert.equal(await lane.get('c'), undefined)
    assert.equal(text(await lane.get('e')), 'e')
    assert.deepEqual(effects, ['told'])
    assert.equal((lane.failed.reason as Error).message, 'The disk is full.')
  })

  it('goes on after an effect that throws, which its own caller is told', async () => {
    const ran: string[] = []
    await assert.rejects(lane.write((tx) => {
      tx.put('a', utf8('A'))
      tx.afterCommit(() => { throw new Error('an effect') })
      tx.afterCommit(() => { ran.push('the next effect') })
    }), /an effect/)
    await put('b')
    assert.deepEqual(ran, ['the next effect'])
    assert.equal(text(await lane.get('a')), 'A', 'what was committed stays')
  })

  it('finishes what was asked for before close, refuses what comes after it, and closes twice', async () => {
    const open = store.hold()
    const under = [put('a'), put('b')]
    const closing = lane.close()
    await rejectsCode(put('c'), 'ERR_CLOSED')
    open()
    await Promise.all([...under, closing, lane.close()])
    assert.equal(text(await lane.get('b')), 'b')
    assert.equal(await lane.get('c'), undefined)
  })

  it('syncs what is written, unless all of it can be done again', async () => {
    const note = async (key: string): Promise<void> => { await lane.write((tx) => { tx.put(key, utf8(key)); tx.repeatable() }) }
    await put('a')
    await note('b')
    const letThrough = store.hold()
    const first = note('c')
    // What waits meanwhile is one commit, and one of it wants to be on the disk.
    const others = Promise.all([note('d'), put('e'), note('f')])
    letThrough()
    await Promise.all([first, others])
    await Promise.all([note('g'), lane.write(async (tx) => await tx.get('a'))])
    assert.deepEqual(store.syncs, [true, false, false, true, false])
    assert.equal((await lane.list('')).length, 7)
  })

  it('closes at once when nothing is under way', async () => { await lane.close() })
})

describe('Lane on a disk that crashes', () => {
  it('keeps every job that was acknowledged, whole, unless it can be done again: of those the last ones may be missing', async () => {
    const job = fc.record({ pause: fc.nat({ max: 3 }), repeatable: fc.boolean() })
    await fc.assert(fc.asyncProperty(fc.array(job, { minLength: 1, maxLength: 20 }), fc.nat({ max: 20 }), async (written, crashAfter) => {
      const disk: MemoryDisk = createMemoryDisk()
      const lane = new Lane(disk.open())
      const acknowledged: number[] = []
      const jobs = written.map(async ({ pause, repeatable }, i) => {
        for (let turn = 0; turn < pause; turn++) await Promise.resolve()
        await lane.write((tx) => { tx.put(`a/${i}`, utf8('x')); tx.put(`b/${i}`, utf8('x')); if (repeatable) tx.repeatable() })
        acknowledged.push(i)
      })
      for (let turn = 0; turn < crashAfter; turn++) await Promise.resolve()
      const known = [...acknowledged]
      disk.crash()
      await Promise.allSettled(jobs)
      const after = new Lane(disk.open())
      const of = async (prefix: string): Promise<string[]> => (await after.list(prefix)).map(([key]) => key.slice(2))
      assert.deepEqual(await of('a/'), await of('b/'))
      const synced = known.findLastIndex((i) => written[i]?.repeatable === false)
      for (const i of known.slice(0, synced + 1)) assert.notEqual(await after.get(`a/${i}`), undefined)
    }))
  })
})

describe('list in a transaction', () => {
  // Few letters, and those next to the borders that ranges are cut at.
  const key = fc.stringMatching(/^[a/~ 0]{1,4}$/)
  const write = fc.record({ key, value: fc.option(fc.constantFrom('1', '2'), { nil: undefined }) })
  const writes = fc.array(write, { maxLength: 12 })
  const options = fc.record({ after: key, before: key, limit: fc.nat({ max: 5 }), reverse: fc.boolean() }, { requiredKeys: [] })

  function expected (model: Map<string, string>, prefix: string, { after, before, limit, reverse }: ListOptions): Array<[string, string]> {
    const entries = [...model].filter(([name]) => name.startsWith(prefix) && (after === undefined || name > after) && (before === undefined || name < before))
    entries.sort(([a], [b]) => (a < b ? -1 : 1))
    if (reverse === true) entries.reverse()
    return entries.slice(0, limit ?? entries.length)
  }

  function apply (model: Map<string, string>, changes: Array<{ key: string, value: string | undefined }>, tx: Transaction): void {
    for (const change of changes) {
      if (change.value === undefined) {
        tx.delete(change.key)
        model.delete(change.key)
      } else {
        tx.put(change.key, utf8(change.value))
        model.set(change.key, change.value)
      }
    }
  }

  it('is what a sorted map gives: stored entries, those of jobs before it in the same commit, and its own', async () => {
    const prefix = fc.stringMatching(/^[a/~ 0]{0,2}$/)
    await fc.assert(fc.asyncProperty(writes, writes, writes, prefix, options, async (stored, earlier, own, from, query) => {
      const lane = new Lane(createMemoryStore())
      const model = new Map<string, string>()
      const told = (entries: Array<[string, Uint8Array]>): Array<[string, string | undefined]> => entries.map(([name, value]) => [name, text(value)])
      await lane.write((tx) => { apply(model, stored, tx) })
      assert.deepEqual(told(await lane.list(from, query)), expected(model, from, query))
      await Promise.all([
        lane.write((tx) => { apply(model, earlier, tx) }),
        lane.write(async (tx) => {
          apply(model, own, tx)
          assert.deepEqual(told(await tx.list(from, query)), expected(model, from, query))
          for (const name of model.keys()) assert.equal(text(await tx.get(name)), model.get(name))
        })
      ])
      assert.deepEqual(told(await lane.list(from, query)), expected(model, from, query))
    }), { numRuns: 400 })
  })
})
