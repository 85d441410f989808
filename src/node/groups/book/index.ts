/**
 * The book of a client's groups.
 *
 * - tables.ts, states.ts, stays.ts: what is kept of each group, and what follows from it
 * - ledger.ts: takes verified entries, with all their effects, in one transaction; log-reader.ts and walk.ts get
 *   them, as far as access.ts says
 * - changes.ts, operations.ts, confirmer.ts: entries of this device, and that servers keep them
 * - keys.ts, candidates.ts, fresh-secret.ts, secrets.ts: secrets of epochs, and how they travel
 * - caretaker.ts: what a group needs without anybody asking for it
 * - heads.ts: heads compared between members; notices.ts: what people are told beside changes
 * - book.ts: wires them
 */
export { Book, type BookComponents } from './book.js'
export { listForked } from './notices.js'
export { tellEntry } from './texts.js'
export { entryTable } from './tables.js'
