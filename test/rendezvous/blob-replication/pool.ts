import assert from 'node:assert/strict'
import { ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { P2pChatError } from '../../../src/errors.js'
import type { Network } from '../../../src/overlay/network.js'
import { peerIdFromEd25519 } from '../../../src/overlay/peer-id.js'
import { SERVER_BLOB_PROTOCOL } from '../../../src/protocol/ids.js'
import type { BlobReader, BlobWriter } from '../../../src/rendezvous/blobs/index.js'
import { maxBlobFrameBytes } from '../../../src/rendezvous/blobs/limits.js'
import { StoreBlobs } from '../../../src/rendezvous/blobs/store-blobs.js'
import { createPoolBlobs, defaultBlobReplicationLimits, type BlobReplicationLimits, type PoolBlobs } from '../../../src/rendezvous/blob-replication/index.js'
import { BLOB_PLACEMENT } from '../../../src/rendezvous/blob-replication/limits.js'
import { defaultLimits, type RendezvousLimits } from '../../../src/rendezvous/limits.js'
import { replicasOf, type PlacedServer, type RosterView } from '../../../src/rendezvous/replication/placement.js'
import { silentLogger } from '../../../src/runtime.js'
import { createMemoryBlobs, createMemoryDisk, type KeyValueStore, type MemoryBlobs, type MemoryDisk } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { MemoryHub } from '../../helpers/memory-network.js'
import type { SealedFile } from '../blobs/sealed-file.js'
import { sealedFile } from '../blobs/sealed-file.js'

export interface BlobServer {
  peerId: string
  placed: PlacedServer
  seed: Uint8Array
  rows: MemoryDisk
  disk: MemoryBlobs
  store: KeyValueStore
  local: StoreBlobs
  pool: PoolBlobs
  network: Network
  isUp: boolean
}

/** Servers in one process: requests go over the messages of the wire, files over bulk streams of a network in memory. */
export class BlobPool {
  readonly clock = new FakeClock()
  readonly hub = new MemoryHub({ clock: this.clock })
  readonly servers: BlobServer[] = []
  readonly rosters: RosterView[] = []
  /** PeerIds of those that have not heard of the newest roster yet. */
  readonly behind = new Set<string>()
  /** PeerIds of those whose disk the acceptors found to be an old copy. */
  readonly oldDisks = new Set<string>()
  /** Bytes of requests and answers, and streams opened. */
  readonly traffic = { bytes: 0, requests: 0, streams: 0 }

  constructor (private readonly limits: Partial<RendezvousLimits & BlobReplicationLimits> = {}) {}

  /** So many servers, all members of the first roster. */
  static async of (count: number, limits: Partial<RendezvousLimits & BlobReplicationLimits> = {}): Promise<BlobPool> {
    const pool = new BlobPool(limits)
    for (let index = 0; index < count; index++) await pool.add()
    pool.decide(...pool.servers)
    return pool
  }

  async add (): Promise<BlobServer> {
    const seed = new Uint8Array(32).fill(this.servers.length + 1)
    const { publicKey } = ed25519KeyPair(seed)
    const peerId = peerIdFromEd25519(publicKey)
    const rows = createMemoryDisk()
    const disk = createMemoryBlobs()
    const placed: PlacedServer = { peerId, serverKey: publicKey, state: 'member' }
    const server: BlobServer = { peerId, placed, seed, rows, disk, isUp: true, ...await this.#open({ peerId, seed, rows, disk }) }
    this.servers.push(server)
    return server
  }

  /** What SIGKILL does. */
  async kill (server: BlobServer): Promise<void> {
    server.isUp = false
    this.hub.crash(server.peerId)
    await server.pool.stop()
    server.rows.crash()
    server.disk.crash()
  }

  /** A start, on the disk that is there. */
  async start (server: BlobServer): Promise<void> {
    Object.assign(server, { isUp: true, ...await this.#open(server) })
    await server.local.start()
  }

  /** The next roster, known to all at once. */
  decide (...servers: Array<{ placed: PlacedServer }>): void {
    this.rosters.push({ version: this.rosters.length + 1, servers: servers.map(({ placed }) => ({ ...placed })) })
    for (const { pool } of this.servers) pool.rosterChanged()
  }

  server (peerId: string): BlobServer {
    return this.servers.find((server) => server.peerId === peerId) ?? assert.fail(`There is no server ${peerId}.`)
  }

  /** The servers of a file by the newest roster, and the others. */
  placesOf (file: Pick<SealedFile, 'fileId'>): { keepers: BlobServer[], others: BlobServer[] } {
    const keepers = replicasOf(file.fileId, this.rosters.at(-1) ?? assert.fail(), 3, BLOB_PLACEMENT).map(({ peerId }) => this.server(peerId))
    return { keepers, others: this.servers.filter((server) => !keepers.includes(server)) }
  }

  /** Upkeep of all servers that are up, until nothing changes. */
  async settle (rounds = 3): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      for (const { pool, isUp } of this.servers) if (isUp) await this.clock.until(pool.round())
    }
  }

  async create (at: BlobServer, file: SealedFile, username = 'alice'): Promise<void> {
    const created = await this.clock.until(at.pool.blobs.create(file.blob(username)))
    assert.equal(created.outcome, 'there')
  }

  async writer (at: BlobServer, file: SealedFile, username = 'alice'): Promise<BlobWriter> {
    const opened = await this.clock.until(at.pool.blobs.append(file.fileId, username))
    return opened.outcome === 'open' ? opened.writer : assert.fail(opened.outcome)
  }

  async reader (at: BlobServer, file: SealedFile): Promise<BlobReader> {
    const opened = await this.clock.until(at.pool.blobs.read(file.fileId))
    return opened.outcome === 'open' ? opened.reader : assert.fail(opened.outcome)
  }

  /** Leaves these chunks, with their leaf hashes, so that they are told as kept. */
  async leave (at: BlobServer, file: SealedFile, indices: readonly number[]): Promise<{ keptChunks: number, replicas: number, servers: number }> {
    const writer = await this.writer(at, file)
    for (let piece = 0; piece < file.pieces; piece++) {
      const { leaves, path } = file.leaves(piece)
      await this.clock.until(writer.addLeaves(piece, leaves, path))
    }
    for (const index of indices) await this.clock.until(writer.addChunk(index, file.chunk(index)))
    const kept = await this.clock.until(writer.kept())
    await this.clock.until(writer.close())
    return kept.outcome === 'kept' ? kept : assert.fail(kept.outcome)
  }

  /** Which chunks a server has on its own disk. */
  async chunksAt (server: BlobServer, file: SealedFile): Promise<number> {
    const found = await server.local.status(file.fileId)
    return found.outcome === 'found' ? found.status.keptChunks : -1
  }

  /** Reads it all at one server and compares. */
  async assertReads (at: BlobServer, file: SealedFile, chunks: readonly number[]): Promise<void> {
    const reader = await this.reader(at, file)
    const [first] = chunks
    if (first !== undefined) reader.expect?.(first, chunks.length)
    for (const index of chunks) {
      const sealed = await this.clock.until(reader.chunk(index))
      assert.ok(sealed !== undefined && Buffer.compare(sealed, file.chunk(index)) === 0, `chunk ${index}`)
    }
    for (let piece = 0; piece < file.pieces; piece++) assert.deepEqual(await this.clock.until(reader.leaves(piece)), file.leaves(piece))
    await this.clock.until(reader.close())
  }

  async stop (): Promise<void> {
    for (const { pool, network } of this.servers) {
      await pool.stop()
      await this.clock.until(network.stop())
    }
  }

  /** A file that these servers keep, and not those. */
  fileAt (test: (keepers: BlobServer[]) => boolean, chunks: number): SealedFile {
    for (let n = 0; n < 1_000; n++) {
      const file = sealedFile(`file ${n}`, chunks)
      if (test(this.placesOf(file).keepers)) return file
    }
    return assert.fail('There is no such file.')
  }

  async #open ({ peerId, seed, rows, disk }: Pick<BlobServer, 'peerId' | 'seed' | 'rows' | 'disk'>): Promise<Pick<BlobServer, 'store' | 'local' | 'pool' | 'network'>> {
    const { clock, rosters, traffic } = this
    const store = rows.open()
    const limits = { ...defaultLimits, ...defaultBlobReplicationLimits, minFreeDiskBytes: 0, ...this.limits }
    const local = new StoreBlobs({ store, disk, clock, logger: silentLogger, limits })
    const network = this.hub.network({ seed })
    const pool = await createPoolBlobs({
      peerId,
      store,
      localBlobs: local,
      rosters: { current: () => rosters.at(this.behind.has(peerId) ? -2 : -1) ?? { version: 0, servers: [] }, at: (version) => rosters[version - 1], refresh: async () => {} },
      ask: async (other, method, body) => {
        const asked = this.server(other)
        if (!asked.isUp || !this.server(peerId).isUp) throw new P2pChatError('ERR_UNREACHABLE', 'It is down.')
        const answer = await asked.pool.handlers[method]?.(peerId, body.slice()) ?? assert.fail(`There is no ${method}.`)
        traffic.bytes += body.byteLength + answer.byteLength
        traffic.requests++
        return answer
      },
      openStream: async (other) => {
        traffic.streams++
        return await network.openBulk({ peerId: other, addresses: this.server(other).network.addresses() }, SERVER_BLOB_PROTOCOL, { maxFrameBytes: maxBlobFrameBytes })
      },
      clock,
      logger: silentLogger,
      limits,
      isDiskOld: () => this.oldDisks.has(peerId)
    })
    network.serveBulk(SERVER_BLOB_PROTOCOL, pool.bulk)
    await network.start()
    return { store, local, pool, network }
  }
}
