/** At most so many things at a time, the others in the order of their coming: who asks for one at a time gets a fair share. */
export class Turns {
  readonly #max: number
  readonly #waiting: Array<() => void> = []
  #running = 0

  constructor (max: number) {
    this.#max = max
  }

  async run<T> (task: () => Promise<T>): Promise<T> {
    if (this.#running === this.#max) await new Promise<void>((resolve) => { this.#waiting.push(resolve) })
    else this.#running++
    try {
      return await task()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}
