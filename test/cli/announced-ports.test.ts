import assert from 'node:assert/strict'
import { announcesOtherPorts } from '../../src/cli/announced-ports.js'

describe('announced ports', () => {
  const announced = ['/dns4/chat.example.org/tcp/4001', '/ip4/203.0.113.5/tcp/443']

  it('are another matter without one to listen on, or with any', () => {
    assert.equal(announcesOtherPorts(announced, []), true)
    assert.equal(announcesOtherPorts(announced, ['/ip4/0.0.0.0/tcp/0']), true)
    assert.equal(announcesOtherPorts(announced, ['/ip4/0.0.0.0/tcp/40010']), true)
  })

  it('are right when one of them is listened on, or none is announced', () => {
    assert.equal(announcesOtherPorts(announced, ['/ip6/::/tcp/9', '/ip4/0.0.0.0/tcp/4001']), false)
    assert.equal(announcesOtherPorts([], ['/ip4/0.0.0.0/tcp/0']), false)
  })
})
