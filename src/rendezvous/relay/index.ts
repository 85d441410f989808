/** Relaying: for whom a server does it, and whether a device needs it. The relay itself is overlay/relay. */
export { dialBackHandlers } from './dial-back.js'
export { relayPolicy } from './policy.js'
