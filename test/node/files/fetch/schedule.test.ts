import assert from 'node:assert/strict'
import fc from 'fast-check'
import { ChunkSet } from '../../../../src/node/files/landing/chunk-set.js'
import { Schedule, type ScheduleLimits, type Task } from '../../../../src/node/files/fetch/schedule.js'

const limits: ScheduleLimits = { windowChunks: 4, minWindowChunks: 4, queueMs: 50, nearMs: 0, rangeChunks: 2, unsafeChunks: 10, saveChunks: 3 }

function setOf (total: number, ...have: number[]): ChunkSet {
  const set = new ChunkSet(total)
  for (const index of have) set.add(index)
  return set
}

describe('files: chunk sets', () => {
  it('know what they hold, and what is missing first', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.uniqueArray(fc.nat(70)), fc.nat(60), (total, have, from) => {
      const set = setOf(total, ...have)
      const valid = have.filter((index) => index < total)
      assert.equal(set.count, valid.length)
      assert.equal(set.complete, valid.length === total)
      const missing = Array.from({ length: total }, (_, index) => index).filter((index) => index >= from && !valid.includes(index))
      assert.equal(set.firstMissing(Math.min(from, total)), missing[0] ?? total)
      const copy = new ChunkSet(total, 16)
      const source = new ChunkSet(total, 16)
      for (const index of valid) source.add(index)
      for (let segment = 0; segment * 16 < total; segment++) copy.addSegment(segment, source.segment(segment))
      assert.deepEqual(valid.every((index) => copy.has(index)), true)
      assert.equal(copy.count, source.count)
    }))
  })
})

