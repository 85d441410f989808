/** Puts one member of a pool together; nothing else does. */
import { ed25519KeyPair } from '../../crypto/ed25519.js'
import { asP2pChatError, isP2pChatError, type P2pChatError } from '../../errors.js'
import { formatPoolAddress, isMultiaddrText, peerIdFromEd25519, readRosterHistory, signRoster, votersOf, type Network, type Prober, type Roster, type RosterHistory } from '../../overlay/index.js'
import type { BulkService, BulkStream, RequestHandler } from '../../overlay/network.js'
import { POOL_PROTOCOL, SERVER_BLOB_PROTOCOL } from '../../protocol/ids.js'
import { SERVER_PROTOCOL } from '../../protocol/ids.js'
import { maxAddresses } from '../../protocol/limits.js'
import { deadline, raceSignal, type Clock, type EndOfTurn, type Logger, type Random } from '../../runtime.js'
import type { OpaqueServer } from '../../crypto/opaque/server.js'
import type { BlobDisk, KeyValueStore } from '../../store/index.js'
import { adminHandlers, createPoolAdmin, ownFigures, probeTcp, type PoolAdmin } from '../admin/index.js'
import { createPoolBlobs, defaultBlobReplicationLimits, type PoolBlobs } from '../blob-replication/index.js'
import { maxBlobFrameBytes } from '../blobs/limits.js'
import { StoreBlobs } from '../blobs/store-blobs.js'
import { createConsensus, type Consensus, type RosterChange } from '../consensus/index.js'
import { admissionHandlers, Invites, Secrets, tokenLookTimeoutMs } from '../join/index.js'
import { HomeService } from '../home/index.js'
import type { RendezvousLimits } from '../limits.js'
import type { ServerLinks } from '../links/index.js'
import { createStoreMailboxes } from '../mailboxes/store-mailboxes.js'
import { measuredMailboxes, measuredRegisters, noMetrics, type Metrics } from '../metrics/index.js'
import { saveChain, type Membership, type ServerIdentity } from '../pool/index.js'
import { Limiter } from '../rate/limiter.js'
import { createPoolMail, defaultReplicationLimits, type PoolMail, type ReplicationLimits } from '../replication/index.js'
import { createPoolService, type PoolService } from '../service.js'
import { derivedTables, deriveIndexes } from '../indexes.js'
import { SteadyClock } from '../steady-clock.js'
import { eachInTurn } from '../upkeep.js'
import { exchangeRosters, knownRosters } from './known-rosters.js'
import { goByTimeOfOthers, timeHandlers } from './pool-time.js'
import { RegisterUpkeep } from './register-upkeep.js'
import { Stewardship } from './stewardship.js'

export interface MemberComponents {
  store: KeyValueStore
  blobDisk: BlobDisk
  identity: ServerIdentity
  membership: Membership
  /** Started, and serving `links`. */
  network: Network
  prober?: Prober | undefined
  links: ServerLinks
  /** Open channels of clients. */
  clients: () => number
  /** of the program */
  version: string
  clock: Clock
  /** Default: after the microtasks that are due. */
  endOfTurn?: EndOfTurn | undefined
  random: Random
  logger: Logger
  opaque: OpaqueServer
  limits: RendezvousLimits
  /** Default: noMetrics. */
  metrics?: Metrics | undefined
  /** Default: defaultReplicationLimits. */
  replicationLimits?: ReplicationLimits
}

export interface Member {
  readonly peerId: string
  readonly consensus: Consensus
  readonly mail: PoolMail
  readonly files: PoolBlobs
  readonly service: PoolService
  /** What clients may ask. */
  readonly requests: Record<string, RequestHandler>
  /** Streams of clients and of other servers, by protocol. */
  readonly bulk: Record<string, BulkService>
  readonly invites: Invites
  readonly admin: PoolAdmin
  /** The secret of the founder's token, while it can be used; undefined at any other server. */
  foundingSecret: () => Promise<Uint8Array | undefined>
  /** Answers other servers from the call on. Resolves once this server can be of use, which may take others. */
  start: () => Promise<void>
  /** Hands its clients over to other servers, if there are any: some seconds at most. What they ask meanwhile is answered. */
  leave: () => Promise<void>
  /** As leave, because the store takes no writes: who reaches none of the others is served on. */
  standBack: () => Promise<void>
  /** Removes what has expired, and brings to its place what is not there. To be called every few minutes. */
  sweep: () => Promise<void>
  stop: () => Promise<void>
}

