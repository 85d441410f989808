/** A round trip between two servers with a sync in it, on a loaded disk; a frozen server is not waited for any longer. */
export const askTimeoutMs = 2_000
/** A channel to another server: the round trips of a slow link. Whoever asks meanwhile waits for it no longer than above. */
export const linkTimeoutMs = 10_000
/** How often a server looks for others that it has no channel to. */
export const relinkIntervalMs = 2_000
/** After a failed dial nobody dials that server again for so long, doubled each time up to the maximum: requests come by the thousand. */
export const minRedialMs = 100
export const maxRedialMs = 2_000
/** Requests under way to one other server: at 50 ms a synced write, 10,000 of them a second. */
export const maxOpenAsks = 512
