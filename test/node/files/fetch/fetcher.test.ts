import assert from 'node:assert/strict'
import fc from 'fast-check'
import { P2pChatError } from '../../../../src/errors.js'
import { plainCipher } from '../../../../src/node/files/cipher.js'
import { Fetcher, type FetcherInit } from '../../../../src/node/files/fetch/fetcher.js'
import type { ScheduleLimits } from '../../../../src/node/files/fetch/schedule.js'
import { openLanding, type Landing } from '../../../../src/node/files/landing/landing.js'
import { listIncoming } from '../../../../src/node/files/landing/records.js'
import { sweepLeftovers } from '../../../../src/node/files/landing/sweep.js'
import { Lane } from '../../../../src/node/home/lane.js'
import { createMemoryDisk } from '../../../../src/store/index.js'
import { FakeClock, settle } from '../../../helpers/fake-clock.js'
import { rejectsCode } from '../../support.js'
import { MemoryDisk } from '../memory-disk.js'
import { device, makeFile, temporaryOf, type TestFile } from '../support.js'
import { FakeSource, LIES, TRICKS, type Trick } from './fake-source.js'

const folder = '/home/downloads'
const path = `${folder}/movie.mp4`
const limits: ScheduleLimits = { windowChunks: 4, minWindowChunks: 4, queueMs: 50, nearMs: 0, rangeChunks: 2, unsafeChunks: 6, saveChunks: 2 }
const file = makeFile(65_536 * 8 + 100, 'movie.mp4')

class Bench {
  readonly clock = new FakeClock()
  readonly disk = new MemoryDisk()
  readonly store = createMemoryDisk()
  lane = new Lane(this.store.open())
  readonly dropped: Array<{ name: string, code: string, lied: boolean }> = []
  readonly progress: number[] = []

  async landing (of: TestFile = file): Promise<Landing> {
    return await openLanding({ lane: this.lane, disk: this.disk, device }, { id: 't1', manifest: of.manifest, folder })
  }

  async fetcher (sources: FakeSource[], init: FetcherInit = {}, of: TestFile = file): Promise<Fetcher> {
    const fetcher = new Fetcher({ clock: this.clock, cipher: plainCipher, landing: await this.landing(of) }, {
      limits,
      stallMs: 1000,
      onProgress: (bytes) => { this.progress.push(bytes) },
      onDropped: (name, { code }, lied) => { this.dropped.push({ name, code, lied }) },
      ...init
    })
    for (const source of sources) assert.ok(fetcher.add(source))
    return fetcher
  }

  async run (sources: FakeSource[], of: TestFile = file): Promise<string> {
    const fetcher = await this.fetcher(sources, {}, of)
    return (await this.clock.until(fetcher.run())).path
  }

  restart (losesUnsynced: boolean): void {
    this.store.crash()
    this.disk.crash(losesUnsynced)
    this.lane = new Lane(this.store.open())
  }

  assertLanded (of: TestFile = file): void {
    assert.deepEqual(this.disk.paths, [`${folder}/${of.manifest.name}`])
    assert.deepEqual(new Uint8Array(this.disk.contents(`${folder}/${of.manifest.name}`)!), of.content)
  }
}

