import { equals } from 'uint8arrays/equals'
import { NIBBLES, setOf, SetSum, type Item, type ItemSet, type RangeContent } from './digest.js'
import { maxPrefixes } from './limits.js'
import { Turn } from './turn.js'

/** What two sets do not have in common. An item whose values differ is in both lists. */
export interface Difference {
  mine: Item[]
  theirs: Item[]
  /** False: their set changed between two rounds; what went from one range to another meanwhile may have been seen in neither. */
  isOfOneTime: boolean
}

/** What the other side has under these prefixes; of a changing set, as it is at the time. */
export type AskRanges = (prefixes: string[]) => Promise<RangeContent[]>

/**
 * Walks down to where two sets differ: each round asks for the ranges whose fingerprints were not equal. A range must still
 * have the fingerprint that was told with the range around it.
 *
 * @param items in the order of their keys, or a set that makes less of an effort for a range
 */
export async function findDifference (items: readonly Item[] | ItemSet, ask: AskRanges): Promise<Difference> {
  const mine = 'under' in items ? items : setOf(items)
  const difference: Difference = { mine: [], theirs: [], isOfOneTime: true }
  const turn = new Turn()
  let asking = new Map<string, Uint8Array | undefined>([['', undefined]])
  while (asking.size > 0) {
    const prefixes = [...asking.keys()]
    const contents: RangeContent[] = []
    for (let at = 0; at < prefixes.length; at += maxPrefixes) contents.push(...await ask(prefixes.slice(at, at + maxPrefixes)))
    const told = asking
    asking = new Map()
    for (const content of contents) {
      const before = told.get(content.prefix)
      if (before !== undefined && !equals(before, fingerprintOf(content))) difference.isOfOneTime = false
      if (content.kind === 'items') compareItems(mine.under(content.prefix), content.items, difference)
      else {
        for (const [part, fingerprint] of differingParts(mine, content)) asking.set(part, fingerprint)
        await turn.took(content.parts.length)
      }
    }
  }
  return difference
}

function fingerprintOf (content: RangeContent): Uint8Array {
  return content.kind === 'parts' ? content.fingerprint : SetSum.of(content.items).fingerprint()
}

function differingParts (mine: ItemSet, { prefix, parts }: Extract<RangeContent, { kind: 'parts' }>): Array<[string, Uint8Array]> {
  return NIBBLES.flatMap((nibble, index): Array<[string, Uint8Array]> => {
    const fingerprint = parts[index]
    const part = prefix + nibble
    return fingerprint === undefined || equals(mine.sum(part).fingerprint(), fingerprint) ? [] : [[part, fingerprint]]
  })
}

function compareItems (mine: readonly Item[], theirs: readonly Item[], difference: Difference): void {
  const left = new Map(mine.map((item) => [item.key, item]))
  for (const item of theirs) {
    const own = left.get(item.key)
    if (own === undefined || !equals(own.value, item.value)) difference.theirs.push(item)
    else left.delete(item.key)
  }
  difference.mine.push(...left.values())
}
