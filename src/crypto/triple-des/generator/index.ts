/**
 * Writes the WebAssembly module that runs Triple DES on 128 counter blocks at once. Secrets live in v128 values and
 * in memory only; no instruction leads from there back to an i32, and only an i32 can be an address or a condition.
 */
import { S_BOXES } from './circuits.js'
import { Code, encodeModule, I32, V128 } from './encoder.js'
import * as at from '../layout.js'
import { ROUND_SCHEDULE } from './schedule.js'
import { INITIAL_PERMUTATION, KEY_ROTATIONS, PERMUTED_CHOICE_1, PERMUTED_CHOICE_2, ROUND_PERMUTATION } from './tables.js'
import { Wires } from './wires.js'

/**
 * The module. It exports `memory` and
 * - `setup()`: makes the masks from the key and the prefix in memory;
 * - `batch(counter, direction, data)`: XORs the keystream of 128 blocks from `counter` (a multiple of 128) into the
 *   1,024 bytes at address `data`. Direction 1 enciphers; -1, with the three keys in reverse order, deciphers.
 */
export function generateModule (): Uint8Array<ArrayBuffer> {
  return encodeModule([
    { name: 'setup', parameters: [], body: setup() },
    { name: 'batch', parameters: [I32, I32, I32], body: batch() }
  ], at.MEMORY_PAGES)
}

function setup (): Code {
  const code = new Code([])
  const source = code.local(I32)
  const target = code.local(I32)
  const bytes = code.local(V128)
  const mask = code.local(V128)
  code.i32(at.MASKS_ADDRESS).set(target)
  code.loop(source, at.KEY_ADDRESS, at.KEY_ADDRESS + 24, 8, () => {
    code.get(source).memory('v128.load64_splat', 0).set(bytes)
    PERMUTED_CHOICE_1.forEach((bit, n) => {
      bitMask(code, bytes, bit).set(mask)
      for (const again of [0, 28 * at.MASK_BYTES]) code.get(target).get(mask).memory('v128.store', maskOffset(n, 0) + again)
      code.get(mask).do('v128.not').set(mask)
      for (const again of [0, 28 * at.MASK_BYTES]) code.get(target).get(mask).memory('v128.store', maskOffset(n, 1) + again)
    })
    code.get(target).i32(at.MASKS_PER_KEY_BYTES).do('i32.add').set(target)
  })
  code.i32(at.PREFIX_ADDRESS).memory('v128.load32_splat', 0).set(bytes)
  for (let bit = 1; bit <= 32; bit++) {
    code.i32(at.PREFIX_MASKS_ADDRESS + (bit - 1) * at.MASK_BYTES)
    bitMask(code, bytes, bit).memory('v128.store', 0)
  }
  return code
}

/** Leaves a mask on the stack, all ones or all zeros as `bit` of `bytes` is (1 is the first bit). */
function bitMask (code: Code, bytes: number, bit: number): Code {
  const weight = everyByte(0x80 >> ((bit - 1) & 7))
  return code.get(bytes).get(bytes).shuffle(everyByte((bit - 1) >> 3)).v128(weight).do('v128.and').v128(weight).do('i8x16.eq')
}

function everyByte (value: number): number[] {
  return new Array<number>(16).fill(value)
}

/** Where the masks of a DES key have bit `n` of C ‖ D (from 0), complemented or not. */
function maskOffset (n: number, complement: number): number {
  const runs = (n < 28 ? 0 : 2) + complement
  return runs * at.MASK_RUN_BYTES + (n % 28) * at.MASK_BYTES
}

function batch (): Code {
  const parameters = [I32, I32, I32] as const
  const [counter, direction, data] = [0, 1, 2] as const
  const code = new Code(parameters)
  loadCounters(code, counter)
  tripleDes(code, direction)
  transposeBits(code)
  unpackBytes(code, data)
  return code
}

/** The initial permutation of the 128 counter blocks. Bit i of byte c of every v128 belongs to block counter + 16i + c. */
function loadCounters (code: Code, counter: number): void {
  INITIAL_PERMUTATION.forEach((bit, signal) => {
    code.i32(at.STATE_ADDRESS + 16 * signal)
    const weight = 64 - bit
    if (weight >= 32) code.i32(at.PREFIX_MASKS_ADDRESS + (bit - 1) * at.MASK_BYTES).memory('v128.load', 0)
    else if (weight >= 7) code.get(counter).i32(31 - weight).do('i32.shl').i32(31).do('i32.shr_s').do('i32x4.splat')
    else code.v128(Array.from({ length: 16 }, (_, c) => weight < 4 ? -((c >> weight) & 1) & 0xff : [0xaa, 0xcc, 0xf0][weight - 4]!))
    code.memory('v128.store', 0)
  })
}

/** By how many places the key turns before each round, two bits a round, the first one lowest. */
const ROTATIONS = KEY_ROTATIONS.reduce((all, places, round) => all | places << (2 * round), 0)

