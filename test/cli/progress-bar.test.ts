import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { ProgressBar } from '../../src/cli/progress-bar.js'
import { width } from '../../src/cli/render/wrap.js'

describe('cli: the line that says how far files are', () => {
  it('never overflows its row, also with a name of wide characters: it would leave rows behind', () => {
    let written = ''
    const stderr = new Writable({
      write (chunk, _encoding, done) {
        written += String(chunk)
        done()
      }
    })
    new ProgressBar({ stderr: Object.assign(stderr, { isTTY: true, columns: 40 }), env: {} }, false).begin(`Reading ${'日本'.repeat(14)}.png …`)
    // eslint-disable-next-line no-control-regex -- what takes the rest of the row away
    const line = written.replace(/^\r|\u001b\[K$/g, '')
    assert.ok(width(line) < 40, line)
    assert.match(line, /^Reading 日本.*….*\.png …$/)
  })
})
