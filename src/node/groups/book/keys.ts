/**
 * The keys of epochs: made when the log says that there is an epoch and its secret is here, in whatever order the two
 * come. Of an epoch that nothing was said in, only the root of its chains is kept: what a change of membership costs a
 * member does not depend on how many there are. Everything runs in the caller's transaction.
 */
import { constantTimeEqual } from '../../../crypto/bytes.js'
import { decodeChain, encodeChain, epochCommitment, forgetChain, groupEpochRoots, isCommittedSecret, nextEpochSecret, startChains, type GroupChainOwner, type SenderChain } from '../../../crypto/group/index.js'
import { encode } from '../../../protocol/codec.js'
import { Content } from '../../../protocol/pb/content.js'
import { GroupEpochSecret } from '../../../protocol/pb/group.js'
import { groupDevices, isGroupDevice, type GroupAction, type GroupDevice, type GroupState, type VerifiedGroupEntry } from '../../../records/group/index.js'
import type { Clock } from '../../../runtime.js'
import { parseOrderedInteger } from '../../../store/keys.js'
import { fromHex, toHex } from '../../home/hex.js'
import { stampNow, steadyNow } from '../../home/home-time.js'
import type { Reader, Transaction } from '../../home/lane.js'
import { fitting, keepCandidate, sweepCandidates, takeCandidate, wipeCandidates, type GivenSecret } from './candidates.js'
import { maxAgainst, maxKnownEpochs, servedSecretMs } from './limits.js'
import { devicesAt, wasDeviceAt } from './stays.js'
import { chainTable, epochTable, missingTable, rootTable, servedTable, type EpochRow, type MissingRow, type ServedRow } from './tables.js'

type Ready = Extract<EpochRow, { kind: 'ready' }>
type LastSeen = Extract<GroupAction, { kind: 'remove' }>['lastSeen'][number]

/** Somebody's word on an epoch's key is wrong. */
export interface Doubt {
  epoch: number
  /** who gave the one here; undefined: this device is sure of it */
  by: string | undefined
  /** who gave another one, or writes what it does not open */
  against: string[]
  /** there is a later epoch already */
  isOver: boolean
}

export interface KeysComponents {
  clock: Clock
  self: { username: string, deviceKey: Uint8Array }
  /** Sends a secret that follows to devices that came with an entry of this device. */
  give: (tx: Transaction, devices: GroupDevice[], content: Uint8Array) => Promise<void>
  /** After the commit: there is a secret to wipe in a while. */
  served: (id: string) => void
}

export class Keys {
  constructor (private readonly components: KeysComponents) {}

  /** What an entry does to the keys. `next` is the state after it. */
  async step (tx: Transaction, id: string, before: GroupState | undefined, next: GroupState, entry: VerifiedGroupEntry): Promise<void> {
    const { self, give } = this.components
    const { number, commitment } = next.epoch
    if (number === before?.epoch.number) return
    const ended = await this.endEpoch(tx, id, number - 1)
    if (!this.isOwner(next)) return
    const missing = this.missingRow(next)
    const found: { secret: Uint8Array, by?: string } | undefined = ended !== undefined && commitment === undefined
      ? { ...ended, secret: nextEpochSecret({ epoch: number - 1, successor: ended.successor }, entry.hash) }
      : await takeCandidate(tx, id, missing)
    if (found === undefined) {
      missingTable.put(tx, missing, id, number)
      return
    }
    const { secret } = found
    await this.begin(tx, id, number, missing, secret, found.by)
    if (commitment !== undefined || entry.author !== self.username || !constantTimeEqual(entry.authorDevice, self.deviceKey)) return
    const newcomers = groupDevices(next).filter(({ username, deviceKey }) => !this.isSelf(username, deviceKey) && (before === undefined || !isGroupDevice(before, username, deviceKey)))
    await give(tx, newcomers, secretContent(fromHex(id), secret, entry.hash))
  }

  /** The log here begins with this state: the secret of its epoch is to be asked for, should this device have a part in it. */
  beginAt (tx: Transaction, id: string, state: GroupState): void {
    if (this.isOwner(state) && state.epoch.dueHash === undefined) missingTable.put(tx, this.missingRow(state), id, state.epoch.number)
  }

