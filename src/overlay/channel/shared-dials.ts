import { abortError, raceSignal } from '../../runtime.js'

interface Dial<T> {
  result: Promise<T>
  addresses: readonly string[]
  controller: AbortController
  waiters: number
  over: boolean
}

/** Dials that are under way: who wants the same peer meanwhile waits for the same one. It is given up when nobody waits. */
export class SharedDials<T> {
  readonly #dials = new Map<string, Dial<T>>()

  /**
   * @param key what is dialled
   * @param addresses tried in addition when the dial that is under way fails and did not know some of them
   */
  async dial (key: string, addresses: readonly string[], start: (addresses: string[], signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const underWay = this.#dials.get(key)
    if (underWay === undefined) return await this.#wait(key, this.#begin(key, addresses, start), signal)
    try {
      return await this.#wait(key, underWay, signal)
    } catch (error) {
      const others = addresses.filter((address) => !underWay.addresses.includes(address))
      if (signal.aborted || others.length === 0) throw error
      return await this.#wait(key, this.#dials.get(key) ?? this.#begin(key, others, start), signal)
    }
  }

  abortAll (reason: Error): void {
    for (const dial of this.#dials.values()) dial.controller.abort(reason)
  }

  #begin (key: string, addresses: readonly string[], start: (addresses: string[], signal: AbortSignal) => Promise<T>): Dial<T> {
    const controller = new AbortController()
    const result = start([...addresses], controller.signal).finally(() => {
      dial.over = true
      this.#forget(key, dial)
    })
    const dial: Dial<T> = { result, addresses, controller, waiters: 0, over: false }
    this.#dials.set(key, dial)
    return dial
  }

  async #wait (key: string, dial: Dial<T>, signal: AbortSignal): Promise<T> {
    dial.waiters++
    try {
      return await raceSignal(dial.result, signal)
    } finally {
      dial.waiters--
      if (dial.waiters === 0 && !dial.over) {
        dial.controller.abort(abortError(signal))
        this.#forget(key, dial)
      }
    }
  }

  #forget (key: string, dial: Dial<T>): void {
    if (this.#dials.get(key) === dial) this.#dials.delete(key)
  }
}
