import assert from 'node:assert/strict'
import { GroupNumbers } from '../../src/cli/group-numbers.js'

describe('cli: numbers of groups', () => {
  it('stand for the names of the last list', () => {
    const numbers = new GroupNumbers()
    numbers.begin()
    assert.deepEqual([numbers.add('club'), numbers.add('team')], [1, 2])
    assert.deepEqual(['1', '2', '02', 'Team', 'group:choir'].map((text) => numbers.nameOf(text)), ['club', 'team', 'team', 'team', 'choir'])
    numbers.begin()
    numbers.add('choir')
    assert.equal(numbers.nameOf('1'), 'choir')
    assert.throws(() => numbers.nameOf('2'), { code: 'ERR_USAGE', message: /ends at 1/ })
  })

  it('go on where a list that goes on does', () => {
    const numbers = new GroupNumbers()
    numbers.begin()
    numbers.add('club')
    numbers.add('team')
    numbers.begin('team')
    assert.equal(numbers.add('zoo'), 3)
    assert.equal(numbers.nameOf('1'), 'club')
    numbers.begin('choir')
    assert.equal(numbers.add('crew'), 1, 'it is another list')
  })

  it('mean nothing before there is a list, and never 0', () => {
    const numbers = new GroupNumbers()
    assert.equal(numbers.isEmpty, true)
    assert.throws(() => numbers.nameOf('1'), { code: 'ERR_USAGE', message: /LISTGRP/ })
    numbers.add('club')
    for (const text of ['0', '2', '99999999999999999999']) assert.throws(() => numbers.nameOf(text), { code: 'ERR_USAGE' })
  })
})
