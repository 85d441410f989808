/**
 * A test of the tests: each of these mistakes, made in a copy of the compiled program, must make the test that is named
 * with it fail. The copy is of the files alone that are changed; everything else is the real one.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Mistake { name: string, file: string, right: string, wrong: string, test: string }

const mistakes: Mistake[] = [
  {
    name: 'a seal is opened whatever its MAC is',
    file: 'src/crypto/seal.js',
    right: '        if (!constantTimeEqual(tag, computeTag(keys.macKey, label, ad, header, salt, ciphertext)))',
    wrong: '        if (tag.byteLength !== TAG_BYTES)',
    test: 'test/crypto/seal.test.js'
  },
  {
    name: 'an unsigned entry is accepted',
    file: 'src/records/group/entry.js',
    right: '    assertSignedBy(assertKey(entry.authorDevice, what));',
    wrong: '    assertKey(entry.authorDevice, what);',
    test: 'test/records/group/entry.test.js'
  },
  {
    name: 'an unsigned message is accepted',
    file: 'src/crypto/group/message.js',
    right: '    assertRecord(SIGNATURE, fields.senderDevice, { payload: lpAll(header, sealed), signature });',
    wrong: '    void signature;',
    test: 'test/crypto/group/message.test.js'
  },
  {
    name: 'the link to the entry before is not checked',
    file: 'src/records/group/fold.js',
    right: '    if (entry.sequence !== state.head.sequence + 1 || !constantTimeEqual(entry.previousHash, state.head.hash)) {',
    wrong: '    if (entry.sequence !== state.head.sequence + 1) {',
    test: 'test/records/group/fold.property.test.js'
  },
  {
    name: 'the epoch stays as it is when a member is removed',
    file: 'src/records/group/fold.js',
    right: 'commitment === undefined ? dueEpoch(state, entry) : freshEpoch(state, entry, commitment)',
    wrong: 'state.epoch',
    test: 'test/records/group/fold.test.js'
  },
  {
    name: 'the key of a chain is used again',
    file: 'src/crypto/group/message.js',
    right: 'return { chain: { ...chain, CK: hmacSha256(chain.CK, TWO), N: chain.N + 1 }, message',
    wrong: 'return { chain: { ...chain, N: chain.N + 1 }, message',
    test: 'test/crypto/group/message.test.js'
  },
  {
    name: 'the successor is the secret itself',
    file: 'src/crypto/group/epoch.js',
    right: "successor: expand('p2pchat/1 group successor')",
    wrong: 'successor: new Uint8Array(secret)',
    test: 'test/crypto/group/epoch.test.js'
  },
  {
    name: 'what a removal has last seen is ignored',
    file: 'src/node/groups/book/stays.js',
    right: 'return epoch > lastSeen.epoch || (epoch === lastSeen.epoch && counter > lastSeen.counter);',
    wrong: 'return false;',
    test: 'test/node/groups/book/stays.test.js'
  },
  {
    name: 'a device that the log does not list is heard',
    file: 'src/node/groups/book/stays.js',
    right: '    if (stay === -1)',
    wrong: '    if (stays.length < 0)',
    test: 'test/node/groups/book/stays.test.js'
  },
  {
    name: 'a device that the account hides from the log makes entries',
    file: 'src/records/group/fold.js',
    right: '    if (member === undefined || findDevice(member.accountRecord, authorDevice) === undefined)',
    wrong: '    if (member === undefined)',
    test: 'test/records/group/fold.test.js'
  },
  {
    name: 'a forged checkpoint is taken',
    file: 'src/records/group/fold.js',
    right: '!constantTimeEqual(hashGroupState(state), stateHash)',
    wrong: 'stateHash.byteLength !== 32',
    test: 'test/records/group/checkpoint.test.js'
  },
  {
    name: 'a checkpoint that the log does not lead to is no matter',
    file: 'src/node/groups/book/walk.js',
    right: '            if (!constantTimeEqual(ours.hash, state.head.hash))',
    wrong: '            if (ours.hash.byteLength === 0)',
    test: 'test/node/groups/book/log-reader.test.js'
  },
  {
    name: 'a wrong key goes unnoticed',
    file: 'src/node/groups/book/keys.js',
    right: '        if (row === undefined || against.includes(username) || against.length >= maxAgainst)',
    wrong: '        if (row !== undefined || against.includes(username))',
    test: 'test/node/groups/book/wrong-key.test.js'
  },
  {
    name: 'a server\'s word that it has taken a change is enough',
    file: 'src/node/groups/book/log-reader.js',
    right: '            await this.components.behind(channel, id, served);',
    wrong: '            void served;',
    test: 'test/node/groups/book/confirmer.test.js'
  }
]

const root = packageRoot()

describe('canaries', () => {
  let copy: string

  before(async function () {
    this.timeout(120_000)
    copy = await mkdtemp(join(tmpdir(), 'p2pchat-canaries-'))
    await cp(join(root, 'dist'), join(copy, 'dist'), { recursive: true })
    for (const shared of ['node_modules', 'package.json', 'test']) if (existsSync(join(root, shared))) await symlink(join(root, shared), join(copy, shared))
  })

  after(async () => { await rm(copy, { recursive: true, force: true }) })

  it('are silent without a mistake', async function () {
    this.timeout(300_000)
    assert.equal(await statusOf(copy, new Set(mistakes.map(({ test }) => test))), 0)
  })

  for (const { name, file, right, wrong, test } of mistakes) {
    it(`sing when ${name}`, async function () {
      this.timeout(120_000)
      const path = join(copy, 'dist', file)
      const source = await readFile(path, 'utf8')
      assert.equal(source.split(right).length, 2, `${file} has no such line any more: change the canary with it`)
      await writeFile(path, source.replace(right, wrong))
      try {
        assert.notEqual(await statusOf(copy, [test]), 0, `${test} does not see it`)
      } finally {
        await writeFile(path, source)
      }
    })
  }
})

/** Exit status of the tests there: the number of those that failed, at least. */
async function statusOf (folder: string, tests: Iterable<string>): Promise<number | null> {
  const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js')
  const files = [...tests].map((test) => `dist/${test}`)
  const child = spawn(process.execPath, ['--import', './dist/src/polyfill.js', mocha, '--no-config', '--no-package', '--timeout', '60000', '--bail', ...files], { cwd: folder, stdio: 'ignore' })
  return await new Promise((resolve) => { child.on('exit', resolve) })
}

function packageRoot (): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder)
  return folder
}
