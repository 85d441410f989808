import assert from 'node:assert/strict'
import fc from 'fast-check'
import { pastFileLine, transferLine } from '../../../src/cli/render/file.js'
import { eventLines, historyLines } from '../../../src/cli/render/message.js'
import { progressBrief, progressLine, sumOf } from '../../../src/cli/render/progress.js'
import { clockWords, parseSize, sizeWords } from '../../../src/cli/render/size.js'
import { makeStyle } from '../../../src/cli/render/style.js'
import type { View } from '../../../src/cli/render/view.js'
import { width, wrapLine } from '../../../src/cli/render/wrap.js'
import { FakeFiles, fileEvent, fileFailedEvent, offerEvent, progressEvent } from '../helpers/fake-files.js'
import { historyEntry } from '../helpers/samples.js'

const plain = makeStyle(false)
const view: View = { style: plain, nowMs: Date.parse('2024-11-22T12:00:00.000Z'), self: 'alice' }
const mebibytes = (amount: number): number => amount * 1024 * 1024

describe('cli: sizes', () => {
  it('are shown as people read them', () => {
    const shown: Array<[number, string]> = [[0, '0 bytes'], [1, '1 byte'], [1023, '1023 bytes'], [1024, '1 KiB'], [1536, '1.5 KiB'], [mebibytes(25), '25 MiB'], [mebibytes(999.7), '1 GiB'], [mebibytes(1229), '1.2 GiB'], [2 ** 32, '4 GiB'], [2 ** 42, '4 TiB']]
    for (const [bytes, words] of shown) assert.equal(sizeWords(bytes), words)
  })

  it('take at most four digits, whatever they are', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (bytes) => { assert.match(sizeWords(bytes), /^\d{1,4}(\.\d)? (byte|bytes|KiB|MiB|GiB|TiB)$/) }))
  })

  it('are typed with a unit or without', () => {
    for (const [typed, bytes] of [['0', 0], ['1000', 1000], ['300K', 300 * 1024], ['25M', mebibytes(25)], ['25 MiB', mebibytes(25)], ['1.5g', mebibytes(1536)], ['7b', 7]] as const) assert.equal(parseSize(typed), bytes)
    for (const bad of ['', 'x', '-1', '25MB', '1T', '1e3', '1.', '0x10']) assert.throws(() => parseSize(bad), /300K, 25M, 1G/, bad)
  })

  it('of time are as clocks show them', () => {
    assert.deepEqual([0, 16.2, 60, 725, 3723].map(clockWords), ['0:00', '0:17', '1:00', '12:05', '1:02:03'])
  })
})

describe('cli: files in words', () => {
  it('says who sent what, and where it lies', () => {
    const lines = eventLines(fileEvent({ caption: 'two\nlines' }), view)
    assert.match(lines[0] ?? '', /^\d\d:\d\d bob: cat\.png \(1\.2 MiB\)$/)
    assert.deepEqual(lines.slice(1), ['      │ two', '      │ lines', '      │ /home/alice/downloads/cat.png'])
  })

  it('offers what can be typed', () => {
    assert.match(eventLines(fileEvent(), { ...view, inShell: true })[0] ?? '', / · show 3f9a12bc$/)
    assert.doesNotMatch(eventLines(fileEvent({ mime: 'application/pdf' }), { ...view, inShell: true })[0] ?? '', /show/)
    assert.match(eventLines(offerEvent(), view).join('\n'), /bob offers movie\.mp4 \(1\.2 GiB\)\.\n +│ accept 3f9a12bc fetches it, decline 3f9a12bc refuses it\.$/)
  })

  it('says in which group, and what another device of one\'s own sent', () => {
    const { to: _, ...inGroup } = fileEvent({ group: 'team' })
    assert.match(eventLines(inGroup, view)[0] ?? '', /\[team\] bob: cat/)
    assert.match(eventLines(fileEvent({ from: 'alice', to: 'bob', own: true }), view)[0] ?? '', /alice → bob: cat/)
  })

  it('lets nothing of a name or a caption act on the terminal', () => {
    const hostile = 'a\u001b[2J\u202egpj.\u0007\nb'
    fc.assert(fc.property(fc.oneof(fc.constant(hostile), fc.string({ unit: 'binary' })), (text) => {
      const lines = [
        ...eventLines(fileEvent({ name: text, caption: text, path: `/x/${text}`, from: text }), view),
        ...eventLines(offerEvent({ name: text, caption: text }), view),
        ...eventLines(progressEvent({ name: text, peer: text }), view),
        ...eventLines(fileFailedEvent({ name: text, message: text }), view),
        progressLine(progressEvent({ name: text, peer: text }), 80, plain),
        transferLine(new FakeFiles().put({ name: text, peer: text, state: 'failed', error: { code: 'X', message: text } }), view.nowMs, plain)
      ]
      // eslint-disable-next-line no-control-regex
      for (const line of lines) assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
    }))
  })

  it('shows what became of a file in the history', () => {
    const file = { name: 'cat.png', mime: 'image/png', bytes: 5, sha256: '', path: '/d/cat.png', caption: 'mine' }
    const shown = (status: 'sent' | 'offered' | 'coming' | 'landed' | 'declined' | 'failed', fields = {}): string => pastFileLine(historyEntry({ id: '3f9a12bc'.padEnd(32, '0'), ...fields }), { ...file, status }, view)
    assert.equal(shown('landed'), 'bob: cat.png (5 bytes) · /d/cat.png')
    assert.equal(shown('offered'), 'bob: cat.png (5 bytes) · offered: accept 3f9a12bc')
    assert.equal(shown('sent', { from: 'alice', state: 'delivered' }), 'alice: ✓✓ cat.png (5 bytes)')
    for (const status of ['coming', 'declined', 'failed'] as const) assert.match(shown(status), /cat\.png \(5 bytes\) · \w+/)
    assert.match(historyLines(historyEntry({ kind: 'file', text: null, file: { ...file, status: 'landed' } }), view).join('\n'), /bob: cat\.png.*\n +│ mine$/)
  })

  it('lists transfers in a line each', () => {
    const files = new FakeFiles()
    const lineOf = (fields: Parameters<FakeFiles['put']>[0]): string => transferLine(files.put({ id: '3f9a12bc'.padEnd(32, '0'), ...fields }), view.nowMs, plain)
    assert.match(lineOf({}), /^3f9a12bc {2}\S+ {2}← bob +cat\.png \(1\.2 MiB\) · offered to you$/)
    assert.match(lineOf({ direction: 'out', state: 'offered' }), /→ bob .* · offered$/)
    assert.match(lineOf({ state: 'active', doneBytes: 629_145 }), /under way, 49%$/)
    assert.match(lineOf({ state: 'done', path: '/d/cat.png' }), /has come · \/d\/cat\.png$/)
    assert.match(lineOf({ state: 'failed', error: { code: 'ERR_CONFLICT', message: 'It changed.' } }), /failed: It changed\.$/)
  })
})

