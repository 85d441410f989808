import assert from 'node:assert/strict'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { pictureHeader } from '../../src/cli/pictures/header.js'
import { detectProtocol, hasTrueColour, pictureLines } from '../../src/cli/pictures/index.js'
import { decodePicture, library, shrink } from '../../src/cli/pictures/pixels.js'
import { blocks } from '../../src/cli/pictures/protocols.js'
import { jpegOf, pngOf } from './helpers/pictures.js'

const room = { columns: 80, rows: 24, trueColour: true }

describe('cli: pictures', () => {
  it('says its size before it is decoded', () => {
    assert.deepEqual(pictureHeader(pngOf(7, 5)), { mime: 'image/png', width: 7, height: 5 })
    assert.deepEqual(pictureHeader(jpegOf(9, 4)), { mime: 'image/jpeg', width: 9, height: 4 })
    for (const other of [new Uint8Array(0), new Uint8Array([0xff, 0xd8]), new TextEncoder().encode('GIF89a, and more than enough of it')]) assert.equal(pictureHeader(other), null)
  })

  it('reads a header out of anything without harm', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      pictureHeader(bytes)
      pictureHeader(new Uint8Array([0xff, 0xd8, ...bytes]))
    }))
  })

  it('decodes PNG and JPEG', async () => {
    const png = await decodePicture(pngOf(3, 2, (x) => [x * 100, 0, 0, 128]))
    assert.deepEqual([...png.data.slice(0, 8)], [0, 0, 0, 128, 100, 0, 0, 128])
    const jpeg = await decodePicture(jpegOf(16, 8, () => [250, 10, 10]))
    assert.deepEqual([jpeg.width, jpeg.height], [16, 8])
    assert.ok((jpeg.data[0] ?? 0) > 230 && (jpeg.data[1] ?? 255) < 30)
  })

  it('refuses by the header what would take too much memory, whatever else is in it', async () => {
    const huge = pngOf(2, 2)
    new DataView(huge.buffer, huge.byteOffset).setUint32(16, 100_000)
    new DataView(huge.buffer, huge.byteOffset).setUint32(20, 100_000)
    await assert.rejects(decodePicture(huge), { code: 'ERR_LIMIT', message: /100000 x 100000 pixels; at most 40 million/ })
    const jpeg = jpegOf(8, 8)
    const frame = jpeg.findIndex((byte, at) => byte === 0xff && jpeg[at + 1] === 0xc0)
    jpeg.set([0xff, 0xff, 0xff, 0xff], frame + 5)
    await assert.rejects(decodePicture(jpeg), { code: 'ERR_LIMIT' })
  })

  it('refuses what is broken or no picture, in words', async () => {
    await assert.rejects(decodePicture(pngOf(40, 40).slice(0, 60)), { code: 'ERR_UNSUPPORTED', message: 'The picture is broken.' })
    await assert.rejects(decodePicture(jpegOf(40, 40).slice(0, 300)), { code: 'ERR_UNSUPPORTED' })
    await assert.rejects(decodePicture(new TextEncoder().encode('not a picture, but long enough')), { code: 'ERR_UNSUPPORTED', message: /PNG and JPEG/ })
    const empty = pngOf(2, 2)
    new DataView(empty.buffer, empty.byteOffset).setUint32(16, 0)
    await assert.rejects(decodePicture(empty), { code: 'ERR_UNSUPPORTED' })
  })

  it('says which package is missing', async () => {
    await assert.rejects(library('pngjs', async () => { throw new Error('Cannot find package') }), { code: 'ERR_UNSUPPORTED', message: /npm install pngjs/ })
  })

  it('shrinks to the mean of what a pixel stands for, in its proportions', () => {
    const data = Uint8Array.from([0, 0, 0, 255, 100, 100, 100, 255, 200, 200, 200, 255, 100, 100, 100, 255])
    assert.deepEqual(shrink({ width: 2, height: 2, data }, 1, 1), { width: 1, height: 1, data: Uint8Array.from([100, 100, 100, 255]) })
    const wide = shrink({ width: 200, height: 50, data: new Uint8Array(200 * 50 * 4) }, 79, 40)
    assert.deepEqual([wide.width, wide.height], [79, 20])
    assert.equal(shrink({ width: 2, height: 2, data }, 100, 100).width, 2, 'never larger')
  })

  it('writes two pixels a cell in blocks, on white where it lets something through', () => {
    const data = Uint8Array.from([255, 0, 0, 255, 0, 0, 255, 0])
    assert.deepEqual(blocks({ width: 1, height: 2, data }, true), ['\u001b[38;2;255;0;0m\u001b[48;2;255;255;255m▀\u001b[0m'])
    assert.equal(blocks({ width: 1, height: 1, data: data.slice(0, 4) }, true)[0], '\u001b[49m\u001b[38;2;255;0;0m▀\u001b[0m')
  })

  it('writes colours of 256 where the terminal does not say that it takes all', () => {
    const data = Uint8Array.from([255, 0, 0, 255, 0, 0, 255, 0])
    assert.deepEqual(blocks({ width: 1, height: 2, data }, false), ['\u001b[38;5;196m\u001b[48;5;231m▀\u001b[0m'])
    const colours = [[0, 0, 0, 16], [128, 128, 128, 244], [238, 238, 238, 255], [95, 135, 215, 68], [0, 255, 0, 46]]
    for (const [red = 0, green = 0, blue = 0, colour = 0] of colours) assert.match(blocks({ width: 1, height: 1, data: Uint8Array.from([red, green, blue, 255]) }, false)[0] ?? '', new RegExp(`38;5;${colour}m`))
    assert.deepEqual([{}, { COLORTERM: 'truecolor' }, { COLORTERM: '24bit' }].map(hasTrueColour), [false, true, true])
  })

  it('fits the terminal', async () => {
    const { lines } = await pictureLines(pngOf(300, 300), 'blocks', room)
    assert.ok(lines.length <= 20)
    // eslint-disable-next-line no-control-regex
    for (const line of lines) assert.ok(line.replace(/\u001b\[[0-9;]*m/g, '').length < 80)
  })

  it('writes for kitty raw pixels in pieces, and asks for no answer', async () => {
    const { lines: [line = ''], width } = await pictureLines(pngOf(200, 100, (x, y) => [x, y, 0]), 'kitty', room)
    const pieces = [...line.matchAll(/\u001b_G([^;]*);([^\u001b]*)\u001b\\/g)] // eslint-disable-line no-control-regex
    assert.equal(pieces.map(([whole]) => whole).join(''), line)
    assert.equal(pieces[0]?.[1], 'a=T,q=2,f=32,s=200,v=100,c=25,r=7,m=1')
    assert.ok(pieces.every(([, , data = '']) => data.length <= 4096))
    assert.deepEqual(pieces.slice(1).map(([, keys]) => keys), pieces.slice(1).map((_, at) => at === pieces.length - 2 ? 'm=0' : 'm=1'))
    assert.equal(Buffer.from(pieces.map(([, , data]) => data).join(''), 'base64').byteLength, 200 * 100 * 4)
    assert.equal(width, 200)
  })

  it('writes for iTerm2 a PNG that was encoded anew: nothing that came with the picture is in it', async () => {
    const png = Buffer.from(pngOf(10, 10))
    const comment = Buffer.from('tEXtComment\u0000\u001b]0;owned\u0007', 'latin1')
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(comment.byteLength - 4)
    sum.writeUInt32BE(crc32(comment))
    const came = Buffer.concat([png.subarray(0, 33), length, comment, sum, png.subarray(33)])
    const { lines: [line = ''] } = await pictureLines(new Uint8Array(came), 'iterm2', room)
    const [, size, data = ''] = /^\u001b\]1337;File=inline=1;size=(\d+);width=2;preserveAspectRatio=1:([A-Za-z0-9+/=]+)\u0007$/.exec(line) ?? [] // eslint-disable-line no-control-regex
    const written = Buffer.from(data, 'base64')
    assert.equal(written.byteLength, Number(size))
    assert.deepEqual(pictureHeader(new Uint8Array(written)), { mime: 'image/png', width: 10, height: 10 })
    assert.ok(!written.includes('owned'))
  })

  it('writes sixels', async () => {
    const { lines: [line = ''] } = await pictureLines(pngOf(10, 12), 'sixel', room)
    assert.match(line, /^\u001bP[0-9;]*q"1;1;10;12[^\u001b]*\u001b\\$/) // eslint-disable-line no-control-regex
  })

  it('asks the terminal what it can do by what it says of itself', () => {
    const found: Array<[Record<string, string>, string]> = [
      [{ TERM: 'xterm-kitty' }, 'kitty'], [{ KITTY_WINDOW_ID: '1', TERM: 'xterm-256color' }, 'kitty'], [{ TERM_PROGRAM: 'ghostty' }, 'kitty'],
      [{ TERM_PROGRAM: 'iTerm.app' }, 'iterm2'], [{ TERM_PROGRAM: 'WezTerm' }, 'iterm2'],
      [{ TERM: 'foot' }, 'sixel'], [{ TERM: 'mlterm' }, 'sixel'], [{ TERM: 'xterm-sixel' }, 'sixel'],
      [{ TERM: 'xterm-256color' }, 'blocks'], [{}, 'blocks'], [{ TERM: 'tmux-256color', KITTY_WINDOW_ID: '1' }, 'blocks'], [{ TMUX: '/x', TERM_PROGRAM: 'iTerm.app' }, 'blocks']
    ]
    for (const [env, protocol] of found) assert.equal(detectProtocol(env), protocol, JSON.stringify(env))
  })
})
