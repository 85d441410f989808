/**
 * Runs the benchmarks: `node dist/bench/run.js [name ...]`, all of them without a name. Every file beside this one is a
 * benchmark, called as its file is, and exports `run`; what they share is in lib/. Each runs in a process of its own: what
 * others have loaded would have to be looked through whenever memory is collected.
 */
import '../src/cli/memory.js'
import '../src/polyfill.js'
import { spawnSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Bench, Row } from './lib/row.js'

const folder = new URL('.', import.meta.url)
const names = (await readdir(folder)).filter((file) => file.endsWith('.js') && file !== 'run.js').map((file) => file.slice(0, -'.js'.length)).sort()
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !names.includes(name))
const [only, ...others] = asked

if (unknown.length > 0) {
  console.error(`No benchmark is called ${unknown.join(', ')}; there are: ${names.join(', ')}`)
  process.exitCode = 2
} else if (only !== undefined && others.length === 0) {
  const bench = await import(new URL(`${only}.js`, folder).href) as Bench
  print(only, await bench.run())
} else {
  for (const name of asked.length === 0 ? names : asked) {
    const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), name], { stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
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
