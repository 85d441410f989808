/**
 * Links: one kept-open channel (/p2pchat/server/1) to every other server of the pool, for whatever servers ask of each
 * other. Who is a server says the signed roster; everybody else is refused, but for what proves itself (chains of
 * rosters, tokens to join with).
 */
export type { AskOptions, Links, ServerHandler } from './links.js'
export { ServerLinks, type ServerLinksComponents } from './server-links.js'
