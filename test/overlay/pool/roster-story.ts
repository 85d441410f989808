import fc from 'fast-check'
import { RosterPhase, ServerState } from '../../../src/protocol/enums.js'
import { RECOVERY, type VersionInit } from './roster-chain.js'

interface Server { number: number, state: number, acceptor: boolean, nextAcceptor: boolean, port: number }
interface Pool { servers: Server[], phase: number, setup: number, version: number, made: number }

const KINDS = ['addresses', 'addresses', 'join', 'join', 'member', 'drain', 'remove', 'vote', 'vote', 'take-back', 'setup', 'recover'] as const

/** What happens to a pool's list, one thing a version; what cannot be at that point changes nothing but an address. */
export const rosterStories = fc.array(fc.record({ kind: fc.constantFrom(...KINDS), at: fc.nat(20), signers: fc.nat(2) }), { maxLength: 40 })
  .map((happenings) => {
    let pool: Pool = { servers: [{ number: 1, state: ServerState.MEMBER, acceptor: true, nextAcceptor: false, port: 1 }], phase: RosterPhase.SETTLED, setup: 1, version: 1, made: 1 }
    const versions = [versionOf(pool, [1])]
    for (const { kind, at, signers } of happenings) {
      const before = pool
      pool = after(before, kind, at)
      const voters = before.servers.filter(({ acceptor }) => acceptor).map(({ number }) => number)
      // A majority is enough, except while a pool recovers.
      const few = Math.floor(voters.length / 2) + 1
      versions.push(versionOf(pool, kind === 'recover' ? [RECOVERY] : before.phase === RosterPhase.RECOVERING ? voters : voters.slice(0, few + signers)))
    }
    return versions
  })

function after (pool: Pool, kind: typeof KINDS[number], at: number): Pool {
  const next: Pool = { ...pool, version: pool.version + 1, servers: pool.servers.map((server) => ({ ...server })) }
  const { servers } = next
  const one = servers[at % servers.length]
  if (one === undefined) throw new Error('A pool has a server.')
  if (kind === 'recover') {
    const voters = servers.filter(({ acceptor }) => acceptor)
    for (const [index, server] of voters.entries()) server.acceptor = index === at % voters.length
    for (const server of servers) server.nextAcceptor = false
    return { ...next, phase: RosterPhase.RECOVERING }
  }
  if (pool.phase !== RosterPhase.SETTLED) {
    for (const server of servers) {
      if (pool.phase === RosterPhase.JOINT && kind !== 'take-back') server.acceptor = server.nextAcceptor
      server.nextAcceptor = false
    }
    return { ...next, phase: RosterPhase.SETTLED }
  }
  switch (kind) {
    case 'join': return { ...next, made: pool.made + 1, servers: [...servers, { number: pool.made + 1, state: ServerState.LEARNER, acceptor: false, nextAcceptor: false, port: 1 }] }
    case 'member': if (one.state === ServerState.LEARNER) one.state = ServerState.MEMBER; break
    case 'drain': one.state = ServerState.DRAINING; break
    case 'remove': if (!one.acceptor) return { ...next, servers: servers.filter((server) => server !== one) }; break
    case 'vote': {
      for (const server of servers.slice(at % servers.length).slice(0, 3)) server.nextAcceptor = true
      return { ...next, phase: RosterPhase.JOINT }
    }
    case 'setup': return { ...next, setup: pool.version }
    case 'addresses':
    case 'take-back':
  }
  one.port++
  return next
}

function versionOf ({ servers, phase, setup }: Pool, signers: number[]): VersionInit {
  return {
    servers: servers.map(({ number }) => number),
    signers,
    change: (roster) => {
      roster.phase = phase
      roster.opaqueSetupVersion = setup
      for (const [index, server] of roster.servers.entries()) {
        const { state, acceptor, nextAcceptor, port } = servers[index] ?? {}
        Object.assign(server, { state, acceptor, nextAcceptor, addresses: [`/ip4/127.0.0.1/tcp/${port}`] })
      }
    }
  }
}
