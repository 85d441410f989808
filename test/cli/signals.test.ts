import assert from 'node:assert/strict'
import { Interruption } from '../../src/cli/signals.js'
import { settle } from '../helpers/fake-clock.js'
import { FakeChatNode } from './helpers/fake-chat-node.js'
import { run } from './helpers/run.js'
import { tempFolder } from './helpers/temp-folder.js'

describe('cli: signals', () => {
  const home = tempFolder()

  it('what listens without a terminal goes on when the session ends that started it', async () => {
    for (const isTTY of [false, true]) {
      const node = new FakeChatNode()
      const interruption = new Interruption()
      const unwatch = interruption.watchProcess()
      try {
        const running = run(['listen'], { home: home(), node, interruption, isTTY })
        while (!node.calls.some(({ name }) => name === 'whoAmI')) await settle()
        process.emit('SIGHUP', 'SIGHUP')
        assert.equal(interruption.status, isTTY ? 129 : null)
        interruption.interrupt(143)
        await running
      } finally {
        unwatch()
      }
    }
  })

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
