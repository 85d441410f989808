import { isP2pChatError } from '../../../src/errors.js'
import type { Roster, RosterHistory } from '../../../src/overlay/index.js'
import { removeServer } from '../../../src/rendezvous/admin/removal.js'
import type { RosterChange } from '../../../src/rendezvous/consensus/index.js'
import { Invites } from '../../../src/rendezvous/join/index.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'
import { fakeOpaque } from '../../rendezvous/helpers/fake-opaque.js'
import { serverIdentity } from './identities.js'
import type { PoolBug } from './pool-bugs.js'
import { PoolServer } from './pool-server.js'
import type { PoolWorld } from './world.js'

const maxServers = 6
const freezeMs = 30_000

/** Whoever owns the machines: starts and stops them, and has servers join, be emptied, go and vote. */
export class PoolOperator {
  /** All that ever were, by PeerId. */
  readonly all = new Map<string, PoolServer>()
  /** How many servers kept mail by each version of the roster. */
  readonly membersAt = new Map<number, number>()
  /** PeerIds of all that ever were in the roster. */
  readonly #listed = new Set<string>()
  readonly #replaced = new Set<PoolServer>()
  #nextNumber = 1
  /** Changes of the roster that were asked for. */
  changes = 0
  #changing = 0

  /** @param onFailure told of what an operator may not see */
  constructor (private readonly world: PoolWorld, private readonly random: SeededRandom, readonly first: RosterHistory, private readonly bug: PoolBug | undefined, private readonly onFailure: (error: unknown) => void) {
    this.#noteMembers(first.newest)
    for (let count = 0; count < first.newest.servers.length; count++) this.#addMachine()
  }

  /** Machines that are switched on now and then: those of the newest roster, and those that are about to join. */
  get machines (): PoolServer[] {
    return [...this.all.values()].filter(({ node }) => this.world.nodes.has(node.name))
  }

  /** Those that can be asked something. */
  get able (): PoolServer[] {
    return this.machines.filter(({ running }) => running !== undefined)
  }

  /** Also when those who know of it are down. */
  get roster (): Roster {
    return this.machines.map(({ roster }) => roster).reduce((newest, one) => one.version > newest.version ? one : newest)
  }

  get isChanging (): boolean {
    return this.#changing > 0
  }

  /** Servers of the roster whose disk is lost, damaged or of the past. */
  get spoiled (): PoolServer[] {
    const { servers } = this.roster
    return this.machines.filter(({ isSpoiled, peerId }) => isSpoiled && servers.some((server) => server.peerId === peerId))
  }

  async start (server: PoolServer): Promise<void> {
    server.node.disk.isFull = false
    await this.world.until(server.node.start())
  }

  freeze (server: PoolServer): void {
    server.node.freeze()
    this.world.after(freezeMs, () => { server.node.thaw() })
  }

  // ---- the roster

  /** One change of the roster, if one can be made now. */
  changeSomething (): void {
    const { servers } = this.roster
    const members = servers.filter(({ state }) => state === 'member')
    const what = this.random.pick(['join', 'join', 'drain', 'drain', 'remove', 'remove', 'acceptors'] as const)
    if (what === 'join' && servers.length < maxServers) this.join()
    else if (what === 'drain' && members.length > 3) this.#try([{ kind: 'state', peerId: this.random.pick(members).peerId, state: 'draining' }])
    else if (what === 'remove') this.removeDrained()
    else if (what === 'acceptors') this.#chooseAcceptors()
  }

  /** A new machine, which enters the roster as a learner; the servers themselves make it a member and have it vote. */
  join (): PoolServer {
    const server = this.#addMachine()
    this.world.log(`${server.name} joins`)
    server.node.start().catch((error: unknown) => {
      // Its disk may be full by now: then it does not come up, and is started again.
      if (!isP2pChatError(error, 'ERR_STORE_IO')) this.onFailure(error)
    })
    this.#try([entryOf(server)])
    return server
  }

  /** As an operator does it: some server says that one may go. Then its disk is erased. */
  removeDrained (): void {
    const { version, servers } = this.roster
    for (const { peerId, state } of servers) {
      if (state !== 'draining' || !this.able.some(({ running, roster }) => roster.version === version && running?.mail.drain(peerId).mayBeRemoved === true)) continue
      this.#remove(peerId)
      return
    }
  }

