/**
 * Homes: each device is served best by one of the three servers that keep its mailbox, the one with the fewest clients.
 * Servers tell each other how many they have (home/load); a device asks where to go (pool/home); a server that ends
 * sends its clients on (pool/leaving).
 */
export { HomeService, type HomeServiceComponents } from './home-service.js'
