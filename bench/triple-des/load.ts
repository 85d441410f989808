/** How long a new process needs before its first block: measured in processes of their own, nothing being warm. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { median } from '../lib/paired.js'
import { sized } from '../lib/size.js'

const PROCESSES = sized(15, 1)

const SCRIPT = `
  const { tripleDesBlock } = await import(process.argv[1])
  const start = process.hrtime.bigint()
  tripleDesBlock(new Uint8Array(24), new Uint8Array(8))
  console.log(Number(process.hrtime.bigint() - start) / 1e6)
`

export async function medianLoadMs (): Promise<number> {
  const file = new URL('../../src/crypto/triple-des/index.js', import.meta.url).href
  const times: number[] = []
  for (let n = 0; n < PROCESSES; n++) {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', SCRIPT, file])
    times.push(Number(stdout))
  }
  return median(times)
}
