/**
 * The secret of a group's epoch and what is made of it (docs/wire/groups.md, "The secret of an epoch"): a root from which
 * every sending device has its chain, a key for receipts, and the successor that the next epoch follows from. None leads
 * back to the secret, or to another. Pure; what is left behind is wiped by {@link forgetGroupEpoch}.
 */
import { concat } from 'uint8arrays/concat'
import { constantTimeEqual, expectLength, lpAll } from '../bytes.js'
import { hkdf, hkdfExpand, hkdfExtract } from '../hkdf.js'
import { P2pChatError } from '../../errors.js'
import { maxGroupChains } from './limits.js'

/** A sending device: the key may stand under two names, the two together are one. */
export interface GroupChainOwner {
  readonly username: string
  /** Ed25519, 32 bytes */
  readonly deviceKey: Uint8Array
}

/** A message key kept for a message that may still come. */
export interface GroupSkippedKey {
  readonly N: number
  readonly mk: Uint8Array
}

/** Where the messages of one device in one epoch are, for who sends them and for who reads them alike. */
export interface SenderChain extends GroupChainOwner {
  /** CK, 32 bytes: gives the key of message N and all later ones, none before. */
  readonly CK: Uint8Array
  readonly N: number
  /** Ascending by N, all below N; never more than maxGroupSkippedKeys. */
  readonly skipped: readonly GroupSkippedKey[]
}

/** What is made of a secret at once. */
export interface GroupEpochRoots {
  /** 32 bytes: gives all chains, so it must be gone as soon as one of them has made a step. */
  readonly chainRoot: Uint8Array
  /** 32 bytes: what the next epoch follows from when someone joins. */
  readonly successor: Uint8Array
  /** 32 bytes: seals what members say to each other about the messages of this epoch. */
  readonly receiptKey: Uint8Array
}

export interface GroupEpochKeys {
  /** 32 bytes */
  readonly groupId: Uint8Array
  readonly epoch: number
  /** 32 bytes: what the next epoch follows from when someone joins. */
  readonly successor: Uint8Array
  /** 32 bytes: seals what members say to each other about the messages of this epoch. */
  readonly receiptKey: Uint8Array
  readonly chains: readonly SenderChain[]
}

export interface StartGroupEpoch {
  groupId: Uint8Array
  /** 1, 2, 3 … as the membership log counts them */
  epoch: number
  /** 32 bytes. Not kept: whoever holds it wipes it, and can then read nothing that came before in this epoch. */
  secret: Uint8Array
  /** All devices of all members. */
  owners: readonly GroupChainOwner[]
}

/** What an entry of the membership log says of a secret without telling it: 32 bytes. */
export function epochCommitment (secret: Uint8Array): Uint8Array {
  return hkdf(new Uint8Array(0), expectLength(secret, 32, 'The secret of an epoch'), lpAll('p2pchat/1 group commitment'), 32)
}

/** Whether this is the secret that the log's entry speaks of. */
export function isCommittedSecret (secret: Uint8Array, commitment: Uint8Array): boolean {
  return secret.byteLength === 32 && constantTimeEqual(epochCommitment(secret), commitment)
}

/** Makes the chains. @throws ERR_CRYPTO_INPUT, ERR_LIMIT */
export function startGroupEpoch ({ groupId, epoch, secret, owners }: StartGroupEpoch): GroupEpochKeys {
  const { chainRoot, ...roots } = groupEpochRoots({ groupId, epoch, secret })
  try {
    return { groupId: new Uint8Array(groupId), epoch, ...roots, chains: startChains({ groupId, epoch, chainRoot }, owners) }
  } finally {
    chainRoot.fill(0)
  }
}

/** For who makes the chains when the first of them is needed. @throws ERR_CRYPTO_INPUT */
export function groupEpochRoots ({ groupId, epoch, secret }: Pick<StartGroupEpoch, 'groupId' | 'epoch' | 'secret'>): GroupEpochRoots {
  assertEpoch(groupId, epoch)
  const prk = hkdfExtract(groupId, expectLength(secret, 32, 'The secret of an epoch'))
  const expand = (label: string): Uint8Array => hkdfExpand(prk, epochInfo(label, epoch), 32)
  const roots = { chainRoot: expand('p2pchat/1 group chains'), successor: expand('p2pchat/1 group successor'), receiptKey: expand('p2pchat/1 group receipt') }
  prk.fill(0)
  return roots
}

