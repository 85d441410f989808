/**
 * Asks for answers until `decide` knows enough; late ones are left to come. `decide` is given the answers so far and how
 * many may still come, and must decide once none is left.
 */
export async function gather<Answer, Decision> (asking: ReadonlyArray<Promise<Answer>>, decide: (answers: readonly Answer[], pending: number) => Decision | undefined): Promise<Decision> {
  return await new Promise<Decision>((resolve, reject) => {
    const answers: Answer[] = []
    const look = (): void => {
      const decision = decide(answers, asking.length - answers.length)
      if (decision !== undefined) resolve(decision)
    }
    for (const one of asking) {
      one.then((answer) => {
        answers.push(answer)
        look()
      }).catch(reject)
    }
    if (asking.length === 0) look()
  })
}
