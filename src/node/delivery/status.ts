/** How far a message has come: kept per device of the recipient, summed up per account. Pure. */
import type { MessageState, Via } from '../chat-node.js'
import type { DeviceState, MessageRow, SentDetails, Step } from '../history/messages.js'

const RANK: Record<MessageState, number> = { queued: 0, sent: 1, expired: 1, stored: 2, delivered: 3, read: 4 }

/** Whether `state` is at least as far as `wanted`. */
export function reached (state: MessageState, wanted: MessageState): boolean {
  return state !== 'expired' && RANK[state] >= RANK[wanted]
}

/**
 * The account's state: delivered or read as soon as one device is; else as far as the slowest device that is still
 * waited for; expired when none is.
 */
export function summarise (devices: DeviceState[]): MessageState {
  const states = devices.map((device) => device.state)
  if (states.includes('read')) return 'read'
  if (states.includes('delivered')) return 'delivered'
  const waiting = states.filter((state) => state !== 'expired')
  if (waiting.length === 0) return states.length === 0 ? 'queued' : 'expired'
  return waiting.reduce((slowest, state) => (RANK[state] < RANK[slowest] ? state : slowest))
}

export interface Advance {
  state: MessageState
  via: Via | null
  atMs: number
  replicas?: number
  servers?: number
  untilMs?: number
}

export interface Advanced {
  row: MessageRow
  /** Set when the account's state changed. */
  step?: Step
}

/** The row after a device came further; undefined when that is no news. */
export function advance (row: MessageRow, deviceHex: string, to: Advance): Advanced | undefined {
  const { sent } = row
  const device = sent?.devices[deviceHex]
  if (sent === undefined || device === undefined || !isFurther(device.state, to.state)) return undefined
  const via = to.via ?? device.via
  const devices = { ...sent.devices, [deviceHex]: { username: device.username, state: to.state, via, atMs: to.atMs } }
  return withSummary(row, { ...sent, devices }, to, via)
}

function withSummary (row: MessageRow, sent: SentDetails, to: Advance, via: Via | null): Advanced {
  const state = summarise(Object.values(sent.devices))
  if (state === sent.state) return { row: { ...row, sent } }
  const step: Step = {
    state,
    atMs: to.atMs,
    ...(via === null ? {} : { via }),
    ...(to.replicas === undefined || to.servers === undefined ? {} : { replicas: to.replicas, servers: to.servers }),
    ...(to.untilMs === undefined ? {} : { untilMs: to.untilMs })
  }
  return { row: { ...row, sent: { ...sent, state, steps: [...sent.steps, step] } }, step }
}

function isFurther (from: MessageState, to: MessageState): boolean {
  if (to === 'expired') return from !== 'delivered' && from !== 'read' && from !== 'expired'
  return from === 'expired' || RANK[to] > RANK[from]
}
