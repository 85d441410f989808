import assert from 'node:assert/strict'
import { diagnose, type DoctorView } from '../../../src/rendezvous/admin/doctor.js'
import { decodeFigures, encodeFigures } from '../../../src/rendezvous/admin/figures.js'
import type { PoolStatus, ServerStatus } from '../../../src/rendezvous/index.js'
import { readRosterHistory } from '../../../src/overlay/index.js'
import { poolStatus, serverFigures, serverStatus } from '../../cli/helpers/fake-pool-admin.js'
import { makeChain } from '../../overlay/pool/roster-chain.js'
import { firstHistory, peerIdOf } from '../consensus/servers.js'

const nowMs = serverFigures().nowMs

function view (servers: ServerStatus[], change: Partial<PoolStatus> = {}, more: Partial<DoctorView> = {}): DoctorView {
  return { status: poolStatus(servers, change), history: firstHistory([1, 2, 3]), nowMs, notReached: [], drained: [], ...more }
}

const three = (change: Partial<ServerStatus> = {}): ServerStatus[] => [serverStatus(1, { self: true }), serverStatus(2, change), serverStatus(3)]
const codes = (given: DoctorView): string[] => diagnose(given).map(({ severity, code }) => `${severity} ${code}`)

describe('doctor', () => {
  it('finds nothing at a pool that is well', () => {
    assert.deepEqual(diagnose(view(three())), [])
  })

  it('says what is the matter with a server', () => {
    assert.deepEqual(codes(view(three({ figures: null }))), ['problem server-silent'])
    assert.deepEqual(codes(view(three({ figures: serverFigures({ vote: 'retired' }) }))), ['problem disk-retired'])
    assert.deepEqual(codes(view([serverStatus(1, { self: true, figures: serverFigures({ distrusted: [peerIdOf(2)] }) }), serverStatus(2), serverStatus(3)])), ['problem disk-distrusted'])
    assert.deepEqual(codes(view(three({ figures: serverFigures({ freeDiskBytes: 1024 }) }))), ['problem disk-full'])
    assert.deepEqual(codes(view(three({ figures: serverFigures({ closedVersion: 6 }) }))), ['advice handing-over'])
    assert.deepEqual(codes(view(three({ state: 'draining' }), {}, { drained: [peerIdOf(2)] })), ['advice two-servers', 'advice drained'])
    assert.deepEqual(codes(view(three(), {}, { notReached: ['/ip4/10.0.0.1/tcp/4001'] })), ['problem not-reachable'])
  })

  it('has the next restart wait until the server before votes again', () => {
    assert.deepEqual(codes(view(three({ figures: serverFigures({ vote: 'none' }) }))), ['problem not-voting'])
    assert.deepEqual(codes(view(three({ figures: serverFigures({ vote: 'none' }), acceptor: false }))), [], 'one that is not to vote')
  })

  it('tells clocks that are apart, and which way', () => {
    const [ahead] = diagnose(view(three({ figures: serverFigures({ nowMs: nowMs + 60_000 }) })))
    assert.match(ahead?.text ?? '', /^Server 2 has a clock that is 60 seconds ahead/)
    const [behind] = diagnose(view(three({ figures: serverFigures({ nowMs: nowMs - 6_000 }) })))
    assert.match(behind?.text ?? '', /6 seconds behind/)
    assert.deepEqual(codes(view(three({ figures: serverFigures({ nowMs: nowMs + 4_000 }) }))), [])
  })

  it('says what is the matter with the pool, problems first', () => {
    assert.deepEqual(codes(view([serverStatus(1)])), ['advice one-server'])
    assert.deepEqual(codes(view([serverStatus(1, { state: 'draining' })])), ['problem none-storing'])
    assert.deepEqual(codes(view([serverStatus(1), serverStatus(2)])), ['advice two-servers'])
    assert.deepEqual(codes(view(three(), { canDecide: false })), ['problem no-majority'])
    assert.deepEqual(codes(view(three(), { phase: 'joint' })), ['problem change-unfinished'])
    assert.deepEqual(codes(view(three(), { underReplicated: 3 })), ['problem under-replicated'])
    assert.deepEqual(codes(view(three(), { filesUnderReplicated: 1, fileBytesLeft: 5 })), ['problem under-replicated'])
    assert.deepEqual(codes(view(three({ figures: serverFigures({ version: '0.2.0' }) }))), ['advice version-mix'])
  })

  it('knows from the rosters alone that a removal is half done', () => {
    const { chain, poolId } = makeChain([{ servers: [1, 2, 3], signers: [1, 2, 3] }, { servers: [1, 2], signers: [1, 2] }])
    assert.deepEqual(codes(view(three(), {}, { history: readRosterHistory(poolId, chain) })), ['problem setup-old'])
    const done = makeChain([{ servers: [1, 2, 3], signers: [1, 2, 3] }, { servers: [1, 2], signers: [1, 2] }, { servers: [1, 2], signers: [1, 2], change: (roster) => { roster.opaqueSetupVersion = 2 } }])
    assert.deepEqual(codes(view(three(), {}, { history: readRosterHistory(done.poolId, done.chain) })), [])
  })
})

describe('figures on the wire', () => {
  it('come out as they went in', () => {
    const figures = serverFigures({ distrusted: [peerIdOf(1)], vote: 'retired' })
    assert.deepEqual(decodeFigures(encodeFigures(figures)), figures)
  })

  it('are refused when they are too long or no numbers', () => {
    assert.throws(() => decodeFigures(new Uint8Array(20_000)), { code: 'ERR_LIMIT' })
    assert.throws(() => decodeFigures(Uint8Array.from([0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])), { code: 'ERR_INVALID_RECORD' })
  })
})
