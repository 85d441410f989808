import assert from 'node:assert/strict'
import { parseUsername } from '../../src/protocol/names.js'
import { parseGroupName } from '../../src/records/group/index.js'

describe('names', () => {
  it('are folded, and refused when they are none, whatever a program gives for one', () => {
    assert.deepEqual([parseUsername('Bob42'), parseGroupName('Team')], ['bob42', 'team'])
    for (const none of ['', 'b', '-bob', 'b b', 'x'.repeat(33), undefined, null, 42, {}, ['bob']]) {
      for (const parse of [parseUsername, parseGroupName]) assert.throws(() => parse(none as string), { code: 'ERR_INVALID_NAME' })
    }
  })
})
