import { deepEqual, equal } from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { createEngine } from '../../../src/crypto/triple-des/engine.js'
import type { Engine } from '../../../src/crypto/triple-des/engine.js'
import { tripleDesBlock, tripleDesEngine } from '../../../src/crypto/triple-des/index.js'
import { moduleBytes } from '../../../src/crypto/triple-des/module.js'

const FOLDER = 'test/vectors/tdes'
const FILES = 48
const CASES = 3180

interface Case {
  direction: 'encrypt' | 'decrypt'
  key: Uint8Array
  iv: Uint8Array
  input: string
  output: string
}

describe('CAVP vectors for Triple DES', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.rsp')).sort()

  it('has them all', () => {
    equal(files.length, FILES)
    equal(files.flatMap((name) => parse(read(name))).length, CASES)
  })

  for (const engine of [createEngine(moduleBytes()), createEngine(Uint8Array.of(0))]) {
    for (const name of files) {
      it(`${name} through ${engine.name}`, () => {
        const mode = modeOf(name)
        for (const { direction, key, iv, input, output } of parse(read(name))) {
          equal(mode(blockFunction(engine, key), direction, iv, input), output)
        }
      })
    }
  }

  it('the exported block function is the same', () => {
    equal(tripleDesEngine(), 'wasm-simd')
    for (const { direction, key, input, output } of parse(read('TECBsubtab.rsp'))) {
      equal(toHex(tripleDesBlock(key, fromHex(input), direction)), output)
    }
  })
})

type BlockFunction = (direction: 'encrypt' | 'decrypt', block: Uint8Array) => Uint8Array
type Mode = (block: BlockFunction, direction: 'encrypt' | 'decrypt', iv: Uint8Array, input: string) => string

/** The raw block function; every block that is enciphered goes through counter mode as well, as a counter block. */
function blockFunction (engine: Engine, key: Uint8Array): BlockFunction {
  return (direction, block) => {
    const output = engine.block(key, block, direction)
    if (direction === 'encrypt') {
      const keystream = new Uint8Array(8)
      engine.ctr(key, block.subarray(0, 4), keystream, keystream, Buffer.from(block).readUInt32BE(4))
      deepEqual(keystream, new Uint8Array(output))
    }
    return output
  }
}

function modeOf (file: string): Mode {
  if (file.startsWith('TECB')) return ecb
  if (file.startsWith('TCBC')) return cbc
  if (file.startsWith('TOFB')) return ofb
  const width = /^TCFB(64|8|1)/.exec(file)?.[1]
  if (width === undefined) throw new Error(`no mode for ${file}`)
  return cfb(Number(width))
}

const ecb: Mode = (block, direction, _iv, input) => toHex(Buffer.concat(blocksOf(input).map((one) => block(direction, one))))

const cbc: Mode = (block, direction, iv, input) => {
  let chain = iv
  return toHex(Buffer.concat(blocksOf(input).map((one) => {
    const output = direction === 'encrypt' ? block('encrypt', xor(one, chain)) : xor(block('decrypt', one), chain)
    chain = direction === 'encrypt' ? output : one
    return output
  })))
}

const ofb: Mode = (block, _direction, iv, input) => {
  let chain = iv
  return toHex(Buffer.concat(blocksOf(input).map((one) => {
    chain = block('encrypt', chain)
    return xor(one, chain)
  })))
}

/** CFB over segments of `width` bits. The files write segments of one bit as the digits 0 and 1. */
function cfb (width: number): Mode {
  return (block, direction, iv, input) => {
    const bits = width === 1 ? input : toBits(fromHex(input))
    let register = toBits(iv)
    let output = ''
    for (let start = 0; start < bits.length; start += width) {
      const segment = bits.slice(start, start + width)
      const keystream = toBits(block('encrypt', fromBits(register)))
      const result = [...segment].map((bit, i) => bit === keystream[i] ? '0' : '1').join('')
      register = register.slice(width) + (direction === 'encrypt' ? result : segment)
      output += result
    }
    return width === 1 ? output : toHex(fromBits(output))
  }
}

function read (name: string): string {
  return readFileSync(`${FOLDER}/${name}`, 'utf8')
}

function parse (text: string): Case[] {
  const cases: Case[] = []
  let direction: 'encrypt' | 'decrypt' = 'encrypt'
  let fields: Record<string, string> = {}
  for (const line of text.split(/\r?\n/)) {
    if (line === '[ENCRYPT]' || line === '[DECRYPT]') direction = line === '[ENCRYPT]' ? 'encrypt' : 'decrypt'
    const [name, value] = line.split(' = ')
    if (name === 'COUNT') fields = {}
    if (name === undefined || value === undefined) continue
    fields[name] = value
    // In both directions the result is the last field of a case.
    if (name !== (direction === 'encrypt' ? 'CIPHERTEXT' : 'PLAINTEXT')) continue
    const { KEYs = '', KEY1 = KEYs, KEY2 = KEYs, KEY3 = KEYs, IV = '', PLAINTEXT = '', CIPHERTEXT = '' } = fields
    const [input, output] = direction === 'encrypt' ? [PLAINTEXT, CIPHERTEXT] : [CIPHERTEXT, PLAINTEXT]
    cases.push({ direction, key: fromHex(KEY1 + KEY2 + KEY3), iv: fromHex(IV), input, output })
  }
  return cases
}

function blocksOf (hex: string): Uint8Array[] {
  return (hex.match(/.{16}/g) ?? []).map(fromHex)
}

function xor (a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ b[i]!)
}

function fromHex (hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

function toHex (bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function toBits (bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
}

function fromBits (bits: string): Uint8Array {
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => parseInt(byte, 2))
}