  /** A secret has come. It is used, held against one that came before, or kept until the log says what it is for. @param isMember whether its sender is a member's device, as far as the log here knows */
  async take (tx: Transaction, id: string, given: GivenSecret, isMember: boolean): Promise<Doubt | undefined> {
    // All of them: a fresh secret may be of an epoch that many others have followed since.
    const fits = fitting(given, isMember)
    for (const { epoch, row } of await this.missing(tx, id)) {
      if (!fits(row)) continue
      missingTable.delete(tx, id, epoch)
      await this.begin(tx, id, epoch, row, given.secret, given.username)
      return undefined
    }
    const known = await this.knownFrom(tx, id, given)
    if (known === undefined) await keepCandidate(tx, id, given, await stampNow(tx, this.components.clock))
    else if (isMember && known.given !== undefined && !isCommittedSecret(given.secret, known.given.commitment)) return await this.doubt(tx, id, known.epoch, given.username)
    return undefined
  }

  /** A member's message of an epoch does not open under the keys here, or a member gave another secret of it. Undefined: that is no news. */
  async doubt (tx: Transaction, id: string, epoch: number, username: string): Promise<Doubt | undefined> {
    const row = await this.ready(tx, id, epoch)
    const { against = [], given } = row ?? {}
    if (row === undefined || against.includes(username) || against.length >= maxAgainst) return undefined
    const doubted = { ...row, against: [...against, username] }
    // Nobody else is to get it.
    if (given !== undefined) servedTable.delete(tx, id, epoch)
    if (given !== undefined && row.overSinceMs !== undefined) await this.loseReady(tx, id, epoch, doubted)
    else epochTable.put(tx, doubted, id, epoch)
    return { epoch, by: given?.by, against: doubted.against, isOver: row.overSinceMs !== undefined }
  }

  /** Whether the keys of an epoch are what the log commits to, or follow from such ones: what does not open under them never will. */
  async isSure (reader: Reader, id: string, epoch: number): Promise<boolean> {
    const row = await this.ready(reader, id, epoch)
    return row !== undefined && row.given === undefined
  }

  /** Whether another key is called for. `given`: this device's own may be the wrong one. */
  async doubted (reader: Reader, id: string, epoch: number): Promise<{ given: boolean } | undefined> {
    const row = await this.ready(reader, id, epoch)
    return row?.against === undefined ? undefined : { given: row.given !== undefined }
  }

  /** Epochs whose secret is not here, oldest first. */
  async missing (reader: Reader, id: string): Promise<Array<{ epoch: number, row: MissingRow }>> {
    return (await missingTable.list(reader, [id])).map(({ key, value }) => ({ epoch: parseOrderedInteger(key[1] ?? ''), row: value }))
  }

  /** Their numbers alone, without what is known of them. */
  async missingEpochs (reader: Reader, id: string): Promise<number[]> {
    return (await missingTable.keys(reader, [id])).map(([, epoch = '']) => parseOrderedInteger(epoch))
  }

  async missingAt (reader: Reader, id: string, epoch: number): Promise<MissingRow | undefined> {
    return await missingTable.get(reader, id, epoch)
  }

  async ready (reader: Reader, id: string, epoch: number): Promise<Ready | undefined> {
    const row = await epochTable.get(reader, id, epoch)
    return row?.kind === 'ready' ? row : undefined
  }

  /** Whether what was sent in that epoch will never be read here. @param present the group's epoch now */
  async isLost (reader: Reader, id: string, epoch: number, present: number): Promise<boolean> {
    const row = await epochTable.get(reader, id, epoch)
    if (row !== undefined) return row.kind === 'lost'
    return epoch <= present && await missingTable.get(reader, id, epoch) === undefined
  }

  /** The secret of an epoch that follows, while it is kept for newcomers. */
  async served (reader: Reader, id: string, epoch: number): Promise<ServedRow | undefined> {
    const row = await servedTable.get(reader, id, epoch)
    return row === undefined || !this.isServed(row.untilMs) ? undefined : row
  }

  async chain (reader: Reader, id: string, epoch: number, owner: GroupChainOwner): Promise<SenderChain | undefined> {
    const stored = await this.storedChain(reader, id, epoch, owner)
    if (stored !== undefined) return stored
    const root = await rootTable.get(reader, id, epoch)
    if (root === undefined || !await wasDeviceAt(reader, id, root.sequence, owner)) return undefined
    const [chain] = startChains({ groupId: fromHex(id), epoch, chainRoot: root.chainRoot }, [owner])
    root.chainRoot.fill(0)
    return chain
  }

