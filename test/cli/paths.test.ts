import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { homeFolder, poolFolder, serverFolder } from '../../src/cli/paths.js'

describe('cli: folders', () => {
  it('are what is given, else what the variable says, else in the platform\'s place', () => {
    assert.equal(homeFolder('here', { P2PCHAT_HOME: '/there' }), resolve('here'))
    assert.equal(homeFolder(undefined, { P2PCHAT_HOME: '/there' }), resolve('/there'))
    assert.match(homeFolder(undefined, { P2PCHAT_HOME: '' }), /p2pchat.home$/)
    assert.equal(serverFolder('here'), resolve('here'))
    assert.match(serverFolder(undefined), /p2pchat.server$/)
    assert.match(poolFolder(undefined), /p2pchat.pool$/)
  })

  it('are never the one that somebody happens to be in because a script\'s variable is empty', () => {
    assert.throws(() => homeFolder('', { P2PCHAT_HOME: '/there' }), { code: 'ERR_USAGE' })
    for (const folder of [serverFolder, poolFolder]) assert.throws(() => folder(''), { code: 'ERR_USAGE' })
  })
})
