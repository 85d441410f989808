import { equal, ok } from 'node:assert/strict'
import { S_BOXES } from '../../../src/crypto/triple-des/generator/circuits.js'
import type { GateOperator } from '../../../src/crypto/triple-des/generator/circuits.js'

/** FIPS 46-3, S1 to S8: rows by the outer two bits of the input, columns by the inner four, one hex digit each. */
const TABLES = [
  ['e4d12fb83a6c5907', '0f74e2d1a6cb9538', '41e8d62bfc973a50', 'fc8249175b3ea06d'],
  ['f18e6b34972dc05a', '3d47f28ec01a69b5', '0e7ba4d158c6932f', 'd8a13f42b67c05e9'],
  ['a09e63f51dc7b428', 'd709346a285ecbf1', 'd6498f30b12c5ae7', '1ad069874fe3b52c'],
  ['7de3069a1285bc4f', 'd8b56f03472c1ae9', 'a690cb7df13e5284', '3f06a1d8945bc72e'],
  ['2c417ab6853fd0e9', 'eb2c47d150fa3986', '421bad78f9c5630e', 'b8c71e2d6f09a453'],
  ['c1af92680d34e75b', 'af427c9561de0b38', '9ef528c3704a1db6', '432c95fabe17608d'],
  ['4b2ef08d3c975a61', 'd0b7491ae35c2f86', '14bdc37eaf680592', '6bd814a7950fe23c'],
  ['d2846fb1a93e50c7', '1fd8a374c56b0e92', '7b419ce206adf358', '21e74a8dfc90356b']
] as const

const OPERATORS: Record<GateOperator, (a: number, b: number) => number> = {
  '^': (a, b) => a ^ b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '&~': (a, b) => a & ~b
}

describe('the S-box circuits', () => {
  it('are eight', () => { equal(S_BOXES.length, 8) })

  S_BOXES.forEach(({ inverted, gates, outputs }, box) => {
    it(`S${box + 1} is right for all 64 inputs`, () => {
      for (let input = 0; input < 64; input++) {
        const nodes = Array.from({ length: 6 }, (_, i) => ((input ^ inverted) >> (5 - i)) & 1)
        for (const [operator, a, b] of gates) nodes.push(OPERATORS[operator](nodes[a]!, nodes[b]!))
        const row = (input >> 4 & 2) | (input & 1)
        const column = input >> 1 & 15
        equal(outputs.reduce((value, node) => value * 2 + nodes[node]!, 0), parseInt(TABLES[box]![row]![column]!, 16), `input ${input}`)
      }
    })

    it(`S${box + 1} takes operands only from before, and no gate for nothing`, () => {
      gates.forEach(([, a, b], i) => { ok(a < 6 + i && b < 6 + i && a !== b) })
      const used = new Set([...outputs, ...gates.flatMap(([, a, b]) => [a, b])])
      gates.forEach((_, i) => { ok(used.has(6 + i), `gate ${i}`) })
    })
  })

  it('have 360 gates', () => {
    equal(S_BOXES.reduce((sum, { gates }) => sum + gates.length, 0), 360)
  })
})
