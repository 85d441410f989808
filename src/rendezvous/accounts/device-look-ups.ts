import type { Clock } from '../../runtime.js'
import { knownAbsenceMs } from './known-accounts.js'

/** Devices of which it is remembered whether some account lists them: about 150 bytes each. */
const maxLookedUp = 100_000

export interface DeviceLookUpsComponents {
  clock: Clock
  /** Whether some account lists a device now, by its key in hexadecimal. */
  look: (device: string) => Promise<boolean>
}

/**
 * Whether some account lists a device: looked up once for all who ask meanwhile, and believed for some seconds. A device
 * that none lists can be asked for thousands of times a second, and each look may cost a read for every account that ever
 * listed it.
 */
export class DeviceLookUps {
  readonly #components: DeviceLookUpsComponents
  readonly #underWay = new Map<string, Promise<boolean>>()
  readonly #answers = new Map<string, { isListed: boolean, atMs: number }>()

  constructor (components: DeviceLookUpsComponents) {
    this.#components = components
  }

  /** @throws what the look throws; it is not remembered */
  async isListed (device: string): Promise<boolean> {
    const answer = this.#answers.get(device)
    if (answer !== undefined && Math.abs(this.#components.clock.now() - answer.atMs) < knownAbsenceMs) return answer.isListed
    return await (this.#underWay.get(device) ?? this.#look(device))
  }

  /** Some account has changed, or may have: which devices it lists now is not known. */
  forget (): void {
    this.#answers.clear()
    this.#underWay.clear()
  }

  /** All await this one promise, so that they go on in the order in which they asked. */
  #look (device: string): Promise<boolean> {
    const looking: Promise<boolean> = this.#components.look(device).then((isListed) => {
      // What changed while it was looked up is not remembered as it was.
      if (this.#underWay.get(device) === looking) this.#remember(device, isListed)
      return isListed
    }).finally(() => {
      if (this.#underWay.get(device) === looking) this.#underWay.delete(device)
    })
    this.#underWay.set(device, looking)
    return looking
  }

  #remember (device: string, isListed: boolean): void {
    if (this.#answers.size >= maxLookedUp) this.#answers.clear()
    this.#answers.set(device, { isListed, atMs: this.#components.clock.now() })
  }
}
