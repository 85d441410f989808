/** Heads compared between members, past the server: who has another log was shown another one. */
import { constantTimeEqual } from '../../../crypto/bytes.js'
import { isP2pChatError, P2pChatError } from '../../../errors.js'
import type { Channel, RequestContext } from '../../../overlay/network.js'
import { ed25519FromPeerId } from '../../../overlay/peer-id.js'
import type { GroupHead, GroupState } from '../../../records/group/index.js'
import type { GroupVerification } from '../../chat-groups.js'
import { fromHex, toHex } from '../../home/hex.js'
import type { Lane } from '../../home/lane.js'
import { askGroupHead, encodeGroupHeadAnswer, readGroupHeadRequest } from '../../pool/group-requests.js'
import { headTimeoutMs, maxParallelAsks, maxVerified } from './limits.js'
import type { LogReader } from './log-reader.js'
import type { States } from './states.js'
import { entryTable, groupTable } from './tables.js'

export interface HeadsComponents {
  lane: Lane
  self: { username: string }
  states: States
  reader: Pick<LogReader, 'read'>
  /** Which of these accounts have a device online, as far as a server says. */
  online: (usernames: string[]) => Promise<Set<string>>
  /** A channel to a device, open or dialled. */
  reach: (username: string, device: Uint8Array) => Promise<Channel | undefined>
  forked: (id: string, head: GroupHead) => Promise<void>
}

type Verdict = 'agreed' | 'differing' | 'unanswered'

export class Heads {
  constructor (private readonly components: HeadsComponents) {}

  /** peer/group-head @throws ERR_NOT_PERMITTED to who is not a member's device */
  async answer (body: Uint8Array, { channel }: RequestContext): Promise<Uint8Array> {
    const { lane, states } = this.components
    const { groupId, sequence } = readGroupHeadRequest(body)
    const id = toHex(groupId)
    const row = await groupTable.get(lane, id)
    const state = await states.of(lane, id)
    const asker = ed25519FromPeerId(channel.remotePeer)
    const isMember = state !== undefined && [...state.members.values()].some(({ accountRecord }) => accountRecord.devices.some(({ deviceKey }) => constantTimeEqual(deviceKey, asker)))
    if (state === undefined || row?.standing !== 'member' || !isMember) throw new P2pChatError('ERR_NOT_PERMITTED', 'Only members are told where the log of a group is.')
    const at = await entryTable.get(lane, id, sequence)
    return encodeGroupHeadAnswer({ groupId, head: state.head }, at?.hash ?? new Uint8Array(0))
  }

  /** @throws what reading the log does */
  async verify (id: string): Promise<GroupVerification> {
    const { lane, self, online, reader } = this.components
    let state = await reader.read(id)
    const others = [...state.members.keys()].filter((username) => username !== self.username)
    const there = [...await online(others)].sort().slice(0, maxVerified)
    const verdicts = new Map<string, Verdict>(others.map((username) => [username, 'unanswered']))
    const queue = there.filter((username) => verdicts.has(username))
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) verdicts.set(next, await this.ask(id, state, next))
    }
    await Promise.all(Array.from({ length: maxParallelAsks }, worker))
    state = await this.components.states.of(lane, id) ?? state
    const row = await groupTable.get(lane, id)
    const of = (verdict: Verdict): string[] => others.filter((username) => verdicts.get(username) === verdict).sort()
    return {
      head: { sequence: state.head.sequence, hash: toHex(state.head.hash) },
      walkedFrom: row?.start ?? { kind: 'found' },
      agreed: of('agreed'),
      differing: of('differing'),
      unanswered: of('unanswered')
    }
  }

  /** The first of the member's devices that answers speaks for them. */
  private async ask (id: string, state: GroupState, username: string): Promise<Verdict> {
    for (const { deviceKey } of state.members.get(username)?.accountRecord.devices ?? []) {
      try {
        const channel = await this.components.reach(username, deviceKey)
        if (channel === undefined) continue
        const answer = await askGroupHead(channel, fromHex(id), state.head.sequence, { timeoutMs: headTimeoutMs })
        return await this.compare(id, state, answer)
      } catch (error) {
        if (!isP2pChatError(error)) throw error
      }
    }
    return 'unanswered'
  }

  private async compare (id: string, state: GroupState, { head, hashAtSequence }: { head: GroupHead, hashAtSequence: Uint8Array }): Promise<Verdict> {
    const { lane, reader, forked } = this.components
    const theirs = head.sequence >= state.head.sequence ? { sequence: state.head.sequence, hash: hashAtSequence } : head
    const ours = theirs.sequence === state.head.sequence ? state.head.hash : (await entryTable.get(lane, id, theirs.sequence))?.hash
    if (ours === undefined) return 'unanswered'
    if (!constantTimeEqual(ours, theirs.hash)) {
      await forked(id, theirs)
      return 'differing'
    }
    if (head.sequence <= state.head.sequence) return 'agreed'
    // What they know beyond ours must be to be had from the server too.
    const now = await reader.read(id)
    const there = await entryTable.get(lane, id, head.sequence)
    if (now.head.sequence >= head.sequence && there !== undefined && constantTimeEqual(there.hash, head.hash)) return 'agreed'
    return 'differing'
  }
}
