import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { ed25519KeyPair } from '../../src/crypto/ed25519.js'
import * as opaqueClient from '../../src/crypto/opaque/client.js'
import { P2pChatError } from '../../src/errors.js'
import { createNetwork, openPoolChannel, parsePoolAddress, poolServers, type Network, type PoolServer } from '../../src/overlay/index.js'
import { createRendezvous, type RendezvousInit, type RendezvousServer } from '../../src/rendezvous/index.js'
import { silentLogger, systemClock, systemRandom } from '../../src/runtime.js'
import { createMemoryDisk, createMemoryStore, openStore } from '../../src/store/index.js'
import { FakeClock } from '../helpers/fake-clock.js'
import { MemoryHub } from '../helpers/memory-network.js'
import { rejects } from './helpers/expect.js'
import { fakeOpaque } from './helpers/fake-opaque.js'
import { makeDevice, nextRegister, TestClient } from './helpers/test-client.js'

const loopback = ['/ip4/127.0.0.1/tcp/0']

describe('createRendezvous', () => {
  let dataDir: string
  let ends: Array<() => Promise<unknown>>
  const make = async (init: Partial<RendezvousInit> = {}): Promise<RendezvousServer> => {
    const server = await createRendezvous({ dataDir, listen: loopback, opaque: fakeOpaque(), ...init })
    ends.push(async () => { await server.stop() })
    return server
  }

  beforeEach(async () => {
    dataDir = join(await mkdtemp(join(tmpdir(), 'p2pchat-server-')), 'data')
    ends = []
  })

  afterEach(async () => {
    for (const end of ends.reverse()) await end()
    await rm(join(dataDir, '..'), { recursive: true })
  })

  describe('on a disk, over libp2p', () => {
    const clientOf = async (server: RendezvousServer): Promise<{ network: Network, found: PoolServer }> => {
      const network = createNetwork({ role: 'client', seed: systemRandom.bytes(32), listen: [], announce: [], clock: systemClock, logger: silentLogger })
      ends.push(async () => { await network.stop() })
      await network.start()
      const { poolId } = parsePoolAddress(server.poolAddress)
      const [peer] = poolServers(parsePoolAddress(server.poolAddress))
      if (peer === undefined) assert.fail('no address')
      return { network, found: await openPoolChannel(network, peer, poolId, { clock: systemClock, timeoutMs: 10_000 }) }
    }

    it('proves its pool to a client', async () => {
      const server = await make({ name: 'a test' })
      await server.start()
      const { found } = await clientOf(server)
      assert.equal(found.history.newest.name, 'a test')
      assert.deepEqual(found.history.newest.servers.map(({ peerId }) => peerId), [server.peerId])
      assert.equal(found.history.newest.opaqueSetupVersion, 1)
    })

    it('is the same server after a restart: pool, PeerId, port and accounts', async () => {
      const first = await make()
      await first.start()
      const before = { pool: first.poolAddress, peerId: first.peerId, addresses: first.addresses() }
      await first.stop()
      const second = await make()
      await second.start()
      assert.deepEqual({ pool: second.poolAddress, peerId: second.peerId, addresses: second.addresses() }, before)
    })

    it('leaves no recovery key of a pool that was never founded where it joins one, and its own where it founds one', async () => {
      const founder = await make()
      await founder.start()
      const other = join(dataDir, '..', 'other')
      await (await make({ dataDir: other })).stop()
      await stat(join(other, 'recovery-key'))
      const token = await founder.joinToken()
      await (await make({ dataDir: other, ...(token === undefined ? {} : { join: token }) })).start()
      await assert.rejects(stat(join(other, 'recovery-key')), { code: 'ENOENT' })
      await stat(join(dataDir, 'recovery-key'))
    })

    it('takes another port when its own is taken by now', async () => {
      const first = await make()
      await first.start()
      const [address = ''] = first.addresses()
      await first.stop()
      const squatter = await listenOn(Number(address.split('/')[4]))
      ends.push(async () => { squatter.close() })
      const second = await make()
      await second.start()
      assert.notDeepEqual(second.addresses(), [address])
      assert.equal(parsePoolAddress(second.poolAddress).poolId.length, 52)
    })

    it('fails to start on a port that was asked for and is taken', async () => {
      const squatter = await listenOn(0)
      ends.push(async () => { squatter.close() })
      const address = squatter.address()
      if (address === null || typeof address === 'string') assert.fail()
      const server = await make({ listen: [`/ip4/127.0.0.1/tcp/${address.port}`] })
      await assert.rejects(server.start())
    })

    it('writes the recovery key once, for its owner alone', async () => {
      const server = await make()
      await server.start()
      const { poolId } = parsePoolAddress(server.poolAddress)
      const file = join(dataDir, 'recovery-key')
      assert.equal((await stat(file)).mode & 0o777, 0o600)
      const text = await readFile(file, 'utf8')
      assert.match(text, /Move this file to a safe place/)
      const { found } = await clientOf(server)
      const seed = fromString(text.trim().split('\n').at(-1) ?? '', 'base16')
      assert.deepEqual(ed25519KeyPair(seed).publicKey, new Uint8Array(found.history.newest.recoveryKey))
      await server.stop()
      await rm(file)
      const again = await make()
      await again.start()
      await assert.rejects(stat(file), 'it is not made a second time')
      assert.equal(parsePoolAddress(again.poolAddress).poolId, poolId)
      await again.stop()
      const store = await openStore({ folder: dataDir, kind: 'server' })
      for await (const [key, value] of store.range()) assert.ok(!toString(value, 'base16').includes(toString(seed, 'base16')), `the private half is in the store under ${key}`)
      await store.close()
    })

    it('signs up and in with real OPAQUE', async () => {
      const server = await make({ opaque: undefined })
      await server.start()
      const { network, found } = await clientOf(server)
      const client = new TestClient({ device: makeDevice(systemRandom), network, channel: found.channel, notifications: [], clock: systemClock, random: systemRandom })
      const context = { username: 'alice', poolId: parsePoolAddress(server.poolAddress).poolId }
      const start = await opaqueClient.registrationStart('correct horse')
      const { registrationResponse, opaqueSetupVersion } = await client.registerStart('alice', start.request)
      const { record, exportKey } = await opaqueClient.registrationFinish(context, 'correct horse', start.state, registrationResponse)
      const account = ed25519KeyPair(systemRandom.bytes(32))
      const register = nextRegister(account, 'alice', undefined, { devices: [client.device.certified], opaqueRecord: record, opaqueSetupVersion })
      await client.write(0, register.signed)

      const login = await opaqueClient.loginStart('correct horse')
      const { loginId, startResponse } = await client.loginStart('alice', login.request)
      const finished = await opaqueClient.loginFinish(context, 'correct horse', login.state, startResponse)
      assert.deepEqual(finished.exportKey, exportKey)
      assert.deepEqual((await client.loginFinish(loginId, finished.finishRequest)).register, register.signed)

      for (const [username, password] of [['alice', 'wrong horse'], ['nobody', 'correct horse']] as const) {
        const attempt = await opaqueClient.loginStart(password)
        const answer = await client.loginStart(username, attempt.request)
        await rejects(opaqueClient.loginFinish({ ...context, username }, password, attempt.state, answer.startResponse), 'ERR_BAD_CREDENTIALS')
        await rejects(client.loginFinish(answer.loginId, finished.finishRequest), 'ERR_BAD_CREDENTIALS')
      }
    })

    it('refuses a folder that another server has open, or that is something else', async () => {
      const server = await make()
      await rejects(make(), 'ERR_STORE_LOCKED')
      await server.stop()
      await rejects(openStore({ folder: dataDir, kind: 'home' }), 'ERR_STORE_FOREIGN')
    })
  })

  describe('life', () => {
    const inMemory = (): Partial<RendezvousInit> => {
      const clock = new FakeClock()
      const hub = new MemoryHub({ clock })
      return {
        dataDir: undefined,
        store: createMemoryStore(),
        clock,
        network: ({ seed }) => {
          const network = hub.network({ seed })
          return { network, discovery: (poolId) => hub.discovery(network, poolId) }
        }
      }
    }

    it('needs a folder or a store', async () => {
      await rejects(createRendezvous({}), 'ERR_USAGE')
    })

    it('makes nothing when an address is none', async () => {
      const dataDir = join(tmpdir(), 'p2pchat-never-made')
      await rejects(createRendezvous({ dataDir, listen: ['foo'] }), 'ERR_USAGE')
      await rejects(createRendezvous({ dataDir, announce: ['foo'] }), 'ERR_USAGE')
      await assert.rejects(stat(dataDir), { code: 'ENOENT' })
    })

    it('has no address before start and after stop', async () => {
      const server = await make(inMemory())
      assert.deepEqual(server.addresses(), [])
      assert.throws(() => server.poolAddress, (error) => error instanceof P2pChatError && error.code === 'ERR_CLOSED')
      await rejects(server.status(), 'ERR_CLOSED')
      await server.start()
      await server.start()
      assert.equal(server.addresses().length, 1)
      assert.deepEqual({ ...await server.status(), poolId: '', peerId: '', addresses: [] }, { poolId: '', peerId: '', addresses: [], clients: 0, devices: 0, accounts: 0, mailboxes: 0, envelopes: 0, envelopeBytes: 0, blobs: 0, blobBytes: 0 })
      await server.stop()
      await server.stop()
      assert.deepEqual(server.addresses(), [])
      await rejects(server.start(), 'ERR_CLOSED')
      await rejects(server.status(), 'ERR_CLOSED')
    })

    it('leaves no timer and no stream behind', async () => {
      const init = inMemory()
      const server = await make(init)
      await server.start()
      await server.stop()
      assert.equal((init.clock as FakeClock).pending, 0)
    })

    it('can be stopped before start, and while it starts', async () => {
      const idle = await make(inMemory())
      await idle.stop()
      const busy = await make(inMemory())
      const starting = busy.start()
      await busy.stop()
      await assert.rejects(starting)
      assert.deepEqual(busy.addresses(), [])
    })

    it('leaves nothing behind at whatever moment of its start it is stopped', async () => {
      for (let turns = 1, isStarted = false; !isStarted; turns++) {
        const init = inMemory()
        const server = await make(init)
        const starting = server.start().then(() => { isStarted = true }, () => {})
        for (let turn = 0; turn < turns; turn++) await undefined
        const wasStarted: boolean = isStarted
        await server.stop()
        await starting
        isStarted = wasStarted
        assert.equal((init.clock as FakeClock).pending, 0, `after ${turns} turns`)
      }
    })

    it('gives the recovery key of a new pool to whoever keeps it', async () => {
      const disk = createMemoryDisk()
      const seeds: Uint8Array[] = []
      const keep = async (seed: Uint8Array): Promise<void> => { seeds.push(seed.slice()) }
      const chains: string[] = []
      for (let i = 0; i < 2; i++) {
        const server = await make({ ...inMemory(), store: disk.open(), keepRecoverySeed: keep })
        await server.start()
        chains.push((await server.status()).poolId)
        await server.stop()
      }
      assert.equal(seeds.length, 1)
      assert.equal(chains[0], chains[1])
    })

    it('makes no pool when the recovery key could not be kept', async () => {
      const disk = createMemoryDisk()
      await assert.rejects(make({ ...inMemory(), store: disk.open(), keepRecoverySeed: async () => { throw new P2pChatError('ERR_STORE_IO', 'The disk is full.') } }))
      const store = disk.open()
      for await (const [key] of store.range()) assert.fail(`something was kept: ${key}`)
    })
  })
})

async function listenOn (port: number): Promise<Server> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}
