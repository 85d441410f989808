/**
 * News: what the servers of a pool tell each other of clients (docs/pool-news.md), so that it does not matter which
 * server somebody is on: who is attached, which accounts changed, where the logs of groups are.
 *
 * - feed.ts, event-log.ts (pure): what a neighbour is still to be told
 * - heard.ts (pure): what a neighbour has told
 * - whereabouts.ts: own attachments and what was heard, as one
 * - news.ts: the messages; wire.ts: their bytes
 */
export { News, type NewsComponents, type NewsListener } from './news.js'
export { Whereabouts, type DeviceWhereabouts } from './whereabouts.js'
export type { AccountChanged, AttachedDevice, GroupMoved, NewsEvent } from './types.js'
