import { crc32 } from 'node:zlib'
import { asP2pChatError, P2pChatError } from '../../../src/errors.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'
import type { SimProcess } from './sim-node.js'

/** Answers a request; what it throws reaches the asker as the same code. */
export type SimHandler = (from: string, method: string, body: Uint8Array) => Promise<Uint8Array>

export interface SimNetworkHost {
  random: SeededRandom
  later: (delayMs: number, fn: () => void) => void
  process: (name: string) => SimProcess | undefined
  /** One line of the trace; `mark` is the CRC-32 of what it is about. */
  note: (mark: number, words: () => string) => void
}

type Answer = { body: Uint8Array } | { error: P2pChatError }

/** Requests and answers that are late, lost, doubled or out of order, each by its own chance. */
export class SimNetwork {
  delayMs: readonly [number, number] = [1, 10]
  /** Of each message. */
  lossChance = 0
  duplicateChance = 0
  /** A message that takes up to a hundred times as long. */
  straggleChance = 0
  /** Sent so far, lost or not. */
  messages = 0
  readonly #cut = new Set<string>()

  constructor (private readonly host: SimNetworkHost) {}

  /** Nothing comes through from the one to the other any more; the other way is as before. */
  cutOneWay (from: string, to: string): void {
    this.#cut.add(`${from}>${to}`)
  }

  cut (a: string, b: string): void {
    this.cutOneWay(a, b)
    this.cutOneWay(b, a)
  }

  partition (left: readonly string[], right: readonly string[]): void {
    for (const a of left) for (const b of right) this.cut(a, b)
  }

  /** All links work again. What was lost stays lost. */
  heal (): void {
    this.#cut.clear()
  }

  isCut (from: string, to: string): boolean {
    return this.#cut.has(`${from}>${to}`)
  }

  /**
   * Rejects with what the handler threw, ERR_UNREACHABLE (nobody is there: surely not done) or ERR_TIMEOUT (it may have
   * been done). It never settles once the asking process has died.
   */
  request (asker: SimProcess, to: string, method: string, body: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    return new Promise<Uint8Array>((resolve, reject) => {
      const timer = asker.clock.schedule(timeoutMs, () => { reject(new P2pChatError('ERR_TIMEOUT', `No answer within ${timeoutMs} ms.`)) })
      const settle = (answer: Answer): void => {
        timer.cancel()
        if ('error' in answer) reject(answer.error)
        else resolve(answer.body)
      }
      const mark = crc32(body)
      this.#send(asker.name, to, mark, () => `${method} ${mark.toString(16)}`, () => {
        this.#arrive(asker, to, method, body, settle)
      })
    })
  }

  #arrive (asker: SimProcess, to: string, method: string, body: Uint8Array, settle: (answer: Answer) => void): void {
    const back = (mark: number, words: () => string, answer: Answer): void => {
      this.#send(to, asker.name, mark, words, () => { asker.run(() => { settle(answer) }) })
    }
    const process = this.host.process(to)
    if (process === undefined) {
      back(0, () => 'refused', { error: new P2pChatError('ERR_UNREACHABLE', `${to} could not be reached.`) })
      return
    }
    process.run(() => {
      this.host.note(1, () => `${to} takes ${method} of ${asker.name}`)
      void answerOf(process, asker.name, method, body.slice()).then((answer) => {
        if (!process.isAlive) return
        const mark = crc32('body' in answer ? answer.body : answer.error.code)
        back(mark, () => `answer to ${method} ${'body' in answer ? mark.toString(16) : answer.error.code}`, answer)
        process.answered()
      })
    })
  }

  #send (from: string, to: string, mark: number, words: () => string, deliver: () => void): void {
    const { random } = this.host
    if (from === to) {
      this.host.later(0, deliver)
      return
    }
    this.messages++
    const copies = random.chance(this.duplicateChance) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      if (this.isCut(from, to) || random.chance(this.lossChance)) {
        this.host.note(~mark, () => `lost ${from} > ${to}: ${words()}`)
        continue
      }
      const [minMs, maxMs] = this.delayMs
      const delayMs = random.between(minMs, maxMs) * (random.chance(this.straggleChance) ? random.between(2, 100) : 1)
      this.host.later(delayMs, () => {
        // A link that was cut meanwhile loses what is on it.
        if (this.isCut(from, to)) this.host.note(~mark, () => `lost ${from} > ${to}: ${words()}`)
        else {
          this.host.note(mark, () => `${from} > ${to}: ${words()}`)
          deliver()
        }
      })
    }
  }
}

/** Never rejects. */
async function answerOf (process: SimProcess, from: string, method: string, body: Uint8Array): Promise<Answer> {
  try {
    return { body: await process.answer(from, method, body) }
  } catch (error) {
    return { error: asP2pChatError(error) }
  }
}
