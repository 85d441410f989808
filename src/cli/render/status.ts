import type { MessageState, MessageTrace, StatusEvent, Via } from '../../node/chat-node.js'
import { entryOf } from './later.js'
import { safeLine } from './safe-text.js'
import { shortDay } from './time.js'

const MARKS: Record<MessageState, string> = {
  queued: '…',
  sent: '→',
  stored: '✓',
  delivered: '✓✓',
  read: '✓✓✓',
  expired: '✗'
}

/** How far along a message's way each state is; a later one never goes back. */
const RANKS: Record<MessageState, number> = { queued: 0, sent: 1, stored: 2, delivered: 3, read: 4, expired: 5 }

export function stateMark (state: MessageState): string {
  return entryOf(MARKS, state, '·')
}

export function isLater (state: MessageState, than: MessageState): boolean {
  return entryOf(RANKS, state, -1) > entryOf(RANKS, than, -1)
}

const VIA: Record<Via, string> = { direct: 'device to device', relay: 'through a relay', mailbox: 'through the mailbox' }

export function viaWords (via: Via): string {
  return entryOf(VIA, via, safeLine(via))
}

type Step = Pick<StatusEvent, 'state' | 'via' | 'replicas' | 'servers' | 'until' | 'members'> | MessageTrace['steps'][number]

/** A state in words: `✓ stored on 1 of 1 servers until 22 Dec 2024`; of a message to a group also who has it: `✓✓ delivered 7 of 9`. */
export function stateWords (step: Step): string {
  if (!('members' in step) || step.members === undefined) return wordsOf(step)
  const { delivered, read, of } = step.members
  if (of === 0) return `${stateMark(step.state)} kept; nobody else is in the group yet`
  const counts = [...delivered > 0 ? [`delivered ${delivered} of ${of}`] : [], ...read > 0 ? [`read ${read} of ${of}`] : []].join(', ')
  if (isLater(step.state, 'stored') && step.state !== 'expired') return `${stateMark(step.state)} ${counts === '' ? step.state : counts}`
  return counts === '' ? wordsOf(step) : `${wordsOf(step)}, ${counts}`
}

function wordsOf (step: Step): string {
  const mark = stateMark(step.state)
  switch (step.state) {
    case 'queued': return `${mark} queued on this machine`
    case 'sent': return `${mark} sent`
    case 'stored': {
      const where = step.replicas === undefined ? '' : ` on ${step.replicas}${step.servers === undefined ? '' : ` of ${step.servers}`} ${(step.servers ?? step.replicas) === 1 ? 'server' : 'servers'}`
      return `${mark} stored${where}${step.until === undefined ? '' : ` until ${shortDay(step.until)}`}`
    }
    case 'delivered': return `${mark} delivered${step.via === undefined ? '' : `, ${viaWords(step.via)}`}`
    case 'read': return `${mark} read`
    case 'expired': return `${mark} expired before it was fetched`
    default: return `${mark} ${safeLine(step.state)}`
  }
}
