/** Secrets of epochs between devices: what came, what is asked for, and what is given to who asks. */
import { constantTimeEqual } from '../../../crypto/bytes.js'
import { isP2pChatError } from '../../../errors.js'
import { decode, encode } from '../../../protocol/codec.js'
import { Content } from '../../../protocol/pb/content.js'
import { GroupEpochSecret } from '../../../protocol/pb/group.js'
import { groupDevices, isGroupDevice, type GroupState } from '../../../records/group/index.js'
import type { Clock, Logger, Random } from '../../../runtime.js'
import type { SystemMailer } from '../../delivery/system-mail.js'
import { fromHex, toHex } from '../../home/hex.js'
import type { Lane, Transaction } from '../../home/lane.js'
import type { GroupContent, GroupContentSender } from '../types.js'
import { mailFor } from './fresh-secret.js'
import { secretContent, type Doubt, type Keys } from './keys.js'
import { askTimeoutMs, maxAsked, maxRequestsKept } from './limits.js'
import type { States } from './states.js'
import { wasDeviceAt } from './stays.js'

export interface SecretsComponents {
  lane: Lane
  clock: Clock
  random: Random
  logger: Logger
  self: { username: string, deviceKey: Uint8Array }
  states: States
  keys: Keys
  mail: SystemMailer
  /** Which of these accounts have a device online, as far as a server says. */
  online: (usernames: string[]) => Promise<Set<string>>
  /** After the commit: keys came. */
  changed: (id: string) => void
  /** Reads the log, then goes on. */
  afterReading: (id: string, then: () => Promise<void>) => void
  /** Two members gave different secrets of one epoch. */
  tellDoubt: (tx: Transaction, id: string, doubt: Doubt) => Promise<void>
  /** A secret of a group that is not known here: this account may have been added to it. */
  unknownGroup: () => void
}

type SecretRequest = Extract<GroupContent, { kind: 'group-epoch-request' }>

export class Secrets {
  /** Who asked for what this device lacks itself: answered once it has come. */
  private kept: Array<{ id: string, sender: GroupContentSender, request: SecretRequest, untilMs: number }> = []

  constructor (private readonly components: SecretsComponents) {}

  async take (tx: Transaction, sender: GroupContentSender, content: GroupContent): Promise<void> {
    if (content.kind === 'group-epoch') await this.takeSecret(tx, sender, content.epoch)
    else await this.answer(tx, sender, content, true)
  }

  /**
   * Asks for what is missing of the present epoch: for the secret of the first epoch from which all later ones follow.
   * Returns how many members were asked.
   */
  async ask (id: string, state: GroupState): Promise<number> {
    const { lane, self, random, keys, mail, online } = this.components
    const wanted = await this.wanted(id, state)
    if (wanted === undefined) return 0
    const others = [...state.members.keys()].filter((username) => username !== self.username)
    const there = [...await online(others)].filter((username) => state.members.has(username))
    // Those who were there for longer are more likely to have it by now.
    const since = (username: string): number => state.members.get(username)?.sinceSequence ?? 0
    const older = there.sort((a, b) => since(a) - since(b)).slice(0, Math.max(maxAsked, Math.ceil(there.length / 2)))
    const asked = shuffled(older, random).slice(0, maxAsked)
    const devices = groupDevices(state).filter(({ username }) => asked.includes(username) || username === self.username)
    const content = encode(Content, { groupEpochRequest: { groupId: fromHex(id), epoch: BigInt(wanted.epoch), entryHash: wanted.entryHash } })
    await lane.write(async (tx) => {
      // It may have come while who is online was asked for.
      if (await keys.ready(tx, id, wanted.epoch) === undefined) await mail.enqueue(tx, await mailFor(tx, self, devices, content))
    })
    return asked.length
  }

