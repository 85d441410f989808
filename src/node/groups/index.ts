/**
 * Groups: who is in them and under which keys (book/), what is said in them (talk/), and the calls that both answer
 * (service.ts), once a server was heard after a start (first-look.ts). Neither half imports the other's files; types.ts is the seam.
 */
export { Book, listForked } from './book/index.js'
export { FirstLook } from './first-look.js'
export { GroupService } from './service.js'
export { createGroupTalk, openPeersOf, type Talk } from './talk/index.js'
