/**
 * The pool's OPAQUE setups as registers `opaque-setup:VERSION`. They are the pool's secret: whoever has them can guess
 * passwords offline, so only servers of the pool read them.
 */
import { asError } from '../outcome.js'
import type { Registers } from '../registers/index.js'
import { maxSetups } from './limits.js'

const PREFIX = 'opaque-setup:'

/** Keeps a setup, unless there is one of that version. Repeatable. @throws ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED */
export async function keepSetup (registers: Registers, version: number, setup: Uint8Array): Promise<void> {
  const written = await registers.compareAndSet(`${PREFIX}${version}`, 0, setup)
  if (written.outcome !== 'written' && written.outcome !== 'conflict') throw asError(written)
}

/** All of them, by version. @throws ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED */
export async function readSetups (registers: Registers): Promise<Map<number, Uint8Array>> {
  const setups = new Map<number, Uint8Array>()
  let after = ''
  while (setups.size < maxSetups) {
    const listed = await registers.list(PREFIX, { after, limit: 100 })
    if (listed.outcome !== 'listed') throw asError(listed)
    for (const { name, value } of listed.page.registers) setups.set(Number(name.slice(PREFIX.length)), value)
    if (listed.page.next === undefined) break
    after = listed.page.next
  }
  return setups
}
