import assert from 'node:assert/strict'
import fc from 'fast-check'
import { mergePages, type Page } from '../../../src/rendezvous/consensus/pages.js'

describe('lists of several acceptors', () => {
  it('end where the first of them is cut off', () => {
    assert.deepEqual(mergePages([{ names: ['a', 'c'], more: true }, { names: ['b', 'd'], more: false }], 10), { names: ['a', 'b', 'c'], next: 'c' })
    assert.deepEqual(mergePages([{ names: ['a'], more: false }, { names: ['a', 'b'], more: false }], 1), { names: ['a'], next: 'a' })
    assert.deepEqual(mergePages([{ names: [], more: false }], 1), { names: [], next: undefined })
  })

  it('give every name once, page by page', () => {
    const list = fc.uniqueArray(fc.constantFrom('a', 'a-', 'a.', 'ab', 'b', 'c', 'd', 'e'), { maxLength: 8 })
    fc.assert(fc.property(fc.array(list, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), (lists, limit, cut) => {
      const found: string[] = []
      let after = ''
      for (;;) {
        const pages = lists.map((names): Page => {
          const rest = names.filter((name) => name > after).sort()
          return { names: rest.slice(0, cut), more: rest.length > cut }
        })
        const { names, next } = mergePages(pages, limit)
        found.push(...names)
        if (next === undefined) break
        after = next
      }
      assert.deepEqual(found, [...new Set(lists.flat())].sort())
    }))
  })
})