  /** With the first of an epoch the others are made as well, and their root is gone: it would give what was read already. */
  async putChain (tx: Transaction, id: string, epoch: number, chain: SenderChain): Promise<void> {
    const root = await rootTable.get(tx, id, epoch)
    if (root !== undefined) {
      for (const other of startChains({ groupId: fromHex(id), epoch, chainRoot: root.chainRoot }, await devicesAt(tx, id, root.sequence))) {
        this.storeChain(tx, id, epoch, other)
        forgetChain(other)
      }
      root.chainRoot.fill(0)
      rootTable.delete(tx, id, epoch)
    }
    this.storeChain(tx, id, epoch, chain)
    await this.noteAgreement(tx, id, epoch, chain.username)
  }

  /** What was read last of a device, in the newest epoch in which anything was. */
  async lastSeen (reader: Reader, id: string, epoch: number, owner: GroupChainOwner): Promise<LastSeen | undefined> {
    const rows = await epochTable.keys(reader, [id], { reverse: true, before: epoch + 1 })
    for (const key of rows) {
      const number = parseOrderedInteger(key[1] ?? '')
      const chain = await this.storedChain(reader, id, number, owner)
      if (chain !== undefined && chain.N > 0) return { username: owner.username, deviceKey: owner.deviceKey, epoch: number, counter: chain.N - 1 }
    }
    return undefined
  }

  /** Gives an epoch up. */
  async lose (tx: Transaction, id: string, epoch: number, { entryHash }: Pick<MissingRow, 'entryHash'>): Promise<void> {
    missingTable.delete(tx, id, epoch)
    epochTable.put(tx, { kind: 'lost', entryHash, overSinceMs: await stampNow(tx, this.components.clock) }, id, epoch)
  }

  /** Wipes secrets that were kept for newcomers long enough; true while there are others. */
  async sweepServed (tx: Transaction, id: string): Promise<boolean> {
    let left = false
    for (const { key: [, epoch = ''], value } of await servedTable.list(tx, [id])) {
      if (this.isServed(value.untilMs)) left = true
      else servedTable.delete(tx, id, parseOrderedInteger(epoch))
    }
    return left
  }

  /** Deletes candidates that never counted. */
  async sweepCandidates (tx: Transaction): Promise<void> {
    await sweepCandidates(tx, await steadyNow(tx, this.components.clock))
  }

  /** Deletes epochs that ended before. */
  async wipe (tx: Transaction, id: string, overBeforeMs: number): Promise<void> {
    for (const { key: [, epoch = ''], value } of await epochTable.list(tx, [id])) {
      if ((value.overSinceMs ?? Number.POSITIVE_INFINITY) <= overBeforeMs) await this.wipeEpoch(tx, id, parseOrderedInteger(epoch))
    }
  }

  /** Deletes everything. */
  async wipeAll (tx: Transaction, id: string): Promise<void> {
    for (const table of [epochTable, missingTable, servedTable]) {
      for (const [, epoch = ''] of await table.keys(tx, [id])) await this.wipeEpoch(tx, id, parseOrderedInteger(epoch))
    }
    await wipeCandidates(tx, id)
  }

  /** A member who did not give the key uses the same: it is the group's. */
  private async noteAgreement (tx: Transaction, id: string, epoch: number, username: string): Promise<void> {
    if (username === this.components.self.username) return
    const row = await this.ready(tx, id, epoch)
    if (row?.given === undefined || row.given.by === username || row.against !== undefined) return
    const { given, ...sure } = row
    epochTable.put(tx, sure, id, epoch)
  }

  private async storedChain (reader: Reader, id: string, epoch: number, { username, deviceKey }: GroupChainOwner): Promise<SenderChain | undefined> {
    const stored = await chainTable.get(reader, id, epoch, username, toHex(deviceKey))
    return stored === undefined ? undefined : decodeChain(stored)
  }

  private storeChain (tx: Transaction, id: string, epoch: number, chain: SenderChain): void {
    chainTable.put(tx, encodeChain(chain), id, epoch, chain.username, toHex(chain.deviceKey))
  }

  private async wipeEpoch (tx: Transaction, id: string, epoch: number): Promise<void> {
    for (const table of [epochTable, missingTable, servedTable, rootTable]) table.delete(tx, id, epoch)
    for (const [, , username = '', device = ''] of await chainTable.keys(tx, [id, epoch])) chainTable.delete(tx, id, epoch, username, device)
  }

