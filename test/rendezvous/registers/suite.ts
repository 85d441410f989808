/** What every maker of Registers must do. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Registers } from '../../../src/rendezvous/registers/index.js'

export interface RegistersPlace {
  registers: Registers
  /** Ends the process with all that was not synced, and starts it again. */
  restart: () => Promise<Registers>
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

export function registersSuite (name: string, makePlace: () => Promise<RegistersPlace>): void {
  describe(`Registers: ${name}`, () => {
    let place: RegistersPlace
    let registers: Registers

    beforeEach(async () => {
      place = await makePlace()
      registers = place.registers
    })

    it('knows nothing at first', async () => {
      assert.deepEqual(await registers.read('a'), { outcome: 'read', register: undefined })
      assert.deepEqual(await registers.list('', { limit: 10 }), { outcome: 'listed', page: { registers: [], next: undefined } })
    })

    it('sets from absent, and then from the version that is there', async () => {
      assert.deepEqual(await registers.compareAndSet('a', 0, bytes('one')), { outcome: 'written', version: 1 })
      assert.deepEqual(await registers.compareAndSet('a', 1, bytes('two')), { outcome: 'written', version: 2 })
      assert.deepEqual(await registers.read('a'), { outcome: 'read', register: { version: 2, value: bytes('two') } })
    })

    it('tells a conflict, and what is there', async () => {
      await registers.compareAndSet('a', 0, bytes('one'))
      const current = { version: 1, value: bytes('one') }
      assert.deepEqual(await registers.compareAndSet('a', 0, bytes('other')), { outcome: 'conflict', current })
      assert.deepEqual(await registers.compareAndSet('a', 7, bytes('other')), { outcome: 'conflict', current })
      assert.deepEqual(await registers.compareAndSet('b', 1, bytes('other')), { outcome: 'conflict', current: undefined })
    })

    it('answers a repeated write as written, but not once it was overwritten', async () => {
      await registers.compareAndSet('a', 0, bytes('one'))
      assert.deepEqual(await registers.compareAndSet('a', 0, bytes('one')), { outcome: 'written', version: 1 })
      await registers.compareAndSet('a', 1, bytes('two'))
      assert.equal((await registers.compareAndSet('a', 0, bytes('one'))).outcome, 'conflict')
    })

    it('lets one of many racing writers win', async () => {
      const outcomes = await Promise.all(Array.from({ length: 50 }, async (_, index) => await registers.compareAndSet('a', 0, bytes(`writer ${index}`))))
      assert.equal(outcomes.filter(({ outcome }) => outcome === 'written').length, 1)
      assert.equal(outcomes.filter(({ outcome }) => outcome === 'conflict').length, 49)
    })

    it('keeps everything that was told as written over a crash', async () => {
      await registers.compareAndSet('a', 0, bytes('one'))
      registers = await place.restart()
      assert.deepEqual(await registers.read('a'), { outcome: 'read', register: { version: 1, value: bytes('one') } })
    })

    it('counts each version once, whoever interleaves', async () => {
      let run = 0
      await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 30 }), async (names) => {
        const salt = run++
        const written = new Map<string, number>()
        await Promise.all(names.map(async (short, index) => {
          const name = `${salt}:${short}`
          for (;;) {
            const read = await registers.read(name)
            if (read.outcome !== 'read') continue
            const write = await registers.compareAndSet(name, read.register?.version ?? 0, bytes(`${index}`))
            if (write.outcome === 'written') break
          }
          written.set(name, (written.get(name) ?? 0) + 1)
        }))
        for (const [name, count] of written) {
          const read = await registers.read(name)
          assert.equal(read.outcome === 'read' && read.register?.version, count)
        }
      }), { numRuns: 30 })
    })

    it('lists names by prefix, in order, page by page', async () => {
      for (const name of ['account:bob', 'account:al', 'account:alice', 'group:al', 'account:al.ice', 'account:al-ice', 'account:bo']) {
        await registers.compareAndSet(name, 0, bytes(name))
      }
      const found: string[] = []
      let after: string | undefined
      do {
        const list = await registers.list('account:al', { limit: 2, after })
        if (list.outcome !== 'listed') assert.fail(list.outcome)
        assert.ok(list.page.registers.length <= 2)
        found.push(...list.page.registers.map((register) => register.name))
        after = list.page.next
      } while (after !== undefined)
      assert.deepEqual(found, ['account:al', 'account:al-ice', 'account:al.ice', 'account:alice'])
      const rest = await registers.list('account:', { limit: 10, after: 'account:alicf' })
      assert.deepEqual(rest.outcome === 'listed' && rest.page.registers.map((register) => register.name), ['account:bo', 'account:bob'])
    })
  })
}
