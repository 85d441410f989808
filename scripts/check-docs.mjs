// Runs what the documents tell people to run: every ```sh run and ```js run block, in order, one folder and one shell a
// document; and checks that relative links lead somewhere.
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { execFileSync } from 'node:child_process'

const root = process.cwd()
const documents = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' }).trim().split('\n')
let failures = 0
let ran = 0
let links = 0

for (const document of documents) {
  const text = readFileSync(document, 'utf8')
  for (const [, target] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
    if (/^[a-z]+:/.test(target)) continue
    links++
    if (existsSync(resolve(dirname(document), target))) continue
    console.error(`${document}: no such file: ${target}`)
    failures++
  }
  const blocks = [...text.matchAll(/^```(sh|js) run\n([\s\S]*?)^```/gm)].map(([, language, code]) => ({ language, code }))
  if (blocks.length > 0 && !await run(document, blocks)) failures++
  ran += blocks.length
}
console.log(`docs: ${ran} snippets run, ${links} links checked, ${failures} failures`)
process.exit(failures > 0 || ran === 0 ? 1 : 0)

async function run (document, blocks) {
  const folder = mkdtempSync(join(tmpdir(), 'p2pchat-docs-'))
  mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true })
  symlinkSync(root, join(folder, 'node_modules', 'p2pchat'))
  writeFileSync(join(folder, 'node_modules', '.bin', 'p2pchat'), `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'dist/bin/p2pchat.js')}" "$@"\n`)
  chmodSync(join(folder, 'node_modules', '.bin', 'p2pchat'), 0o755)
  const steps = blocks.map(({ language, code }, i) => {
    if (language === 'sh') return code
    writeFileSync(join(folder, `snippet-${i}.mjs`), code)
    return `node snippet-${i}.mjs\n`
  })
  // A process group of its own, so that what a snippet leaves in the background ends with it.
  const child = spawn('bash', ['-eu', '-c', steps.join('\n')], {
    cwd: folder,
    detached: true,
    env: { ...process.env, PATH: `${join(folder, 'node_modules', '.bin')}:${process.env.PATH}`, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { output += data })
  const timer = setTimeout(() => { process.kill(-child.pid, 'SIGKILL') }, 240_000)
  const status = await new Promise((resolve) => { child.on('exit', (code) => { resolve(code) }) })
  clearTimeout(timer)
  try {
    process.kill(-child.pid, 'SIGTERM')
  } catch {
    // Nothing was left in the background.
  }
  if (status !== 0) console.error(`${document}: its snippets ended with ${status}:\n${output}`)
  else if (process.env.VERBOSE) console.log(`${document}:\n${output}`)
  await new Promise((resolve) => { setTimeout(resolve, 500) })
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  return status === 0
}
