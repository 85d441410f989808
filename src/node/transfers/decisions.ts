/** What a person decides of a file: whether it comes at all, and whether it moves. */
import { P2pChatError } from '../../errors.js'
import type { Lane } from '../home/lane.js'
import type { Arrivals } from './arrivals.js'
import type { Fetching } from './fetching.js'
import { findOut, findOutByMessage, putIn, putOut, requireIn, type InTransfer, type OutTransfer } from './records.js'
import type { Sending } from './sending.js'

export interface DecisionsComponents {
  lane: Lane
  fetching: Fetching
  sending: Sending
  arrivals: Arrivals
}

export class Decisions {
  constructor (private readonly components: DecisionsComponents) {}

  async accept ({ id }: { id: string }): Promise<void> {
    const { lane, fetching, arrivals } = this.components
    const accepted = await lane.write(async (tx) => {
      const transfer = await requireIn(tx, id)
      if (transfer.state.kind !== 'offered' && transfer.state.kind !== 'failed') throw new P2pChatError('ERR_USAGE', `${transfer.name} is not offered any more. \`p2pchat files\` shows how far it is.`)
      const active: InTransfer = { ...transfer, asked: true, state: { kind: 'active' } }
      putIn(tx, active)
      await arrivals.show(tx, active, 'coming')
      return active
    })
    fetching.kick(accepted)
  }

  /** @param from whose file it is, where that is known */
  async decline ({ id, from }: { id: string, from?: string }): Promise<void> {
    const { lane, fetching, arrivals } = this.components
    const before = await requireIn(lane, id, from)
    if (before.state.kind === 'done') throw new P2pChatError('ERR_USAGE', `${before.name} has come already: it lies at ${before.state.path}.`)
    await fetching.halt(before)
    const declined = await lane.write(async (tx) => {
      const transfer = await requireIn(tx, id, before.from)
      if (transfer.state.kind === 'done' || transfer.state.kind === 'declined') return undefined
      putIn(tx, { ...transfer, state: { kind: 'declined' } })
      await arrivals.show(tx, transfer, 'declined')
      await arrivals.report(tx, transfer, false)
      return transfer
    })
    if (declined !== undefined) await fetching.forget(declined)
  }

  async pause ({ id }: { id: string }): Promise<void> {
    const { lane, fetching, sending } = this.components
    const out = await findOutByMessage(lane, id)
    if (out !== undefined) {
      await this.setOut(out.fileId, 'active', { kind: 'paused' })
      await sending.pause(out.fileId, true)
      return
    }
    const transfer = await this.setIn(id, 'active', { kind: 'paused' })
    await fetching.halt(transfer)
    await fetching.goOn(transfer)
  }

  async resume ({ id }: { id: string }): Promise<void> {
    const { lane, fetching, sending } = this.components
    const out = await findOutByMessage(lane, id)
    if (out !== undefined) {
      await this.setOut(out.fileId, 'paused', { kind: 'active' })
      await sending.pause(out.fileId, false)
      return
    }
    fetching.kick(await this.setIn(id, 'paused', { kind: 'active' }))
  }

  private async setIn (id: string, from: InTransfer['state']['kind'], state: InTransfer['state']): Promise<InTransfer> {
    return await this.components.lane.write(async (tx) => {
      const transfer = await requireIn(tx, id)
      if (transfer.state.kind !== from) throw new P2pChatError('ERR_USAGE', `${transfer.name} is ${stateName(transfer.state.kind)}.`)
      const changed = { ...transfer, state }
      putIn(tx, changed)
      return changed
    })
  }

  private async setOut (fileId: string, from: OutTransfer['state']['kind'], state: OutTransfer['state']): Promise<void> {
    await this.components.lane.write(async (tx) => {
      const transfer = await findOut(tx, fileId)
      if (transfer === undefined) return
      if (transfer.state.kind !== from) throw new P2pChatError('ERR_USAGE', `${transfer.name} is ${stateName(transfer.state.kind)}.`)
      putOut(tx, { ...transfer, state })
    })
  }
}

function stateName (kind: string): string {
  switch (kind) {
    case 'active': return 'under way'
    case 'done': return 'done already'
    default: return kind
  }
}
