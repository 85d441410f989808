import type { Answer, ServerSide } from './messages.js'
import type { RosterKeeper } from './roster-keeper.js'
import type { WitnessBook } from './witness-book.js'

export interface PeersComponents {
  keeper: RosterKeeper
  book: WitnessBook
  /** A server by its PeerId, this one included. Its calls reject when there is no answer in time. */
  server: (peerId: string) => ServerSide
}

/** The other servers, brought to the same roster on the way, and never believed when their disk is of the past. */
export class Peers {
  readonly #components: PeersComponents

  constructor (components: PeersComponents) {
    this.#components = components
  }

  /**
   * What a server answers by the roster of this one; undefined when it does not, or when it knows a newer roster, which
   * this server knows then, too.
   */
  async ask<T> (peerId: string, request: (server: ServerSide) => Promise<Answer<T>>): Promise<T | undefined> {
    const { keeper, server } = this.#components
    try {
      const answer = await this.#heard(peerId, request)
      if (answer?.kind === 'answered') return answer
      if (answer?.why === 'old roster') await keeper.install(await server(peerId).chain())
      if (answer?.why !== 'unknown roster') return undefined
      await server(peerId).install(keeper.history.chain)
      const again = await this.#heard(peerId, request)
      return again?.kind === 'answered' ? again : undefined
    } catch {
      // No answer is what the caller counts with; why, the call's own log tells.
      return undefined
    }
  }

  async #heard<T> (peerId: string, request: (server: ServerSide) => Promise<Answer<T>>): Promise<Answer<T> | undefined> {
    const { book, server } = this.#components
    const floor = book.floor(peerId)
    const answer = await request(server(peerId))
    return book.heard(peerId, answer.standing, floor) ? answer : undefined
  }
}
