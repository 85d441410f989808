/** What one side puts in, the other takes out with `for await`, in the same order. */
export class AsyncQueue<T> implements AsyncIterable<T> {
  #items: T[] = []
  #ended = false
  #wake: (() => void) | undefined

  push (item: T): void {
    this.#items.push(item)
    this.#wake?.()
  }

  /** What is in it may still be taken out. */
  end (): void {
    this.#ended = true
    this.#wake?.()
  }

  /** Everything that nobody has taken out yet. */
  clear (): T[] {
    return this.#items.splice(0)
  }

  async * [Symbol.asyncIterator] (): AsyncGenerator<T> {
    for (;;) {
      const [item] = this.#items.splice(0, 1)
      if (item !== undefined) yield item
      else if (this.#ended) return
      else await new Promise<void>((resolve) => { this.#wake = resolve })
    }
  }
}
