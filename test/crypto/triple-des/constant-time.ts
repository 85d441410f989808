/**
 * Decodes a WebAssembly module and follows what depends on memory (key, prefix, data and all made from them) through
 * every function. Parameters and constants are public. Only what is listed here may occur at all: no imports, no
 * calls, no globals, no tables, no `if`, no `select`, no division.
 */

type Label = 'public' | 'secret'

interface Operation { name: string, takes: number, gives: number, immediates?: 'lane' | 'lanes' | 'memory' }

const PLAIN: Record<number, Operation> = {
  0x28: { name: 'i32.load', takes: 1, gives: 1, immediates: 'memory' },
  0x49: { name: 'i32.lt_u', takes: 2, gives: 1 },
  0x6a: { name: 'i32.add', takes: 2, gives: 1 },
  0x6b: { name: 'i32.sub', takes: 2, gives: 1 },
  0x6c: { name: 'i32.mul', takes: 2, gives: 1 },
  0x71: { name: 'i32.and', takes: 2, gives: 1 },
  0x74: { name: 'i32.shl', takes: 2, gives: 1 },
  0x75: { name: 'i32.shr_s', takes: 2, gives: 1 },
  0x76: { name: 'i32.shr_u', takes: 2, gives: 1 }
}

const SIMD: Record<number, Operation> = {
  0x00: { name: 'v128.load', takes: 1, gives: 1, immediates: 'memory' },
  0x09: { name: 'v128.load32_splat', takes: 1, gives: 1, immediates: 'memory' },
  0x0a: { name: 'v128.load64_splat', takes: 1, gives: 1, immediates: 'memory' },
  0x0b: { name: 'v128.store', takes: 2, gives: 0, immediates: 'memory' },
  0x0c: { name: 'v128.const', takes: 0, gives: 1, immediates: 'lanes' },
  0x0d: { name: 'i8x16.shuffle', takes: 2, gives: 1, immediates: 'lanes' },
  0x11: { name: 'i32x4.splat', takes: 1, gives: 1 },
  0x1b: { name: 'i32x4.extract_lane', takes: 1, gives: 1, immediates: 'lane' },
  0x23: { name: 'i8x16.eq', takes: 2, gives: 1 },
  0x4d: { name: 'v128.not', takes: 1, gives: 1 },
  0x4e: { name: 'v128.and', takes: 2, gives: 1 },
  0x4f: { name: 'v128.andnot', takes: 2, gives: 1 },
  0x50: { name: 'v128.or', takes: 2, gives: 1 },
  0x51: { name: 'v128.xor', takes: 2, gives: 1 },
  0xcb: { name: 'i64x2.shl', takes: 2, gives: 1 },
  0xcd: { name: 'i64x2.shr_u', takes: 2, gives: 1 }
}

/** Where the moved bits go must not depend on a secret either, though most machines shift in constant time. */
const SHIFTS = ['i32.shl', 'i32.shr_s', 'i32.shr_u', 'i64x2.shl', 'i64x2.shr_u']

export interface Findings {
  /** How many times each instruction occurs. */
  instructions: Map<string, number>
  /** Each dependence on a secret that could be timed, in words. */
  leaks: string[]
  functions: number
}

/** @throws Error on anything that is not understood */
export function checkConstantTime (module: Uint8Array): Findings {
  const reader = new Reader(module)
  if (reader.take(8).join() !== '0,97,115,109,1,0,0,0') throw new Error('not a WebAssembly module')
  const findings: Findings = { instructions: new Map(), leaks: [], functions: 0 }
  let parameters: number[] = []
  let typeOf: number[] = []
  while (!reader.done) {
    const id = reader.byte()
    const section = new Reader(reader.take(reader.unsigned()))
    if (id === 1) parameters = section.vector(() => parametersOf(section))
    else if (id === 3) typeOf = section.vector(() => section.unsigned())
    else if (id === 10) {
      section.vector(() => {
        const body = new Reader(section.take(section.unsigned()))
        checkFunction(body, parameters[typeOf[findings.functions]!]!, findings)
        findings.functions++
      })
    } else if (id !== 5 && id !== 7) throw new Error(`section ${id} is not allowed`)
  }
  return findings
}

