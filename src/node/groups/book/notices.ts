/** What people are told of a group beside its changes: that the server shows two logs or hides one, and that sending waits or goes on. */
import { sha256 } from '../../../crypto/bytes.js'
import type { GroupHead } from '../../../records/group/index.js'
import type { Clock } from '../../../runtime.js'
import type { NodeEvent } from '../../chat-node.js'
import type { Tasks } from '../../delivery/tasks.js'
import { iso } from '../../events/event-of.js'
import { fromHex } from '../../home/hex.js'
import type { Lane, Reader, Transaction } from '../../home/lane.js'
import { findInvitation } from '../invitations.js'
import type { GroupChange, SendingEpoch } from '../types.js'
import type { Doubt } from './keys.js'
import { waitingTellMs } from './limits.js'
import { forkTable, groupTable } from './tables.js'
import type { Timers } from './timers.js'

export interface NoticesComponents {
  lane: Lane
  clock: Clock
  timers: Timers
  tasks: Tasks
  sendingEpoch: (id: string) => Promise<SendingEpoch>
  putChange: (tx: Transaction, change: GroupChange) => Promise<void>
  emit: (event: NodeEvent) => void
}

function doubtWords (group: string, { by, against }: Doubt): string {
  const other = against.at(-1) ?? ''
  if (by === undefined) return `What ${other} writes to ${group} cannot be read here: it is not under the key of the group.`
  if (against.includes(by)) return `${by} gave a wrong key of ${group}: it does not open what ${by} writes.`
  if (against.length > 1) return `${by} gave a wrong key of ${group}: ${against.join(' and ')} have another one.`
  return `${by} and ${other} do not have the same key of ${group}: one of them gave, or has, a wrong one.`
}

/** Names of the groups of which a server has shown two logs. */
export async function listForked (reader: Reader): Promise<string[]> {
  const ids = new Set((await forkTable.keys(reader, [])).map(([id = '']) => id))
  const rows = await Promise.all([...ids].map(async (id) => await groupTable.get(reader, id)))
  return rows.flatMap((row) => row === undefined ? [] : [row.name]).sort()
}

export class Notices {
  /** Groups of which people were told that sending waits. */
  private readonly waiting = new Set<string>()

  constructor (private readonly components: NoticesComponents) {}

  /** Another log than ours was seen: told once for each head that is not ours. */
  async forked (id: string, head: GroupHead): Promise<void> {
    const { lane, clock, putChange } = this.components
    const mark = sha256(fromHex(id), new TextEncoder().encode(`forked ${head.sequence}`), head.hash)
    await lane.write(async (tx) => {
      const row = await groupTable.get(tx, id)
      if (row === undefined || row.standing === 'outside' || await forkTable.get(tx, id, mark) !== undefined) return
      forkTable.put(tx, { atMs: clock.now() }, id, mark)
      await putChange(tx, {
        group: { id, name: row.name },
        kind: 'forked',
        by: null,
        users: [],
        text: `The server has shown different logs of ${row.name} to different members. Compare with the others (\`p2pchat group verify ${row.name}\`), and change the server.`,
        hash: mark,
        atMs: clock.now()
      })
    })
  }

  /** A member's message named a newer head than the server gives: told once for each member and each head that it stands still at. */
  async hidden (id: string, by: string, served: GroupHead): Promise<void> {
    const { lane, clock, putChange } = this.components
    await lane.write(async (tx) => {
      const row = await groupTable.get(tx, id)
      if (row?.standing !== 'member') return
      await putChange(tx, {
        group: { id, name: row.name },
        kind: 'hidden',
        by: null,
        users: [by],
        text: `A message of ${by} names newer changes of ${row.name} than the server gives: the server hides them, or ${by} has made them up. Compare with the others (\`p2pchat group verify ${row.name}\`).`,
        hash: sha256(fromHex(id), new TextEncoder().encode(`hidden ${by} ${served.sequence}`), served.hash),
        atMs: clock.now()
      })
    })
  }

  /** A server takes changes, and does not have them afterwards. */
  async dropped (id: string): Promise<void> {
    const row = await groupTable.get(this.components.lane, id)
    if (row !== undefined) await this.tell(id, 'waiting', `The server said that it had taken a change of ${row.name}, and does not have it. It is brought there again; if this goes on, use another server.`)
  }

  /** Somebody's word on a key is wrong: whose, as far as it is known. Told again when a second one settles it. */
  async doubt (tx: Transaction, id: string, doubt: Doubt): Promise<void> {
    const row = await groupTable.get(tx, id)
    const about = [...doubt.by === undefined ? [] : [doubt.by], ...doubt.against]
    if (row === undefined || row.standing === 'outside' || doubt.against.length > 2) return
    await this.components.putChange(tx, {
      group: { id, name: row.name },
      kind: 'wrong-key',
      by: null,
      users: [...new Set(about)],
      text: `${doubtWords(row.name, doubt)}${doubt.isOver ? '' : ' A new key is made.'}`,
      hash: sha256(fromHex(id), new TextEncoder().encode(`wrong key ${doubt.epoch} ${doubt.against.length}`)),
      atMs: this.components.clock.now()
    })
  }

  /** Something has changed: sending that waits for long is told of, and so is that it goes on. */
  async look (id: string): Promise<void> {
    const { timers, tasks, sendingEpoch } = this.components
    const sending = await sendingEpoch(id)
    if (sending.kind === 'waiting') {
      timers.ensure(`waiting ${id}`, waitingTellMs, () => { tasks.run(async () => { await this.tellWaiting(id) }) })
      return
    }
    timers.cancel(`waiting ${id}`)
    if (this.waiting.delete(id) && sending.kind === 'ready') await this.tell(id, 'ready', 'Messages to the group go out again.')
  }

  private async tellWaiting (id: string): Promise<void> {
    const sending = await this.components.sendingEpoch(id)
    if (sending.kind !== 'waiting' || this.waiting.has(id)) return
    this.waiting.add(id)
    await this.tell(id, 'waiting', `Messages to the group wait: ${sending.why}`)
  }

  private async tell (id: string, kind: 'waiting' | 'ready', message: string): Promise<void> {
    const { lane, clock, emit } = this.components
    const row = await groupTable.get(lane, id)
    if (row !== undefined && await findInvitation(lane, id) === undefined) emit({ event: 'group', group: row.name, groupId: id, kind, by: null, users: [], message, at: iso(clock.now()) })
  }
}
