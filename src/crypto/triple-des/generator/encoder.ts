/**
 * As much of a WebAssembly encoder as the generator needs: one memory, no imports, functions over i32 and v128.
 * (WebAssembly core specification 2.0, chapter 5.)
 */

export const I32 = 0x7f
export const V128 = 0x7b
export type ValueType = typeof I32 | typeof V128

/** Instructions of one byte, without immediates. */
const PLAIN = {
  'i32.lt_u': 0x49,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.and': 0x71,
  'i32.shl': 0x74,
  'i32.shr_s': 0x75,
  'i32.shr_u': 0x76
} as const

/** Instructions behind the SIMD prefix, without immediates. */
const SIMD = {
  'i32x4.splat': 0x11,
  'i8x16.eq': 0x23,
  'v128.not': 0x4d,
  'v128.and': 0x4e,
  'v128.andnot': 0x4f,
  'v128.or': 0x50,
  'v128.xor': 0x51,
  'i64x2.shl': 0xcb,
  'i64x2.shr_u': 0xcd
} as const

/** Loads and stores: instruction number and alignment (log2 of bytes). */
const MEMORY = {
  'v128.load': [0x00, 0],
  'v128.load32_splat': [0x09, 2],
  'v128.load64_splat': [0x0a, 3],
  'v128.store': [0x0b, 0]
} as const

export type PlainInstruction = keyof typeof PLAIN | keyof typeof SIMD
export type MemoryInstruction = keyof typeof MEMORY

export interface WasmFunction {
  readonly name: string
  readonly parameters: readonly ValueType[]
  readonly body: Code
}

/** The instructions of one function, appended in order. */
export class Code {
  readonly bytes: number[] = []
  readonly #parameters: number
  readonly #locals: ValueType[] = []

  constructor (parameters: readonly ValueType[]) {
    this.#parameters = parameters.length
  }

  /** A new local variable; it starts as zero. */
  local (type: ValueType): number {
    this.#locals.push(type)
    return this.#parameters + this.#locals.length - 1
  }

  get (local: number): this { return this.#index(0x20, local) }
  set (local: number): this { return this.#index(0x21, local) }
  tee (local: number): this { return this.#index(0x22, local) }

  i32 (value: number): this {
    this.bytes.push(0x41, ...signed(value))
    return this
  }

  v128 (bytes: readonly number[]): this {
    this.bytes.push(...simd(0x0c), ...bytes)
    return this
  }

  /** @param lanes 16 byte numbers: 0 to 15 from the first operand, 16 to 31 from the second */
  shuffle (lanes: readonly number[]): this {
    this.bytes.push(...simd(0x0d), ...lanes)
    return this
  }

  do (instruction: PlainInstruction): this {
    if (instruction in SIMD) this.bytes.push(...simd(SIMD[instruction as keyof typeof SIMD]))
    else this.bytes.push(PLAIN[instruction as keyof typeof PLAIN])
    return this
  }

  /** A load or store at the address on the stack plus `offset`. */
  memory (instruction: MemoryInstruction, offset: number): this {
    const [number, alignment] = MEMORY[instruction]
    this.bytes.push(...simd(number), alignment, ...unsigned(offset))
    return this
  }

  /** Runs `body`, and again for as long as `counter` + `step` is below `end`. */
  loop (counter: number, start: number, end: number, step: number, body: () => void): this {
    this.i32(start).set(counter)
    this.bytes.push(0x03, 0x40)
    body()
    this.get(counter).i32(step).do('i32.add').tee(counter).i32(end).do('i32.lt_u')
    this.bytes.push(0x0d, 0x00, 0x0b)
    return this
  }

  /** The function as an entry of the code section. */
  encode (): number[] {
    const locals = this.#locals.flatMap((type) => [1, type])
    return sized([...unsigned(this.#locals.length), ...locals, ...this.bytes, 0x0b])
  }

  #index (instruction: number, index: number): this {
    this.bytes.push(instruction, ...unsigned(index))
    return this
  }
}

/** A module that exports `functions` and a memory of `memoryPages` pages as `memory`. */
export function encodeModule (functions: readonly WasmFunction[], memoryPages: number): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [0x60, ...vector(parameters.map((type) => [type])), 0])
  const exports = functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)])
  return Uint8Array.from([
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
    ...section(1, vector(types)),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(5, vector([[0x01, ...unsigned(memoryPages), ...unsigned(memoryPages)]])),
    ...section(7, vector([...exports, [...text('memory'), 0x02, 0x00]])),
    ...section(10, vector(functions.map(({ body }) => body.encode())))
  ])
}

function section (id: number, content: readonly number[]): number[] {
  return [id, ...sized(content)]
}

function vector (items: ReadonlyArray<readonly number[]>): number[] {
  return [...unsigned(items.length), ...items.flat()]
}

function sized (content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content]
}

function text (ascii: string): number[] {
  return sized([...ascii].map((character) => character.charCodeAt(0)))
}

function simd (instruction: number): number[] {
  return [0xfd, ...unsigned(instruction)]
}

/** LEB128 of a number from 0 to 2^31 - 1. */
function unsigned (value: number): number[] {
  const bytes: number[] = []
  while (value > 0x7f) {
    bytes.push((value & 0x7f) | 0x80)
    value >>>= 7
  }
  bytes.push(value)
  return bytes
}

/** LEB128 of a signed 32-bit number. */
function signed (value: number): number[] {
  const bytes: number[] = []
  while (value < -0x40 || value > 0x3f) {
    bytes.push((value & 0x7f) | 0x80)
    value >>= 7
  }
  bytes.push(value & 0x7f)
  return bytes
}
