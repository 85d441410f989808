/** People in this process who write to each other while something happens to the servers, and what must be true afterwards. */
import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { NodePerson } from './node-person.js'
import type { SeededRandom } from './seeded-random.js'

/** Of those to whom one person writes: nobody writes to everybody. */
const maxFriends = 10
/** Sign-ups at the same time: each is mostly waiting. */
const signUpsAtOnce = 3

export interface CrowdInit {
  users: number
  /** Of all users, the first so many are not there while the others write. */
  away: number
  /** a pool address */
  pool: string
  random: SeededRandom
}

export interface Writing {
  /** asked before each message, with how many were begun by all */
  goesOn: (begun: number) => boolean
  /** what `send` came back for must be kept by the servers, or be with its recipient, within this */
  storedWithinMs: number
  /** between two messages of one person */
  pauseMs?: number
}

export class Crowd {
  /** How long each message took from `send` until it was kept, in milliseconds. */
  readonly tookMs: number[] = []
  private readonly sent = new Map<string, string[]>()
  private readonly friends: Map<NodePerson, NodePerson[]>
  private begun = 0

  private constructor (private readonly people: NodePerson[], private readonly away: number, private readonly random: SeededRandom) {
    this.friends = new Map(people.map((person) => [person, friendsOf(person, people, random)]))
  }

  static async signUp ({ users, away, pool, random }: CrowdInit): Promise<Crowd> {
    const people: NodePerson[] = []
    while (people.length < users) {
      const names = Array.from({ length: Math.min(signUpsAtOnce, users - people.length) }, (_, n) => `user${people.length + n}`)
      const signedUp = await Promise.allSettled(names.map(async (name) => await NodePerson.signUp(name, pool)))
      people.push(...signedUp.flatMap((one) => one.status === 'fulfilled' ? [one.value] : []))
      const failed = signedUp.find((one) => one.status === 'rejected')
      if (failed === undefined) continue
      await Promise.all(people.map(async (person) => { await person.stop() }))
      throw failed.reason
    }
    await Promise.all(people.slice(0, away).map(async (person) => { await person.stop() }))
    return new Crowd(people, away, random)
  }

  /** Everybody who is there writes, one message after the other, to any of his friends. */
  async write (writing: Writing): Promise<void> {
    await Promise.all(this.people.slice(this.away).map(async (from) => {
      while (writing.goesOn(this.begun)) await this.writeOne(from, writing)
    }))
  }

  /** Those who were away come, and everybody has read what was written to them: once, in the order of each sender, nothing else. */
  async readAll (): Promise<void> {
    await Promise.all(this.people.slice(0, this.away).map(async (person) => { await person.start() }))
    await Promise.all(this.people.map(async (person) => {
      await person.heard([...this.sent].filter(([key]) => key.endsWith(`>${person.username}`)).flatMap(([, texts]) => texts).length)
    }))
    for (const to of this.people) {
      for (const from of this.people) await this.checkOne(from, to)
    }
  }

  private async checkOne (from: NodePerson, to: NodePerson): Promise<void> {
    const read = to.textsOf(from.username)
    const sent = this.sent.get(`${from.username}>${to.username}`) ?? []
    if (isDeepStrictEqual(read, sent)) return
    const entries = await from.node.history({ user: to.username, limit: 10_000 })
    const missing = entries.find(({ from: author, text }) => author === from.username && text !== null && !read.includes(text))
    const trace = missing === undefined ? undefined : await from.node.trace({ id: missing.id })
    assert.fail([
      `${to.username} has read ${JSON.stringify(read)} of ${from.username}, who wrote ${JSON.stringify(sent)}`,
      JSON.stringify(trace, null, 2), `the log of ${to.username}:`, ...to.log, `the log of ${from.username}:`, ...from.log
    ].join('\n'))
  }

  /** Such that this share of the messages took no longer, in whole milliseconds. */
  tookAtMs (quantile: number): string {
    const sorted = [...this.tookMs].sort((a, b) => a - b)
    return (sorted[Math.floor((sorted.length - 1) * quantile)] ?? 0).toFixed(0)
  }

  async stop (): Promise<void> {
    await Promise.all(this.people.map(async (person) => { await person.stop() }))
  }

  private async writeOne (from: NodePerson, { storedWithinMs, pauseMs = 0 }: Writing): Promise<void> {
    const text = String(this.begun++)
    const to = this.random.pick(this.friends.get(from) ?? [])
    const startMs = performance.now()
    const { id } = await from.node.send({ to: to.username, text })
    const key = `${from.username}>${to.username}`
    this.sent.set(key, [...this.sent.get(key) ?? [], text])
    try {
      await from.node.wait({ id, state: 'stored', timeoutMs: storedWithinMs })
    } catch (error) {
      assert.fail(`${text} of ${from.username} to ${to.username}: ${String(error)}\n${JSON.stringify(await from.node.trace({ id }), null, 2)}`)
    }
    this.tookMs.push(performance.now() - startMs)
    if (pauseMs > 0) await new Promise((resolve) => { setTimeout(resolve, pauseMs) })
  }
}

function friendsOf (person: NodePerson, people: NodePerson[], random: SeededRandom): NodePerson[] {
  const friends = new Set<NodePerson>()
  while (friends.size < Math.min(maxFriends, people.length - 1)) {
    const other = random.pick(people)
    if (other !== person) friends.add(other)
  }
  return [...friends]
}
