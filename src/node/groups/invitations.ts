/**
 * Groups that this account was added to by somebody who is blocked, or would have to ask before writing: what is said in them
 * waits until the user joins them. Both halves look here.
 */
import type { Reader, Transaction } from '../home/lane.js'
import { rememberedTable } from '../home/table.js'

export interface Invitation {
  /** who added this account */
  by: string
}

/** group in hex */
const table = rememberedTable<Invitation>('group-invitation')

export function putInvitation (tx: Transaction, id: string, invitation: Invitation): void {
  table.put(tx, invitation, id)
}

/** Undefined: this account is there by its own will. */
export async function findInvitation (reader: Reader, id: string): Promise<Invitation | undefined> {
  return await table.get(reader, id)
}

export async function listInvitations (reader: Reader): Promise<Array<Invitation & { id: string }>> {
  return (await table.list(reader, [])).map(({ key: [id = ''], value }) => ({ id, ...value }))
}

/** Whether there was one. */
export async function endInvitation (tx: Transaction, id: string): Promise<boolean> {
  if (await findInvitation(tx, id) === undefined) return false
  table.delete(tx, id)
  return true
}
