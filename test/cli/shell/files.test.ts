import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { COMMANDS } from '../../../src/cli/commands/index.js'
import { makeStyle } from '../../../src/cli/render/style.js'
import type { View } from '../../../src/cli/render/view.js'
import { complete } from '../../../src/cli/shell/complete.js'
import { completePath, lastWord } from '../../../src/cli/shell/complete-path.js'
import { isOld, ShellModel } from '../../../src/cli/shell/model.js'
import { overview } from '../../../src/cli/shell/overview.js'
import { tokenise } from '../../../src/cli/shell/parse.js'
import { menuLine } from '../../../src/cli/shell/texts.js'
import { FakeChatNode } from '../helpers/fake-chat-node.js'
import { FakeFiles, fileEvent, fileFailedEvent, offerEvent, progressEvent } from '../helpers/fake-files.js'
import { historyEntry } from '../helpers/samples.js'
import { tempFolder } from '../helpers/temp-folder.js'

const at = (nowMs: number): View => ({ style: makeStyle(false), nowMs, self: 'alice' })
const modelOf = (): ShellModel => Object.assign(new ShellModel(), { username: 'alice' })

describe('cli: files in the shell', () => {
  it('says in the prompt how far they are, and prints no line for it', () => {
    const model = modelOf()
    assert.deepEqual(model.take(progressEvent(), at(0)), { lines: [], read: null })
    assert.equal(model.prompt, 'alice (movie.mp4 50% 0:05 left)> ')
    model.take(progressEvent({ id: 'b', name: 'cat.png', bytes: 0 }), at(0))
    assert.equal(model.prompt, 'alice (2 files 25% 0:08 left)> ')
    model.room = { kind: 'user', name: 'bob' }
    assert.equal(model.prompt, 'alice → bob (2 files 25% 0:08 left)> ')
    for (const id of [progressEvent().id, 'b']) model.take(progressEvent({ id, bytes: 100 }), at(0))
    assert.equal(model.prompt, 'alice → bob> ')
  })

  it('says beside it that no server is there', () => {
    const model = modelOf()
    model.found({ kind: 'offline', poolId: 'p', retryAfterMs: 1, direct: [] })
    model.take(progressEvent(), at(0))
    assert.equal(model.prompt, 'alice (offline, movie.mp4 50% 0:05 left)> ')
  })

  it('lets go of what is not heard of any more', () => {
    const model = modelOf()
    model.take(progressEvent(), at(1_000))
    assert.equal(model.files.expire(2_000), 4_000)
    assert.equal(model.files.expire(6_000), null)
    assert.equal(model.prompt, 'alice> ')
  })

  it('says once that a file waits, and for what', () => {
    const model = modelOf()
    const waits = progressEvent({ idle: 'waiting' })
    assert.deepEqual(model.take(waits, at(0)).lines, ['movie.mp4 waits for bob; it goes on by itself.'])
    assert.deepEqual(model.take(waits, at(1)).lines, [])
    assert.equal(model.prompt, 'alice> ')
    model.take(progressEvent(), at(2))
    assert.equal(model.take(waits, at(3)).lines.length, 1)
    assert.deepEqual(model.take({ ...waits, id: 'b', direction: 'in' }, at(4)).lines, ['movie.mp4 waits for a source; it goes on by itself.'])
  })

  it('says once how a file ended, and where it went', () => {
    const sent = (fields: Parameters<FakeFiles['put']>[0]): Parameters<ShellModel['files']['sent']>[0] => new FakeFiles().put({ id: progressEvent().id, direction: 'out', name: 'movie.mp4', bytes: 100, ...fields })
    const model = modelOf()
    model.take(progressEvent({ via: 'direct' }), at(0))
    model.take(progressEvent({ via: 'mailbox', bytes: 100 }), at(0))
    assert.deepEqual(model.files.sent(sent({ state: 'done' }), at(1)), ['✓ movie.mp4 (100 bytes) is on a server for bob.'])
    assert.deepEqual(model.files.sent(sent({ state: 'done' }), at(1)), [])
    model.take(progressEvent(), at(2))
    assert.equal(model.prompt, 'alice> ', 'what is over does not move')
    assert.deepEqual(modelOf().files.sent(sent({ state: 'done' }), at(1)), ['✓ movie.mp4 (100 bytes) is sent to bob.'])
    assert.deepEqual(modelOf().files.sent(sent({ state: 'declined' }), at(1)), ['bob declined movie.mp4.'])
    const failed = modelOf()
    assert.deepEqual([failed.take(fileFailedEvent(), at(0)).lines.length, failed.take(fileFailedEvent(), at(0)).lines.length], [1, 0])
  })

  it('takes a file for what it is in a room: read there, named elsewhere', () => {
    const model = modelOf()
    model.room = { kind: 'user', name: 'bob' }
    assert.deepEqual(model.take(fileEvent(), at(0)).read, { kind: 'user', name: 'bob' })
    assert.deepEqual(model.take(offerEvent(), at(0)).read, { kind: 'user', name: 'bob' })
    assert.equal(model.take(fileEvent({ own: true, from: 'alice', to: 'bob' }), at(0)).read, null)
    const elsewhere = model.take(offerEvent({ from: 'carol' }), at(0))
    assert.equal(elsewhere.read, null)
    assert.match(elsewhere.lines[0] ?? '', /\[to you\] carol offers/)
  })

  it('shows at the start what is offered and what has come, once', async () => {
    const node = new FakeChatNode()
    const offered = node.files.put({})
    node.files.put({ state: 'active' })
    node.known = [{ username: 'bob', online: true, unread: 1, identity: 'pinned', lastMessageAt: null, standing: 'accepted', waiting: 0 }]
    const landed = historyEntry({ id: 'e'.repeat(32), kind: 'file', text: null, file: { name: 'cat.png', mime: 'image/png', bytes: 5, sha256: '', path: '/d/cat.png', status: 'landed' } })
    node.entries = [landed]
    const { lines, told } = await overview(node, at(0))
    assert.match(lines.join('\n'), /bob: cat\.png \(5 bytes\) · \/d\/cat\.png\n\? bob offers cat\.png \(1\.2 MiB\): accept ffffffff or decline ffffffff\n.*1 more file/)
    assert.deepEqual(told, [`file:${landed.id}`, `offer:${offered.id}`])
    const model = modelOf()
    for (const key of told) model.told.add(key)
    assert.deepEqual(model.take(offerEvent({ id: offered.id }), at(0)).lines, [])
    assert.equal(model.take(fileEvent({ id: offered.id }), at(0)).lines.length, 2, 'that it has come is news')
    assert.deepEqual(model.take(fileEvent({ id: landed.id }), at(0)).lines, [])
  })

  it('tells of a file that was on its way since before the shell was opened', () => {
    assert.equal(isOld(fileEvent(), Date.parse('2025-01-01')), false)
    assert.equal(isOld(offerEvent(), Date.parse('2025-01-01')), false)
  })

  it('puts an answer of the menu in quotes where it has spaces', () => {
    assert.equal(menuLine({ command: 'FILEUSERSEND', quotes: true }, ['bob', 'my "cat".png']), 'FILEUSERSEND bob "my \\"cat\\".png"')
    assert.equal(menuLine({ command: 'FILEUSERSEND', quotes: true }, ['bob', '"my cat.png"']), 'FILEUSERSEND bob "my cat.png"')
    assert.equal(menuLine({ command: 'SEND' }, ['bob', 'hi there']), 'SEND bob hi there')
  })
})