  /** Keys came: who asked for them before is answered. */
  async answerKept (id: string): Promise<void> {
    const nowMs = this.components.clock.monotonicMs()
    const due = this.kept.filter((one) => one.id === id && one.untilMs > nowMs)
    if (due.length === 0) return
    this.kept = this.kept.filter((one) => one.id !== id && one.untilMs > nowMs)
    await this.components.lane.write(async (tx) => { for (const { sender, request } of due) await this.answer(tx, sender, request, false) })
  }

  private async wanted (id: string, state: GroupState): Promise<{ epoch: number, entryHash: Uint8Array } | undefined> {
    const { lane, keys } = this.components
    let wanted: { epoch: number, entryHash: Uint8Array } | undefined
    for (let epoch = state.epoch.number; ; epoch--) {
      const row = await keys.missingAt(lane, id, epoch)
      if (row === undefined) return wanted
      wanted = { epoch, entryHash: row.entryHash }
      if (row.commitment !== undefined) return wanted
    }
  }

  private async takeSecret (tx: Transaction, sender: GroupContentSender, bytes: Uint8Array): Promise<void> {
    const { states, keys, logger, changed, unknownGroup } = this.components
    const parsed = parseSecret(bytes)
    if (parsed === undefined) {
      logger.warn({ sender: sender.username }, 'a secret of a group that is none was refused')
      return
    }
    const id = toHex(parsed.groupId)
    const state = await states.of(tx, id)
    const isMember = state !== undefined && isGroupDevice(state, sender.username, fromHex(sender.device))
    const doubt = await keys.take(tx, id, { ...sender, secret: parsed.secret, entryHash: parsed.entryHash }, isMember)
    if (doubt !== undefined) await this.components.tellDoubt(tx, id, doubt)
    tx.afterCommit(() => {
      if (state === undefined) unknownGroup()
      else changed(id)
    })
  }

  /** Who asks may be ahead of us: then the log is read first, once. */
  private async answer (tx: Transaction, sender: GroupContentSender, request: SecretRequest, mayRead: boolean): Promise<void> {
    const { states, keys, clock, self, mail, lane, afterReading } = this.components
    const id = toHex(request.groupId)
    const state = await states.of(tx, id)
    const device = state === undefined ? undefined : groupDevices(state).find(({ username, deviceKey }) => username === sender.username && toHex(deviceKey) === sender.device)
    if (state === undefined) return
    if ((device === undefined || request.epoch > state.epoch.number) && mayRead) {
      tx.afterCommit(() => {
        afterReading(id, async () => { await lane.write(async (later) => { await this.answer(later, sender, request, false) }) })
      })
      return
    }
    if (device === undefined) return
    const served = await keys.served(tx, id, request.epoch)
    const known = served ?? await keys.missingAt(tx, id, request.epoch)
    // Who came later is not to read what was said before.
    if (known === undefined || !await wasDeviceAt(tx, id, known.sequence, device)) return
    if (served === undefined) {
      this.kept = [...this.kept, { id, sender, request, untilMs: clock.monotonicMs() + askTimeoutMs }].slice(-maxRequestsKept)
      return
    }
    if (!constantTimeEqual(served.entryHash, request.entryHash)) return
    await mail.enqueue(tx, await mailFor(tx, self, [device], secretContent(request.groupId, served.secret, served.entryHash)))
  }
}

function parseSecret (bytes: Uint8Array): { groupId: Uint8Array, secret: Uint8Array, entryHash: Uint8Array | undefined } | undefined {
  try {
    const { groupId, secret, entryHash } = decode(GroupEpochSecret, bytes, 256, 'A secret of a group')
    const isValid = groupId.byteLength === 32 && secret.byteLength === 32 && (entryHash.byteLength === 0 || entryHash.byteLength === 32)
    return isValid ? { groupId, secret, entryHash: entryHash.byteLength === 0 ? undefined : entryHash } : undefined
  } catch (error) {
    if (isP2pChatError(error)) return undefined
    throw error
  }
}

function shuffled<T> (items: T[], random: Random): T[] {
  return items.map((item) => ({ item, place: random.bytes(4) })).sort((a, b) => Buffer.compare(a.place, b.place)).map(({ item }) => item)
}
