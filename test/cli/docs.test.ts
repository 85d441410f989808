import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { COMMANDS } from '../../src/cli/commands/index.js'
import { servePoolControl } from '../../src/cli/control/index.js'
import { METHODS } from '../../src/node/methods.js'
import { ENVIRONMENT, EXIT_STATUSES, manPage } from '../../src/cli/manual.js'
import { GLOBAL_OPTIONS } from '../../src/cli/program.js'
import { SHELL_WORDS } from '../../src/cli/shell/parse.js'
import { version } from '../../src/cli/version.js'
import { stretchBackupPassword } from '../../src/crypto/backup.js'
import { ERROR_EXIT_STATUS } from '../../src/errors.js'
import { writeBackup } from '../../src/node/backup/index.js'
import type { NodeEvent } from '../../src/node/chat-node.js'
import { systemDisk } from '../../src/node/files/disk.js'
import { Lane } from '../../src/node/home/lane.js'
import { systemClock, systemRandom } from '../../src/runtime.js'
import { createMemoryStore } from '../../src/store/index.js'
import { FakeChatNode } from './helpers/fake-chat-node.js'
import { fileEvent, fileFailedEvent, offerEvent, progressEvent } from './helpers/fake-files.js'
import { groupEvent } from './helpers/fake-groups.js'
import { FakePoolAdmin } from './helpers/fake-pool-admin.js'
import { pngOf } from './helpers/pictures.js'
import { run } from './helpers/run.js'
import { historyEntry, messageEvent } from './helpers/samples.js'
import { tempFolder } from './helpers/temp-folder.js'

/** Complete, or it does not compile. */
const NODE_EVENTS: Record<NodeEvent['event'], true> = {
  message: true, file: true, offer: true, progress: true, 'file-failed': true, 'unknown-content': true, gap: true, status: true, presence: true, 'contact-request': true, 'identity-changed': true, 'device-added': true, pool: true, group: true, error: true
}

