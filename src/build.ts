/** Threads are started from files that an update may have replaced: they work only for a process of the same build. */
import { P2pChatError } from './errors.js'

/** Which build this is; scripts/after-build.mjs writes here, in dist, what it makes of all that was compiled. */
export const build: string = 'source'

/** @throws ERR_UNSUPPORTED in a thread that another build has started */
export function assertSameBuild (started: { build?: string }): void {
  if (started.build !== build) throw new P2pChatError('ERR_UNSUPPORTED', 'This thread is of another version of p2pchat than the process that started it, which was updated meanwhile: start that again.')
}
