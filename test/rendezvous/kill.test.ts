import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toString } from 'uint8arrays/to-string'
import { createStoreMailboxes } from '../../src/rendezvous/mailboxes/store-mailboxes.js'
import { defaultLimits } from '../../src/rendezvous/limits.js'
import { systemClock } from '../../src/runtime.js'
import { openStore } from '../../src/store/index.js'
import { depositEntry } from './children/deposit-entry.js'

const extension = extname(fileURLToPath(import.meta.url))
const program = fileURLToPath(new URL(`children/deposit${extension}`, import.meta.url))
const loader = extension === '.ts' ? ['--import', 'tsx'] : []

describe('a server that is killed', () => {
  let folder: string

  beforeEach(async () => { folder = join(await mkdtemp(join(tmpdir(), 'p2pchat-kill-')), 'data') })
  afterEach(async () => { await rm(join(folder, '..'), { recursive: true }) })

  /** Runs the depositor until it has promised so many, kills it, and gives the numbers promised. */
  async function deposit (first: number, count: number): Promise<number[]> {
    const child = spawn(process.execPath, [...loader, program, folder, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exit = once(child, 'exit')
    let text = ''
    let lines = 0
    for await (const chunk of child.stdout) {
      text += String(chunk)
      lines += String(chunk).split('\n').length - 1
      if (lines >= count) child.kill('SIGKILL')
    }
    await exit
    return text.slice(0, text.lastIndexOf('\n')).split('\n').map(Number)
  }

  it('has everything that it promised, exactly once, with exact counters', async () => {
    const promised: number[] = []
    for (let round = 0; round < 3; round++) {
      promised.push(...await deposit(round * 1_000_000, 500))
      const store = await openStore({ folder, kind: 'server' })
      const mailboxes = createStoreMailboxes({ store, clock: systemClock, limits: defaultLimits })
      const found = new Map<string, number>()
      let bytes = 0
      for (let mailbox = 0; mailbox < 5; mailbox++) {
        let afterCursor = 0
        for (;;) {
          const read = await mailboxes.read(new Uint8Array(32).fill(mailbox), { afterCursor, maxEntries: 500, maxBytes: 1_000_000 })
          if (read.outcome !== 'read') assert.fail(read.outcome)
          for (const { cursor, entryId, envelope } of read.entries) {
            assert.ok(cursor > afterCursor)
            afterCursor = cursor
            bytes += envelope.byteLength
            const name = toString(entryId, 'base16')
            found.set(name, (found.get(name) ?? 0) + 1)
          }
          if (!read.more) break
        }
      }
      for (const number of promised) assert.equal(found.get(toString(depositEntry(number).entryId, 'base16')), 1, `envelope ${number}`)
      assert.ok([...found.values()].every((count) => count === 1))
      assert.deepEqual(await mailboxes.totals(), { mailboxes: 5, envelopes: found.size, bytes })
      await store.close()
    }
    assert.ok(promised.length >= 1500)
  }).timeout(60_000)
})
