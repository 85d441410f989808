import assert from 'node:assert/strict'
import { encode } from '../../../src/protocol/codec.js'
import { ServerFigures } from '../../../src/protocol/pb/server-admin.js'
import { decodeFigures } from '../../../src/rendezvous/admin/figures.js'

describe('what a server says of itself', () => {
  it('is read also where its vote is in a state of a later version', () => {
    const { vote, version } = decodeFigures(encode(ServerFigures, { version: '9.0.0', voteState: 99 }))
    assert.deepEqual([vote, version], ['none', '9.0.0'])
  })
})
