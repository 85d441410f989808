/**
 * Which devices' mailboxes were full for what was sent to a group, and which may have room again: when one has, what waits
 * for it is uploaded, and no other message; when it is full again, no further ones. Devices are named by their keys in hex.
 */
type Devices = 'all' | ReadonlySet<string>

interface Step {
  /** who may have room in it */
  tried: Devices
  /** for whom something waits */
  awaited: Set<string>
  /** … as far as it was seen since all that waits began to be gone through */
  seen: Set<string>
  /** who was found without room */
  full: Set<string>
}

export class Room {
  /** For whom something waited at the end of the last step. */
  private awaited: ReadonlySet<string> = new Set()
  /** Who may have room since the step under way began. */
  private freed: Devices = 'all'
  private step: Step | undefined

  /** Something waited for room at the end of the last step. */
  get isAwaited (): boolean {
    return this.awaited.size > 0
  }

  /** Any mailbox may have room by now. */
  freeAll (): void {
    this.freed = 'all'
  }

  /** A device has taken some of its mail. True: a step has something to do now. */
  free (device: string): boolean {
    if (this.step === undefined && !this.awaited.has(device)) return false
    this.freed = both(this.freed, [device])
    return this.step === undefined
  }

  begin (): void {
    this.step = { tried: this.freed, awaited: new Set(this.awaited), seen: new Set(), full: new Set() }
    this.freed = new Set()
  }

  /** All that waits is gone through now, from the first … */
  beginAll (): void {
    this.step?.seen.clear()
  }

  /** … to the last: for whom nothing was seen to wait, nothing does. */
  endAll (): void {
    if (this.step !== undefined) this.step.awaited = this.step.seen
  }

  /** Something waits because these devices had no room. */
  lacks (devices: string[]): void {
    for (const device of devices) {
      this.step?.awaited.add(device)
      this.step?.seen.add(device)
    }
  }

  /** These devices have none just now. */
  isFull (devices: string[]): void {
    this.lacks(devices)
    for (const device of devices) this.step?.full.add(device)
  }

  /** Whether one of these may have room in this step. @param devices default: all for whom something waits */
  mayBe (devices: Iterable<string> = this.step?.awaited ?? []): boolean {
    const { step } = this
    return step !== undefined && [...devices].some((device) => has(step.tried, device) && !step.full.has(device))
  }

  /** True: some that lack room have taken mail during the step. */
  end (): boolean {
    this.awaited = this.step?.awaited ?? this.awaited
    this.step = undefined
    return [...this.awaited].some((device) => has(this.freed, device))
  }

  /** The step broke off: what it was to try is tried in the next one. */
  breakOff (): void {
    this.awaited = both(this.awaited, this.step?.awaited ?? [])
    this.freed = both(this.freed, this.step?.tried ?? [])
    this.step = undefined
  }
}

function has (devices: Devices, device: string): boolean {
  return devices === 'all' || devices.has(device)
}

function both (some: ReadonlySet<string>, others: Iterable<string>): ReadonlySet<string>
function both (some: Devices, others: Devices | Iterable<string>): Devices
function both (some: Devices, others: Devices | Iterable<string>): Devices {
  return some === 'all' || others === 'all' ? 'all' : new Set([...some, ...others])
}
