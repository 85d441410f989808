import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { encode } from '../../src/protocol/codec.js'
import { Envelope } from '../../src/protocol/pb/envelope.js'
import * as pb from '../../src/protocol/pb/service.js'
import { SUITE } from '../../src/protocol/ids.js'
import { isP2pChatError } from '../../src/errors.js'
import { connect, makeAccount, type BenchAccount, type ServerClient } from '../lib/server-client.js'

export interface Deposits {
  perSecond: number
  medianMs: number
  p99Ms: number
  failed: number
}

const senders = 10
const recipients = 200

/** Clients that leave envelopes in mailboxes, so many requests under way at a time, each client at another server. */
export class Load {
  readonly #clients: Array<{ client: ServerClient, account: BenchAccount }>
  readonly #mailboxes: readonly BenchAccount[]

  private constructor (clients: Array<{ client: ServerClient, account: BenchAccount }>, mailboxes: readonly BenchAccount[]) {
    this.#clients = clients
    this.#mailboxes = mailboxes
  }

  static async connect (poolAddresses: readonly string[]): Promise<Load> {
    const clients: Array<{ client: ServerClient, account: BenchAccount }> = []
    // One after the other: on a busy machine ten handshakes at once take longer than libp2p waits for any.
    for (let n = 0; n < senders; n++) {
      const account = makeAccount(`sender-${n}`)
      const client = await connect(poolAddresses[n % poolAddresses.length] ?? '', account.device)
      await client.signUp(account)
      await client.attach(account.username)
      clients.push({ client, account })
    }
    const mailboxes = Array.from({ length: recipients }, (_, n) => makeAccount(`recipient-${n}`))
    for (const account of mailboxes) await clients[0]?.client.signUp(account)
    return new Load(clients, mailboxes)
  }

  /**
   * @param bytes of each envelope's sealed part
   * @param perSecond so many begin, where not so many are under way; else the next begins when one has ended
   */
  async deposit ({ count, underWay, bytes, perSecond: asked = Number.POSITIVE_INFINITY }: { count: number, underWay: number, bytes: number, perSecond?: number }): Promise<Deposits> {
    const times: number[] = []
    let [next, failed] = [0, 0]
    const one = async (n: number): Promise<void> => {
      const { client, account } = this.#clients[n % this.#clients.length]!
      const request = envelope(account, this.#mailboxes[n % this.#mailboxes.length]!, bytes)
      const startMs = performance.now()
      try {
        await client.call('mailbox/append', pb.MailboxAppendRequest, pb.MailboxAppendResponse, request)
        times.push(performance.now() - startMs)
      } catch (error) {
        if (!isP2pChatError(error)) throw error
        failed++
      }
    }
    const startMs = performance.now()
    await Promise.all(Array.from({ length: underWay }, async () => {
      while (next < count) {
        const n = next++
        const earlyMs = startMs + n / asked * 1_000 - performance.now()
        if (earlyMs > 0) await sleep(earlyMs)
        await one(n)
      }
    }))
    const tookMs = performance.now() - startMs
    times.sort((a, b) => a - b)
    const at = (quantile: number): number => times[Math.min(times.length - 1, Math.floor(times.length * quantile))] ?? Number.NaN
    return { perSecond: times.length / tookMs * 1_000, medianMs: at(0.5), p99Ms: at(0.99), failed }
  }

  async stop (): Promise<void> {
    await Promise.all(this.#clients.map(async ({ client }) => { await client.stop() }))
  }
}

function envelope (from: BenchAccount, to: BenchAccount, bytes: number): { mailbox: Uint8Array, entryId: Uint8Array, envelope: Uint8Array, slot: Uint8Array } {
  const id = randomBytes(16)
  return {
    mailbox: to.device.publicKey,
    entryId: id,
    envelope: encode(Envelope, { id, suite: SUITE, senderDevice: from.device.publicKey, recipientDevice: to.device.publicKey, sessionId: new Uint8Array(16), header: new Uint8Array(40), sealed: randomBytes(bytes) }),
    slot: new Uint8Array(0)
  }
}
