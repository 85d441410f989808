import assert from 'node:assert/strict'
import { Interruption } from '../../src/cli/signals.js'

describe('cli: signals', () => {
  it('a window that is closed sends several, and all is ended well', () => {
    const interruption = new Interruption()
    const unwatch = interruption.watchProcess()
    try {
      for (let times = 0; times < 3; times++) process.emit('SIGHUP', 'SIGHUP')
    } finally {
      unwatch()
    }
    assert.equal(interruption.status, 129)
    assert.ok(interruption.signal.aborted)
  })
})
