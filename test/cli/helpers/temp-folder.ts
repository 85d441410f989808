import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of its own for each test of the describe block it is called in. */
export function tempFolder (): () => string {
  let folder = ''
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'p2pchat-test-')) })
  afterEach(async () => { await rm(folder, { recursive: true, force: true }) })
  return () => folder
}
