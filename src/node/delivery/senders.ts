/** The senders of this device, one for each device that something was ever owed to, made when first needed. */
import type { Lane } from '../home/lane.js'
import { DeviceSender, type DeviceSenderComponents } from './device-sender.js'
import { devicesWithEntries, findOutChain } from './outbox.js'

export class Senders {
  private readonly byDevice = new Map<string, DeviceSender>()
  private stopped = false

  constructor (private readonly lane: Lane, private readonly components: DeviceSenderComponents) {}

  /** Goes on with what an earlier run left. */
  async start (): Promise<void> {
    for (const device of await devicesWithEntries(this.lane)) await this.trigger(device)
  }

  /** There may be a new way to the device, or room in its mailbox. */
  async trigger (device: string): Promise<void> {
    (await this.sender(device))?.trigger()
  }

  /** Something more is owed to the device. */
  async more (device: string): Promise<void> {
    (await this.sender(device))?.more()
  }

  /** All that is owed to the device is tried again, from the first. */
  async restart (device: string): Promise<void> {
    (await this.sender(device))?.restart()
  }

  /** There is a server now. */
  triggerAll (): void {
    for (const sender of this.byDevice.values()) sender.trigger()
  }

  /** A device showed up by itself: what it is owed goes to it directly. */
  seen (device: string): void {
    this.byDevice.get(device)?.restart()
  }

  async stop (): Promise<void> {
    this.stopped = true
    await Promise.all([...this.byDevice.values()].map(async (sender) => { await sender.stop() }))
  }

  private async sender (device: string): Promise<DeviceSender | undefined> {
    const existing = this.byDevice.get(device)
    if (existing !== undefined) return existing
    const chain = await findOutChain(this.lane, device)
    if (chain === undefined || this.stopped) return undefined
    const sender = this.byDevice.get(device) ?? new DeviceSender(device, chain.username, this.components)
    this.byDevice.set(device, sender)
    return sender
  }
}
