import assert from 'node:assert/strict'
import fc from 'fast-check'
import { listSequences } from '../../../src/node/delivery/sequences.js'
import { Lane } from '../../../src/node/home/lane.js'
import { jsonTable } from '../../../src/node/home/table.js'
import { createMemoryStore } from '../../../src/store/index.js'

describe('rows of a chain', () => {
  const table = jsonTable<number>('row')

  async function laneWith (sequences: Iterable<number>): Promise<Lane> {
    const lane = new Lane(createMemoryStore())
    await lane.write((tx) => {
      for (const sequence of sequences) {
        table.put(tx, sequence, 'a', sequence)
        table.put(tx, -1, 'b', sequence)
      }
    })
    return lane
  }

  it('are listed in order between two sequences, whichever are there, to a limit', async () => {
    const range = fc.record({ after: fc.nat({ max: 60 }), before: fc.nat({ max: 60 }), limit: fc.nat({ max: 40 }) }, { requiredKeys: ['after', 'before'] })
    await fc.assert(fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: 60 })), range, async (sequences, { after, before, limit }) => {
      const lane = await laneWith(sequences)
      const expected = sequences.sort((a, b) => a - b).filter((sequence) => sequence > after && sequence < before).slice(0, limit)
      const listed = await listSequences(table, lane, 'a', { after, before, ...(limit === undefined ? {} : { limit }) })
      assert.deepEqual(listed, expected.map((sequence) => ({ sequence, value: sequence })))
    }))
  })

  it('that are few are read without a look through the store', async () => {
    const lane = await laneWith([3, 5])
    lane.list = async () => { assert.fail('a look through the store') }
    assert.deepEqual((await listSequences(table, lane, 'a', { after: 2, before: 7 })).map(({ sequence }) => sequence), [3, 5])
    assert.deepEqual(await listSequences(table, lane, 'a', { after: 6, before: 7 }), [])
    assert.deepEqual((await listSequences(table, lane, 'a', { after: 0, before: 1000, limit: 1 })).map(({ sequence }) => sequence), [3])
  })
})
