import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { maxHeardDevices } from './limits.js'
import type { AttachedDevice, NewsEvent, Tell } from './types.js'

/** What came of a message. */
export type Taken =
  | { taken: false }
  /** `devices`: keys of those that changed, in hexadecimal, with what was there before. */
  | { taken: true, devices: Array<{ hex: string, before: AttachedDevice | undefined, after: AttachedDevice | undefined }>, gap: boolean, events: NewsEvent[] }

/** How far the events of a server were heard. */
export interface HeardEvents {
  run: Uint8Array
  last: number
}

const nothing: Taken = { taken: true, devices: [], gap: false, events: [] }

/**
 * What one other server has told. Pure. A table that is told anew replaces the one before when it
 * is complete, and not before: nobody seems to go and come back.
 */
export class Heard {
  #subscription: { ticket: Uint8Array, run: Uint8Array | undefined, next: number } | undefined
  readonly #devices = new Map<string, AttachedDevice>()
  /** Told since the table began; undefined: it is complete. */
  #told: Set<string> | undefined
  #events: HeardEvents | undefined

  /** @param events of subscriptions before */
  constructor (events: HeardEvents | undefined) {
    this.#events = events
  }

  get events (): HeardEvents | undefined {
    return this.#events
  }

  get devices (): ReadonlyMap<string, AttachedDevice> {
    return this.#devices
  }

  /** What comes next comes under this ticket. What was told stays until the table was told again. */
  expect (ticket: Uint8Array): void {
    this.#subscription = { ticket, run: undefined, next: 0 }
  }

  take (tell: Tell): Taken {
    const subscription = this.#subscription
    if (subscription === undefined || !equals(tell.ticket, subscription.ticket) || tell.sequence > subscription.next) return { taken: false }
    subscription.run ??= tell.run
    if (!equals(tell.run, subscription.run)) return { taken: false }
    // It came twice.
    if (tell.sequence < subscription.next) return nothing
    subscription.next++
    const devices: Extract<Taken, { taken: true }>['devices'] = []
    if (tell.begins) this.#told = new Set()
    for (const device of tell.attached) {
      const hex = toString(device.deviceKey, 'base16')
      const before = this.#devices.get(hex)
      if (before === undefined && this.#devices.size >= maxHeardDevices) continue
      this.#devices.set(hex, device)
      this.#told?.add(hex)
      devices.push({ hex, before, after: device })
    }
    for (const deviceKey of tell.detached) this.#remove(toString(deviceKey, 'base16'), devices)
    if (tell.complete && this.#told !== undefined) {
      for (const hex of [...this.#devices.keys()]) if (!this.#told.has(hex)) this.#remove(hex, devices)
      this.#told = undefined
    }
    this.#events = { run: tell.run, last: tell.lastEvent }
    return { taken: true, devices, gap: tell.gap, events: tell.events }
  }

  #remove (hex: string, devices: Extract<Taken, { taken: true }>['devices']): void {
    const before = this.#devices.get(hex)
    if (before === undefined) return
    this.#devices.delete(hex)
    devices.push({ hex, before, after: undefined })
  }
}
