import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { Code, encodeModule, I32, V128 } from '../../../src/crypto/triple-des/generator/encoder.js'
import { generateModule } from '../../../src/crypto/triple-des/generator/index.js'
import { moduleBytes } from '../../../src/crypto/triple-des/module.js'
import { checkConstantTime } from './constant-time.js'

const MAX_MODULE_BYTES = 32 * 1024

describe('the generated Triple DES module', () => {
  it('is what the generator writes (if not: npx tsx scripts/triple-des-generate.ts)', () => {
    deepEqual(moduleBytes(), generateModule())
  })

  it('is under 32 KB', () => {
    ok(moduleBytes().length < MAX_MODULE_BYTES)
  })

  it('has no branch, address or shift that depends on a secret', () => {
    const { functions, instructions, leaks } = checkConstantTime(moduleBytes())
    deepEqual(leaks, [])
    equal(functions, 2)
    // The check saw the cipher: 360 gates, 48 key bits and 32 bits of the other half in a round.
    const logic = ['v128.xor', 'v128.and', 'v128.or', 'v128.andnot'].map((name) => instructions.get(name) ?? 0)
    ok(logic.reduce((sum, count) => sum + count, 0) >= 360 + 48 + 32)
  })

  it('has no instruction that leads from data to an i32', () => {
    const { instructions } = checkConstantTime(moduleBytes())
    deepEqual([...instructions.keys()].filter((name) => name === 'i32.load' || name.includes('extract')), [])
  })
})

describe('the constant-time check', () => {
  const moduleOf = (write: (code: Code, local: number, word: number) => void): Uint8Array => {
    const code = new Code([I32])
    write(code, code.local(V128), code.local(I32))
    return encodeModule([{ name: 'f', parameters: [I32], body: code }], 1)
  }
  const extract = (code: Code): Code => { code.bytes.push(0xfd, 0x1b, 0); return code }

  it('passes addresses from constants, parameters and counters', () => {
    const module = moduleOf((code, local, word) => {
      code.loop(word, 0, 64, 16, () => { code.get(word).get(0).memory('v128.load', 0).memory('v128.store', 32) })
    })
    deepEqual(checkConstantTime(module).leaks, [])
  })

  it('finds a table lookup', () => {
    const module = moduleOf((code, local) => {
      extract(code.i32(0).memory('v128.load', 0)).memory('v128.load', 0).set(local)
    })
    deepEqual(checkConstantTime(module).leaks.map((leak) => leak.replace(/at \d+ /, '')), ['the address of v128.load depends on a secret'])
  })

  it('finds a branch on data, even when a loop carries it back', () => {
    const module = moduleOf((code, local, word) => {
      const condition = code.local(I32)
      code.loop(word, 0, 64, 16, () => {
        code.bytes.push(0x03, 0x40)
        code.get(condition)
        code.bytes.push(0x0d, 0x00, 0x0b)
        extract(code.i32(0).memory('v128.load', 0)).set(condition)
      })
    })
    deepEqual(checkConstantTime(module).leaks.map((leak) => leak.replace(/at \d+ /, '')), ['the branch depends on a secret'])
  })

  it('finds a shift by data', () => {
    const module = moduleOf((code, local) => {
      extract(code.get(local).i32(0).memory('v128.load', 0)).do('i64x2.shl').set(local)
    })
    equal(checkConstantTime(module).leaks.length, 1)
  })

  it('refuses what it does not know: if, call, division', () => {
    for (const bytes of [[0x04, 0x40], [0x10, 0x00], [0x6e]]) {
      throws(() => checkConstantTime(moduleOf((code) => { code.i32(1).i32(1).bytes.push(...bytes) })), /is not allowed/)
    }
  })
})
