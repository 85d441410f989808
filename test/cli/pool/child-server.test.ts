import assert from 'node:assert/strict'
import { startChildServer, type ChildServer } from '../../../src/cli/pool/child-server.js'
import { systemClock } from '../../../src/runtime.js'

const READY = { event: 'ready', pool: 'p2pchat:abc', join: 'p2pchat-join:abc', peerId: '12D3KooWx', addresses: ['/ip4/127.0.0.1/tcp/1'], pid: 7 }
/** Goes on until its standard input ends. */
const ENDS = 'process.stdin.resume().on(\'end\', () => process.exit(0));'

describe('a server as a child process', () => {
  const logged: string[] = []
  /** A program that does `code` instead. */
  const start = (code: string, stopTimeoutMs?: number): ChildServer => startChildServer({
    clock: systemClock,
    env: { PATH: process.env.PATH },
    program: [process.execPath, '-e', code],
    args: ['--data', 'folder'],
    onLog: (line) => { logged.push(line) },
    ...(stopTimeoutMs === undefined ? {} : { stopTimeoutMs })
  })
  beforeEach(() => { logged.length = 0 })

  it('is told how to run and end, and tells when it is ready', async () => {
    const child = start(`console.error(process.argv.slice(1).join(' ')); console.log('no JSON'); console.log('{"event":"ready"}'); console.log('${JSON.stringify(READY)}'); ${ENDS}`)
    const { event: _, ...expected } = READY
    assert.deepEqual(await child.ready, expected)
    await child.stop()
    assert.equal(await child.ended, undefined)
    assert.deepEqual(logged, ['rendezvous --data folder --until-stdin-ends --json'])
    await child.stop()
  })

  it('fails with the error that it tells', async () => {
    const child = start('console.log(\'{"event":"error","code":"ERR_STORE_LOCKED","message":"Another one runs."}\'); process.exitCode = 1')
    await assert.rejects(child.ready, { code: 'ERR_STORE_LOCKED', message: 'Another one runs.' })
    assert.equal((await child.ended)?.code, 'ERR_STORE_LOCKED')
  })

  it('fails when it ends without a word, or cannot be started', async () => {
    await assert.rejects(start('process.exitCode = 3').ready, { code: 'ERR_UNREACHABLE', message: /ended with 3/ })
    const missing = startChildServer({ clock: systemClock, env: {}, program: ['/no/such/program'], args: [], onLog: () => {} })
    await assert.rejects(missing.ready, { code: 'ERR_UNREACHABLE' })
  })

  it('tells why it ended when it does so later', async () => {
    const child = start(`console.log('${JSON.stringify(READY)}'); console.log('{"event":"error","code":"ERR_NOT_IN_POOL","message":"Removed."}')`)
    await child.ready
    assert.equal((await child.ended)?.code, 'ERR_NOT_IN_POOL')
  })

  it('is killed when it does not end', async () => {
    const child = start(`console.log('${JSON.stringify(READY)}'); setInterval(() => {}, 1000)`, 100)
    await child.ready
    await child.stop()
    await child.ended
  })
})
