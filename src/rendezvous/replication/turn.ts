/** Items that are placed and hashed before others get their turn: a few milliseconds. */
const itemsPerTurn = 500

/** Lets others have their turn after so many items. */
export class Turn {
  #items = 0

  async took (items: number): Promise<void> {
    this.#items += items
    if (this.#items < itemsPerTurn) return
    this.#items = 0
    await new Promise<void>((resolve) => { setImmediate(resolve) })
  }
}