/** The chains of these devices, before their first message. @throws ERR_CRYPTO_INPUT, ERR_LIMIT */
export function startChains ({ groupId, epoch, chainRoot }: { groupId: Uint8Array, epoch: number, chainRoot: Uint8Array }, owners: readonly GroupChainOwner[]): SenderChain[] {
  assertEpoch(groupId, epoch)
  if (owners.length > maxGroupChains) throw new P2pChatError('ERR_LIMIT', `A group of ${owners.length} devices is too large (limit: ${maxGroupChains}).`)
  const prk = hkdfExtract(groupId, expectLength(chainRoot, 32, 'The root of the chains of an epoch'))
  const chains = owners.map(({ username, deviceKey }): SenderChain => {
    const key = new Uint8Array(expectLength(deviceKey, 32, 'A device key'))
    return { username, deviceKey: key, CK: hkdfExpand(prk, concat([epochInfo('p2pchat/1 group chain', epoch), lpAll(username, key)]), 32), N: 0, skipped: [] }
  })
  prk.fill(0)
  return chains
}

/**
 * The secret of the next epoch, which someone's entry made: members compute it, and give it to who came.
 *
 * @param entryHash of the join, add or device-change entry, 32 bytes
 */
export function nextEpochSecret (keys: Pick<GroupEpochKeys, 'epoch' | 'successor'>, entryHash: Uint8Array): Uint8Array {
  return hkdf(expectLength(entryHash, 32, 'The hash of an entry'), keys.successor, epochInfo('p2pchat/1 group join', keys.epoch + 1), 32)
}

/** The chain of a device. @throws ERR_NOT_PERMITTED it had none in this epoch */
export function chainOf (keys: GroupEpochKeys, { username, deviceKey }: GroupChainOwner): SenderChain {
  const chain = keys.chains.find((chain) => chain.username === username && constantTimeEqual(chain.deviceKey, deviceKey))
  if (chain === undefined) throw new P2pChatError('ERR_NOT_PERMITTED', 'This device has no part in this epoch of the group.')
  return chain
}

/** The keys after a step of one chain. */
export function withChain (keys: GroupEpochKeys, chain: SenderChain): GroupEpochKeys {
  return { ...keys, chains: keys.chains.map((other) => other.username === chain.username && constantTimeEqual(other.deviceKey, chain.deviceKey) ? chain : other) }
}

/** Overwrites the secrets of `dead` that `kept` does not hold: of a chain before a step, once the one after is durable. */
export function forgetChain (dead: SenderChain, kept?: SenderChain): void {
  const alive = new Set(kept === undefined ? [] : secretsOf(kept))
  for (const bytes of secretsOf(dead)) if (!alive.has(bytes)) bytes.fill(0)
}

/** Overwrites everything of an epoch that is over and whose late messages are no longer waited for. */
export function forgetGroupEpoch (keys: GroupEpochKeys): void {
  keys.successor.fill(0)
  keys.receiptKey.fill(0)
  for (const chain of keys.chains) forgetChain(chain)
}

function secretsOf (chain: SenderChain): Uint8Array[] {
  return [chain.CK, ...chain.skipped.map(({ mk }) => mk)]
}

function assertEpoch (groupId: Uint8Array, epoch: number): void {
  expectLength(groupId, 32, 'A group id')
  if (!Number.isSafeInteger(epoch) || epoch < 1) throw new P2pChatError('ERR_CRYPTO_INPUT', 'An epoch is numbered from 1.')
}

function epochInfo (label: string, epoch: number): Uint8Array {
  const number = new Uint8Array(8)
  new DataView(number.buffer).setBigUint64(0, BigInt(epoch))
  return concat([lpAll(label), number])
}
