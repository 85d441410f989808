import assert from 'node:assert/strict'
import { ReplicaOutcome } from '../../../src/protocol/enums.js'
import { encode } from '../../../src/protocol/codec.js'
import { ReplicaAppendResponse } from '../../../src/protocol/pb/server-mail.js'
import { remoteReplica } from '../../../src/rendezvous/replication/remote-replica.js'

const entry = { entryId: new Uint8Array(16), envelope: new Uint8Array(1), sender: new Uint8Array(32), slot: new Uint8Array(0), expiresAtMs: 5, writer: new Uint8Array(16), sequence: 1 }

describe('a replica at the other end of a connection', () => {
  it('has stored what it says it has stored, though its word on another one of the batch is of a later version', async () => {
    const remote = remoteReplica(async () => encode(ReplicaAppendResponse, { outcome: ReplicaOutcome.DONE, appended: [{ outcome: 99, expiresAtMs: 0n }, { outcome: ReplicaOutcome.DONE, expiresAtMs: 7n }] }), queueMicrotask)
    const mailbox = new Uint8Array(32)
    assert.deepEqual(await Promise.all([remote.append(1, mailbox, entry), remote.append(1, mailbox, entry)]), [{ outcome: 'unknown' }, { outcome: 'stored', expiresAtMs: 7 }])
  })
})
