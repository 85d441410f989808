import assert from 'node:assert/strict'
import { Counts } from '../../../src/rendezvous/admin/counts.js'
import { countPatienceMs, figuresTimeoutMs } from '../../../src/rendezvous/admin/limits.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'

describe('what a server counts of itself', () => {
  it('is told in time though counting takes long, as it was the last time, and is counted once for all who ask', async () => {
    const clock = new FakeClock()
    let counts = 0
    let done = (_count: number): void => {}
    const registers = new Counts({
      count: async () => {
        counts++
        return await new Promise<number>((resolve) => { done = resolve })
      },
      unknown: 0,
      clock,
      logger: silentLogger
    })
    const asked = async (): Promise<number> => {
      const told = registers.now()
      await clock.advance(countPatienceMs)
      return await told
    }
    assert.ok(countPatienceMs <= figuresTimeoutMs / 2)
    assert.deepEqual([await asked(), await asked(), counts], [0, 0, 1])
    done(1_000_000)
    await settle()
    assert.equal(await asked(), 1_000_000)
    const told = registers.now()
    done(1_000_001)
    assert.equal(await told, 1_000_001, 'one that is quick is waited for')
    assert.equal(counts, 2)
  })

  it('stays what it was when it cannot be counted', async () => {
    let disk = async (): Promise<number> => 3
    const registers = new Counts({ count: async () => await disk(), unknown: 0, clock: new FakeClock(), logger: silentLogger })
    assert.equal(await registers.now(), 3)
    disk = async () => { throw new Error('no') }
    assert.equal(await registers.now(), 3)
  })
})
