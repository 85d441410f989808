import assert from 'node:assert/strict'
import { keepCandidate } from '../../../../src/node/groups/book/candidates.js'
import { maxCandidatesPerDevice, maxUnknownCandidates, maxUnknownPerDevice } from '../../../../src/node/groups/book/limits.js'
import { candidateTable, groupTable } from '../../../../src/node/groups/book/tables.js'
import { toHex } from '../../../../src/node/home/hex.js'
import { Lane } from '../../../../src/node/home/lane.js'
import { createMemoryStore } from '../../../../src/store/index.js'
import { SeededRandom } from '../../../helpers/seeded-random.js'

describe('secrets that came before the log', () => {
  const random = new SeededRandom('candidates')
  let lane: Lane
  let nowMs: number

  beforeEach(() => {
    lane = new Lane(createMemoryStore())
    nowMs = 1_700_000_000_000
  })

  const hex = (): string => toHex(random.bytes(32))
  /** One after the other, each of a group of its own unless it is given. */
  const keep = async (count: number, device: string, id?: string): Promise<void> => {
    await lane.write(async (tx) => {
      for (let i = 0; i < count; i++) await keepCandidate(tx, id ?? hex(), { username: 'mallory', device, secret: random.bytes(32), entryHash: undefined }, nowMs++)
    })
  }
  const times = async (device?: string): Promise<number[]> => (await candidateTable.list(lane, [])).filter(({ key }) => device === undefined || key[1] === device).map(({ value }) => value.atMs).sort((a, b) => a - b)

  it('are the newest of a device in a group', async () => {
    await keep(maxCandidatesPerDevice + 2, hex(), hex())
    assert.deepEqual(await times(), Array.from({ length: maxCandidatesPerDevice }, (_, i) => 1_700_000_000_002 + i))
  })

  it('are the newest of a device in all groups that are not known here', async () => {
    const [mallory, other, known] = [hex(), hex(), hex()]
    await lane.write((tx) => { groupTable.put(tx, { name: 'team', standing: 'member', head: { sequence: 1, hash: random.bytes(32) }, stateSequence: 0, start: { kind: 'found' }, epochSinceMs: nowMs }, known) })
    await keep(2, mallory, known)
    await keep(1, other)
    await keep(maxUnknownPerDevice + 3, mallory)
    assert.equal((await times(other)).length, 1, 'another one had to go')
    const kept = await times(mallory)
    assert.deepEqual([kept.length, kept[1], kept[2]], [2 + maxUnknownPerDevice, 1_700_000_000_001, 1_700_000_000_006])
  })

  it('are the newest of all devices in groups that are not known here', async () => {
    await lane.write((tx) => {
      for (let i = 0; i < maxUnknownCandidates; i++) candidateTable.put(tx, { username: 'mallory', secret: random.bytes(32), atMs: nowMs++ }, hex(), hex(), 1)
    })
    await keep(2, hex())
    const kept = await times()
    assert.deepEqual([kept.length, kept[0]], [maxUnknownCandidates, 1_700_000_000_002])
  })
})
