import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFile, cp, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { hashOf, writeNoise } from '../helpers/noise-file.js'
import { binary, Person, startServer, type RunningServer } from '../helpers/p2pchat-process.js'

const MiB = 1024 * 1024
const checkout = join(dirname(binary), '..', '..')
/** Loaded at the start of a process that stays, or by commands that end. */
const atStart = ['completion', 'endpoint', 'local-pool', 'main', 'prometheus', 'rendezvous', 'shell']

/** Says on standard error which modules are loaded. */
const loads = `import { writeSync } from 'node:fs'
export async function load (url, context, next) {
  const loaded = await next(url, context)
  writeSync(2, 'loaded ' + url + '\\n')
  return loaded
}`
const watching = `--import=${dataUrl(`import { register } from 'node:module'; register(${JSON.stringify(dataUrl(loads))})`)}`

function dataUrl (code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`
}

/** The real binary, bundled once more with a change: the compiled program must be there (npm run build). */
describe('e2e: an update while p2pchat runs', function () {
  this.timeout(180_000)
  let folder: string
  let installed: string
  let server: RunningServer
  const everybody: Person[] = []

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'p2pchat-update-'))
    installed = await copyOf('installed', ['dist/bin', 'dist/src', 'package.json'])
    server = await startServer(join(folder, 'server'), undefined, { program: join(installed, 'dist/bin/p2pchat.js') })
  })

  afterEach(async () => {
    for (const { running } of everybody.splice(0)) for (const one of running) await one.end('SIGKILL')
    await server.running.end('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  async function copyOf (name: string, paths: string[]): Promise<string> {
    for (const path of paths) await cp(join(checkout, path), join(folder, name, path), { recursive: true })
    await symlink(join(checkout, 'node_modules'), join(folder, name, 'node_modules'))
    return join(folder, name)
  }

  /** As npm does it: what is installed goes as a whole, and the other version is there. */
  async function update (): Promise<void> {
    const newer = await copyOf('newer', ['dist/src', 'bin', 'scripts', 'package.json'])
    await appendFile(join(newer, 'dist/src/errors.js'), '\nglobalThis.isNewer = true\n')
    const build = join(newer, 'dist/src/build.js')
    await writeFile(build, (await readFile(build, 'utf8')).replace(/build = '/, "build = 'newer "))
    execFileSync(process.execPath, ['scripts/bundle.mjs'], { cwd: newer })
    const parts = new Set(await readdir(join(newer, 'dist/bin')))
    const gone = (await lazyParts()).filter((name) => !parts.has(name))
    assert.ok(gone.length >= 4, String(gone))
    await rm(installed, { recursive: true })
    await rename(newer, installed)
  }

  /** Files of what is installed that a client may need after its start. */
  async function lazyParts (): Promise<string[]> {
    const bin = join(installed, 'dist/bin')
    const texts = await Promise.all((await readdir(bin)).filter((name) => name.endsWith('.js')).map(async (name) => await readFile(join(bin, name), 'utf8')))
    const found = texts.flatMap((text) => [...text.matchAll(/import\("\.\/([^"]+)"\)/g)].map(([, name]) => name ?? ''))
    return [...new Set(found)].filter((name) => !atStart.includes(name.replace(/-[A-Z0-9]{8}\.js$/, '')))
  }

  async function person (name: string): Promise<Person> {
    const one = new Person(name, join(folder, name), server.pool, `the password of ${name} is long`)
    everybody.push(one)
    const { status, stderr } = await one.cli(['signup', name, '--json'])
    assert.equal(status, 0, stderr)
    return one
  }

  it('a listener takes the home over, and fetches and sends files, and its server goes on', async () => {
    const [alice, bob] = [await person('alice'), await person('bob')]
    const owner = await alice.listen()
    const listener = alice.start(['listen', '--json', '--as', 'second'], { program: join(installed, 'dist/bin/p2pchat.js'), env: { NODE_OPTIONS: watching } })
    const parts = await lazyParts()
    assert.ok(parts.length >= 6, String(parts))
    await listener.until(({ stderr }) => parts.every((name) => stderr.includes(`/${name}\n`)) || undefined, 'all was loaded')
    await update()

    await owner.end('SIGKILL')
    const text = await bob.cli(['send', 'alice', 'still there?', '--json'])
    assert.equal(text.status, 0, text.stderr)
    await listener.until(({ texts }) => texts.includes('still there?') || undefined, 'the text came')
    const sha256 = await writeNoise(join(folder, 'movie.mp4'), 9 * MiB)
    const atBob = await bob.listen()
    const there = await bob.cli(['send-file', 'alice', join(folder, 'movie.mp4'), '--json'])
    assert.equal(there.status, 0, there.stderr)
    const came = await listener.until(({ events }) => events.find(({ event }) => event === 'file'), 'the file came')
    assert.equal(await hashOf(String(came.path)), sha256)
    const back = await alice.cli(['send-file', 'bob', String(came.path), '--json'])
    assert.equal(back.status, 0, back.stderr)
    await atBob.until(({ events }) => events.find(({ event }) => event === 'file'), 'the file came back')
    assert.equal(await listener.end('SIGTERM'), 0)
  })
})
