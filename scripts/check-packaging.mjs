// What can be checked of packaging/ without a container engine and a running systemd: the unit by systemd's own tools, and
// the Containerfile by doing what its build stage says in a clean folder, and starting what comes out of it.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

const unit = 'packaging/p2pchat-rendezvous.service'
/** systemd-analyze counts in tenths: 0 is a service that can do nothing, 100 one that can do all. Ours has 13. */
const maxExposure = 15

checkUnit()
checkContainer()

function checkUnit () {
  if (spawnSync('systemd-analyze', ['--version']).error !== undefined) {
    console.log('packaging: no systemd-analyze here (Debian package systemd); the unit was not checked')
    return
  }
  const env = { ...process.env, SYSTEMD_COLORS: '0', SYSTEMD_EMOJI: '0' }
  const verified = spawnSync('systemd-analyze', ['verify', '--man=no', `./${unit}`], { encoding: 'utf8', env })
  // Verify warns of unknown settings and still ends with 0.
  const complaints = verified.stderr.split('\n').filter((line) => line.includes(basename(unit)))
  if (verified.status !== 0 || complaints.length > 0) fail(`systemd-analyze verify: ${verified.stderr}`)
  const judged = spawnSync('systemd-analyze', ['security', '--no-pager', '--offline=true', `--threshold=${maxExposure}`, `./${unit}`], { encoding: 'utf8', env })
  if (judged.status !== 0) fail(`systemd-analyze security: more exposed than ${maxExposure / 10}\n${judged.stdout}${judged.stderr}`)
  console.log(`packaging: ${basename(unit)}: ${/Overall exposure level[^\n]*/.exec(judged.stdout)?.[0] ?? 'verified'}`)
}

function checkContainer () {
  const folder = mkdtempSync(join(tmpdir(), 'p2pchat-container-'))
  try {
    const [build, final] = stages(readFileSync('packaging/Containerfile', 'utf8'))
    const built = join(folder, 'build')
    mkdirSync(built)
    for (const { word, rest } of build) {
      if (word === 'COPY') copy(rest, '.', built)
      if (word === 'RUN') execFileSync('sh', ['-euc', rest], { cwd: built, stdio: ['ignore', 'ignore', 'inherit'] })
    }
    const app = join(folder, 'app')
    mkdirSync(app)
    for (const { word, rest } of final) if (word === 'COPY') copy(rest.replace('--from=build ', '').replaceAll('/src/', ''), built, app)
    chmodSync(join(app, 'dist/bin/p2pchat.js'), 0o755)
    if (!readdirSync(join(app, 'dist/bin')).some((name) => name.startsWith('chunk-'))) fail('The binary in the container is not bundled')
    const help = execFileSync(join(app, 'dist/bin/p2pchat.js'), ['rendezvous', '--help'], { cwd: folder, encoding: 'utf8' })
    if (!help.includes('--metrics')) fail(`What the container starts does not know its own options:\n${help}`)
    const store = "import { createRendezvous } from 'p2pchat'; const s = await createRendezvous({ dataDir: 'data', listen: ['/ip4/127.0.0.1/tcp/0'] }); await s.start(); console.log(s.poolAddress); await s.stop()"
    mkdirSync(join(folder, 'node_modules'))
    cpSync(app, join(folder, 'node_modules/p2pchat'), { recursive: true, verbatimSymlinks: true })
    const address = execFileSync(process.execPath, ['--input-type=module', '-e', store], { cwd: folder, encoding: 'utf8' })
    if (!address.startsWith('p2pchat:')) fail(`What the container holds does not start: ${address}`)
    console.log('packaging: Containerfile: the build stage was run in a clean folder, and a server started from what it gave')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The instructions of each stage. */
function stages (text) {
  const found = []
  for (const line of text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))) {
    const [, word, rest] = /^([A-Z]+) (.*)$/.exec(line) ?? fail(`Containerfile: not read: ${line}`)
    if (word === 'FROM') found.push([])
    else found.at(-1)?.push({ word, rest })
  }
  return found
}

function copy (rest, from, to) {
  const paths = rest.split(' ')
  const target = paths.pop() ?? ''
  for (const path of paths) {
    if (!existsSync(join(from, path))) fail(`Containerfile: there is no ${path}`)
    cpSync(join(from, path), target.endsWith('/') ? join(to, target, basename(path)) : join(to, target), { recursive: true, verbatimSymlinks: true })
  }
}

function fail (message) {
  console.error(message)
  process.exit(1)
}
