import assert from 'node:assert/strict'
import fc from 'fast-check'
import { mapAhead } from '../../../src/node/files/stages.js'
import { settle } from '../../helpers/fake-clock.js'

/** Work that ends when it is told to. */
class Manual {
  readonly started: number[] = []
  readonly #ends = new Map<number, { resolve: (value: number) => void, reject: (error: Error) => void }>()

  readonly work = async (item: number): Promise<number> => {
    this.started.push(item)
    return await new Promise((resolve, reject) => { this.#ends.set(item, { resolve, reject }) })
  }

  end (item: number): void { this.#ends.get(item)?.resolve(item * 10) }
  fail (item: number): void { this.#ends.get(item)?.reject(new Error(`no ${item}`)) }
}

async function * from (items: number[], onReturn: () => void = () => {}): AsyncGenerator<number> {
  try {
    yield * items
  } finally {
    onReturn()
  }
}

describe('files: stages', () => {
  it('work ahead, up to their limit, and keep the order', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.nat(12), fc.func(fc.nat(3)), async (limit, count, turns) => {
      let running = 0
      let most = 0
      const stage = mapAhead(async (n: number) => {
        most = Math.max(most, ++running)
        for (let turn = turns(n); turn > 0; turn--) await Promise.resolve()
        running--
        return n * 10
      }, limit)
      const items = Array.from({ length: count }, (_, n) => n)
      const out: number[] = []
      for await (const result of stage(from(items))) out.push(result)
      assert.deepEqual(out, items.map((n) => n * 10))
      assert.ok(most <= limit)
    }))
  })

  it('hand a result on while the source lets wait', async () => {
    async function * slow (): AsyncGenerator<number> {
      yield 1
      await new Promise(() => {})
    }
    const { value } = await mapAhead(async (n: number) => n * 10, 4)(slow()).next()
    assert.equal(value, 10)
  })

  it('do not begin what nobody asked for', async () => {
    const manual = new Manual()
    mapAhead(manual.work, 4)(from([1, 2]))
    await settle()
    assert.deepEqual(manual.started, [])
  })

  it('fail with what failed first in order, and let the source go', async () => {
    const manual = new Manual()
    let returned = false
    const stage = mapAhead(manual.work, 3)(from([1, 2, 3, 4], () => { returned = true }))
    const first = stage.next()
    await settle()
    manual.fail(2)
    manual.end(1)
    manual.end(3)
    assert.equal((await first).value, 10)
    await assert.rejects(async () => {
      const second = stage.next()
      second.catch(() => {})
      await settle()
      manual.end(4)
      await second
    }, /no 2/)
    assert.ok(returned)
    assert.equal((await stage.next()).done, true)
  })

  it('pass on what the source throws, after what came before it', async () => {
    async function * failing (): AsyncGenerator<number> {
      yield 1
      throw new Error('the source broke')
    }
    const stage = mapAhead(async (n: number) => n * 10, 2)(failing())
    const results: unknown[] = []
    await assert.rejects(async () => { for await (const result of stage) results.push(result) }, /the source broke/)
    assert.deepEqual(results, [10])
  })

  it('that are left early leave no work behind', async () => {
    let returned = false
    const stage = mapAhead(async (n: number) => n, 2)(from([1, 2, 3, 4, 5, 6], () => { returned = true }))
    for await (const result of stage) if (result === 2) break
    assert.ok(returned)
  })
})
