/**
 * Parts of the program that are loaded when they are first needed. A process that stays loads all of them while it has nothing
 * else to do: their files are gone later where an update has put others in their place.
 */
const parts = new Set<() => Promise<unknown>>()

/** @param load imports a part. What is returned does so at its first call, and again only where that failed. */
export function later<T> (load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined
  const part = async (): Promise<T> => {
    loaded ??= load()
    try {
      return await loaded
    } catch (error) {
      loaded = undefined
      throw error
    }
  }
  parts.add(part)
  return part
}

/** Also what those parts have for later. One that cannot be loaded is left to who needs it. */
export async function loadParts (): Promise<void> {
  for (const part of parts) await part().catch(() => {})
}
