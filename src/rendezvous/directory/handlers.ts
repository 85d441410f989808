/** The methods directory/*: one function each. */
import { equals } from 'uint8arrays/equals'
import { P2pChatError } from '../../errors.js'
import { addressGroup } from '../../overlay/index.js'
import type { Channel, RequestHandler } from '../../overlay/network.js'
import { ed25519FromPeerId } from '../../overlay/peer-id.js'
import { maxListPage } from '../../protocol/limits.js'
import * as pb from '../../protocol/pb/service.js'
import { isLocatorCurrent, openLocator } from '../../records/index.js'
import type { Clock } from '../../runtime.js'
import type { Accounts, StoredAccount } from '../accounts/index.js'
import { assertNamePart, assertUsername } from '../fields.js'
import { defaultListPage, listScanPage, maxAttachBytes, maxSmallBodyBytes, maxWatchBytes, maxWatchedNames } from '../limits.js'
import { method } from '../method.js'
import type { Whereabouts } from '../news/whereabouts.js'
import type { Prekeys } from '../prekeys/types.js'
import type { Limiter } from '../rate/limiter.js'
import type { Attachments } from './attachments.js'
import type { CutOff } from './cut-off.js'
import type { Watches } from './watches.js'

export interface DirectoryHandlersComponents {
  clock: Clock
  accounts: Accounts
  attachments: Attachments
  whereabouts: Whereabouts
  watches: Watches
  cutOff: CutOff
  prekeys: Prekeys
  /** by PeerId */
  reads: Limiter
  /** by address, of channels that are not attached */
  unattachedReads: Limiter
}

export function directoryHandlers (components: DirectoryHandlersComponents): Record<string, RequestHandler> {
  return {
    'directory/attach': attach(components),
    'directory/lookup': lookup(components),
    'directory/list': list(components),
    'directory/watch': watch(components)
  }
}

/** What is told of a name, whether there is such an account or not. */
export async function describeUser ({ accounts, whereabouts }: Pick<DirectoryHandlersComponents, 'accounts' | 'whereabouts'>, username: string): Promise<pb.ListedUser> {
  const recordVersion = BigInt(await accounts.recordVersion(username))
  return { username, online: whereabouts.isOnline(username), recordVersion }
}

function attach (components: DirectoryHandlersComponents): RequestHandler {
  const { clock, accounts, attachments, cutOff, prekeys } = components
  return method({
    request: pb.AttachRequest,
    response: pb.AttachResponse,
    maxBytes: maxAttachBytes,
    async answer ({ username, locator }, { channel }) {
      assertUsername(username)
      takeRead(components, channel)
      const deviceKey = deviceKeyOf(channel)
      const opened = locator.byteLength === 0 ? undefined : openLocator(locator, deviceKey)
      // A device whose clock is wrong, or this server's, is there all the same; it cannot be dialled.
      const current = opened !== undefined && isLocatorCurrent(opened, clock.now()) ? { signed: locator, expiresAtMs: opened.expiresAtMs } : undefined
      const account = await cutOff.attaching(username, async () => {
        const read = await accounts.read(username)
        if (read === undefined || !read.record.deviceKeys.some((key) => equals(key, deviceKey))) {
          throw new P2pChatError('ERR_NOT_PERMITTED', `This device is not, or no longer, one of ${username}'s. Sign in again.`)
        }
        attachments.attach({ channel, username, deviceKey, locator: current, attachedAtMs: clock.now() })
        return read
      })
      const { oneTimePrekeys, signedPrekeyId } = await prekeys.stock(deviceKey)
      return { accountRecord: account.record.signed, oneTimePrekeys, signedPrekeyId }
    }
  })
}

