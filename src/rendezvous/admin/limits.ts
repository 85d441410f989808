/** An answer with some fifty keys in it. */
export const maxFiguresBytes = 16 * 1024
/** Sixteen addresses of 400 characters. */
export const maxReachBytes = 8 * 1024
/** How long `status` waits for one server: the operator waits, too. */
export const figuresTimeoutMs = 2_000
/** How long a server counts what it keeps before it tells what it counted the last time: far below what it is waited for. */
export const countPatienceMs = 500
/** How long a connection may take that only asks whether somebody is there. */
export const probeTimeoutMs = 2_000
/** All addresses of a server are probed at the same time. */
export const reachTimeoutMs = probeTimeoutMs + 1_000
/** How long those that are left may take to vote by a roster that the recovery key has signed. */
export const recoveryPatienceMs = 30_000
export const recoveryRetryMs = 500
/** Clocks further apart than this judge expiry of mail and invitations differently enough to be noticed. */
export const maxClockSkewMs = 5_000
/** Below it the operator should do something: files are refused below 2 GiB already. */
export const lowDiskBytes = 4 * 1024 * 1024 * 1024
