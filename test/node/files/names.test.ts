import assert from 'node:assert/strict'
import fc from 'fast-check'
import { numberedName, safeFileName } from '../../../src/node/files/names.js'

/** What may be claimed, and what it becomes. */
const CORPUS: Array<[raw: string, safe: string]> = [
  ['cat.png', 'cat.png'],
  ['Ein schönes Bild.jpeg', 'Ein schönes Bild.jpeg'],
  ['写真.png', '写真.png'],
  ['', 'file'],
  ['.', 'file'],
  ['..', 'file'],
  ['...', 'file'],
  ['/', 'file'],
  ['\\', 'file'],
  ['   ', 'file'],
  ['../../etc/passwd', 'passwd'],
  ['/etc/passwd', 'passwd'],
  ['/etc/passwd/', 'passwd'],
  ['a/../..', 'a'],
  ['..\\..\\windows\\system32\\cmd.exe', 'cmd.exe'],
  ['C:\\autoexec.bat', 'autoexec.bat'],
  ['C:autoexec.bat', 'C_autoexec.bat'],
  ['file.txt:stream', 'file.txt_stream'],
  ['file.txt::$DATA', 'file.txt__$DATA'],
  ['\\\\server\\share\\x', 'x'],
  ['\\\\?\\C:\\x', 'x'],
  ['.bashrc', 'bashrc'],
  ['.ssh/authorized_keys', 'authorized_keys'],
  ['..hidden', 'hidden'],
  ['. .x', 'x'],
  ['-rf', 'rf'],
  ['--help', 'help'],
  ['~/.profile', 'profile'],
  ['~root', 'root'],
  ['name.', 'name'],
  ['name. . .', 'name'],
  ['name   ', 'name'],
  ['a\0b.png', 'ab.png'],
  ['a\nb.png', 'ab.png'],
  ['a\r\n\tb.png', 'ab.png'],
  ['\u001b[31mred.png', '[31mred.png'],
  ['\u001b]0;title\u0007x', ']0;titlex'],
  ['photo\u202egpj.exe', 'photogpj.exe'],
  ['a\u200bb\u2066c\ufeffd', 'abcd'],
  ['x\u2028y\u2029z', 'xyz'],
  ['tag\u{e0041}s', 'tags'],
  ['half\ud800pair', 'halfpair'],
  ['a\u00a0b\u3000c', 'a b c'],
  ['e\u0301.txt', '\u00e9.txt'],
  ['what? "this" <is> a|b*.txt', 'what_ _this_ _is_ a_b_.txt'],
  ['con', '_con'],
  ['CON.txt', '_CON.txt'],
  ['nul .txt', '_nul .txt'],
  ['Aux.tar.gz', '_Aux.tar.gz'],
  ['com1', '_com1'],
  ['COM¹.log', '_COM¹.log'],
  ['lpt9.', '_lpt9'],
  ['CONIN$', '_CONIN$'],
  ['.con', '_con'],
  ['console.log', 'console.log'],
  ['com10.txt', 'com10.txt'],
  ['desktop.ini', 'desktop.ini'],
  ['$(reboot).sh', '$(reboot).sh'],
  ['`x`;rm -rf *', '`x`;rm -rf _'],
  ['%s%n%00', '%s%n%00'],
  ['..%2f..%2fetc', '%2f..%2fetc'],
  ['．．／etc', '．．／etc'],
  [`${'a'.repeat(300)}.png`, `${'a'.repeat(251)}.png`],
  [`${'é'.repeat(300)}.tar.gz`, `${'é'.repeat(124)}.tar.gz`],
  [`${'a'.repeat(300)}.${'b'.repeat(30)}`, 'a'.repeat(255)],
  [`x.${'y'.repeat(300)}`, `x.${'y'.repeat(253)}`],
  ['.'.repeat(5000), 'file'],
  ['../'.repeat(5000), 'file']
]

describe('files: names', () => {
  for (const [raw, safe] of CORPUS) {
    it(JSON.stringify(raw.length > 40 ? `${raw.slice(0, 40)}… (${raw.length})` : raw), () => {
      assert.equal(safeFileName(raw), safe)
    })
  }

  const piece = fc.constantFrom('.', '..', '/', '\\', '-', '~', ' ', ':', 'con', 'NUL', 'aux', '.tar', '.gz', '\0', '\n', '\u202e', '\ud83d', 'e\u0301', 'é', '👩‍👩‍👧', 'a', 'x'.repeat(100), '\u0301', '１', '\u1100\u1161')
  const anyName = fc.oneof(fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')), fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'grapheme', maxLength: 300 }))

  it('whatever is claimed, one harmless part of a path comes of it, and stays what it is', () => {
    fc.assert(fc.property(anyName, fc.integer({ min: 2, max: 100_000 }), (raw, n) => {
      const safe = safeFileName(raw)
      for (const name of [safe, numberedName(safe, n)]) {
        assert.ok(Buffer.byteLength(name) > 0 && Buffer.byteLength(name) <= 255, name)
        // eslint-disable-next-line no-control-regex -- none may be left
        assert.ok(!/[/\\<>:"|?*\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/.test(name), name)
        assert.ok(!/^[.\-~ ]|[. ]$/.test(name), name)
        assert.ok(!/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name), name)
        assert.ok(!/\p{Surrogate}/u.test(name) && name === name.normalize('NFC'), name)
      }
      assert.equal(safeFileName(safe), safe)
    }), { numRuns: 1000 })
  })

  it('are numbered in front of what they end with', () => {
    assert.equal(numberedName('cat.png', 1), 'cat.png')
    assert.equal(numberedName('cat.png', 2), 'cat (2).png')
    assert.equal(numberedName('data.tar.gz', 12), 'data (12).tar.gz')
    assert.equal(numberedName('README', 3), 'README (3)')
    assert.equal(numberedName('v1.2 notes', 2), 'v1.2 notes (2)')
    const long = safeFileName(`${'a'.repeat(300)}.png`)
    assert.equal(numberedName(long, 10), `${'a'.repeat(246)} (10).png`)
  })
})