function parametersOf (section: Reader): number {
  if (section.byte() !== 0x60) throw new Error('not a function type')
  const parameters = section.vector(() => section.byte()).length
  if (section.vector(() => section.byte()).length > 0) throw new Error('a function must not return anything')
  return parameters
}

/** Until nothing changes: what a loop makes secret at its end may be read at its beginning. */
function checkFunction (body: Reader, parameters: number, findings: Findings): void {
  const declared = body.vector(() => { const count = body.unsigned(); body.byte(); return count })
  const locals = new Array<Label>(parameters + declared.reduce((sum, count) => sum + count, 0)).fill('public')
  const start = body.position
  for (let before = ''; before !== locals.join();) {
    before = locals.join()
    body.position = start
    follow(body, locals, { instructions: new Map(), leaks: [], functions: 0 })
  }
  body.position = start
  follow(body, locals, findings)
  if (!body.done) throw new Error('code after the end of a function')
}

function follow (body: Reader, locals: Label[], findings: Findings): void {
  const stack: Label[] = []
  const pop = (): Label => {
    const label = stack.pop()
    if (label === undefined) throw new Error('the stack is empty')
    return label
  }
  const leak = (label: Label, what: string): void => { if (label === 'secret') findings.leaks.push(what) }
  let depth = 1
  while (depth > 0) {
    const at = body.position
    const code = body.byte()
    if (code === 0x0b) depth--
    else if (code === 0x03) {
      if (body.byte() !== 0x40) throw new Error('a loop must not give a value')
      depth++
    } else if (code === 0x0d) {
      body.unsigned()
      leak(pop(), `the branch at ${at} depends on a secret`)
    } else if (code === 0x20) stack.push(locals[body.unsigned()]!)
    else if (code === 0x21 || code === 0x22) {
      const label = pop()
      const local = body.unsigned()
      // Secret in one place is secret everywhere: the order of a loop's passes then does not matter.
      if (label === 'secret') locals[local] = 'secret'
      if (code === 0x22) stack.push(label)
    } else if (code === 0x41) {
      body.unsigned()
      stack.push('public')
    } else {
      const number = code === 0xfd ? body.unsigned() : code
      const operation = (code === 0xfd ? SIMD : PLAIN)[number]
      if (operation === undefined) throw new Error(`instruction ${code === 0xfd ? '0xfd ' : ''}0x${number.toString(16)} at ${at} is not allowed`)
      apply(operation, body, stack, pop, (label, what) => { leak(label, `the ${what} of ${operation.name} at ${at} depends on a secret`) })
      findings.instructions.set(operation.name, (findings.instructions.get(operation.name) ?? 0) + 1)
    }
  }
}

function apply (operation: Operation, body: Reader, stack: Label[], pop: () => Label, leak: (label: Label, what: string) => void): void {
  const operands = Array.from({ length: operation.takes }, pop).reverse()
  if (operation.immediates === 'memory') {
    body.unsigned()
    body.unsigned()
    leak(operands[0]!, 'address')
  } else if (operation.immediates !== undefined) body.take(operation.immediates === 'lane' ? 1 : 16)
  if (SHIFTS.includes(operation.name)) leak(operands[1]!, 'distance')
  if (operation.gives === 0) return
  const secret = operation.name.includes('.load') || operands.includes('secret')
  stack.push(secret ? 'secret' : 'public')
}

class Reader {
  position = 0
  readonly #bytes: Uint8Array

  constructor (bytes: Uint8Array) { this.#bytes = bytes }

  get done (): boolean { return this.position === this.#bytes.length }

  byte (): number {
    const byte = this.#bytes[this.position++]
    if (byte === undefined) throw new Error('the module is cut off')
    return byte
  }

  take (count: number): Uint8Array {
    if (this.position + count > this.#bytes.length) throw new Error('the module is cut off')
    this.position += count
    return this.#bytes.subarray(this.position - count, this.position)
  }

  /** LEB128; a signed number is as long as an unsigned one, and its value is not needed here. */
  unsigned (): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }

  vector<T> (item: () => T): T[] {
    return Array.from({ length: this.unsigned() }, item)
  }
}
