/** How often a server looks whether the roster wants something. */
export const stewardIntervalMs = 2_000
/** How much later each server acts than the one before it: the first one's change is known by then, and nothing is left to do. */
export const stewardStaggerMs = 1_000
/** How long a change of acceptors may wait for new ones that do not answer, and each server for the one before it, which comes no further with ending it. */
export const takeBackAfterMs = 15_000
/** How long a change of acceptors is left to who began it before it is first looked for who ends it. */
export const finishAfterMs = 2_000
/** How often an acceptor looks for what was decided without it though its links were there all the time: a request can get lost. */
export const catchUpIntervalMs = 60 * 60_000