/** Three times sixteen rounds over the state in memory. The halves change places by swapping their addresses. */
function tripleDes (code: Code, direction: number): void {
  const [left, right, swap, key, masks, turned, place] = Array.from({ length: 7 }, () => code.local(I32)) as [number, number, number, number, number, number, number]
  const swapHalves = (): void => { code.get(left).set(swap).get(right).set(left).get(swap).set(right) }
  const free: number[] = []
  const wires = S_BOXES.map((circuit) => new Wires(code, circuit, free))
  code.i32(at.STATE_ADDRESS).set(left).i32(at.STATE_ADDRESS + at.HALF_BYTES).set(right)
  code.loop(key, at.MASKS_ADDRESS, at.MASKS_ADDRESS + 3 * at.MASKS_PER_KEY_BYTES, at.MASKS_PER_KEY_BYTES, () => {
    // Backwards, the first round turns by one place too: from 29 to 28, which is where the last round left off.
    code.get(key).i32(1).get(direction).do('i32.sub').i32(29 * at.MASK_BYTES / 2).do('i32.mul').do('i32.add').set(masks)
    code.get(direction).i32(at.MASK_BYTES).do('i32.mul').set(place)
    code.loop(turned, 0, 2 * 16, 2, () => {
      code.get(masks).i32(ROTATIONS).get(turned).do('i32.shr_u').i32(3).do('i32.and').get(place).do('i32.mul').do('i32.add').set(masks)
      for (const [port, box, wire] of ROUND_SCHEDULE) {
        if (port === 'in') loadInput(wires[box]!, box, wire, { right, masks })
        else storeOutput(wires[box]!, box, wire, left)
      }
      swapHalves()
    })
    // DES does not swap after its last round.
    swapHalves()
    code.i32(0).get(direction).do('i32.sub').set(direction)
  })
}

/** The locals that hold the addresses a round reads from. */
interface Addresses { right: number, masks: number }

/** One of the six inputs of an S-box: a bit of the right half XOR a key mask. */
function loadInput (wires: Wires, box: number, input: number, { right, masks }: Addresses): void {
  const signal = (4 * box + input + 31) % 32
  const keyBit = PERMUTED_CHOICE_2[6 * box + input]! - 1
  const complement = (S_BOXES[box]!.inverted >> (5 - input)) & 1
  wires.code.get(right).memory('v128.load', 16 * signal)
  wires.code.get(masks).memory('v128.load', maskOffset(keyBit, complement)).do('v128.xor')
  wires.input(input)
}

/** One output of an S-box, XORed into the left half. */
function storeOutput (wires: Wires, box: number, output: number, left: number): void {
  const offset = 16 * ROUND_PERMUTATION.indexOf(4 * box + output + 1)
  wires.code.get(left)
  wires.push(S_BOXES[box]!.outputs[output]!)
  wires.code.get(left).memory('v128.load', offset).do('v128.xor').memory('v128.store', offset)
}

/**
 * From one v128 per bit to bytes: for byte k of the blocks, an 8 x 8 bit transpose over its eight signals gives, for
 * each i, byte k of the 16 blocks 16i + c. The final permutation puts them 16 bytes apart, counting down in k.
 */
function transposeBits (code: Code): void {
  const from = code.local(I32)
  const to = code.local(I32)
  const difference = code.local(V128)
  const rows = Array.from({ length: 8 }, () => code.local(V128))
  const [left, right] = [at.STATE_ADDRESS + at.HALF_BYTES, at.STATE_ADDRESS]
  code.i32(7 * 16).set(to)
  code.loop(from, 0, 8 * 16, 16, () => {
    rows.forEach((row, weight) => {
      const bit = 7 - weight
      code.get(from).memory('v128.load', (bit % 2 === 0 ? right : left) + (bit >> 1) * 8 * 16).set(row)
    })
    for (const [distance, mask] of [[4, 0x0f], [2, 0x33], [1, 0x55]] as const) {
      for (let low = 0; low < 8; low++) {
        if ((low & distance) !== 0) continue
        const [a, b] = [rows[low]!, rows[low + distance]!]
        code.get(a).i32(distance).do('i64x2.shr_u').get(b).do('v128.xor').v128(everyByte(mask)).do('v128.and').tee(difference)
        code.get(b).do('v128.xor').set(b)
        code.get(a).get(difference).i32(distance).do('i64x2.shl').do('v128.xor').set(a)
      }
    }
    rows.forEach((row, i) => { code.get(to).get(row).memory('v128.store', at.TRANSPOSED_ADDRESS + 128 * i) })
    code.get(to).i32(16).do('i32.sub').set(to)
  })
}

/** Interleaves the bytes of each 16 blocks and XORs them into the data. */
function unpackBytes (code: Code, data: number): void {
  const offset = code.local(I32)
  const low = Array.from({ length: 16 }, (_, n) => (n >> 1) + (n & 1) * 16)
  const high = low.map((lane) => lane + 8)
  code.loop(offset, 0, at.BATCH_BYTES, 128, () => {
    let rows = Array.from({ length: 8 }, (_, k) => {
      const row = code.local(V128)
      code.get(offset).memory('v128.load', at.TRANSPOSED_ADDRESS + 16 * k).set(row)
      return row
    })
    // Rows n and n + half hold bytes that end up `half` apart; each pass halves the distance and doubles the run.
    for (let stage = 0; stage < 3; stage++) {
      const next: number[] = []
      const groups = 4 >> stage
      const parts = 1 << stage
      for (let group = 0; group < groups; group++) {
        for (let part = 0; part < parts; part++) {
          const [a, b] = [rows[group * parts + part]!, rows[(group + groups) * parts + part]!]
          for (const [half, lanes] of [low, high].entries()) {
            const row = code.local(V128)
            code.get(a).get(b).shuffle(lanes).set(row)
            next[group * parts * 2 + part * 2 + half] = row
          }
        }
      }
      rows = next
    }
    rows.forEach((row, n) => {
      code.get(data).get(offset).do('i32.add')
      code.get(data).get(offset).do('i32.add').memory('v128.load', 16 * n).get(row).do('v128.xor').memory('v128.store', 16 * n)
    })
  })
}
