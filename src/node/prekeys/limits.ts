import { mailRetentionMs, maxOneTimePrekeys } from '../../protocol/limits.js'

const dayMs = 24 * 60 * 60 * 1000

/** Age at which a new signed prekey is made (X3DH §4.7: "once a week, or once a month"). */
export const rotationMs = 7 * dayMs
/** A prekey that is further in the future was made by a wrong clock, which others refuse (serverSlackMs): a new one is made. */
export const maxAheadMs = 60 * 60 * 1000
/** A first message may lie in a mailbox that long after a prekey was replaced, and its sender may have held it back. */
export const keepRetiredMs = mailRetentionMs + 7 * dayMs
/** The stock at which new one-time prekeys are uploaded. */
export const topUpBelow = maxOneTimePrekeys / 2
/** One-time prekeys given out by the device itself or uploaded, and never used: the oldest go past this many. */
export const maxKeptOneTime = 2_000
/** Of these, so many go at once: they need not be listed for each new one. */
export const keptRoom = 100
