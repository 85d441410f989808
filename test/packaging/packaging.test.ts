import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { COMMANDS } from '../../src/cli/commands/index.js'
import { parseArguments } from '../../src/cli/program.js'
import { leaveGraceMs, lastAnswersMs, maxSpreadMs } from '../../src/rendezvous/home/limits.js'
import { parseMetricsAddress } from '../../src/rendezvous/metrics/endpoint.js'
import { prometheusMetrics } from '../../src/rendezvous/metrics/prometheus.js'
import { FakeClock } from '../helpers/fake-clock.js'

/** The server's options as they are understood; what is not is an error. */
function options (argv: string[]): Record<string, unknown> {
  const parsed = parseArguments(argv, { specs: COMMANDS, version: '', inShell: false })
  assert.ok(parsed.kind === 'run' && parsed.spec.name === 'rendezvous')
  return parsed.given.options
}

describe('packaging/p2pchat-rendezvous.service', () => {
  let unit = ''
  before(async () => { unit = await readFile('packaging/p2pchat-rendezvous.service', 'utf8') })
  const settings = (name: string): string[] => [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value)

  it('starts a server with options that there are', () => {
    const environment = Object.fromEntries(settings('Environment').map((text) => text.split(/=(.*)/s).slice(0, 2) as [string, string]))
    const [env, binary, ...argv] = (settings('ExecStart')[0] ?? '').split(' ')
    assert.deepEqual([env, binary], ['/usr/bin/env', 'p2pchat'])
    const given = argv.map((word) => word.replace(/^\$\{(\w+)\}$/, (_, name: string) => name === 'STATE_DIRECTORY' ? '/var/lib/p2pchat' : environment[name] ?? assert.fail(name)))
    assert.equal(given.pop(), '$P2PCHAT_ARGS')
    const { data, listen, metrics } = options([...given, '--announce', '/dns4/chat.example.org/tcp/4001', '--join', 'TOKEN'])
    assert.deepEqual([data, listen], ['/var/lib/p2pchat', ['/ip4/0.0.0.0/tcp/4001']])
    assert.equal(parseMetricsAddress(String(metrics)).host, '127.0.0.1')
  })

  it('gives it the time to hand its clients over', () => {
    assert.deepEqual(settings('KillSignal'), ['SIGTERM'])
    assert.ok(Number(settings('TimeoutStopSec')[0]) * 1000 >= 2 * (maxSpreadMs + leaveGraceMs + lastAnswersMs))
  })

  it('does not take from it what it cannot run without', () => {
    assert.deepEqual(settings('MemoryDenyWriteExecute'), [])
    assert.deepEqual(settings('PrivateNetwork'), [])
    for (const family of ['AF_INET', 'AF_INET6', 'AF_UNIX']) assert.ok(settings('RestrictAddressFamilies')[0]?.split(' ').includes(family))
  })
})

describe('packaging/Containerfile', () => {
  let lines: string[] = []
  before(async () => { lines = (await readFile('packaging/Containerfile', 'utf8')).split('\n').filter((line) => line !== '' && !line.startsWith('#')) })
  const rests = (word: string): string[] => lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))

  it('has only instructions that there are, and names its images in full', () => {
    for (const line of lines) assert.match(line, /^(FROM|WORKDIR|COPY|RUN|ENV|USER|VOLUME|EXPOSE|STOPSIGNAL|ENTRYPOINT) \S/)
    for (const image of rests('FROM')) assert.match(image, /^docker\.io\/library\/node:\d+-[a-z]+-slim( AS build)?$/)
  })

  it('copies what is there, and from the first stage what was made in it', () => {
    for (const rest of rests('COPY')) {
      const sources = rest.split(' ').slice(0, -1)
      if (sources[0] === '--from=build') for (const source of sources.slice(1)) assert.match(source, /^\/src\/(package\.json|node_modules|dist)$/)
      else for (const source of sources) assert.ok(existsSync(source), source)
    }
  })

  it('lets no package run a script, and pins what package-lock.json pins', () => {
    const installs = rests('RUN').filter((command) => /\bnpm\b/.test(command))
    assert.ok(installs.some((command) => command.startsWith('npm ci ')))
    for (const command of installs) assert.match(command, /^npm (ci|prune) .*--ignore-scripts/)
  })

  it('does not run as root', () => {
    const last = lines.findLastIndex((line) => line.startsWith('FROM '))
    const user = lines.findIndex((line, at) => at > last && line === 'USER node')
    assert.ok(user > last && user < lines.findIndex((line) => line.startsWith('ENTRYPOINT ')))
  })

  it('starts a server on its volume, on the port that it names', () => {
    const [program, ...argv] = JSON.parse(rests('ENTRYPOINT')[0] ?? '') as string[]
    assert.equal(program, 'p2pchat')
    const { data, listen } = options([...argv, '--announce', '/dns4/chat.example.org/tcp/4001'])
    assert.deepEqual([data], rests('VOLUME'))
    assert.deepEqual(rests('EXPOSE').map((port) => [`/ip4/0.0.0.0/tcp/${port.split('/')[0]}`]), [listen])
    assert.deepEqual(rests('STOPSIGNAL'), ['SIGTERM'])
  })
})

describe('what operators are told to watch', () => {
  let exposed: Set<string>
  let guide = ''
  let rules = ''
  before(async () => {
    const text = await prometheusMetrics({ clock: new FakeClock(), version: '', isOfProcess: true }).text()
    exposed = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name))
    guide = await readFile('docs/pool-upkeep.md', 'utf8')
    rules = await readFile('packaging/prometheus-rules.yml', 'utf8')
  })

  it('is told of every figure of a server, and of no other', () => {
    const table = [...guide.matchAll(/^\| (`(?:p2pchat|process|nodejs)_.*?) \|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([a-z0-9_]+)`/g)].map(([, name = '']) => name))
    assert.deepEqual(table.filter((name) => !exposed.has(name)), [])
    assert.deepEqual([...exposed].filter((name) => name.startsWith('p2pchat_') && !table.includes(name)), [])
  })

  it('has a rule for every alert that is explained, over figures that there are', () => {
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name)
    const explained = [...guide.matchAll(/^\| (`P2pchat.*?) \|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name))
    assert.deepEqual([...alerts].sort(), [...explained].sort())
    for (const [name] of rules.matchAll(/\b(p2pchat|process|nodejs)_[a-z0-9_]+/g)) assert.ok(exposed.has(name.replace(/_bucket$/, '')), name)
  })

  const rule = (alert: string): string => new RegExp(`- alert: ${alert}\\n([^]*?)- alert`).exec(rules)?.[1] ?? ''

  it('is told that copies may be missing where nobody could look', () => {
    for (const kind of ['mail', 'file']) assert.match(rule('P2pchatCopiesMissing'), new RegExp(`p2pchat_${kind}_servers_not_compared > 0`))
  })

  it('is woken for load by no request that anybody could have refused', () => {
    for (const method of ['pool/home', 'directory/attach']) assert.match(rule('P2pchatOverloaded'), new RegExp(`method!~"[^"]*\\b${method}\\b`))
  })
})
