import { equals } from 'uint8arrays/equals'
import { itemsUnder, NIBBLES, SetSum, type Item, type RangeContent } from './digest.js'
import { maxPrefixes } from './limits.js'

/** What two sets do not have in common. An item whose values differ is in both lists. */
export interface Difference {
  mine: Item[]
  theirs: Item[]
}

/** What the other side has under these prefixes; of a changing set, as it is at the time. */
export type AskRanges = (prefixes: string[]) => Promise<RangeContent[]>

/**
 * Walks down to where two sets differ: each round asks for the ranges whose fingerprints were not equal.
 *
 * @param mine in the order of their keys
 */
export async function findDifference (mine: readonly Item[], ask: AskRanges): Promise<Difference> {
  const difference: Difference = { mine: [], theirs: [] }
  let asking = ['']
  while (asking.length > 0) {
    const contents: RangeContent[] = []
    for (let at = 0; at < asking.length; at += maxPrefixes) contents.push(...await ask(asking.slice(at, at + maxPrefixes)))
    asking = contents.flatMap((content) => {
      if (content.kind === 'parts') return differingParts(mine, content)
      compareItems(itemsUnder(mine, content.prefix), content.items, difference)
      return []
    })
  }
  return difference
}

function differingParts (mine: readonly Item[], { prefix, fingerprints }: Extract<RangeContent, { kind: 'parts' }>): string[] {
  return NIBBLES.map((nibble) => prefix + nibble).filter((part, index) => {
    const fingerprint = fingerprints[index]
    return fingerprint !== undefined && !equals(SetSum.of(itemsUnder(mine, part)).fingerprint(), fingerprint)
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
