import { P2pChatError } from '../../../src/errors.js'
import type { DrainStatus, Finding, MadeToken, PoolAdmin, PoolStatus, ServerFigures, ServerStatus } from '../../../src/rendezvous/index.js'
import { peerIdOf } from '../../rendezvous/consensus/servers.js'

export function serverFigures (change: Partial<ServerFigures> = {}): ServerFigures {
  return {
    nowMs: 1_700_000_000_000,
    version: '0.1.0',
    clients: 3,
    devices: 2,
    registers: 12,
    envelopes: 5,
    envelopeBytes: 2_048,
    blobs: 1,
    blobBytes: 1024 * 1024,
    freeDiskBytes: 40 * 1024 ** 3,
    rosterVersion: 7,
    closedVersion: 7,
    mailboxesInAll: 0,
    mailboxesLeft: 0,
    underReplicated: 0,
    filesUnderReplicated: 0,
    fileBytesLeft: 0,
    vote: 'voting',
    distrusted: [],
    ...change
  }
}

export function serverStatus (number: number, change: Partial<ServerStatus> = {}): ServerStatus {
  return { number, peerId: peerIdOf(number), self: false, state: 'member', acceptor: true, addresses: [`/ip4/10.0.0.${number}/tcp/4001/p2p/${peerIdOf(number)}`], figures: serverFigures(), ...change }
}

export function poolStatus (servers: ServerStatus[], change: Partial<PoolStatus> = {}): PoolStatus {
  return {
    poolId: 'a'.repeat(52),
    pool: `p2pchat:${'a'.repeat(52)}@/ip4/10.0.0.1/tcp/4001/p2p/${peerIdOf(1)}`,
    name: '',
    rosterVersion: 7,
    phase: 'settled',
    acceptors: 3,
    acceptorsUp: 3,
    canDecide: true,
    signUp: 'open',
    registers: 12,
    envelopes: 15,
    underReplicated: 0,
    mailboxesInAll: 0,
    mailboxesLeft: 0,
    filesUnderReplicated: 0,
    fileBytesLeft: 0,
    servers,
    ...change
  }
}

/** An operator's view of a pool of three, of which the first is asked. */
export class FakePoolAdmin implements PoolAdmin {
  servers = [serverStatus(1, { self: true }), serverStatus(2), serverStatus(3)]
  findings: Finding[] = []
  /** What drain answers, one after the other. */
  drains: Array<Partial<DrainStatus>> = [{}]
  readonly asked: unknown[][] = []
  refusal: P2pChatError | undefined

  async status (): Promise<PoolStatus> {
    return poolStatus(this.servers)
  }

  async invite (ttlMs: number): Promise<MadeToken> {
    this.#note('invite', ttlMs)
    return { token: 'p2pchat-join:abc', expiresAtMs: 1_700_000_000_000 }
  }

  isOpen = true
  async signUp (set?: string): Promise<'open' | 'closed'> {
    if (set !== undefined) {
      this.#note('signUp', set)
      if (set !== 'open' && set !== 'closed') throw new P2pChatError('ERR_USAGE', 'either open or closed')
      this.isOpen = set === 'open'
    }
    return this.isOpen ? 'open' : 'closed'
  }

  async drain (peerId: string): Promise<DrainStatus> {
    this.#note('drain', peerId)
    const next = this.drains.length > 1 ? this.drains.shift() : this.drains[0]
    return { peerId, isDrained: true, reason: undefined, mailboxesInAll: 0, mailboxesLeft: 0, fileBytesLeft: 0, ...next }
  }

  async remove (peerId: string, { force }: { force: boolean }): Promise<void> {
    this.#note('remove', peerId, force)
  }

  async recover (lost: string[], recoveryKey: string): Promise<void> {
    this.#note('recover', lost, recoveryKey)
  }

  async doctor (): Promise<Finding[]> {
    return this.findings
  }

  #note (...call: unknown[]): void {
    this.asked.push(call)
    if (this.refusal !== undefined) throw this.refusal
  }
}
