import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { opaqueServer } from '../../src/crypto/opaque/server.js'
import { StoreBlobs } from '../../src/rendezvous/blobs/store-blobs.js'
import { deriveIndexes } from '../../src/rendezvous/indexes.js'
import { defaultLimits } from '../../src/rendezvous/limits.js'
import { createStoreMailboxes } from '../../src/rendezvous/mailboxes/store-mailboxes.js'
import { createStoreRegisters } from '../../src/rendezvous/registers/store-registers.js'
import { createPoolService } from '../../src/rendezvous/service.js'
import { silentLogger } from '../../src/runtime.js'
import { createMemoryBlobs, createMemoryStore } from '../../src/store/index.js'
import { FakeClock } from '../helpers/fake-clock.js'
import { SeededRandom } from '../helpers/seeded-random.js'

describe('docs/wire', () => {
  it('has a row for every method that is served, and for no other', async () => {
    const [store, clock] = [createMemoryStore(), new FakeClock()]
    const { requests } = createPoolService({
      self: 'a server alone',
      links: { ask: async () => assert.fail(), others: () => [], isLinked: () => false, onLink: () => {} },
      replicasOf: () => ['a server alone'],
      registers: createStoreRegisters({ store, derive: deriveIndexes }),
      mailboxes: createStoreMailboxes({ store, clock, limits: defaultLimits }),
      store,
      blobs: new StoreBlobs({ store, disk: createMemoryBlobs(), clock, logger: silentLogger, limits: defaultLimits }),
      clock,
      random: new SeededRandom(1),
      logger: silentLogger,
      opaque: opaqueServer,
      setups: { currentVersion: 1, get: () => new Uint8Array(0) },
      limits: defaultLimits,
      poolId: () => ''
    })
    const texts = await Promise.all(['directory', 'groups', 'files'].map(async (page) => await readFile(`docs/wire/${page}.md`, 'utf8')))
    const rows = [...texts.join('\n').matchAll(/^\| `([a-z]+\/[a-z-]+)` \|/gm)].map(([, name]) => name)
    assert.deepEqual(rows.sort(), ['pool/home', 'pool/roster', ...Object.keys(requests)].sort())
  })
})