describe('cli: how far a file is', () => {
  const event = progressEvent({ bytes: mebibytes(560), total: mebibytes(1229), bytesPerSecond: mebibytes(38) })

  it('has a bar, percents, amounts, rate and time left', () => {
    assert.equal(progressLine(event, 100, plain), 'movie.mp4 → bob ##################......................  45%  560 MiB of 1.2 GiB  38 MiB/s  0:18')
  })

  it('fits every width, and keeps name and percents', () => {
    fc.assert(fc.property(fc.integer({ min: 21, max: 300 }), fc.string({ minLength: 1, maxLength: 300 }), fc.double({ min: 0, max: 1, noNaN: true }), (columns, name, done) => {
      const line = progressLine({ ...event, name: `a${name}`, bytes: Math.floor(done * event.total) }, columns, plain)
      assert.ok(width(line) < columns, `${columns}: ${line}`)
      assert.match(line, /\d%/)
    }))
    assert.match(progressLine(event, 40, plain), /^movie\.mp4.* 45% {2}38 MiB\/s {2}0:18$/)
  })

  it('is never all there before it is', () => {
    assert.match(progressLine({ ...event, bytes: event.total - 1 }, 80, plain), / 99%/)
    assert.match(progressLine({ ...event, bytes: 0, total: 0 }, 80, plain), /100%/)
  })

  it('says what it waits for instead of a rate', () => {
    assert.match(progressLine({ ...event, idle: 'paused', bytesPerSecond: 0 }, 80, plain), /paused$/)
    assert.match(eventLines({ ...event, idle: 'waiting' }, view).join(), /45% of 1\.2 GiB, waiting$/)
  })

  it('sums up several', () => {
    const both = sumOf([event, progressEvent({ id: 'b', peer: 'team', bytes: 0, total: mebibytes(1229), bytesPerSecond: mebibytes(2) })])
    assert.deepEqual([both?.name, both?.peer, both?.bytes, both?.bytesPerSecond], ['movie.mp4', 'bob, team', mebibytes(560), mebibytes(40)])
    assert.equal(sumOf([event, progressEvent({ id: 'b', name: 'cat.png' })])?.name, '2 files')
    assert.equal(sumOf([]), null)
  })

  it('is brief in a prompt', () => {
    assert.equal(progressBrief([event]), 'movie.mp4 45% 0:18 left')
    assert.equal(progressBrief([{ ...event, name: `${'long'.repeat(20)}.mp4` }]), 'longlonglongl…ng.mp4 45% 0:18 left')
    assert.equal(progressBrief([{ ...event, idle: 'waiting' }]), '')
  })

  it('is not wrapped when it is a picture', () => {
    const sixels = `\u001bPq${'~'.repeat(500)}\u001b\\`
    assert.deepEqual(wrapLine(sixels, 80), [sixels])
  })
})
