import assert from 'node:assert/strict'
import { search, type Search } from '../../../src/rendezvous/blob-replication/servers.js'
import type { BlobReplica, ReplicaHave } from '../../../src/rendezvous/blob-replication/replica.js'
import type { ReplicaSet } from '../../../src/rendezvous/replication/replica-sets.js'
import { sealedFile } from '../blobs/sealed-file.js'

const file = sealedFile('a', 1)

function there (username = 'alice'): ReplicaHave {
  return { outcome: 'there', copy: { blob: file.blob(username), kept: Uint8Array.of(1), pieces: Uint8Array.of(1), growing: false, changedAtMs: 0, expiresAtMs: 0 } }
}

async function searchAt (open: ReplicaSet[], have: (peerId: string) => ReplicaHave): Promise<Search> {
  const [current = assert.fail()] = open
  return await search({
    replicaOf: (peerId) => ({ have: async () => have(peerId) }) as unknown as BlobReplica,
    rosters: { current: () => assert.fail(), at: () => assert.fail(), refresh: async () => {} },
    sets: { current: () => current, open: () => open } as never
  }, file.fileId)
}

describe('the search for a file', () => {
  it('meets one that is moving from older servers to newer ones', async () => {
    const older = { version: 1, peerIds: ['1', '2'], write: 2, read: 1 }
    const newest = { version: 2, peerIds: ['2', '3'], write: 2, read: 1 }
    let hasMoved = false
    const found = await searchAt([newest, older], (peerId) => {
      // All is handed over in the moment before the old server is asked.
      if (peerId === '1') hasMoved = true
      return hasMoved && peerId !== '1' ? there() : { outcome: 'absent' }
    })
    assert.ok(found.outcome === 'found')
    assert.deepEqual(found.copies.map(({ peerId }) => peerId), ['2', '3'])
  })

  it('takes a removal for that of the remover\'s own file only', async () => {
    const set = { version: 1, peerIds: ['1', '2', '3'], write: 2, read: 2 }
    const removed = (username: string): ReplicaHave => ({ outcome: 'removed', removal: { username, expiresAtMs: 0 } })
    const found = await searchAt([set], (peerId) => peerId === '1' ? removed('mallory') : there())
    assert.ok(found.outcome === 'found')
    assert.deepEqual([found.copies.map(({ peerId }) => peerId), found.without], [['2', '3'], ['1']])
    assert.equal((await searchAt([set], (peerId) => peerId === '1' ? removed('alice') : there())).outcome, 'removed')
    assert.equal((await searchAt([set], (peerId) => peerId === '1' ? removed('alice') : { outcome: 'absent' })).outcome, 'removed')
  })
})