  /** Another epoch comes after it: gives its successor, which is of no use any more but for that one. */
  private async endEpoch (tx: Transaction, id: string, epoch: number): Promise<{ successor: Uint8Array, by?: string } | undefined> {
    const overSinceMs = await stampNow(tx, this.components.clock)
    const row = await epochTable.get(tx, id, epoch)
    if (row?.kind === 'ready') {
      const { successor, ...rest } = row
      if (row.given !== undefined && row.against !== undefined) {
        await this.loseReady(tx, id, epoch, row)
        return undefined
      }
      epochTable.put(tx, { ...rest, overSinceMs }, id, epoch)
      return successor === undefined ? undefined : { successor, ...(row.given === undefined ? {} : { by: row.given.by }) }
    }
    const missing = await missingTable.get(tx, id, epoch)
    if (missing !== undefined) missingTable.put(tx, { ...missing, overSinceMs }, id, epoch)
    return undefined
  }

  private missingRow (state: GroupState): MissingRow {
    const { madeBy, commitment } = state.epoch
    return {
      entryHash: madeBy.hash,
      ...(commitment === undefined ? {} : { commitment }),
      sequence: madeBy.sequence,
      sinceMs: this.components.clock.now()
    }
  }

  /** What was said under keys that somebody gave wrongly is not to be read, here or there. */
  private async loseReady (tx: Transaction, id: string, epoch: number, { entryHash }: Ready): Promise<void> {
    await this.wipeEpoch(tx, id, epoch)
    await this.lose(tx, id, epoch, { entryHash })
  }

  /** @param by on whose word the secret is taken, unless the log commits to it */
  private async begin (tx: Transaction, id: string, epoch: number, missing: MissingRow, secret: Uint8Array, by: string | undefined): Promise<void> {
    const roots = groupEpochRoots({ groupId: fromHex(id), epoch, secret })
    const { entryHash, overSinceMs, sequence } = missing
    rootTable.put(tx, { chainRoot: roots.chainRoot, sequence }, id, epoch)
    // Once there is a later epoch, the successor is for that one alone.
    const successor = overSinceMs === undefined ? { successor: roots.successor } : { overSinceMs }
    const isGiven = by !== undefined && missing.commitment === undefined
    epochTable.put(tx, { kind: 'ready', entryHash, receiptKey: roots.receiptKey, ...successor, ...(isGiven ? { given: { by, commitment: epochCommitment(secret) } } : {}) }, id, epoch)
    if (missing.commitment === undefined) {
      servedTable.put(tx, { entryHash, sequence, secret: secret.slice(), untilMs: this.components.clock.now() + servedSecretMs }, id, epoch)
      tx.afterCommit(() => { this.components.served(id) })
    }
    const next = await missingTable.get(tx, id, epoch + 1)
    if (next !== undefined && next.commitment === undefined) {
      missingTable.delete(tx, id, epoch + 1)
      await this.begin(tx, id, epoch + 1, next, nextEpochSecret({ epoch, successor: roots.successor }, next.entryHash), isGiven ? by : undefined)
    }
    for (const bytes of Object.values(roots)) bytes.fill(0)
  }

  /** Also when the clock went back since. */
  private isServed (untilMs: number): boolean {
    const leftMs = untilMs - this.components.clock.now()
    return leftMs > 0 && leftMs <= servedSecretMs
  }

  /** Others who were asked have given it before. */
  private async knownFrom (reader: Reader, id: string, { entryHash }: GivenSecret): Promise<{ epoch: number, given?: Ready['given'] } | undefined> {
    if (entryHash === undefined) return undefined
    const newest = await epochTable.list(reader, [id], { reverse: true, limit: maxKnownEpochs })
    const known = newest.find(({ value }) => constantTimeEqual(value.entryHash, entryHash))
    if (known === undefined) return undefined
    return { epoch: parseOrderedInteger(known.key[1] ?? ''), ...(known.value.kind === 'ready' ? { given: known.value.given } : {}) }
  }

  private isOwner (state: GroupState): boolean {
    const { username, deviceKey } = this.components.self
    return isGroupDevice(state, username, deviceKey)
  }

  private isSelf (username: string, deviceKey: Uint8Array): boolean {
    return username === this.components.self.username && constantTimeEqual(deviceKey, this.components.self.deviceKey)
  }
}

/** The content that carries a secret from device to device. */
export function secretContent (groupId: Uint8Array, secret: Uint8Array, entryHash: Uint8Array | undefined): Uint8Array {
  return encode(Content, { groupEpoch: { epoch: encode(GroupEpochSecret, { groupId, secret, entryHash: entryHash ?? new Uint8Array(0) }) } })
}
