/** What groups cost a server: listing among 100,000 of them, and one message to many mailboxes, beside one to one. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lpAll, sha256 } from '../src/crypto/bytes.js'
import { encodeGroupHeader } from '../src/crypto/group/index.js'
import { signRecord } from '../src/crypto/signed-record.js'
import { encode } from '../src/protocol/codec.js'
import { EnvelopeKind } from '../src/protocol/enums.js'
import { Envelope } from '../src/protocol/pb/envelope.js'
import { GroupMessage } from '../src/protocol/pb/group.js'
import * as pb from '../src/protocol/pb/service.js'
import { applyEntry, makeGroupEntry, type GroupState } from '../src/records/group/index.js'
import { createRendezvous } from '../src/rendezvous/index.js'
import { encodeHead, encodeName, headName, nameName } from '../src/rendezvous/groups/group-registers.js'
import { createStoreRegisters } from '../src/rendezvous/registers/store-registers.js'
import { systemRandom } from '../src/runtime.js'
import { openStore } from '../src/store/index.js'
import { median } from './lib/paired.js'
import { atMost, type Row } from './lib/row.js'
import { sized } from './lib/size.js'
import { connect, makeAccount, type BenchAccount, type ServerClient } from './lib/server-client.js'

const groups = sized(100_000, 10_000)
const listings = sized(100, 2)
const sends = sized(50, 2)
const textBytes = 1_000
const many = { burst: 1_000, refillMs: 1 }
const pageMs = 50
const none = new Uint8Array(0)

export async function run (): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'p2pchat-bench-'))
  await prepare(folder)
  const server = await createRendezvous({ dataDir: folder, listen: ['/ip4/127.0.0.1/tcp/0'], limits: { signUpsPerAddress: many, accountWritesPerAddress: many, accountRequestsPerDevice: many } })
  await server.start()
  const founder = makeAccount('founder')
  const client = await connect(server.poolAddress, founder.device)
  try {
    await client.signUp(founder)
    await client.attach(founder.username)
    const page = async (fields: Partial<pb.GroupListRequest>): Promise<number> => (await client.call('groups/list', pb.GroupListRequest, pb.GroupListResponse, fields)).groups.length
    const first = await timed(listings, async () => { await page({}) })
    const byPrefix = await timed(listings, async (i) => { if (await page({ prefix: `group-${i % 100}` }) !== 100) throw new Error('A page is not full.') })
    const direct = await timed(sends, async () => { await client.call('mailbox/append', pb.MailboxAppendRequest, pb.MailboxAppendResponse, pairwise(founder)) })
    const rows = [
      atMost(`groups/list, first page of ${groups}, median`, first, pageMs, 'ms'),
      atMost('groups/list, first page by prefix, median', byPrefix, pageMs, 'ms'),
      { what: `mailbox/append of ${textBytes} bytes, synced, median`, figure: `${direct.toFixed(2)} ms` }
    ]
    for (const members of [50, 200]) {
      const state = await groupOf(client, founder, members)
      const fanOut = await timed(sends, async () => {
        const { devices } = await client.call('groups/send', pb.GroupSendRequest, pb.GroupSendResponse, message(founder, state))
        if (devices !== members - 1) throw new Error('A mailbox did not get it.')
      })
      rows.push({ what: `groups/send to ${members - 1} mailboxes, synced, median`, figure: `${fanOut.toFixed(2)} ms` })
    }
    return rows
  } finally {
    await client.stop()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Writes the registers that groups of one member are listed by. */
async function prepare (folder: string): Promise<void> {
  const store = await openStore({ folder, kind: 'server' })
  const registers = createStoreRegisters({ store, derive: () => [] })
  const atOnce = 2_000
  for (let start = 0; start < groups; start += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, async (_, i) => {
      const groupName = `group-${(start + i) % 100}-${start + i}`
      const groupId = sha256(new TextEncoder().encode(groupName))
      await registers.compareAndSet(nameName(groupName), 0, encodeName({ groupId, reservedAtMs: 1 }))
      await registers.compareAndSet(headName(groupId), 0, encodeHead({
        sequence: 1, hash: groupId, previousHash: none, name: groupName, members: 1, inviteOnly: false, unlisted: false, checkpointSequence: 0, added: ['somebody'], removed: []
      }))
    }))
  }
  await store.close()
}

async function groupOf (client: ServerClient, founder: BenchAccount, members: number): Promise<GroupState> {
  const author = { username: founder.username, device: founder.device }
  const founding = makeGroupEntry(author, undefined, 1, { kind: 'found', name: `bench-${members}`, inviteOnly: false, unlisted: false, accountRecord: founder.record, commitment: systemRandom.bytes(32) })
  await client.call('groups/found', pb.GroupFoundRequest, pb.GroupHead, { entry: founding.signed })
  let state = applyEntry(undefined, founding.signed)
  for (let i = 1; i < members; i++) {
    const account = makeAccount(`member-${members}-${i}`)
    await client.signUp(account)
    const { signed } = makeGroupEntry(author, state.head, 1, { kind: 'add', accountRecords: [account.record] })
    await client.call('groups/append', pb.GroupAppendRequest, pb.GroupHead, { groupId: state.groupId, entry: signed })
    state = applyEntry(state, signed)
  }
  return state
}

function message ({ username, device }: BenchAccount, state: GroupState): { groupId: Uint8Array, entryId: Uint8Array, envelope: Uint8Array } {
  const header = encodeGroupHeader({ groupId: state.groupId, epoch: state.epoch.number, head: state.head, sender: username, senderDevice: device.publicKey, counter: 0 })
  const sealed = systemRandom.bytes(textBytes)
  const { signature } = signRecord('p2pchat/1 group-message', device.seed, lpAll(header, sealed))
  const id = systemRandom.bytes(16)
  return {
    groupId: state.groupId,
    entryId: id,
    envelope: encode(Envelope, { id, suite: 1, kind: EnvelopeKind.GROUP_MESSAGE, senderDevice: device.publicKey, sealed: encode(GroupMessage, { header, sealed, signature }) })
  }
}

/** To oneself: what one mailbox costs. */
function pairwise ({ device }: BenchAccount): { mailbox: Uint8Array, entryId: Uint8Array, envelope: Uint8Array } {
  const id = systemRandom.bytes(16)
  const envelope = encode(Envelope, { id, suite: 1, senderDevice: device.publicKey, recipientDevice: device.publicKey, sessionId: new Uint8Array(16), header: new Uint8Array(40), sealed: systemRandom.bytes(textBytes) })
  return { mailbox: device.publicKey, entryId: id, envelope }
}

async function timed (times: number, call: (i: number) => Promise<void>): Promise<number> {
  const each: number[] = []
  for (let i = -5; i < times; i++) {
    const start = performance.now()
    await call(Math.abs(i))
    // The first ones only warm up.
    if (i >= 0) each.push(performance.now() - start)
  }
  return median(each)
}
