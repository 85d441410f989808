/** Files left in any order, twice, wrongly, by two at once, and cut off at any point. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isP2pChatError } from '../../../src/errors.js'
import type { BlobWriter } from '../../../src/rendezvous/blobs/index.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { Place, range } from './place.js'
import { sealedFile, type SealedFile } from './sealed-file.js'

type Step =
  | { do: 'leaves' }
  | { do: 'chunk', index: number, wrong: boolean }
  | { do: 'two', index: number, other: number }
  | { do: 'kept' }
  | { do: 'wait', ms: number }
  | { do: 'failSyncs', fail: boolean }
  | { do: 'reopen' }
  | { do: 'restart' }
  | { do: 'crash', seed: number, batches: number }

const chunks = 7
const index = fc.nat({ max: chunks })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'leaves' }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('chunk' as const), index, wrong: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('two' as const), index, other: index }) },
  { weight: 3, arbitrary: fc.constant<Step>({ do: 'kept' }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(10, 60, 60_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('failSyncs' as const), fail: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'reopen' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'restart' }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('crash' as const), seed: fc.nat(), batches: fc.nat({ max: 3 }) }) }
)

/** One run: what was promised, and who is writing. */
class Run {
  readonly place = new Place()
  readonly file: SealedFile
  #writer: BlobWriter | undefined
  /** Added since the last promise. */
  #added = new Set<number>()
  readonly promised = new Set<number>()

  constructor (name: string) {
    this.file = sealedFile(name, chunks, 65_584)
  }

  async step (step: Step): Promise<void> {
    const { place, file } = this
    switch (step.do) {
      case 'leaves': return await this.#try(async (writer) => { await writer.addLeaves(0, file.leaves(0).leaves, file.leaves(0).path) })
      case 'chunk': return await this.#chunk(step.index, step.wrong)
      case 'two':
        await Promise.all([this.#chunk(step.index, false), this.#chunk(step.other, false), this.#chunk(step.index, false)])
        return
      case 'kept': return await this.#kept()
      case 'wait': return await place.clock.advance(step.ms)
      case 'failSyncs':
        place.disk.failSyncs = step.fail
        return
      case 'reopen':
        // A new stream tells what is there; of what came on the one before it promises nothing.
        await this.#writer?.close()
        this.#forget()
        return
      case 'restart':
        this.#forget()
        await place.clock.until(place.restart())
        return
      case 'crash': {
        const random = new SeededRandom(step.seed)
        this.#forget()
        await place.crash((bytes) => random.chance(0.5) ? random.between(0, bytes) : 0, step.batches)
        await this.check()
      }
    }
  }

  /** What was promised is there, and what is said to be there can be read and is right. */
  async check (): Promise<void> {
    const { place, file, promised } = this
    const said = (await place.kept(file)).flatMap(({ first, count }) => range(count).map((n) => first + n))
    for (const one of promised) assert.ok(said.includes(one), `chunk ${one} was promised and is not there`)
    const reader = await place.reader(file)
    for (const one of said) assert.deepEqual(await reader.chunk(one), file.chunk(one), `chunk ${one} is said to be there`)
    await reader.close()
    assert.equal((await place.blobs.totals()).bytes, said.length * 65_584)
  }

  async #chunk (index: number, wrong: boolean): Promise<void> {
    const bytes = this.file.chunk(wrong ? index + 100 : index)
    await this.#try(async (writer) => {
      await writer.addChunk(index, bytes)
      assert.ok(!wrong && index < chunks, 'a wrong chunk was taken')
      this.#added.add(index)
    })
  }

  async #kept (): Promise<void> {
    const added = this.#added
    await this.#try(async (writer) => {
      const kept = await this.place.clock.until(writer.kept())
      this.#added = new Set()
      if (kept.outcome === 'kept') for (const one of added) this.promised.add(one)
    })
  }

  /** Refusals are fair; the writer is of no use after a failure of the disk, as the stream would be. */
  async #try (task: (writer: BlobWriter) => Promise<void>): Promise<void> {
    this.#writer ??= await this.place.writer(this.file)
    try {
      await task(this.#writer)
    } catch (error) {
      assert.ok(isP2pChatError(error, 'ERR_INVALID_RECORD', 'ERR_STORE_IO', 'ERR_UNKNOWN_OUTCOME'), String(error))
      if (!isP2pChatError(error, 'ERR_INVALID_RECORD')) this.#added = new Set()
    }
  }

  #forget (): void {
    this.#writer = undefined
    this.#added = new Set()
  }
}

describe('schedules of leaving a file', () => {
  it('whatever happens, what was acknowledged is there and what is there is right, and the file can be finished', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const run = new Run('a file')
      await run.place.create(run.file)
      for (const one of steps) await run.step(one)
      run.place.disk.failSyncs = false
      await run.place.clock.until(run.place.restart())
      await run.check()
      await run.place.leave(run.file, range(chunks))
      await run.place.crash()
      assert.deepEqual(await run.place.kept(run.file), [{ first: 0, count: chunks }])
      await run.check()
    }), { numRuns: 150, seed: Number(process.env.FILE_SEED ?? 1) })
  }).timeout(120_000)
})
