import assert from 'node:assert/strict'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { servePoolControl, type ControlServer } from '../../src/cli/control/index.js'
import { whichServer } from '../../src/cli/pool/which-server.js'
import { freeNumber } from '../../src/cli/pool/up-record.js'
import { isSettled } from '../../src/cli/pool/local-pool.js'
import { P2pChatError } from '../../src/errors.js'
import { systemClock } from '../../src/runtime.js'
import { peerIdOf } from '../rendezvous/consensus/servers.js'
import { FakePoolAdmin, poolStatus, serverFigures, serverStatus } from './helpers/fake-pool-admin.js'
import { run, type Ran } from './helpers/run.js'
import { tempFolder } from './helpers/temp-folder.js'

describe('pool …', () => {
  const folder = tempFolder()
  let admin: FakePoolAdmin
  let servers: ControlServer[] = []
  beforeEach(() => { admin = new FakePoolAdmin() })
  afterEach(async () => {
    for (const server of servers) await server.close()
    servers = []
  })

  async function serve (served = admin, data = folder()): Promise<void> {
    await mkdir(data, { recursive: true })
    servers.push(await servePoolControl({ admin: served, clock: systemClock, folder: data, env: {} }))
  }
  const pool = async (...argv: string[]): Promise<Ran> => await run(['pool', ...argv, '--data', folder()], { home: folder() })

  it('is asked through a socket that only its owner can open', async () => {
    await serve()
    assert.equal((await stat(join(folder(), 'control.sock'))).mode & 0o777, 0o600)
  })

  it('status: one line a server, and one for the pool', async () => {
    admin.servers[2] = serverStatus(3, { figures: null, state: 'draining', acceptor: false })
    await serve()
    const { status, stdout } = await pool('status')
    assert.equal(status, 0)
    assert.match(stdout, /^Pool p2pchat:a+@/)
    assert.match(stdout, /Roster 7; 3 of 3 that vote do; 12 registers/)
    assert.match(stdout, /^1 {2}● .* 2 clients {2,}5 envelopes, 1 MiB {2}40 GiB free {2}10\.0\.0\.1:4001 \(this server\)$/m)
    assert.match(stdout, /^3 {2}○ .* draining .* does not answer .* 10\.0\.0\.3:4001$/m)
    const { events } = await pool('status', '--json')
    assert.deepEqual(events.map(({ event, number }) => number ?? event), ['pool-status', 1, 2, 3])
    assert.equal(events[0]?.servers, undefined)
  })

  it('invite: the token alone on standard output', async () => {
    await serve()
    const { stdout, stderr } = await pool('invite', '--expires', '10m')
    assert.equal(stdout, 'p2pchat-join:abc\n')
    assert.match(stderr, /Good for one server until/)
    assert.deepEqual(admin.asked, [['invite', 600_000]])
    const { events } = await pool('invite', '--json')
    assert.deepEqual(events, [{ event: 'token', token: 'p2pchat-join:abc', expiresAt: '2023-11-14T22:13:20.000Z' }])
    assert.equal((await pool('invite', '--expires', 'soon')).status, 2)
  })

  it('sign-up: shows and sets it', async () => {
    await serve()
    assert.match((await pool('sign-up')).stdout, /takes new accounts/)
    assert.match((await pool('sign-up', 'closed')).stdout, /takes no new accounts/)
    assert.deepEqual((await pool('sign-up', '--json')).events, [{ event: 'sign-up', state: 'closed' }])
    assert.deepEqual(admin.asked, [['signUp', 'closed']])
    assert.equal((await pool('sign-up', 'ajar')).status, 2)
  })

  it('drain: tells how far it is until it is done', async () => {
    admin.drains = [{ isDrained: false, reason: 'it still votes' }, { isDrained: true }]
    await serve()
    const { status, events } = await pool('drain', '2', '--json')
    assert.equal(status, 0)
    assert.deepEqual(events.map(({ isDrained }) => isDrained), [false, true])
    assert.deepEqual(admin.asked, [['drain', peerIdOf(2)], ['drain', peerIdOf(2)]])
  })

  it('drain: ends with 9 when it takes longer than one wants to wait', async () => {
    admin.drains = [{ isDrained: false, reason: 'taking over', mailboxesLeft: 3, mailboxesInAll: 7 }]
    await serve()
    const { status, stdout, stderr } = await pool('drain', '2', '--timeout', '0')
    assert.deepEqual([status, stdout], [9, '3 of 7 mailboxes are left to hand over\n'])
    assert.match(stderr, /goes on/)
  })

  it('remove: by number or the beginning of a PeerId, and never guesses', async () => {
    await serve()
    const part = peerIdOf(3).slice(8, 14)
    assert.equal((await pool('remove', '3')).status, 0)
    assert.equal((await pool('remove', part)).status, 0)
    assert.deepEqual(admin.asked, [['remove', peerIdOf(3), false], ['remove', peerIdOf(3), false]])
    assert.equal((await pool('remove', '4')).status, 5)
    assert.equal((await pool('remove', 'zzz')).status, 5)
    assert.equal((await pool('remove', '12D3')).status, 2)
    assert.equal(admin.asked.length, 2)
  })

  it('remove --force: takes one that answers by its whole PeerId only, as a number names another one once the list has changed', async () => {
    await serve()
    const refused = await pool('remove', '3', '--force')
    assert.equal(refused.status, 6)
    assert.match(refused.stderr, new RegExp(`Server 3 answers.*pool drain 3.*pool remove ${peerIdOf(3)} --force`))
    assert.deepEqual(admin.asked, [])
    assert.equal((await pool('remove', peerIdOf(3), '--force')).status, 0)
    admin.servers[2] = serverStatus(3, { figures: serverFigures({ vote: 'retired' }) })
    assert.equal((await pool('remove', '3', '--force')).status, 0)
    admin.servers[2] = serverStatus(3)
    admin.servers[1] = serverStatus(2, { figures: serverFigures({ distrusted: [peerIdOf(3)] }) })
    assert.equal((await pool('remove', '3', '--force')).status, 0)
    assert.equal(admin.asked.length, 3)
  })

  it('remove: tells the PeerId before anything is done, as the number names another server when it is given again', async () => {
    admin.refusal = new P2pChatError('ERR_UNREACHABLE', 'Too few servers answer.')
    await serve()
    assert.match((await pool('remove', '2')).stderr, new RegExp(`^To take out: ${peerIdOf(2)}\\. If this is cut off, .*\nToo few servers answer`))
  })

  it('remove: is said to another server than the one that goes', async () => {
    const other = new FakePoolAdmin()
    other.servers = [serverStatus(1), serverStatus(2, { self: true }), serverStatus(3)]
    await serve(admin, join(folder(), '1'))
    await serve(other, join(folder(), '2'))
    assert.equal((await pool('remove', '1')).status, 0)
    assert.deepEqual([admin.asked, other.asked], [[], [['remove', peerIdOf(1), false]]])
  })

  it('recover: wants the key in a file, and who is lost', async () => {
    await serve()
    const key = join(folder(), 'recovery-key')
    assert.equal((await pool('recover', '--lost', '2')).status, 2)
    await writeFile(key, '# The recovery key\nhello\n')
    assert.equal((await pool('recover', '--lost', '2', '--key', key)).status, 2)
    await writeFile(key, `# The recovery key\n#\n${'ab'.repeat(32)}\n`)
    assert.equal((await pool('recover', '--lost', '2', '--lost', '3', '--key', key)).status, 0)
    assert.deepEqual(admin.asked, [['recover', [peerIdOf(2), peerIdOf(3)], 'ab'.repeat(32)]])
  })

  it('says what the server says, with its exit status', async () => {
    admin.refusal = new P2pChatError('ERR_NOT_PERMITTED', 'Server 2 still keeps mail.')
    await serve()
    const { status, stderr } = await pool('remove', peerIdOf(2))
    assert.deepEqual([status, stderr], [6, 'Server 2 still keeps mail.\n'])
  })

  it('doctor: what is the matter and what to do, or that all is well', async () => {
    await serve()
    assert.equal((await pool('doctor')).stdout, 'All is well.\n')
    admin.findings = [{ severity: 'problem', code: 'server-silent', peerId: peerIdOf(2), text: 'Server 2 does not answer.', advice: 'Start it.' }, { severity: 'advice', code: 'two-servers', peerId: null, text: 'There are two.', advice: 'Add one.' }]
    assert.equal((await pool('doctor')).stdout, 'Problem: Server 2 does not answer.\n  Start it.\nAdvice: There are two.\n  Add one.\n1 problem found.\n')
    assert.deepEqual((await pool('doctor', '--json')).events.at(-1), { event: 'doctor', problems: 1, advice: 1 })
    admin.findings = admin.findings.slice(1)
    assert.equal((await pool('doctor')).stdout, 'Advice: There are two.\n  Add one.\nNothing is broken.\n')
  })

  it('ends with 4 when no server runs there', async () => {
    for (const argv of [['status'], ['invite'], ['doctor'], ['drain', '1'], ['remove', '1']]) {
      const { status, stderr } = await pool(...argv)
      assert.equal(status, 4, argv.join(' '))
      assert.match(stderr, /No server runs with its data in .*--data/)
    }
  })

  it('up: wants a number', async () => {
    for (const count of ['0', 'three', '51']) assert.equal((await pool('up', count)).status, 2)
  })
})

