import { isQuorum, votersOf, type Quorum } from '../../overlay/index.js'

/**
 * Asks all voters at once. Resolves with the first thing other than undefined that `take` makes of an answer; with
 * undefined as soon as those who answered and those who still may are no quorum, or all have answered.
 *
 * @param ask resolves with undefined when there is no answer; must not reject
 */
export async function gather<Answered, Result> (
  quorum: Quorum,
  ask: (server: string) => Promise<Answered | undefined>,
  take: (server: string, answer: Answered) => Result | undefined
): Promise<Result | undefined> {
  const voters = votersOf(quorum)
  const possible = new Set(voters)
  const open = new Set(voters)
  return await new Promise((resolve) => {
    for (const server of voters) {
      ask(server).catch(() => undefined).then((answer) => {
        open.delete(server)
        if (answer === undefined) possible.delete(server)
        const result = answer === undefined ? undefined : take(server, answer)
        if (result !== undefined) resolve(result)
        else if (open.size === 0 || !isQuorum(quorum, possible)) resolve(undefined)
      }).catch(() => { resolve(undefined) })
    }
  })
}
