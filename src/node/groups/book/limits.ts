import { mailRetentionMs, maxFrameBytes } from '../../../protocol/limits.js'

/** Bytes of entries asked for at once; half a frame leaves room for framing. */
export const readPageBytes = maxFrameBytes / 2
/** A log that is this short is read whole; a longer one from a checkpoint, if there is one. */
export const maxWholeLogEntries = 64
/** Entries after which the folded state is written again: until then a start folds what came since. */
export const stateEveryEntries = 16
/** Members, in all, of the groups whose folded states are kept in memory … */
export const maxCachedMembers = 32_768
/** … and how many of its newest states: a reader may still be at the one before. */
export const maxCachedStates = 3
/** Times that a device was a member's and is no more: all are read for each message of it, and who joins and leaves without end would make that slow. */
export const maxEndedStays = 16
/** A fresh secret counts only once the log commits to it; of one device so many may wait for that, so long. */
export const maxCandidatesPerDevice = 8
/** The same for groups that are not known here, all together: who adds somebody to a group may be ahead of its log … */
export const maxUnknownPerDevice = 64
/** … and of all devices. All are read whenever one comes. */
export const maxUnknownCandidates = 512
/** Members whose word is remembered to be against a key: the second one settles whose is wrong. */
export const maxAgainst = 4
export const candidateTtlMs = 24 * 60 * 60 * 1000
/** How long a secret that follows is kept after its chains are made, for newcomers who ask: over a link that takes seconds, they need several turns. */
export const servedSecretMs = 60_000
/** Keys of an epoch that is over, for late messages: as long as mail is kept. */
export const oldEpochMs = mailRetentionMs
/** One key is used no longer than this. */
export const epochLifeMs = 7 * 24 * 60 * 60 * 1000
/** A clock that was set back by more has told wrongly since when a key is there. */
export const maxClockDifferenceMs = 60 * 60 * 1000
/** What lies between the devices that may make the next epoch, checkpoint, or announce their account's devices. */
export const turnMs = 500
/** Whose turn is later than this asks who is online, and waits for nobody else. */
export const askOnlineMs = 2_000
/** Who removes a device waits so long at most until its groups' logs say so. */
export const tellDevicesMs = 5_000
/** A secret may still be on its way when the log says that it is there. */
export const askGraceMs = 500
/** Who has a wrong key finds out by itself, as a rule; the others wait for so long before they make a new one. */
export const doubtGraceMs = 2_000
/** How long those asked for a secret have. */
export const askTimeoutMs = 2_000
/** Requests for secrets that this device waits for itself. */
export const maxRequestsKept = 256
/** Members asked for a secret. */
export const maxAsked = 3
/** The longest pause between fresh epochs that this device makes because it lacks the key, doubled from the time of asking. */
export const maxKeylessPauseMs = 10 * 60 * 1000
/** How long an epoch's secret that did not come is waited for, once the epoch is over and the mailbox of the server that is there was read. */
export const lostAfterMs = 30_000
/** Envelopes with a secret that are not stored by then are not waited for: their devices ask. */
export const sealTimeoutMs = 10_000
/** … nor, once half of them are, those that are not stored when so long no other was: one full mailbox holds nobody up. */
export const sealLullMs = 1_000
/** Tries of one change while others change the group too: fifty who join at once all get in. */
export const maxAppendAttempts = 80
/** The longest pause between two of them, by chance. */
export const maxAppendPauseMs = 120
/** A removal that lost so many races with its fresh key goes without; the key follows. */
export const maxRemovalRaces = 3
/** How long a change waits for a server when its outcome is unknown. */
export const outcomeTimeoutMs = 20_000
/** A server's word that it has taken a change is checked so much later; longer, doubled each time, while it does not hold. */
export const confirmAppendMs = 10_000
export const maxConfirmMs = 60 * 60 * 1000
/** Entries of this device that are brought to a server again at once. */
export const maxBroughtAgain = 16
/** A server may lag behind what a member has seen: it is said to hide a head that a message named only so much later. */
export const namedHeadMs = 10_000
/** A pause after a read that failed, before the log is read again. */
export const readRetryMs = 5_000
/** Members' devices asked for their heads by `verify`, and at once. */
export const maxVerified = 64
export const maxParallelAsks = 8
/** A device that does not answer by then is counted as not answering. */
export const headTimeoutMs = 3_000
/** Heads of a large group that a server names one after the other are looked at together: so much apart for each member beyond a few … */
export const headPauseMsPerMember = 20
/** … or, on a busy machine, so many times as long as looking took … */
export const headPauseLooks = 4
export const membersWithoutHeadPause = 25
/** … and no further: whoever was removed may read for so long what is said meanwhile. The first head after a rest is looked at at once. */
export const maxHeadPauseMs = 1_000
/** Sending that waits for longer is told of. */
export const waitingTellMs = 3_000
/** Between two pages of a log that is walked only to be checked. */
export const walkPauseMs = 1_000
/** The newest epochs among which one is looked for that somebody gives another secret of. */
export const maxKnownEpochs = 64