describe('cli: completion of paths', () => {
  const folder = tempFolder()

  beforeEach(async () => {
    for (const name of ['cat.png', 'my cat.png', 'it\'s "me".txt', '.hidden', 'bell\u0007.png']) await writeFile(join(folder(), name), '')
    await mkdir(join(folder(), 'my folder'))
    await writeFile(join(folder(), 'my folder', 'inside'), '')
  })

  const of = async (typed: string): Promise<string[]> => {
    const [candidates, replaced] = await completePath(lastWord(`SEND_FILE ${typed}`), { HOME: folder() })
    assert.equal(replaced, typed)
    return candidates
  }

  it('writes spaces as they were begun: in quotes, or after backslashes', async () => {
    assert.deepEqual(await of('~/my'), ['~/my\\ cat.png ', '~/my\\ folder/'])
    assert.deepEqual(await of('~/my\\ c'), ['~/my\\ cat.png '])
    assert.deepEqual(await of('"~/my c'), ['"~/my cat.png" '])
    assert.deepEqual(await of('\'~/my f'), ['\'~/my folder/'])
    assert.deepEqual(await of('~/my\\ folder/'), ['~/my\\ folder/inside '])
    assert.deepEqual(await of(`${folder()}/ca`), [`${folder()}/cat.png `])
  })

  it('shows hidden files to who asks, and never what acts on the terminal', async () => {
    assert.deepEqual(await of('~/.'), ['~/.hidden '])
    assert.ok(!(await of('~/')).some((name) => /hidden|bell/.test(name)))
    assert.deepEqual(await of('~/nothing/x'), [])
  })

  it('writes what is read back as the path', async () => {
    for (const quote of ['', '"', '\'']) {
      for (const candidate of await of(`${quote}~/`)) {
        const [, path] = tokenise(`SEND_FILE ${candidate}${candidate.endsWith('/') ? quote : ''}`) ?? []
        assert.ok(['~/cat.png', '~/my cat.png', '~/my folder/', '~/it\'s "me".txt'].includes(path ?? ''), candidate)
      }
    }
  })

  it('parts a line as it is parted when it is done', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'b', ' ', '"', '\'', '\\') }), (line) => {
      const { before, value, raw, quote } = lastWord(line)
      if (quote !== null || line.endsWith('\\')) return
      assert.deepEqual(raw === '' ? before : [...before, value], tokenise(line))
    }))
  })

  it('comes where a path belongs, and ids where a file does', async () => {
    const sources = {
      specs: COMMANDS,
      users: async () => ['bob '],
      ownGroups: async () => ['team '],
      listedGroups: async () => [],
      members: async () => [],
      files: async (_prefix: string, offered: boolean) => offered ? ['3f9a12bc '] : ['3f9a12bc ', '77aa0011 '],
      paths: async ({ raw }: { raw: string }): Promise<[string[], string]> => [['a path'], raw]
    }
    const candidates = async (line: string): Promise<string[]> => (await complete(line, sources))[0]
    for (const line of ['FILEUSERSEND bob c', 'FILEUSERSEND bob NAME c', 'FILEGROUPSEND team c', 'SEND_FILE c', 'send-file bob "my c', 'group send-file team c', 'SEND_GROUP_FILE c', 'settings downloads-folder /']) assert.deepEqual(await candidates(line), ['a path'], line)
    for (const line of ['FILEUSERSEND b', 'SEND_FILE "my cat.png" b', 'send-file ']) assert.deepEqual(await candidates(line), ['bob '], line)
    for (const line of ['FILEGROUPSEND t', 'SEND_GROUP_FILE x 2 team t']) assert.deepEqual(await candidates(line), ['team '], line)
    assert.deepEqual(await candidates('ACCEPT '), ['3f9a12bc '])
    assert.deepEqual(await candidates('SHOW '), ['3f9a12bc ', '77aa0011 '])
    assert.deepEqual(await candidates('FILES pa'), ['pause'])
    assert.deepEqual(await candidates('settings au'), ['auto-accept '])
    assert.deepEqual(await candidates('SEND bob hello c'), [])
  })
})