describe('files: the schedule', () => {
  it('asks for leaf hashes first, then for ranges up to the window', () => {
    let known = false
    const schedule = new Schedule(setOf(9), () => known, limits)
    schedule.add('a')
    schedule.add('b')
    assert.deepEqual(schedule.next('a'), { type: 'leaves', piece: 0 })
    assert.equal(schedule.next('a'), undefined)
    assert.equal(schedule.next('b'), undefined, 'one source is asked at a time')
    known = true
    schedule.leavesArrived('a', 0)
    assert.deepEqual([schedule.next('a'), schedule.next('b'), schedule.next('a'), schedule.next('a')], [
      { type: 'chunks', range: { first: 0, count: 2 } }, { type: 'chunks', range: { first: 2, count: 2 } }, { type: 'chunks', range: { first: 4, count: 2 } }, undefined
    ])
  })

  it('asks another source for the leaf hashes that one did not bring', () => {
    const schedule = new Schedule(setOf(9), () => false, limits)
    schedule.add('a')
    schedule.add('b')
    assert.deepEqual(schedule.next('a'), { type: 'leaves', piece: 0 })
    schedule.remove('a')
    assert.deepEqual(schedule.next('b'), { type: 'leaves', piece: 0 })
  })

  it('asks for the next piece of leaf hashes before it is needed', () => {
    const schedule = new Schedule(setOf(1500), (piece) => piece === 0, limits)
    schedule.add('a')
    assert.deepEqual(schedule.next('a'), { type: 'leaves', piece: 1 })
    assert.deepEqual(schedule.next('a'), { type: 'chunks', range: { first: 0, count: 2 } })
  })

  it('leaves out what is there, and gives on what a source did not bring', () => {
    const schedule = new Schedule(setOf(8, 0, 3), () => true, limits)
    schedule.add('a')
    assert.deepEqual(schedule.next('a'), { type: 'chunks', range: { first: 1, count: 2 } })
    assert.deepEqual(schedule.next('a'), { type: 'chunks', range: { first: 4, count: 2 } })
    assert.ok(schedule.arrived('a', 4))
    assert.ok(!schedule.arrived('a', 4), 'twice')
    assert.ok(!schedule.arrived('a', 7), 'unasked')
    schedule.remove('a')
    assert.ok(!schedule.arrived('a', 5), 'too late')
    schedule.add('b')
    assert.deepEqual(schedule.next('b'), { type: 'chunks', range: { first: 1, count: 2 } })
    assert.deepEqual(schedule.next('b'), { type: 'chunks', range: { first: 5, count: 2 } }, 'chunk 4 is being looked at')
    schedule.refused(4)
    for (const index of [1, 2]) { assert.ok(schedule.arrived('b', index)); schedule.written(index) }
    assert.deepEqual(schedule.next('b'), { type: 'chunks', range: { first: 1, count: 2 } }, 'not in the set yet, so still missing')
  })

  it('saves when it is worth it, or when nothing more comes before', () => {
    const schedule = new Schedule(setOf(8), () => true, limits)
    schedule.add('a')
    assert.equal(schedule.shouldSave, false)
    schedule.next('a')
    schedule.next('a')
    const worth = [0, 1, 2, 3].map((index) => {
      schedule.arrived('a', index)
      schedule.written(index)
      return schedule.shouldSave
    })
    assert.deepEqual(worth, [false, false, true, true])
    schedule.durable(4)
    assert.equal(schedule.shouldSave, false)
  })

  it('stops while it is paused', () => {
    const schedule = new Schedule(setOf(8), () => true, limits)
    schedule.add('a')
    schedule.pause(true)
    assert.equal(schedule.next('a'), undefined)
    schedule.pause(false)
    assert.ok(schedule.next('a') !== undefined)
  })

  it('in any order of events: every chunk once, never beyond the windows, and all in the end', () => {
    const event = fc.record({ what: fc.constantFrom('ask', 'ask', 'arrive', 'arrive', 'write', 'refuse', 'save', 'drop', 'join'), who: fc.constantFrom('a', 'b', 'c'), pick: fc.nat(100) })
    fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.array(event, { maxLength: 150 }), (total, events) => {
      const known = new ChunkSet(total)
      const schedule = new Schedule(known, () => true, limits)
      const asked = new Map<string, number[]>([['a', []], ['b', []], ['c', []]])
      const arrived: number[] = []
      let unsaved = 0
      const pending = (): number[] => [...[...asked.values()].flat(), ...arrived]
      const take = (list: number[], pick: number): number | undefined => list.splice(pick % Math.max(1, list.length), 1)[0]
      const step = (what: string, who: string, pick: number): void => {
        const mine = asked.get(who) ?? []
        if (what === 'join') schedule.add(who)
        if (what === 'ask') {
          const task: Task | undefined = schedule.next(who)
          if (task === undefined) return
          assert.equal(task.type, 'chunks')
          if (task.type !== 'chunks') return
          for (let index = task.range.first; index < task.range.first + task.range.count; index++) {
            assert.ok(index < total && !known.has(index) && !pending().includes(index), `chunk ${index} is asked for twice`)
            mine.push(index)
          }
          assert.ok(mine.length <= limits.windowChunks && pending().length + unsaved <= limits.unsafeChunks)
        }
        if (what === 'arrive') {
          const index = take(mine, pick)
          if (index === undefined) return
          assert.ok(schedule.arrived(who, index))
          arrived.push(index)
        }
        if (what === 'write' || what === 'refuse') {
          const index = take(arrived, pick)
          if (index === undefined) return
          if (what === 'refuse') { schedule.refused(index); return }
          known.add(index)
          schedule.written(index)
          unsaved++
        }
        if (what === 'save') {
          schedule.durable(unsaved)
          unsaved = 0
        }
        if (what === 'drop') {
          schedule.remove(who)
          for (const index of mine.splice(0)) assert.ok(!schedule.arrived(who, index))
        }
      }
      for (const { what, who, pick } of events) step(what, who, pick)
      for (let round = 0; round < 3 * total + 10 && !known.complete; round++) {
        for (const what of ['join', 'ask', 'arrive', 'write', 'save']) for (const who of ['a', 'b', 'c']) step(what, who, 0)
      }
      assert.ok(known.complete)
    }), { numRuns: 200 })
  })
})
