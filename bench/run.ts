/**
 * Runs the benchmarks: `node dist/bench/run.js [name ...]`, all of them without a name. Every file beside this one is
 * a benchmark and exports `name` and `run`; what they share is in lib/.
 */
import '../src/cli/memory.js'
import '../src/polyfill.js'
import { readdir } from 'node:fs/promises'
import type { Bench, Row } from './lib/row.js'

const folder = new URL('.', import.meta.url)
const files = (await readdir(folder)).filter((file) => file.endsWith('.js') && file !== 'run.js').sort()
const benches = await Promise.all(files.map(async (file) => await import(new URL(file, folder).href) as Bench))
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !benches.some((bench) => bench.name === name))

if (unknown.length > 0) {
  console.error(`No benchmark is called ${unknown.join(', ')}; there are: ${benches.map(({ name }) => name).join(', ')}`)
  process.exitCode = 2
} else {
  for (const bench of benches) {
    if (asked.length === 0 || asked.includes(bench.name)) print(bench.name, await bench.run())
  }
}

function print (name: string, rows: Row[]): void {
  const width = Math.max(...rows.map(({ what }) => what.length))
  console.log(`\n${name}`)
  for (const { what, figure, target } of rows) {
    const verdict = target === undefined ? '' : `   ${target.text}: ${target.met ? 'met' : 'MISSED'}`
    console.log(`  ${what.padEnd(width)}  ${figure.padStart(16)}${verdict}`)
  }
}
