/** What senders have sent and devices have read, and whether the one fits the other. */
import assert from 'node:assert/strict'
import { sha256 } from '../../../src/crypto/bytes.js'
import { fromBody, hex, toBody } from './client-methods.js'
import { deviceIdentity, type DeviceIdentity } from './identities.js'

export interface Message {
  name: string
  mailbox: Device
  /** hexadecimal */
  entryId: string
  sender: Sender
  /** Only the newest of a slot counts; undefined: none. */
  slot: string | undefined
  /** From 1 on: of its sender to its mailbox, in its slot where it has one. */
  sequence: number
  /** Its sender was told so. */
  isStored: boolean
  /** An acknowledgement of it was sent. */
  mayBeGone: boolean
  /** An acknowledgement of it was confirmed: it must not come back. */
  isGone: boolean
}

export interface Sender {
  name: string
  key: Uint8Array
}

/** What a device knows of one sender: what it has shown, and what has to wait for something before it. */
interface Chain {
  shown: string[]
  parked: Map<number, string>
  /** the highest sequence in each slot */
  slots: Map<string, number>
}

export interface Device {
  name: string
  identity: DeviceIdentity
  /** Ids of all that it has taken: what comes again is no news. */
  taken: Set<string>
  /** By the sender's name. */
  chains: Map<string, Chain>
}

interface Content {
  name: string
  sender: string
  slot: string | undefined
  /** By the name of the device. */
  sequences: Record<string, number>
}

const secret = new TextEncoder().encode('known to senders and devices alone')
const identities = 60

/** An envelope that servers cannot make: what a session's cipher does is not tried here. */
export function sealedEnvelope (messages: readonly Message[]): Uint8Array {
  const [first] = messages
  assert.ok(first !== undefined)
  const content: Content = { name: first.name, sender: first.sender.name, slot: first.slot, sequences: Object.fromEntries(messages.map(({ mailbox, sequence }) => [mailbox.name, sequence])) }
  return toBody([content, tag(content)])
}

export function makeDevices (count: number, first: number): Device[] {
  return Array.from({ length: count }, (_, index) => ({ name: `device ${index}`, identity: deviceIdentity((first + index) % identities), taken: new Set(), chains: new Map() }))
}

export class MailRecord {
  readonly #messages = new Map<string, Message>()
  readonly #sequences = new Map<string, number>()

  newMessage (name: string, mailbox: Device, sender: Sender, slot?: string): Message {
    const chain = `${mailbox.name} ${sender.name} ${slot ?? ''}`
    const sequence = (this.#sequences.get(chain) ?? 0) + 1
    this.#sequences.set(chain, sequence)
    const message: Message = { name, mailbox, entryId: hex(sha256(new TextEncoder().encode(name)).subarray(0, 16)), sender, slot, sequence, isStored: false, mayBeGone: false, isGone: false }
    this.#messages.set(`${mailbox.name} ${message.entryId}`, message)
    return message
  }

  of (device: Device): Message[] {
    return [...this.#messages.values()].filter(({ mailbox }) => mailbox === device)
  }

  find (device: Device, entryId: string): Message {
    return this.#messages.get(`${device.name} ${entryId}`) ?? assert.fail(`${entryId} was never sent to ${device.name}`)
  }

  /** Whether its sender has put something newer into its slot. */
  isReplaced ({ mailbox, sender, slot, sequence }: Message): boolean {
    return slot !== undefined && sequence < (this.#sequences.get(`${mailbox.name} ${sender.name} ${slot}`) ?? 0)
  }

  /** Takes an entry. False: nobody who knows the secret has made it for this device under this id. */
  take (device: Device, entryId: string, envelope: Uint8Array): boolean {
    const content = opened(envelope)
    const message = this.#messages.get(`${device.name} ${entryId}`)
    const sequence = content?.sequences[device.name]
    if (content === undefined || sequence === undefined || message?.name !== content.name) return false
    if (device.taken.has(entryId)) return true
    device.taken.add(entryId)
    const chain = chainOf(device, content.sender)
    if (content.slot !== undefined) {
      chain.slots.set(content.slot, Math.max(sequence, chain.slots.get(content.slot) ?? 0))
      return true
    }
    assert.ok(!chain.parked.has(sequence) && chain.shown.length < sequence, `doubled: ${content.name} is there twice for ${device.name}`)
    chain.parked.set(sequence, content.name)
    for (let next = chain.parked.get(chain.shown.length + 1); next !== undefined; next = chain.parked.get(chain.shown.length + 1)) {
      chain.shown.push(next)
      chain.parked.delete(chain.shown.length)
    }
    return true
  }

  /** It, or what took its place in its slot. */
  isRead ({ mailbox, entryId, sender, slot, sequence }: Message): boolean {
    return mailbox.taken.has(entryId) || (slot !== undefined && (chainOf(mailbox, sender.name).slots.get(slot) ?? 0) >= sequence)
  }

  /** In the end each device has shown all that each sender has sent to it, once and in that order. */
  check (devices: readonly Device[], senders: readonly Sender[]): void {
    for (const device of devices) {
      for (const sender of senders) {
        const sent = this.of(device).filter((message) => message.sender === sender && message.slot === undefined).map(({ name }) => name)
        assert.deepEqual(chainOf(device, sender.name).shown, sent, `lost, doubled or out of order: what ${device.name} has of ${sender.name}`)
      }
    }
  }
}

function chainOf (device: Device, sender: string): Chain {
  const chain = device.chains.get(sender) ?? { shown: [], parked: new Map(), slots: new Map() }
  device.chains.set(sender, chain)
  return chain
}

function opened (envelope: Uint8Array): Content | undefined {
  try {
    const [content, mac] = fromBody<[Content, string]>(envelope)
    return tag(content) === mac ? content : undefined
  } catch {
    return undefined
  }
}

function tag (content: Content): string {
  return hex(sha256(secret, toBody(content)).subarray(0, 16))
}
