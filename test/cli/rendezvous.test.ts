import assert from 'node:assert/strict'
import { join } from 'node:path'
import { run } from './helpers/run.js'
import { tempFolder } from './helpers/temp-folder.js'

describe('rendezvous', () => {
  const folder = tempFolder()

  it('takes its token from the environment, as all of a machine see its arguments; an option comes first', async () => {
    const argv = ['rendezvous', '--data', join(folder(), 'server'), '--listen', '/ip4/127.0.0.1/tcp/0', '--log', 'silent', '--until-stdin-ends']
    const refused = async (options: string[], P2PCHAT_JOIN: string): Promise<string> => (await run([...argv, ...options], { home: folder(), stdin: '', env: { P2PCHAT_JOIN } })).stderr
    assert.match(await refused([], 'of the environment'), /A token starts with/)
    assert.match(await refused(['--join', 'p2pchat:abc'], 'of the environment'), /address of a pool/)
    assert.equal(await refused([], ''), '', 'an empty one is none')
  })
})
