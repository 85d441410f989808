import { createHash } from 'node:crypto'
import type { Append } from '../../../src/rendezvous/mailboxes/index.js'

/** The envelope with this number; every third one is a receipt in a slot of its own. */
export function depositEntry (number: number): Append {
  const digest = new Uint8Array(createHash('sha256').update(String(number)).digest())
  return {
    mailbox: new Uint8Array(32).fill(number % 5),
    sender: new Uint8Array(32).fill(7),
    entryId: digest.slice(0, 16),
    slot: number % 3 === 0 ? digest.slice(16) : new Uint8Array(0),
    envelope: new Uint8Array(200 + number % 100).fill(number & 0xff)
  }
}