  /** Takes the next spoiled server out; another one has come in its place, or comes now. */
  replaceSpoiled (): void {
    for (const server of this.spoiled) {
      if (!this.#replaced.has(server)) {
        this.#replaced.add(server)
        this.world.log(`${server.name} has to be replaced`)
        if (this.roster.servers.length < maxServers) this.join()
      }
      this.#remove(server.peerId)
    }
  }

  /** Who is no server any more is switched off, and forgotten; who could not join tries again. */
  tidyUp (): void {
    const { servers } = this.roster
    for (const server of this.machines) {
      if (servers.some(({ peerId }) => peerId === server.peerId)) continue
      if (!this.#listed.has(server.peerId)) {
        this.#try([entryOf(server)])
        continue
      }
      this.world.log(`${server.name} is switched off for good`)
      server.node.crash()
      this.world.nodes.delete(server.name)
    }
  }

  #addMachine (): PoolServer {
    const { world, first, all, bug } = this
    const server = new PoolServer({ world, number: this.#nextNumber++, first, all, bug, onRoster: (roster) => { this.#noteMembers(roster) } })
    all.set(serverIdentity(this.#nextNumber - 1).peerId, server)
    return server
  }

  #noteMembers ({ version, servers }: Roster): void {
    for (const { peerId } of servers) this.#listed.add(peerId)
    this.membersAt.set(version, servers.filter(({ state }) => state === 'member').length)
  }

  /** Some of the members; the servers choose again as they see fit. */
  #chooseAcceptors (): void {
    const members = this.roster.servers.filter(({ state, peerId }) => state === 'member' && this.all.get(peerId)?.isSpoiled === false && this.all.get(peerId)?.running !== undefined).map(({ peerId }) => peerId)
    const size = this.random.pick([1, 2, 3, 3, 5])
    const peerIds: string[] = []
    while (peerIds.length < Math.min(size, members.length)) {
      const peerId = this.random.pick(members)
      if (!peerIds.includes(peerId)) peerIds.push(peerId)
    }
    if (peerIds.length > 0) this.#try([{ kind: 'acceptors', peerIds }])
  }

  #remove (peerId: string): void {
    this.#attempt(`removes ${this.all.get(peerId)?.name ?? '?'}`, async (server) => {
      const { running } = server
      if (running === undefined) return
      const { consensus, links, process: { clock } } = running
      await removeServer({
        invites: new Invites({ registers: consensus.registers, clock, random: this.random }),
        isThere: (other) => other === server.peerId || links.isLinked(other),
        history: () => consensus.roster.history,
        change: async (change) => await consensus.changer.change(change),
        registers: consensus.registers,
        opaque: fakeOpaque()
      }, peerId)
    }, peerId)
  }

  #try (changes: readonly RosterChange[]): void {
    this.#attempt(`changes the roster: ${changes.map(({ kind }) => kind).join(', ')}`, async ({ running }) => {
      for (const change of changes) await running?.consensus.changer.change(change)
    })
  }

  /** At some server; when that dies over it, or cannot, somebody else may go on later. */
  #attempt (what: string, task: (server: PoolServer) => Promise<void>, notAt?: string): void {
    const { servers } = this.roster
    const able = this.able.filter(({ peerId, isSpoiled }) => !isSpoiled && peerId !== notAt && servers.some((server) => server.peerId === peerId))
    if (able.length === 0 || this.#changing > 0) return
    const server = this.random.pick(able)
    this.changes++
    this.#changing++
    this.world.log(`${server.name} ${what}`)
    Promise.race([task(server), server.node.process?.died]).catch((error: unknown) => {
      if (isP2pChatError(error)) this.world.log(`${server.name} could not: ${error.code}`)
      else this.onFailure(error)
    }).finally(() => { this.#changing-- }).catch(() => {})
  }
}

function entryOf ({ peerId, serverKey, address }: PoolServer): RosterChange {
  return { kind: 'add', server: { peerId, serverKey, addresses: [address] } }
}