export async function createMember (components: MemberComponents): Promise<Member> {
  const { store, identity, membership, network, links, clock, random, logger, limits, metrics = noMetrics } = components
  const self = peerIdFromEd25519(ed25519KeyPair(identity.seed).publicKey)
  const ask = async (peerId: string, method: string, body: Uint8Array): Promise<Uint8Array> => await links.ask(peerId, method, body)
  const poolAddressesOf = (peerIds: readonly string[]): string[] => consensus.roster.roster.servers
    .filter(({ peerId }) => peerIds.includes(peerId))
    .map((server) => server.addresses.filter(isMultiaddrText))
    .filter((addresses) => addresses.length > 0)
    .map((addresses) => formatPoolAddress({ poolId: membership.poolId, addresses: addresses.slice(0, maxAddresses) }))

  const consensus: Consensus = createConsensus({
    self,
    store,
    clock,
    random,
    logger,
    history: readRosterHistory(membership.poolId, membership.chain),
    saveChain: async (chain) => { await saveChain(store, chain) },
    sign: (roster) => signRoster(identity.seed, roster).signature,
    derive: deriveIndexes,
    derivedTables,
    call: ask,
    alternatives: () => poolAddressesOf(links.others()),
    onVote: metrics.vote,
    onRetired: () => { notBelieved() }
  })
  const times = await SteadyClock.load(store, clock)
  const rosters = knownRosters(consensus.roster, links, clock)
  const isDiskOld = (): boolean => consensus.life.state === 'retired'
  const mail = await createPoolMail({
    peerId: self,
    store,
    localMailboxes: createStoreMailboxes({ store, clock, times, limits }),
    rosters,
    ask: async (peerId, method, body) => await ask(peerId, method, body).catch((error: unknown) => {
      if (isP2pChatError(error, 'ERR_STORE_FOREIGN')) wasRefused(error)
      throw error
    }),
    poolAddressesOf,
    clock,
    times,
    endOfTurn: components.endOfTurn,
    random,
    logger,
    limits: { ...defaultReplicationLimits, ...components.replicationLimits, mailRetentionMs: limits.mailRetentionMs },
    isDiskOld
  })
  const localBlobs = new StoreBlobs({ store, disk: components.blobDisk, clock, times, logger, limits })
  const files = await createPoolBlobs({
    peerId: self,
    store,
    localBlobs,
    rosters,
    ask,
    openStream: async (peerId): Promise<BulkStream> => {
      const addresses = consensus.roster.roster.servers.find((server) => server.peerId === peerId)?.addresses ?? []
      return await network.openBulk({ peerId, addresses }, SERVER_BLOB_PROTOCOL, { maxFrameBytes: maxBlobFrameBytes })
    },
    clock,
    times,
    logger,
    limits: { ...defaultBlobReplicationLimits, ...limits },
    isDiskOld,
    standings: { get distrusted () { return mail.status().distrusted } }
  })
  const service = createPoolService({
    ...components,
    self,
    replicasOf: mail.replicasOf,
    blobs: files.blobs,
    registers: measuredRegisters(metrics, clock, consensus.registers),
    mailboxes: measuredMailboxes(metrics, mail.mailboxes),
    setups: identity.setups,
    poolId: () => membership.poolId
  })
  const requestsOfPeers = Limiter.of(clock, limits, 'readsPerPeer', 'requests from this device')
  const home = new HomeService({
    self,
    roster: () => consensus.roster.roster,
    refreshRoster: async (version) => { await rosters.refresh(version) },
    replicasOf: mail.replicasOf,
    links,
    clients: () => service.attachments.size,
    isAttached: (channel) => service.attachments.of(channel) !== undefined,
    channels: () => network.channels(POOL_PROTOCOL),
    poolAddressesOf,
    mayAsk: (peerId) => { requestsOfPeers.take(peerId) },
    clock,
    logger
  })
  const disk = { isOld: false }
  /** Others believe it no more, so nothing that it is asked for can be done: its clients are better off elsewhere. */
  const notBelieved = (): void => {
    if (disk.isOld) return
    disk.isOld = true
    void home.leave()
  }
  const wasRefused = (error: P2pChatError): void => {
    if (!disk.isOld) logger.error({ error }, 'the disk of this server is older than what it has said to others: it serves nobody any more. Take it out of the pool, and let it join anew')
    notBelieved()
  }
  const history = (): RosterHistory => consensus.roster.history
  const change = async (change: RosterChange): Promise<Roster> => await consensus.changer.change(change)
  const invites = new Invites({ registers: consensus.registers, clock, random })
  const secrets = new Secrets({ ...components, registers: consensus.registers, invites, setups: identity.setups, history, change })
  const figures = ownFigures({ ...components, consensus, mail, files, service })
  const admin = createPoolAdmin({ self, consensus, links, invites, opaque: components.opaque, figures, drains: [mail.drain, files.drain], clock, logger })
  const registerUpkeep = new RegisterUpkeep({ consensus, links, clock, logger })
  const stewardship = new Stewardship({ self, consensus, links, clock, logger, addresses: () => network.addresses().slice(0, maxAddresses) })
  links.serve({ ...consensus.handlers, ...mail.handlers, ...files.handlers, ...service.handlers, ...home.handlers, ...timeHandlers(times), ...adminHandlers({ figures, roster: () => consensus.roster.roster, probe: probeTcp }) })
  // A chain of rosters proves itself; a server that was just let in may know a newer one than those who refuse it.
  links.serveAll({
    ...admissionHandlers({ registers: consensus.registers, invites, history, change, clock, logger }),
    'roster/chain': async () => consensus.roster.history.chain,
    'roster/install': async (body, { channel }) => await consensus.handlers['roster/install']!(channel.remotePeer, body)
  })
  consensus.roster.onChange(() => {
    mail.rosterChanged()
    files.rosterChanged()
    service.rosterChanged()
    home.rosterChanged()
    links.relink()
    stewardship.soon()
    secrets.soon()
    tellRemoved(network, consensus)
  })
  const catchUpTime = async (): Promise<void> => {
    // Who was off for days gives out nothing that was over, or read elsewhere and forgotten, meanwhile.
    await eachInTurn({ 'what has expired could not be removed': async () => { if (await goByTimeOfOthers(times, links)) await mail.mailboxes.sweep() } }, logger)
  }
  // Also who was away learns what was decided meanwhile, and be it that it was removed.
  links.onLink((peerId, isUp) => {
    if (!isUp) return
    void catchUpTime()
    exchangeRosters(consensus.roster, links, peerId).catch((error: unknown) => { logger.debug({ peerId, error: asP2pChatError(error) }, 'the roster of a server could not be read') })
  })
  const waking = new AbortController()
  return {
    peerId: self,
    consensus,
    mail,
    files,
    service,
    bulk: { ...service.bulk, [SERVER_BLOB_PROTOCOL]: files.bulk },
    requests: home.serve(service.requests),
    invites,
    admin,
    foundingSecret: async () => {
      const secret = await secrets.foundingSecret()
      if (secret === undefined) return undefined
      // Without a majority it may not be known yet that it is closed, and who tries the token is told.
      const look = deadline(clock, tokenLookTimeoutMs)
      const isOpen = await raceSignal(invites.isFoundingOpen(secret), look.signal).catch(() => true)
      look.clear()
      return isOpen ? secret : undefined
    },
    start: async () => {
      await localBlobs.start()
      links.start()
      const awake = consensus.life.wake(waking.signal).then(() => { registerUpkeep.soon() }).catch((error: unknown) => {
        if (!waking.signal.aborted) logger.error({ error: asP2pChatError(error) }, 'this server cannot take part in votes')
      })
      // Alone it is a matter of one read; where others vote it may be they who are waited for.
      const voters = votersOf(consensus.roster.quorum)
      if (voters.length === 1 && voters[0] === self) await awake
      if (links.others().length === 0) await secrets.found()
      mail.start()
      await files.start()
      service.start()
      home.start()
      if (disk.isOld) void home.leave()
      secrets.start()
      stewardship.start()
    },
    leave: async () => { await home.leave() },
    standBack: async () => { await home.standBack() },
    sweep: async () => {
      await times.step()
      await goByTimeOfOthers(times, links)
      await service.sweep()
    },
    stop: async () => {
      waking.abort()
      home.stop()
      service.stop()
      links.stop()
      registerUpkeep.stop()
      stewardship.stop()
      secrets.stop()
      await mail.stop()
      await files.stop()
      await localBlobs.close()
    }
  }
}

/** A server that was just taken out is no link any more; on the channel that is still open it is told. */
function tellRemoved (network: Network, { roster }: Consensus): void {
  for (const channel of network.channels(SERVER_PROTOCOL)) {
    if (roster.roster.servers.some(({ peerId }) => peerId === channel.remotePeer)) continue
    channel.request('roster/install', roster.history.chain).catch(() => {
      // It is gone, or a stranger.
    })
  }
}
