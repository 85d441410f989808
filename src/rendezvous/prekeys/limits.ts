/** Prekeys between servers. */

/** How long another server may take to hand out a prekey, with a sync in it; then the next one is asked, and what it gave is nobody's. */
export const giveTimeoutMs = 1_500
/** How long a device that attaches waits for the other servers to count its prekeys; those who do not answer have none. */
export const stockTimeoutMs = 500
/** Devices that are looked after at once. */
export const sweptAtOnce = 16
/** … and of which it is asked who lists them, after news were missed: all that are here, at all servers at the same time, and nobody waits for it. */
export const checkedAtOnce = 2
/** Devices in one look at the shelf. */
export const sweepPage = 256
/** Pause between two of them. */
export const sweepPauseMs = 100
/** Removed devices of which a server still has to be told; past it their prekeys stay there until it has missed news. */
export const maxUnforgotten = 10_000
/** What an upload counts as among the requests of a device: a hundred keys, synced at each server of its mailbox. */
export const uploadCost = 100
