/** One thing at a time for each key, in the order of the calls; different keys do not wait for each other. */
export class Lanes {
  readonly #tails = new Map<string, Promise<unknown>>()

  async run<T> (key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key)
    const result = before === undefined ? task() : before.then(task, task)
    this.#tails.set(key, result)
    try {
      return await result
    } finally {
      if (this.#tails.get(key) === result) this.#tails.delete(key)
    }
  }

  /** Has all these lanes at once. It takes its place in all of them in one step, so that no two wait for each other. */
  async runAll<T> (keys: readonly string[], task: () => Promise<T>): Promise<T> {
    const before = keys.map((key) => this.#tails.get(key)).filter((tail) => tail !== undefined)
    const result = before.length === 0 ? task() : Promise.allSettled(before).then(task)
    for (const key of keys) this.#tails.set(key, result)
    try {
      return await result
    } finally {
      for (const key of keys) if (this.#tails.get(key) === result) this.#tails.delete(key)
    }
  }
}