describe('docs/cli.md', () => {
  const home = tempFolder()
  let text = ''
  before(async () => { text = await readFile('docs/cli.md', 'utf8') })

  /** What stands under a heading, down to the next of the same or a higher level. */
  function section (heading: string): string {
    const start = text.indexOf(`\n${heading}\n`)
    assert.notEqual(start, -1, heading)
    const level = heading.split(' ')[0]?.length ?? 1
    const rest = text.slice(start + heading.length + 2)
    const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'))
    return end === -1 ? rest : rest.slice(0, end)
  }

  const listedOptions = (part: string): string[] => [...part.matchAll(/^- `(--[^`]+)`/gm)].map(([, flags = '']) => flags)

  /** Rows of the tables of a section, as cells. */
  function rows (heading: string): string[][] {
    return [...section(heading).matchAll(/^\| (.+) \|$/gm)].map(([, row = '']) => row.split(' | ').map((cell) => cell.replace(/^\||\|$/g, '').trim())).filter(([first]) => first?.includes('---') === false)
  }

  const quoted = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)

  it('has every command of the table, in its order, and no other', () => {
    const headings = [...section('## Commands').matchAll(/^### `p2pchat ([^`]+)`$/gm)].map(([, heading]) => heading)
    assert.deepEqual(headings, COMMANDS.map(({ name, args }) => args === undefined ? name : `${name} ${args}`))
  })

  it('has every option of each command, no other, and an example', () => {
    for (const { name, args, options = [] } of COMMANDS) {
      const part = section(`### \`p2pchat ${name}${args === undefined ? '' : ` ${args}`}\``)
      assert.deepEqual(listedOptions(part), options.filter(({ hidden }) => hidden !== true).map(({ flags }) => flags), name)
      for (const { choices = [] } of options) for (const choice of choices) assert.ok(part.includes(`\`${choice}\``), `${name}: ${choice}`)
      assert.match(part, new RegExp(`\`\`\`sh\\n[^]*p2pchat${name === 'shell' ? '' : ` ${name}`}[^]*\`\`\``), name)
    }
  })

  it('has every option of all commands', () => {
    assert.deepEqual(listedOptions(section('### Options of every command')), GLOBAL_OPTIONS.map(({ flags }) => flags))
  })

  it('has every variable that the sources read', async () => {
    const files = (await readdir('src/cli', { recursive: true })).filter((name) => name.endsWith('.ts') && name !== 'manual.ts')
    const sources = (await Promise.all(files.map(async (name) => await readFile(`src/cli/${name}`, 'utf8')))).join('\n')
    const read = new Set(sources.match(/P2PCHAT_[A-Z_]+/g))
    assert.deepEqual([...read].sort(), ENVIRONMENT.map(([name]) => name).filter((name) => name.startsWith('P2PCHAT_')).sort())
    assert.deepEqual(rows('### Environment').slice(1).flatMap(([name]) => quoted(name)), ENVIRONMENT.map(([name]) => name))
  })

  it('has every exit status with its codes', () => {
    const table = rows('### Exit status').slice(1)
    assert.deepEqual(table.map(([status, meaning]) => [Number(status), meaning?.replaceAll('`', '')]), EXIT_STATUSES)
    assert.deepEqual([...new Set([0, ...Object.values(ERROR_EXIT_STATUS)])].sort(), EXIT_STATUSES.map(([status]) => status))
    for (const [status, , codes] of table) {
      if (Number(status) > 1) assert.deepEqual(quoted(codes).sort(), Object.entries(ERROR_EXIT_STATUS).filter(([, of]) => of === Number(status)).map(([code]) => code).sort())
    }
  })

  it('has every event of listen', () => {
    assert.deepEqual(rows('### What `listen` prints').slice(1).flatMap(([name]) => quoted(name)), Object.keys(NODE_EVENTS))
  })

  it('has every field of what commands answer', async () => {
    const node = new FakeChatNode()
    node.known = [{ username: 'bob', online: true, unread: 2, identity: 'pinned', lastMessageAt: null, standing: 'accepted', waiting: 0 }]
    node.entries = [historyEntry(), historyEntry({ kind: 'gap', text: null })]
    node.entries.push(historyEntry({ kind: 'file', text: null, file: { name: 'cat.png', mime: 'image/png', bytes: 5, sha256: 'ab'.repeat(32), caption: 'A cat', path: '/x', status: 'landed' } }))
    const offered = node.files.put({})
    const refused = node.files.put({})
    node.files.put({ state: 'failed', error: { code: 'ERR_CONFLICT', message: 'It changed.' } })
    const picture = node.files.put({ state: 'done', name: 'dot.png' })
    node.files.previews.set(picture.id, { mime: 'image/png', base64: Buffer.from(pngOf(2, 2)).toString('base64') })
    node.emit(groupEvent(), progressEvent({ idle: 'paused' }), fileFailedEvent(), fileEvent({ caption: 'A cat' }), offerEvent({ caption: 'A film' }), messageEvent())
    node.rooms.put('club', ['carol'])
    node.findings = [{ severity: 'advice', code: 'no-backup', text: 'There is none.', advice: 'Make one.' }]
    node.rooms.put('crew', ['carol'])
    const seen: Array<Record<string, unknown>> = []
    for (const argv of [['whoami'], ['devices'], ['contacts'], ['contacts', 'accept', 'bob'], ['contacts', 'block', 'bob'], ['users'], ['limits'], ['history', 'bob'], ['verify', 'bob'], ['send', 'bob', 'hi'], ['trace', 'bob'],
      ['group', 'create', 'team', 'bob'], ['groups'], ['groups', '--mine'], ['group', 'join', 'club'], ['group', 'members', 'team'], ['group', 'send', 'team', 'hi'], ['history', 'team'], ['trace', 'team'],
      ['group', 'add', 'team', 'carol'], ['group', 'promote', 'team', 'bob'], ['group', 'demote', 'team', 'bob'], ['group', 'remove', 'team', 'carol'], ['group', 'policy', 'team', 'unlisted'],
      ['group', 'rename', 'team', 'squad'], ['group', 'log', 'squad'], ['group', 'verify', 'squad'], ['group', 'leave', 'club'], ['completion', 'bash'], ['help'], ['--version'],
      ['listen', '--exit-after', '3'], ['send-file', 'bob', 'cat.png'], ['group', 'send-file', 'squad', 'cat.png'], ['files'], ['accept', offered.id], ['files', 'pause', offered.id], ['files', 'resume', offered.id], ['decline', refused.id], ['show', picture.id], ['settings'], ['backup', join(home(), 'new.backup')], ['doctor'], ['passwd'], ['device', 'remove', 'x'], ['logout'], ['login', 'alice'], ['signup', 'alice'], ['recover', 'alice']]) {
      const env = { P2PCHAT_PASSWORD: node.password, P2PCHAT_NEW_PASSWORD: 'new', P2PCHAT_BACKUP_PASSWORD: 'x', P2PCHAT_RECOVERY_KEY: 'AAAAA-BBBBB-CCCCC-DDDDD' }
      const ran = await run([...argv, '--json'], { home: home(), node, env })
      assert.equal(ran.status, 0, `${argv.join(' ')}: ${ran.stdout}`)
      seen.push(...ran.events)
    }
    const backup = join(home(), 'alice.backup')
    const store = createMemoryStore()
    await writeBackup({ store, lane: new Lane(store), disk: systemDisk, clock: systemClock, random: systemRandom, stretch: stretchBackupPassword, signal: new AbortController().signal }, 'alice', { path: backup, password: node.password })
    seen.push(...(await run(['restore', backup, '--home', join(home(), 'restored'), '--json'], { home: home(), env: { P2PCHAT_BACKUP_PASSWORD: node.password } })).events)
    const admin = new FakePoolAdmin()
    admin.findings = [{ severity: 'advice', code: 'two-servers', peerId: null, text: 'There are two.', advice: 'Add one.' }]
    await writeFile(join(home(), 'key'), `# a comment\n${'ab'.repeat(32)}\n`)
    const control = await servePoolControl({ admin, clock: systemClock, folder: home(), env: {} })
    for (const argv of [['status'], ['sign-up', 'closed'], ['invite'], ['drain', '2'], ['remove', '2'], ['recover', '--lost', '2', '--key', join(home(), 'key')], ['doctor']]) {
      seen.push(...(await run(['pool', ...argv, '--data', home(), '--json'], { home: home() })).events)
    }
    await control.close()
    const documented = [...rows('### What `listen` prints'), ...rows('### What commands answer')]
    for (const { event, ...fields } of seen) {
      if (event === 'gap') continue
      const own = documented.filter(([name]) => quoted(name).includes(String(event))).flatMap(quotedOf)
      for (const name of Object.keys(fields)) assert.ok(own.includes(name), `${String(event)}.${name} is not described.`)
    }
    const answered = new Set(seen.map(({ event }) => event))
    for (const [name] of rows('### What commands answer').slice(1)) for (const event of quoted(name)) assert.ok(answered.has(event) || ['ready', 'unknown-content', 'group-change', 'device-added'].includes(event), `Nothing answered ${event}.`)
  })

  const quotedOf = (row: string[]): string[] => row.flatMap((cell) => quoted(cell))

  it('has every method of the control socket with its parameters', () => {
    const described = rows('## The control socket').slice(1).map(([method, params = '']) => [quoted(method)[0], [...params.matchAll(/`([^`]+)`(\??)/g)].map(([, name, optional]) => `${name}${optional}`)])
    assert.deepEqual(described, Object.entries(METHODS).map(([name, { params }]) => [name, Object.entries(params).map(([param, kind]) => `${param}${kind.endsWith('?') ? '?' : ''}`)]))
  })

  it('has every word of the shell', () => {
    const words = rows('## The shell').flatMap(([typed]) => quoted(typed)).map((typed) => typed.split(' ')[0])
    for (const word of SHELL_WORDS) assert.ok(words.includes(word), word)
  })
})

describe('docs/p2pchat.1', () => {
  it('is installed where man looks: npm takes it from a list only', async () => {
    assert.deepEqual((JSON.parse(await readFile('package.json', 'utf8')) as { man: unknown }).man, ['docs/p2pchat.1'])
  })

  it('is what scripts/make-man.ts writes', async () => {
    assert.equal(await readFile('docs/p2pchat.1', 'utf8'), manPage(COMMANDS, GLOBAL_OPTIONS, version()))
  })
})
