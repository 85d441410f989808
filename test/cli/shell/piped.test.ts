import assert from 'node:assert/strict'
import { PassThrough, Writable } from 'node:stream'
import { main } from '../../../src/cli/main.js'
import { Interruption } from '../../../src/cli/signals.js'
import { FakeChatNode } from '../helpers/fake-chat-node.js'
import { settle } from '../../helpers/fake-clock.js'
import { run } from '../helpers/run.js'
import { tempFolder } from '../helpers/temp-folder.js'

const never = async (): Promise<never> => await new Promise(() => {})

describe('cli: the shell on a pipe', () => {
  const home = tempFolder()

  /** Resolves once the node was asked for it. */
  async function asked (node: FakeChatNode, wanted: keyof FakeChatNode): Promise<void> {
    while (!node.calls.some(({ name }) => name === wanted)) await settle()
  }

  it('ends at a signal, with 0, though its input goes on', async () => {
    const node = new FakeChatNode()
    const interruption = new Interruption()
    const running = run(['shell'], { home: home(), node, interruption })
    await node.listenedTo()
    interruption.interrupt(143)
    assert.equal((await running).status, 0)
    assert.equal(node.running, false)
  })

  it('ends at a signal while a command waits', async () => {
    const node = new FakeChatNode({ safetyNumber: never })
    const interruption = new Interruption()
    const running = run(['shell'], { home: home(), node, interruption, stdin: 'verify bob\nSEND bob never said\n' })
    await asked(node, 'safetyNumber')
    interruption.interrupt(143)
    assert.equal((await running).status, 0)
    assert.ok(!node.calls.some(({ name }) => name === 'send'))
  })

  it('ends at a signal while what it sent is not stored yet', async () => {
    const node = new FakeChatNode({ wait: never })
    const interruption = new Interruption()
    const running = run(['shell'], { home: home(), node, interruption, stdin: 'SEND bob hi\n' })
    await asked(node, 'wait')
    interruption.interrupt(143)
    assert.equal((await running).status, 0)
  })

  it('ends when nobody reads any more', async () => {
    const node = new FakeChatNode()
    const gone = new Writable({ write: (_chunk, _encoding, done) => { done(Object.assign(new Error('Nobody reads.'), { code: 'EPIPE' })) } })
    const stdin = new PassThrough()
    stdin.write('whoami\n')
    const io = { stdin, stdout: gone, stderr: new PassThrough(), env: { P2PCHAT_HOME: home() } }
    assert.equal(await main(['shell'], { io, createNode: async () => node, interruption: new Interruption() }), 0)
    assert.equal(node.running, false)
  })
})
