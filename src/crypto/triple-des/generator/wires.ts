/** From a circuit to instructions. */
import type { GateOperator, SBoxCircuit } from './circuits.js'
import { V128 } from './encoder.js'
import type { Code, PlainInstruction } from './encoder.js'

const GATES: Record<GateOperator, PlainInstruction> = { '^': 'v128.xor', '&': 'v128.and', '|': 'v128.or', '&~': 'v128.andnot' }

/**
 * One S-box being written down, output by output. A value that is used more than once waits in a local, which is free
 * again after its last use; boxes that overlap share the list of `free` ones.
 */
export class Wires {
  readonly code: Code
  readonly #free: number[]
  readonly #gates: SBoxCircuit['gates']
  readonly #uses: number[]
  readonly #locals = new Map<number, number>()

  constructor (code: Code, circuit: SBoxCircuit, free: number[]) {
    this.code = code
    this.#free = free
    this.#gates = circuit.gates
    this.#uses = new Array<number>(6 + circuit.gates.length).fill(0)
    for (const node of [...circuit.gates.flatMap(([, a, b]) => [a, b]), ...circuit.outputs]) this.#uses[node]!++
  }

  /** Takes the value on the stack as an input. */
  input (input: number): void {
    this.code.set(this.#keep(input))
  }

  /** Puts the value of `node` on the stack, once for each of its uses. */
  push (node: number): void {
    const known = this.#locals.get(node)
    if (known === undefined) this.#compute(node)
    else this.code.get(known)
    const left = --this.#uses[node]!
    if (known === undefined && left > 0) this.code.tee(this.#keep(node))
    if (known !== undefined && left === 0) {
      this.#locals.delete(node)
      this.#free.push(known)
    }
  }

  #keep (node: number): number {
    const local = this.#free.pop() ?? this.code.local(V128)
    this.#locals.set(node, local)
    return local
  }

  #compute (node: number): void {
    const [operator, a, b] = this.#gates[node - 6]!
    this.push(a)
    this.push(b)
    this.code.do(GATES[operator])
  }
}
