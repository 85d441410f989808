/**
 * One member of a pool, wired: links to the other servers, registers and roster (consensus/), mail on several servers
 * (replication/), and what clients are served with on top of them. A server alone is the same thing with nobody to ask.
 *
 * - member.ts: the wiring, and the order in which it starts and stops
 * - known-rosters.ts: the rosters as replication asks for them
 * - pool-time.ts: what servers tell each other of the time by which they throw away what is over
 * - steward.ts (plan), stewardship.ts: what every server does for the roster by itself
 */
export { createMember, type Member, type MemberComponents } from './member.js'
