/**
 * What a component may know of the world: time, chance and a place to log. They are arguments everywhere, so that the
 * same code runs under a seeded simulator; this file is the only one that reaches for the real ones.
 */
import { randomBytes } from 'node:crypto'
import { P2pChatError } from './errors.js'

export interface Timer { cancel: () => void }

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now: () => number
  /** Milliseconds since some moment, which nobody sets: for how long something took or may take. Stands still while the machine sleeps. */
  monotonicMs: () => number
  /** Calls `fn` once after `delayMs`, the system's clock after 24 days at most. A timer does not keep the process alive by itself when `unref` is true. */
  schedule: (delayMs: number, fn: () => void, options?: { unref?: boolean }) => Timer
}

export interface Random {
  /** `length` bytes fit for keys. */
  bytes: (length: number) => Uint8Array
}

/** The shape of pino's methods: fields first, then the message. Never given keys, passwords or plaintext. */
export interface Logger {
  debug: (fields: object, message: string) => void
  info: (fields: object, message: string) => void
  warn: (fields: object, message: string) => void
  error: (fields: object, message: string) => void
}

/** A timer that is later than this was held up: by a process that was busy, or that did not run for a while. */
const heldUpMs = 50

/** What Node's timers can hold, 24.8 days: one that is to be longer would run at once. */
const longestDelayMs = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule (askedMs, fn, options) {
    const delayMs = Math.min(askedMs, longestDelayMs)
    const dueMs = performance.now() + delayMs
    let turn: NodeJS.Immediate | undefined
    const timer = setTimeout(() => {
      // Node runs timers before it reads: an answer that is here already must not count as missing.
      if (performance.now() - dueMs > heldUpMs) turn = setImmediate(fn)
      else fn()
    }, delayMs)
    if (options?.unref === true) timer.unref()
    return { cancel: () => { clearTimeout(timer); clearImmediate(turn) } }
  }
}

/** Calls `fn` behind what this turn of the event loop still has to do, such as reading what has arrived. */
export type EndOfTurn = (fn: () => void) => void

export const systemEndOfTurn: EndOfTurn = (fn) => { setImmediate(fn) }

export const systemRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length))
}

const nothing = (): void => {}
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/** Resolves after `delayMs`, rejects with ERR_ABORTED when `signal` aborts first. */
export async function sleep (clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) throw abortError(signal)
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => { timer.cancel(); reject(abortError(signal)) }
    const timer = clock.schedule(delayMs, () => { signal?.removeEventListener('abort', onAbort); resolve() })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

export interface Deadline {
  signal: AbortSignal
  /** Frees the timer; call it when the exchange is over. */
  clear: () => void
}

/** One AbortSignal for a whole exchange: aborts with ERR_TIMEOUT after `timeoutMs`, or as `parent` does. */
export function deadline (clock: Clock, timeoutMs: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController()
  const onParent = (): void => { timer.cancel(); controller.abort(parent?.reason) }
  const timer = clock.schedule(timeoutMs, () => {
    parent?.removeEventListener('abort', onParent)
    controller.abort(new P2pChatError('ERR_TIMEOUT', `No answer within ${timeoutMs} ms.`))
  }, { unref: true })
  if (parent?.aborted === true) onParent()
  else parent?.addEventListener('abort', onParent, { once: true })
  return {
    signal: controller.signal,
    clear: () => { timer.cancel(); parent?.removeEventListener('abort', onParent) }
  }
}

export interface EitherSignal {
  signal: AbortSignal
  /** Call it when nothing waits any more: what lives longer keeps nothing of it. */
  clear: () => void
}

/** Aborts as the first of these does. AbortSignal.any leaves something behind in one that lives long, with each call. */
export function eitherSignal (...parents: AbortSignal[]): EitherSignal {
  const controller = new AbortController()
  const clear = (): void => { for (const parent of parents) parent.removeEventListener('abort', onAbort) }
  const onAbort = (): void => {
    clear()
    controller.abort(parents.find(({ aborted }) => aborted)?.reason)
  }
  if (parents.some(({ aborted }) => aborted)) onAbort()
  else for (const parent of parents) parent.addEventListener('abort', onAbort, { once: true })
  return { signal: controller.signal, clear }
}

/** Why a signal aborted: its reason if that is one of our errors, else ERR_ABORTED. */
export function abortError (signal: AbortSignal | undefined): P2pChatError {
  const reason: unknown = signal?.reason
  return reason instanceof P2pChatError ? reason : new P2pChatError('ERR_ABORTED', 'The operation was cancelled.', { cause: reason })
}

/** The outcome of `promise`, or a rejection as soon as `signal` aborts; the promise then goes on unwatched. */
export async function raceSignal<T> (promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const onAbort = (): void => { reject(abortError(signal)) }
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => { signal.removeEventListener('abort', onAbort) }).catch(reject)
  })
}
