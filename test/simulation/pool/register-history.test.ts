import assert from 'node:assert/strict'
import { checkRegister, type Attempt, type Observation } from './register-history.js'

const write = (startedAt: number, endedAt: number, expectedVersion: number, value: string, outcome: Attempt['outcome'] = 'written'): Attempt =>
  ({ startedAt, endedAt, expectedVersion, value, outcome, what: `write ${value}` })
const see = (startedAt: number, endedAt: number, version: number, value?: string): Observation => ({ startedAt, endedAt, version, value, what: `read ${version}` })

describe('the check of a register\'s history', () => {
  it('passes what one register can have done', () => {
    assert.equal(checkRegister([see(3, 4, 1, 'a'), see(7, 8, 2, 'b')], [write(1, 2, 0, 'a'), write(5, 6, 1, 'b')]), undefined)
    assert.equal(checkRegister([see(1, 4, 0), see(2, 9, 1, 'a')], [write(3, 8, 0, 'a')]), undefined)
    assert.equal(checkRegister([see(5, 6, 0), see(8, 9, 1, 'a')], [write(1, 2, 0, 'a', 'unknown')]), undefined)
    assert.equal(checkRegister([see(5, 6, 2, 'b')], [write(1, 2, 0, 'a', 'unknown'), write(3, 4, 1, 'b', 'unknown')]), undefined)
    assert.equal(checkRegister([], [write(1, 2, 0, 'a', 'unknown'), write(3, 4, 0, 'a')]), undefined)
  })

  it('finds two values of one version', () => {
    assert.match(checkRegister([], [write(1, 3, 0, 'a'), write(2, 4, 0, 'b')]) ?? '', /version 1 is/)
    assert.match(checkRegister([see(5, 6, 1, 'b')], [write(1, 3, 0, 'a'), write(2, 4, 0, 'b', 'unknown')]) ?? '', /version 1 is/)
  })

  it('finds a read of what was overwritten, or is not written yet', () => {
    assert.notEqual(checkRegister([see(5, 6, 0)], [write(1, 2, 0, 'a')]), undefined)
    assert.notEqual(checkRegister([see(1, 2, 1, 'a')], [write(3, 4, 0, 'a')]), undefined)
    assert.notEqual(checkRegister([see(5, 6, 1, 'a'), see(7, 8, 0)], [write(1, 2, 0, 'a', 'unknown')]), undefined)
    assert.notEqual(checkRegister([see(7, 8, 1, 'a')], [write(1, 2, 0, 'a'), write(3, 4, 1, 'b')]), undefined)
  })

  it('finds a refused write that took effect, and a version from nowhere', () => {
    assert.match(checkRegister([see(5, 6, 1, 'a')], [write(1, 2, 0, 'a', 'conflict')]) ?? '', /nobody wrote/)
    assert.match(checkRegister([see(5, 6, 2, 'b')], [write(3, 4, 1, 'b')]) ?? '', /nobody wrote version 1/)
  })

  it('finds a write that came back before the one that it builds on was made', () => {
    assert.notEqual(checkRegister([], [write(1, 2, 1, 'b'), write(3, 4, 0, 'a')]), undefined)
  })
})
