import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Lane } from '../../../src/node/home/lane.js'
import { RememberedRows } from '../../../src/node/home/remembered-rows.js'
import { rememberedTable } from '../../../src/node/home/table.js'
import { createMemoryStore, type KeyValueStore, type Operation } from '../../../src/store/index.js'
import { rejectsCode, utf8 } from '../support.js'
import { P2pChatError } from '../../../src/errors.js'

/** Counts its reads; a read may be held back after it saw what is there, a batch before it is written. */
class CountingStore implements KeyValueStore {
  reads = 0
  heldRead: Promise<void> = Promise.resolve()
  heldBatch: Promise<void> = Promise.resolve()
  failed: Error | undefined
  private readonly store = createMemoryStore()

  range: KeyValueStore['range'] = (options) => this.store.range(options)
  close: KeyValueStore['close'] = async () => { await this.store.close() }

  async get (key: string): Promise<Uint8Array | undefined> {
    this.reads++
    const value = await this.store.get(key)
    await this.heldRead
    return value
  }

  async batch (operations: readonly Operation[], options: { sync: boolean }): Promise<void> {
    await this.heldBatch
    await this.store.batch(operations, options)
    if (this.failed !== undefined) throw this.failed
  }
}

function gate (): { promise: Promise<void>, open: () => void } {
  let open = (): void => {}
  const promise = new Promise<void>((resolve) => { open = resolve })
  return { promise, open }
}

const text = (value: Uint8Array | undefined): string | undefined => value === undefined ? undefined : new TextDecoder().decode(value)

describe('RememberedRows', () => {
  let store: CountingStore
  let lane: Lane

  beforeEach(() => {
    store = new CountingStore()
    lane = new Lane(store)
  })

  const put = async (key: string, value: string): Promise<void> => { await lane.write((tx) => { tx.put(key, utf8(value)) }) }
  const often = async (key: string): Promise<string | undefined> => text(await lane.getOften(key))

  it('reads a row, or that there is none, from the store once', async () => {
    await put('a', '1')
    assert.deepEqual([await often('a'), await often('a'), await often('b'), await often('b')], ['1', '1', undefined, undefined])
    assert.equal(store.reads, 2)
  })

  it('gives what was written since, and nothing where it was deleted', async () => {
    await put('a', '1')
    await often('a')
    await put('a', '2')
    assert.equal(await often('a'), '2')
    await lane.write(async (tx) => {
      tx.put('a', utf8('3'))
      assert.equal(text(await tx.getOften('a')), '3')
      tx.delete('a')
      assert.equal(await tx.getOften('a'), undefined)
    })
    assert.equal(await often('a'), undefined)
  })

  it('gives other jobs of the same commit what one before them wrote, and readers only what is on the disk', async () => {
    await put('a', '1')
    await often('a')
    const { promise, open } = gate()
    store.heldBatch = promise
    const first = put('a', '2')
    const second = lane.write(async (tx) => text(await tx.getOften('a')))
    assert.equal(await often('a'), '1')
    open()
    await first
    assert.equal(await second, '2')
    assert.equal(await often('a'), '2')
  })

  it('does not keep what was read before a batch, and is told after it', async () => {
    await put('a', '1')
    const { promise, open } = gate()
    store.heldRead = promise
    const before = often('a')
    await put('a', '2')
    open()
    assert.equal(await before, '1')
    assert.equal(await often('a'), '2')
  })

  it('does not keep what was read while a batch was being written', async () => {
    await put('a', '1')
    const { promise, open } = gate()
    store.heldBatch = promise
    const write = put('a', '2')
    await new Promise((resolve) => { setImmediate(resolve) })
    assert.equal(await often('a'), '1')
    open()
    await write
    assert.equal(await often('a'), '2')
  })

  it('forgets everything after a batch that failed: it may be on the disk', async () => {
    await put('a', '1')
    await often('a')
    store.failed = new P2pChatError('ERR_STORE_IO', 'The disk refused.')
    await rejectsCode(put('a', '2'), 'ERR_STORE_IO')
    assert.equal(await often('a'), '2')
  })

  it('keeps a thousand rows, those that were used last, and none that is long', () => {
    const rows = new RememberedRows()
    for (let i = 0; i < 1_024; i++) rows.keep(rows.begin(), `${i}`, utf8('x'))
    rows.find('0')
    rows.keep(rows.begin(), 'one more', undefined)
    assert.notEqual(rows.find('0'), undefined)
    assert.equal(rows.find('1'), undefined)
    assert.deepEqual(rows.find('one more'), { value: undefined })
    rows.keep(rows.begin(), 'long', new Uint8Array(4_097))
    assert.equal(rows.find('long'), undefined)
    rows.change()(new Map([['0', new Uint8Array(4_097)]]))
    assert.equal(rows.find('0'), undefined)
  })

  it('is never at odds with the store, whatever is read and written in whatever order', async () => {
    const key = fc.constantFrom('a', 'b', 'c')
    const step = fc.oneof(
      fc.record({ kind: fc.constant('read' as const), key }),
      fc.record({ kind: fc.constant('write' as const), key, value: fc.option(fc.string({ minLength: 1, maxLength: 3 })) }),
      fc.record({ kind: fc.constant('wait' as const), key })
    )
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const store = new CountingStore()
      const lane = new Lane(store)
      const pending: Array<Promise<unknown>> = []
      for (const { kind, key, ...rest } of steps) {
        if (kind === 'read') pending.push(lane.getOften(key))
        else if (kind === 'wait') await Promise.all(pending.splice(0))
        else {
          const value = 'value' in rest ? rest.value : null
          pending.push(lane.write(async (tx) => {
            await tx.getOften(key)
            if (value === null) tx.delete(key)
            else tx.put(key, utf8(value))
          }))
        }
      }
      await Promise.all(pending)
      for (const key of ['a', 'b', 'c']) assert.equal(text(await lane.getOften(key)), text(await lane.get(key)))
    }))
  })

  it('decodes a row of a table once', async () => {
    const table = rememberedTable<{ n: number }>('things')
    await lane.write((tx) => { table.put(tx, { n: 1 }, 'one') })
    const row = await table.get(lane, 'one')
    assert.deepEqual(row, { n: 1 })
    assert.equal(await table.get(lane, 'one'), row)
    await lane.write((tx) => { table.put(tx, { n: 2 }, 'one') })
    assert.deepEqual(await table.get(lane, 'one'), { n: 2 })
  })
})
