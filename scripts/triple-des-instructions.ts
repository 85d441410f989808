/**
 * Counts the instructions that V8 makes of one round of Triple DES, which a busy machine does not change:
 * npx tsx scripts/triple-des-instructions.ts (on x86-64; other processors have other instructions).
 */
import { execFileSync } from 'node:child_process'
import { moduleBytes } from '../src/crypto/triple-des/module.js'

const COMPILE = 'new WebAssembly.Module(Buffer.from(process.argv[1], "base64"))'
const FLAGS = ['--no-liftoff', '--no-wasm-tier-up', '--no-wasm-lazy-compilation', '--print-wasm-code']

/** The first kind that fits is the one. */
const KINDS: ReadonlyArray<readonly [kind: string, pattern: RegExp]> = [
  ['gates and XORs', /^v(pxor|por|pand|andnps) /],
  ['to the stack and back', /^vmov\w+ .*\[rbp/],
  ['loads and stores of state and key masks', /^vmov\w+ .*\[/],
  ['copies', /^vmov\w+ xmm\d+,xmm\d+/],
  ['addresses and the loop', /./]
]

const printed = execFileSync(process.execPath, [...FLAGS, '--eval', COMPILE, Buffer.from(moduleBytes()).toString('base64')], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
const batch = printed.slice(printed.indexOf('name: wasm-function[1]'))
const round = innermost(instructionsOf(batch.slice(0, batch.indexOf('--- End code'))))
const counts = new Map<string, number>(KINDS.map(([kind]) => [kind, 0]))
for (const { text } of round) {
  const kind = KINDS.find(([, pattern]) => pattern.test(text))![0]
  counts.set(kind, counts.get(kind)! + 1)
}
for (const [kind, count] of counts) console.log(`${String(count).padStart(5)}  ${kind}`)
console.log(`${String(round.length).padStart(5)}  together`)

interface Instruction { at: number, text: string }

function instructionsOf (disassembly: string): Instruction[] {
  return [...disassembly.matchAll(/^0x[0-9a-f]+ +([0-9a-f]+) {2}[0-9a-f]{2,} +(?:REX\.W )?(.*)$/gm)].map(([, at, text]) => ({ at: parseInt(at!, 16), text: text! }))
}

/** The loop with the most vector logic, and of those around each other the smallest: the body of a round. */
function innermost (instructions: Instruction[]): Instruction[] {
  const logic = (body: Instruction[]): number => body.filter(({ text }) => KINDS[0]![1].test(text)).length
  const loops = instructions.flatMap(({ text }, end) => {
    const target = /^jn?c 0x[0-9a-f]+ +<\+0x([0-9a-f]+)>/.exec(text)?.[1]
    const start = instructions.findIndex(({ at }) => at === parseInt(target ?? '', 16))
    return start >= 0 && start <= end ? [instructions.slice(start, end + 1)] : []
  })
  return loops.sort((a, b) => logic(b) - logic(a) || a.length - b.length)[0] ?? []
}
