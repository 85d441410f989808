import assert from 'node:assert/strict'
import { AppendQueue, type Appending } from '../../../src/rendezvous/replication/append-queue.js'
import { maxAppendBytes, maxAppendsAtOnce, maxWaitingAppendBytes } from '../../../src/rendezvous/replication/limits.js'
import type { NotDone, ReplicaAppend, ReplicaEntry } from '../../../src/rendezvous/replication/replica.js'
import { id, key } from '../mailboxes/suite.js'

interface Request {
  rosterVersion: number
  appends: readonly Appending[]
  answer: (answer: ReplicaAppend[] | NotDone) => void
  fail: (error: Error) => void
}

const entryOf = (number: number, bytes = 10): ReplicaEntry => ({ entryId: id(number), envelope: new Uint8Array(bytes), sender: key(1), slot: new Uint8Array(0), expiresAtMs: 1, writer: id(2), sequence: number })
const storedUntil = (expiresAtMs: number): ReplicaAppend => ({ outcome: 'stored', expiresAtMs })
const turn = async (): Promise<void> => { await new Promise((resolve) => { setImmediate(resolve) }) }

describe('Appends for another server', () => {
  let requests: Request[]
  let queue: AppendQueue

  const append = async (number: number, { rosterVersion = 1, bytes = 10 } = {}): Promise<ReplicaAppend> => await queue.append(rosterVersion, key(number), entryOf(number, bytes))
  const numbersOf = ({ appends }: Request): number[] => appends.map(({ entry }) => entry.sequence)

  beforeEach(() => {
    requests = []
    queue = new AppendQueue(async (rosterVersion, appends) => await new Promise((resolve, reject) => { requests.push({ rosterVersion, appends, answer: resolve, fail: reject }) }), queueMicrotask)
  })

  it('wait for the end of the turn, before the first and after every answer', async () => {
    const ends: Array<() => void> = []
    queue = new AppendQueue(async (rosterVersion, appends) => await new Promise((resolve, reject) => { requests.push({ rosterVersion, appends, answer: resolve, fail: reject }) }), (fn) => { ends.push(fn) })
    const answers = [append(1)]
    await turn()
    answers.push(append(2))
    assert.equal(requests.length, 0)
    ends.shift()?.()
    assert.deepEqual(requests.map(numbersOf), [[1, 2]])
    answers.push(append(3))
    requests[0]?.answer([storedUntil(1), storedUntil(2)])
    await turn()
    answers.push(append(4))
    assert.equal(requests.length, 1)
    ends.shift()?.()
    requests[1]?.answer([storedUntil(3), storedUntil(4)])
    assert.deepEqual(await Promise.all(answers), [1, 2, 3, 4].map(storedUntil))
    assert.equal(ends.length, 0)
  })

  it('of one turn go together, and each gets its own answer', async () => {
    const answers = Promise.all([1, 2, 3].map(async (number) => await append(number)))
    await turn()
    assert.deepEqual(requests.map(numbersOf), [[1, 2, 3]])
    requests[0]?.answer([storedUntil(1), { outcome: 'gone' }, storedUntil(3)])
    assert.deepEqual(await answers, [storedUntil(1), { outcome: 'gone' }, storedUntil(3)])
  })

  it('wait while a request is under way, and go together then', async () => {
    const answers: Array<Promise<ReplicaAppend>> = []
    for (let number = 1; number <= 4; number++) {
      answers.push(append(number))
      await turn()
    }
    assert.equal(requests.length, 1)
    requests[0]?.answer([storedUntil(1)])
    await turn()
    assert.deepEqual(numbersOf(requests[1] ?? assert.fail()), [2, 3, 4])
    for (const request of requests.slice(1)) request.answer(numbersOf(request).map(storedUntil))
    assert.deepEqual(await Promise.all(answers), answers.map((_, index) => storedUntil(index + 1)))
  })

  it('go by one roster in one request', async () => {
    void append(1)
    void append(2, { rosterVersion: 2 })
    await turn()
    requests[0]?.answer([storedUntil(1)])
    await turn()
    assert.deepEqual(requests.map(({ rosterVersion }) => rosterVersion), [1, 2])
  })

  it('are bounded in number and in bytes of a request, but one may be larger', async () => {
    for (let number = 0; number <= maxAppendsAtOnce; number++) void append(number)
    await turn()
    requests[0]?.answer({ outcome: 'overloaded', retryAfterMs: 1, alternatives: [] })
    await turn()
    assert.deepEqual(requests.map(({ appends }) => appends.length), [maxAppendsAtOnce, 1])
    requests[1]?.answer([storedUntil(1)])
    await turn()
    requests = []
    void append(1, { bytes: maxAppendBytes + 1 })
    void append(2)
    await turn()
    requests[0]?.answer([storedUntil(1)])
    await turn()
    assert.deepEqual(requests.map(numbersOf), [[1], [2]])
  })

  it('are refused when too much waits', async () => {
    const bytes = maxWaitingAppendBytes / 4
    void append(1)
    await turn()
    const waiting = [1, 2, 3].map(async (number) => await append(number, { bytes }))
    assert.equal((await append(4, { bytes })).outcome, 'overloaded')
    requests[0]?.answer({ outcome: 'unknown' })
    for (const answer of await Promise.all(waiting)) assert.equal(answer.outcome, 'unknown')
    void append(5, { bytes })
    await turn()
    assert.deepEqual(numbersOf(requests.at(-1) ?? assert.fail()), [5])
  })

  it('are unknown together when the server does not answer, but not when it says no', async () => {
    const first = append(1)
    await turn()
    const second = append(2)
    requests[0]?.answer({ outcome: 'stale', rosterVersion: 9 })
    assert.deepEqual(await first, { outcome: 'stale', rosterVersion: 9 })
    await turn()
    assert.equal(requests.length, 2)
    const [third, fourth] = [append(3), append(4)]
    requests[1]?.answer({ outcome: 'unknown' })
    assert.deepEqual(await Promise.all([second, third, fourth]), [{ outcome: 'unknown' }, { outcome: 'unknown' }, { outcome: 'unknown' }])
    assert.equal(requests.length, 2)
    const last = append(5)
    await turn()
    requests[2]?.fail(new Error('a mistake'))
    await assert.rejects(last, /a mistake/)
  })
})