describe('files: the fetcher', () => {
  let bench: Bench
  beforeEach(() => { bench = new Bench() })

  it('lands a file from one source, asking for every chunk once', async () => {
    const source = new FakeSource('alice', file)
    assert.equal(await bench.run([source]), path)
    bench.assertLanded()
    assert.deepEqual([...source.asked].sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 8])
    assert.equal(source.told.at(-1), 'done')
    assert.equal(bench.progress.at(-1), file.manifest.bytes)
    assert.deepEqual(bench.progress, [...bench.progress].sort((a, b) => a - b))
    assert.equal(bench.clock.pending, 0, 'a timer is left')
  })

  it('lands files of no bytes, of one, and of one chunk, without asking for leaf hashes', async () => {
    for (const bytes of [0, 1, 65_536]) {
      bench = new Bench()
      const small = makeFile(bytes, 'small')
      await bench.run([new FakeSource('alice', small, { trick: 'silent-leaves', after: 99 })], small)
      bench.assertLanded(small)
    }
  })

  it('shares the work among sources, in whatever order they give', async () => {
    const sources = [new FakeSource('alice', file, { backwards: true }), new FakeSource('server', file), new FakeSource('carol', file, { backwards: true })]
    const fetcher = await bench.fetcher(sources, { limits: { ...limits, unsafeChunks: 20 } })
    await bench.clock.until(fetcher.run())
    bench.assertLanded()
    assert.deepEqual(sources.flatMap(({ asked }) => asked).sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 8])
    assert.ok(sources.every(({ asked }) => asked.length > 0))
  })

  for (const trick of TRICKS) {
    it(`drops a source that plays "${trick}", by name, and goes on elsewhere`, async () => {
      const bad = new FakeSource('mallory', file, { trick, after: 1 })
      await bench.run([bad, new FakeSource('alice', file)])
      bench.assertLanded()
      assert.deepEqual(bench.dropped.map(({ name, lied }) => ({ name, lied })), [{ name: 'mallory', lied: LIES.includes(trick) }])
      assert.ok(bad.told.includes('ended'))
    })

    it(`with nobody but a source that plays "${trick}" says so, and goes on with another later`, async () => {
      const fetcher = await bench.fetcher([new FakeSource('mallory', file, { trick, after: 3 })])
      const error = await bench.clock.until(rejectsCode(fetcher.run(), 'ERR_UNREACHABLE'))
      assert.ok(error.cause instanceof P2pChatError)
      assert.deepEqual(bench.disk.paths, [`${folder}/${temporaryOf('t1')}`])
      const kept = (await bench.landing()).durableChunks
      if (!trick.endsWith('leaves')) assert.ok(kept >= 1)
      const honest = new FakeSource('alice', file)
      await bench.run([honest])
      bench.assertLanded()
      assert.equal(honest.asked.length, 9 - kept, 'what was there came again')
    })
  }

  it('does not take a liar back', async () => {
    const fetcher = await bench.fetcher([new FakeSource('mallory', file, { trick: 'wrong' }), new FakeSource('alice', file)])
    const landed = fetcher.run()
    await settle(5)
    assert.equal(fetcher.add(new FakeSource('mallory', file)), false)
    await bench.clock.until(landed)
  })

  it('takes a source in the middle, and one back that was only away', async () => {
    const slow = new FakeSource('alice', file)
    let chunks = 0
    slow.gate = async () => { if (++chunks > 3) await new Promise(() => {}) }
    const never = new FakeSource('bob', file)
    never.gate = async () => { await new Promise(() => {}) }
    const fetcher = await bench.fetcher([slow, never])
    const landed = fetcher.run()
    await bench.clock.advance(999)
    assert.deepEqual(bench.dropped, [])
    assert.equal(fetcher.add(new FakeSource('alice', file)), false, 'it is there already')
    await settle()
    const again = new FakeSource('server', file)
    assert.ok(fetcher.add(again))
    await bench.clock.until(landed)
    bench.assertLanded()
    assert.deepEqual(bench.dropped.map(({ name, code }) => ({ name, code })), [{ name: 'alice', code: 'ERR_TIMEOUT' }, { name: 'bob', code: 'ERR_TIMEOUT' }])
  })

  it('waits for a source that has said it pauses', async () => {
    const source = new FakeSource('alice', file)
    let goOn = (): void => {}
    source.held = true
    const held = new Promise<void>((resolve) => { goOn = resolve })
    source.gate = async () => { await held }
    const landed = (await bench.fetcher([source])).run()
    await bench.clock.advance(60_000)
    assert.deepEqual(bench.dropped, [])
    source.held = false
    goOn()
    await bench.clock.until(landed)
    bench.assertLanded()
  })

  it('pauses: what is under way still comes, then nothing, until it goes on', async () => {
    const source = new FakeSource('alice', file)
    const fetcher = await bench.fetcher([source])
    fetcher.pause(true)
    const landed = fetcher.run()
    await bench.clock.advance(60_000)
    assert.deepEqual([source.asked, bench.dropped], [[], []])
    fetcher.pause(false)
    await bench.clock.until(landed)
    bench.assertLanded()
    assert.deepEqual(source.told.slice(0, 2), ['paused', 'goes on'])
  })

  it('that is stopped keeps what came, and goes on from there', async () => {
    const controller = new AbortController()
    const source = new FakeSource('alice', file)
    source.gate = async () => { if (source.given === 5) controller.abort() }
    await rejectsCode((await bench.fetcher([source])).run(controller.signal), 'ERR_ABORTED')
    assert.equal(source.told.at(-1), 'ended')
    const kept = (await bench.landing()).durableChunks
    assert.ok(kept >= 2, `${kept} kept`)
    const next = new FakeSource('alice', file)
    await bench.run([next])
    assert.equal(next.asked.length, 9 - kept)
    bench.assertLanded()
  })

  it('that is killed again and again is given no more twice than what was under way each time', async () => {
    const long = makeFile(65_536 * 30 + 7, 'movie.mp4')
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ chunks: fc.integer({ min: 1, max: 6 }), losesUnsynced: fc.boolean() }), { maxLength: 5 }), async (kills) => {
      bench = new Bench()
      let given = 0
      for (const { chunks, losesUnsynced } of kills) {
        const source = new FakeSource('alice', long)
        source.gate = async () => { await settle(1) }
        if ((await bench.landing(long)).complete) break
        void (await bench.fetcher([source], { stallMs: 1_000_000, limits: { ...limits, saveChunks: 5 } }, long)).run().catch(() => {})
        while (source.given < chunks) await settle(1)
        given += source.given
        // In the middle of whatever is being written and synced.
        bench.restart(losesUnsynced)
        source.gate = async () => await new Promise(() => {})
      }
      const last = new FakeSource('alice', long)
      await bench.run([last], long)
      bench.assertLanded(long)
      const twice = given + last.given - 31
      assert.ok(twice >= 0 && twice <= kills.length * limits.unsafeChunks, `${twice} chunks came twice in ${kills.length} kills`)
    }), { numRuns: 25 })
  })

  it('without any source says so', async () => {
    await rejectsCode((await bench.fetcher([])).run(), 'ERR_UNREACHABLE')
    await rejectsCode((await bench.fetcher([])).run(AbortSignal.abort()), 'ERR_ABORTED')
  })

  it('on a disk that fills up keeps nothing, and says what to do', async () => {
    bench.disk.freeBytes = async () => Infinity
    bench.disk.capacityBytes = 65_536 * 4
    const fetcher = await bench.fetcher([new FakeSource('alice', file)])
    const error = await bench.clock.until(rejectsCode(fetcher.run(), 'ERR_STORE_IO'))
    assert.match(error.message, /full/)
    assert.deepEqual([bench.disk.paths, await listIncoming(bench.lane)], [[], []])
  })

  it('keeps nothing of a file that was sealed or announced wrongly, whoever gives it', async () => {
    const lyingHash = { ...file, manifest: { ...file.manifest, sha256: new Uint8Array(32) } }
    await bench.clock.until(rejectsCode((await bench.fetcher([new FakeSource('alice', lyingHash)], {}, lyingHash)).run(), 'ERR_INVALID_RECORD'))
    assert.deepEqual(bench.disk.paths, [])
    const lyingKey = { ...file, manifest: { ...file.manifest, key: new Uint8Array(32) } }
    await bench.clock.until(rejectsCode((await bench.fetcher([new FakeSource('alice', lyingKey)], {}, lyingKey)).run(), 'ERR_DECRYPT'))
    assert.deepEqual(bench.disk.paths, [])
    const lyingSize = { ...file, manifest: { ...file.manifest, bytes: file.manifest.bytes + 1 } }
    await bench.clock.until(rejectsCode((await bench.fetcher([new FakeSource('alice', lyingSize)], {}, lyingSize)).run(), 'ERR_INVALID_RECORD'))
    assert.deepEqual(bench.disk.paths, [])
    assert.deepEqual(bench.dropped, [])
  })

  it('with a wrong total in the announcement refuses the leaf hashes', async () => {
    const lying = { ...file, manifest: { ...file.manifest, bytes: file.manifest.bytes + 65_536 } }
    await bench.clock.until(rejectsCode((await bench.fetcher([new FakeSource('alice', lying)], {}, lying)).run(), 'ERR_UNREACHABLE'))
    assert.deepEqual(bench.dropped, [{ name: 'alice', code: 'ERR_INVALID_RECORD', lied: true }])
  })

  it('after a kill transfers no more again than the window', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 8 }), fc.boolean(), async (after, losesUnsynced) => {
      bench = new Bench()
      const first = new FakeSource('alice', file)
      first.gate = async () => { if (first.given > after) await new Promise(() => {}) }
      const fetcher = await bench.fetcher([first])
      void fetcher.run().catch(() => {})
      await settle(20)
      bench.restart(losesUnsynced)
      const second = new FakeSource('alice', file)
      await bench.run([second])
      bench.assertLanded()
      assert.ok(first.asked.length + second.asked.length - 9 <= limits.unsafeChunks, `${first.asked.length} + ${second.asked.length}`)
    }), { numRuns: 20 })
  })

  it('whatever the sources do: the right file, or a clear error and nothing that is left for good', async () => {
    const play = fc.record({ trick: fc.option(fc.constantFrom<Trick>(...TRICKS), { nil: undefined }), after: fc.nat(9), backwards: fc.boolean() })
    const session = fc.record({ sources: fc.array(play, { minLength: 1, maxLength: 3 }), ends: fc.constantFrom('runs', 'killed', 'power cut', 'stopped'), turns: fc.nat(30) })
    await fc.assert(fc.asyncProperty(fc.array(session, { minLength: 1, maxLength: 3 }), fc.boolean(), async (sessions, helpful) => {
      bench = new Bench()
      let landed = false
      for (const { sources, ends, turns } of sessions) {
        const controller = new AbortController()
        const fetcher = await bench.fetcher(sources.map(({ trick, after, backwards }, n) => new FakeSource(`s${n}`, file, { after, backwards, ...(trick === undefined ? {} : { trick }) })))
        const outcome = fetcher.run(controller.signal).then(() => 'landed', (error: unknown) => {
          assert.ok(error instanceof P2pChatError, String(error))
          return error.code
        })
        if (ends === 'runs') {
          const how = await bench.clock.until(outcome)
          assert.ok(how === 'landed' || how === 'ERR_UNREACHABLE', how)
          landed ||= how === 'landed'
          continue
        }
        for (let turn = 0; turn < turns; turn++) await settle(1)
        if (ends === 'stopped') {
          controller.abort()
          const how = await bench.clock.until(outcome)
          assert.ok(['landed', 'ERR_UNREACHABLE', 'ERR_ABORTED'].includes(how), how)
          landed ||= how === 'landed'
        } else {
          bench.restart(ends === 'power cut')
          await sweepLeftovers({ lane: bench.lane, disk: bench.disk, device }, folder)
        }
      }
      if (helpful) {
        await bench.run([new FakeSource('honest', file)])
        landed = true
      }
      if (landed) {
        bench.assertLanded()
        return
      }
      const [incoming] = await listIncoming(bench.lane)
      if (incoming?.record.state === 'landed') bench.assertLanded()
      else await (await bench.landing()).discard()
      assert.ok(bench.disk.paths.length <= 1 && bench.disk.paths.every((name) => name === path), bench.disk.paths.join())
    }), { numRuns: 40 })
  })
})
