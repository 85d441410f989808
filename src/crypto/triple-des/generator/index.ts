/**
 * Writes the WebAssembly module that runs Triple DES on 128 counter blocks at once. Secrets live in v128 values and
 * in memory only; no instruction leads from there back to an i32, and only an i32 can be an address or a condition.
 */
import { S_BOXES } from './circuits.js'
import type { GateOperator, SBoxCircuit } from './circuits.js'
import { Code, encodeModule, I32, V128 } from './encoder.js'
import type { PlainInstruction } from './encoder.js'
import * as at from '../layout.js'
import { INITIAL_PERMUTATION, PERMUTED_CHOICE_1, PERMUTED_CHOICE_2, ROUND_PERMUTATION, SINGLE_SHIFT_ROUNDS } from './tables.js'

const GATES: Record<GateOperator, PlainInstruction> = { '^': 'v128.xor', '&': 'v128.and', '|': 'v128.or', '&~': 'v128.andnot' }

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
  const masks = code.local(V128)
  code.i32(at.MASKS_ADDRESS).set(target)
  code.loop(source, at.KEY_ADDRESS, at.KEY_ADDRESS + 24, 8, () => {
    code.get(source).memory('v128.load64_splat', 0).set(bytes)
    for (let first = 0; first < 56; first += 4) {
      const run = first < 28 ? first * 4 : 2 * at.MASK_RUN_BYTES + (first - 28) * 4
      bitMasks(code, bytes, PERMUTED_CHOICE_1.slice(first, first + 4)).set(masks)
      for (const again of [0, 28 * 4]) code.get(target).get(masks).memory('v128.store', run + again)
      code.get(masks).do('v128.not').set(masks)
      for (const again of [0, 28 * 4]) code.get(target).get(masks).memory('v128.store', run + at.MASK_RUN_BYTES + again)
    }
    code.get(target).i32(at.MASKS_PER_KEY_BYTES).do('i32.add').set(target)
  })
  code.i32(at.PREFIX_ADDRESS).memory('v128.load32_splat', 0).set(bytes)
  for (let first = 1; first <= 32; first += 4) {
    code.i32(at.PREFIX_MASKS_ADDRESS + (first - 1) * 4)
    bitMasks(code, bytes, [first, first + 1, first + 2, first + 3]).memory('v128.store', 0)
  }
  return code
}

/** Leaves four 32-bit masks on the stack, all ones or all zeros as the four `bits` of `bytes` are (1 is the first bit). */
function bitMasks (code: Code, bytes: number, bits: readonly number[]): Code {
  const perLane = (value: (bit: number) => number): number[] => bits.flatMap((bit) => new Array<number>(4).fill(value(bit - 1)))
  const weights = perLane((bit) => 0x80 >> (bit & 7))
  code.get(bytes).get(bytes).shuffle(perLane((bit) => bit >> 3))
  return code.v128(weights).do('v128.and').v128(weights).do('i8x16.eq')
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
    if (weight >= 32) code.i32(at.PREFIX_MASKS_ADDRESS + (bit - 1) * 4).memory('v128.load32_splat', 0)
    else if (weight >= 7) code.get(counter).i32(31 - weight).do('i32.shl').i32(31).do('i32.shr_s').do('i32x4.splat')
    else code.v128(Array.from({ length: 16 }, (_, c) => weight < 4 ? -((c >> weight) & 1) & 0xff : [0xaa, 0xcc, 0xf0][weight - 4]!))
    code.memory('v128.store', 0)
  })
}

