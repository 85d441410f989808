/** Lists of several acceptors, each cut off somewhere, as one. Pure. */
import { compareNames } from './slots.js'

export interface Page {
  /** in order */
  names: string[]
  /** whether there are further ones behind the last */
  more: boolean
}

export interface Listing {
  names: string[]
  /** Where to go on; undefined at the end. */
  next: string | undefined
}

/** At most `limit` names that some page has, up to where the first page is cut off: behind it a name may be missing. */
export function mergePages (pages: readonly Page[], limit: number): Listing {
  const ends = pages.filter(({ more }) => more).map(({ names }) => names.at(-1) ?? '')
  const end = ends.sort(compareNames)[0]
  const all = [...new Set(pages.flatMap(({ names }) => names))].sort(compareNames)
  const known = all.filter((name) => end === undefined || compareNames(name, end) <= 0)
  const names = known.slice(0, limit)
  return { names, next: end !== undefined || known.length > limit ? names.at(-1) : undefined }
}
