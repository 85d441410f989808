/** Who a file that was sent is for. */
import { findContact, findRecord } from '../contacts/contacts.js'
import type { Delivery } from '../delivery/delivery.js'
import { encodeFileReport } from '../delivery/payload.js'
import type { GroupBook } from '../groups/types.js'
import { findMessage } from '../history/messages.js'
import { fromHex, toHex } from '../home/hex.js'
import type { Reader, Transaction } from '../home/lane.js'
import type { OutTransfer } from './records.js'

export interface AudienceComponents {
  /** this device in hex */
  self: { username: string, device: string }
  delivery: () => Delivery
  book: () => GroupBook
}

/** A device that a file is for, in hex. */
export interface Recipient { username: string, device: string }

type SentMessage = OutTransfer['messages'][number]

export class Audience {
  constructor (private readonly components: AudienceComponents) {}

  /** Whoever has to get it: not the other devices of this account, which take it where they find it, nor one that its account has removed since. */
  async of (reader: Reader, { id, group }: SentMessage): Promise<Recipient[]> {
    if (group !== undefined) return []
    const row = await findMessage(reader, this.components.self.username, id)
    const devices = Object.entries(row?.sent?.devices ?? {}).map(([device, { username }]) => ({ username, device }))
    const listed = new Set((await this.devicesOf(reader, devices.map(({ username }) => username))).map(({ device }) => device))
    return devices.filter(({ device }) => listed.has(device))
  }

  /** Whose device this is, if it may have the file. */
  async usernameOf (reader: Reader, message: SentMessage, device: string): Promise<string | undefined> {
    const { self, book } = this.components
    const usernames = message.group === undefined ? [] : (await book().find(reader, message.group.id))?.members ?? []
    const devices = await this.devicesOf(reader, [self.username, ...usernames])
    return [...await this.of(reader, message), ...devices].find((one) => one.device === device)?.username
  }

  /** Those that their accounts list now. */
  private async devicesOf (reader: Reader, usernames: string[]): Promise<Recipient[]> {
    const records = await Promise.all([...new Set(usernames)].map(async (username) => await findRecord(reader, username)))
    return records.flatMap((record) => record === undefined ? [] : record.devices.map(({ deviceKey }) => ({ username: record.username, device: toHex(deviceKey) })))
  }

  /** Tells the devices that wait for it that it will not come. A group's members hear it when they ask. */
  async withdraw (tx: Transaction, { fileId, messages, done }: OutTransfer): Promise<void> {
    for (const message of messages) {
      for (const { username, device } of await this.of(tx, message)) {
        if (done.includes(device) || (await findContact(tx, username))?.identity === 'changed') continue
        await this.components.delivery().systemMail.enqueue(tx, [{ username, device, content: encodeFileReport(fromHex(fileId), false) }])
      }
    }
  }
}
