/**
 * The process that owns the home, and a pool's server, may be of a later version, and say words that this one does not
 * know: they are shown as they are, and count as the least of their kind.
 */

/** What a table has for a word, else `otherwise`. */
export function entryOf<Value> (table: Readonly<Record<string, Value>>, word: string, otherwise: NoInfer<Value>): Value {
  return (Object.hasOwn(table, word) ? table[word] : undefined) ?? otherwise
}