describe('which server is meant', () => {
  const servers = [1, 2, 3].map((number) => ({ number, peerId: peerIdOf(number) }))

  it('takes a number, a PeerId, and what only one begins with', () => {
    assert.equal(whichServer('2', servers), peerIdOf(2))
    assert.equal(whichServer(peerIdOf(3), servers), peerIdOf(3))
    assert.equal(whichServer(peerIdOf(3).slice(0, 14), servers), peerIdOf(3))
    assert.equal(whichServer(peerIdOf(9), servers), peerIdOf(9))
  })

  it('refuses what none has, and what several have', () => {
    for (const word of ['0', '4', '', 'x']) assert.throws(() => whichServer(word, servers), { code: 'ERR_NOT_FOUND' })
    assert.throws(() => whichServer('12D3KooW', servers), { code: 'ERR_AMBIGUOUS' })
  })
})

describe('servers of pool up', () => {
  it('have numbers that are never used again', () => {
    assert.equal(freeNumber({ servers: [], removed: [] }), 1)
    assert.equal(freeNumber({ servers: [1, 2], removed: [3] }), 4)
  })

  it('are ready once nobody learns and those vote that should', () => {
    const three = [1, 2, 3].map((number) => serverStatus(number))
    assert.equal(isSettled(poolStatus(three)), true)
    assert.equal(isSettled(poolStatus(three, { acceptors: 1, acceptorsUp: 1 })), false)
    assert.equal(isSettled(poolStatus([...three.slice(0, 2), { ...three[2] ?? assert.fail(), state: 'draining' }])), true)
    assert.equal(isSettled(poolStatus(three, { phase: 'joint' })), false)
    assert.equal(isSettled(poolStatus(three, { acceptorsUp: 2 })), false)
    assert.equal(isSettled(poolStatus([...three, serverStatus(4, { state: 'learner', figures: serverFigures() })])), false)
  })
})
