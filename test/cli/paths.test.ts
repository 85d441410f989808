import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { dataFolder, homeFolder, poolFolder, serverFolder } from '../../src/cli/paths.js'

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

  it('are in the place that each platform has for data', () => {
    const user = (): string => '/home/alice'
    assert.equal(dataFolder({}, 'linux', user), '/home/alice/.local/share/p2pchat')
    assert.equal(dataFolder({ XDG_DATA_HOME: '/data' }, 'linux', user), '/data/p2pchat')
    assert.equal(dataFolder({ XDG_DATA_HOME: 'data' }, 'freebsd', user), '/home/alice/.local/share/p2pchat', 'relative ones are ignored')
    assert.equal(dataFolder({ XDG_DATA_HOME: '/data' }, 'darwin', user), '/home/alice/Library/Application Support/p2pchat')
    assert.equal(dataFolder({}, 'win32', user), '/home/alice/AppData/Local/p2pchat/Data')
    assert.equal(dataFolder({ LOCALAPPDATA: '/appdata' }, 'win32', user), '/appdata/p2pchat/Data')
  })

  it('are asked for where the user has none, and only then', () => {
    const unknown = (): string => { throw new Error('uv_os_homedir returned ENOENT') }
    for (const user of [unknown, () => '', () => 'somewhere']) assert.throws(() => dataFolder({}, 'linux', user), { code: 'ERR_USAGE', message: /--home or --data/ })
    assert.equal(dataFolder({ XDG_DATA_HOME: '/data' }, 'linux', unknown), '/data/p2pchat')
  })
})