function lookup (components: DirectoryHandlersComponents): RequestHandler {
  const { clock, accounts, attachments, whereabouts } = components
  return method({
    request: pb.LookupRequest,
    response: pb.LookupResponse,
    maxBytes: maxSmallBodyBytes,
    async answer ({ username }, { channel }) {
      assertUsername(username)
      takeRead(components, channel)
      const account = await accounts.read(username)
      if (account === undefined) throw new P2pChatError('ERR_NOT_FOUND', `There is no user ${username}.`)
      // Who has not signed in learns the public record, and not who is where.
      const devices = attachments.of(channel) === undefined ? [] : account.record.deviceKeys.map((deviceKey) => presenceOf(whereabouts, deviceKey, clock.now()))
      return { accountRecord: account.record.signed, devices, registerVersion: BigInt(account.version) }
    }
  })
}

function list ({ accounts, attachments, whereabouts, reads }: DirectoryHandlersComponents): RequestHandler {
  return method({
    request: pb.ListRequest,
    response: pb.ListResponse,
    maxBytes: maxSmallBodyBytes,
    async answer ({ prefix, after, limit, onlineOnly }, { channel, signal }) {
      attachments.require(channel)
      reads.take(channel.remotePeer)
      assertNamePart(prefix)
      assertNamePart(after)
      const page = limit === 0 ? defaultListPage : Math.min(limit, maxListPage)
      const users: pb.ListedUser[] = []
      let looked = 0
      for await (const account of accounts.list(prefix, after)) {
        signal.throwIfAborted()
        // Each page of accounts costs as much as a request, however few of them are told.
        if (++looked % listScanPage === 0) reads.take(channel.remotePeer)
        const online = whereabouts.isOnline(account.username)
        if (account.record.unlisted || (onlineOnly && !online)) continue
        if (users.length === page) return { users, more: true }
        users.push(listed(account, online))
      }
      return { users, more: false }
    }
  })
}

function watch ({ accounts, attachments, whereabouts, watches, reads }: DirectoryHandlersComponents): RequestHandler {
  return method({
    request: pb.WatchRequest,
    response: pb.WatchResponse,
    maxBytes: maxWatchBytes,
    async answer ({ usernames }, { channel }) {
      attachments.require(channel)
      if (usernames.length > maxWatchedNames) {
        throw new P2pChatError('ERR_LIMIT', `At most ${maxWatchedNames} names may be watched, not ${usernames.length} (limit maxWatchedNames).`)
      }
      for (const username of usernames) assertUsername(username)
      const names = [...new Set(usernames)]
      reads.take(channel.remotePeer, Math.max(1, names.length))
      // First the watch, then the state: what changes in between is told twice rather than never.
      watches.set(channel, names)
      const versions: number[] = []
      for (let at = 0; at < names.length; at += listScanPage) {
        versions.push(...await Promise.all(names.slice(at, at + listScanPage).map(async (username) => await accounts.recordVersion(username))))
      }
      // Looked at last: an older state would undo what was told meanwhile.
      return { users: names.map((username, i) => ({ username, online: whereabouts.isOnline(username), recordVersion: BigInt(versions[i] ?? 0) })) }
    }
  })
}

/** One that reads an account with the other servers, for whoever asks. @throws ERR_RATE_LIMITED */
function takeRead ({ attachments, reads, unattachedReads }: DirectoryHandlersComponents, channel: Channel): void {
  if (attachments.of(channel) === undefined) unattachedReads.take(addressGroup(channel.remoteAddress))
  reads.take(channel.remotePeer)
}

function deviceKeyOf (channel: Channel): Uint8Array {
  return ed25519FromPeerId(channel.remotePeer)
}

function listed (account: StoredAccount, online: boolean): pb.ListedUser {
  return { username: account.username, online, recordVersion: BigInt(account.record.version) }
}

function presenceOf (whereabouts: Whereabouts, deviceKey: Uint8Array, nowMs: number): { deviceKey: Uint8Array, online: boolean, locator?: Uint8Array } {
  const { servers, locator } = whereabouts.ofDevice(deviceKey, nowMs)
  return { deviceKey, online: servers > 0, ...(locator === undefined ? {} : { locator }) }
}