/** Three times sixteen rounds over the state in memory. The halves change places by swapping their addresses. */
function tripleDes (code: Code, direction: number): void {
  const [left, right, swap, key, masks, round] = Array.from({ length: 6 }, () => code.local(I32)) as [number, number, number, number, number, number]
  const swapHalves = (): void => { code.get(left).set(swap).get(right).set(left).get(swap).set(right) }
  const wires = new Wires(code)
  code.i32(at.STATE_ADDRESS).set(left).i32(at.STATE_ADDRESS + at.HALF_BYTES).set(right)
  code.loop(key, at.MASKS_ADDRESS, at.MASKS_ADDRESS + 3 * at.MASKS_PER_KEY_BYTES, at.MASKS_PER_KEY_BYTES, () => {
    // Backwards, the first round turns by one place too: from 29 to 28, which is where the last round left off.
    code.get(key).i32(1).get(direction).do('i32.sub').i32(29 * 4 / 2).do('i32.mul').do('i32.add').set(masks)
    code.loop(round, 0, 16, 1, () => {
      code.get(masks).i32(8).i32(SINGLE_SHIFT_ROUNDS).get(round).do('i32.shr_u').i32(1).do('i32.and').i32(2).do('i32.shl')
      code.do('i32.sub').get(direction).do('i32.mul').do('i32.add').set(masks)
      S_BOXES.forEach((circuit, box) => { sBox(wires, circuit, box, { left, right, masks }) })
      swapHalves()
    })
    // DES does not swap after its last round.
    swapHalves()
    code.i32(0).get(direction).do('i32.sub').set(direction)
  })
}

interface Addresses { left: number, right: number, masks: number }

/** One S-box of one round: its six inputs XOR key masks, the circuit, and its four outputs XORed into the left half. */
function sBox (wires: Wires, circuit: SBoxCircuit, box: number, { left, right, masks }: Addresses): void {
  const { code } = wires
  wires.start(circuit, (input) => {
    const signal = (4 * box + input + 31) % 32
    const bit = PERMUTED_CHOICE_2[6 * box + input]! - 1
    const half = bit < 28 ? bit * 4 : 2 * at.MASK_RUN_BYTES + (bit - 28) * 4
    const complement = (circuit.inverted >> (5 - input)) & 1
    code.get(right).memory('v128.load', 16 * signal)
    code.get(masks).memory('v128.load32_splat', half + complement * at.MASK_RUN_BYTES).do('v128.xor')
  })
  circuit.outputs.forEach((node, output) => {
    const offset = 16 * ROUND_PERMUTATION.indexOf(4 * box + output + 1)
    code.get(left).get(left).memory('v128.load', offset)
    wires.push(node)
    code.do('v128.xor').memory('v128.store', offset)
  })
}

/** Emits a circuit output by output; a value used more than once waits in a local, which is free again after its last use. */
class Wires {
  readonly code: Code
  readonly #free: number[] = []
  #gates: SBoxCircuit['gates'] = []
  #uses: number[] = []
  #locals = new Map<number, number>()
  #pushInput: (input: number) => void = () => {}

  constructor (code: Code) {
    this.code = code
  }

  start (circuit: SBoxCircuit, pushInput: (input: number) => void): void {
    this.#gates = circuit.gates
    this.#pushInput = pushInput
    this.#uses = new Array<number>(6 + circuit.gates.length).fill(0)
    for (const node of [...circuit.gates.flatMap(([, a, b]) => [a, b]), ...circuit.outputs]) this.#uses[node]!++
  }

  /** Puts the value of `node` on the stack, once for each of its uses. */
  push (node: number): void {
    const known = this.#locals.get(node)
    if (known === undefined) this.#compute(node)
    else this.code.get(known)
    const left = --this.#uses[node]!
    if (known === undefined && left > 0) {
      const local = this.#free.pop() ?? this.code.local(V128)
      this.#locals.set(node, local)
      this.code.tee(local)
    } else if (known !== undefined && left === 0) {
      this.#locals.delete(node)
      this.#free.push(known)
    }
  }

  #compute (node: number): void {
    const gate = this.#gates[node - 6]
    if (gate === undefined) {
      this.#pushInput(node)
      return
    }
    this.push(gate[1])
    this.push(gate[2])
    this.code.do(GATES[gate[0]])
  }
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
        code.get(a).i32(distance).do('i64x2.shr_u').get(b).do('v128.xor').v128(new Array<number>(16).fill(mask)).do('v128.and').tee(difference)
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
