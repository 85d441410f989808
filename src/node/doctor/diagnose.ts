/** What is the matter with a client, and what to do. Pure: facts in, findings out, the gravest first. */
import type { ConnectionState, Finding, GroupInfo, TransferInfo } from '../chat-node.js'
import { backupIsOldMs, fileFailureIsNewsMs, lowDiskBytes, minDiskBytes, outboxWaitsLongMs } from '../limits.js'
import { maxDevices } from '../../protocol/limits.js'

export interface DoctorFacts {
  nowMs: number
  /** Why the home could not be read to its end; undefined: all of it could. */
  damage: string | undefined
  /** Why the home cannot be written to; undefined: it can. */
  refused: string | undefined
  freeDiskBytes: number
  account: 'none' | 'signed-out' | 'signed-in'
  connection: ConnectionState
  cipher: string
  /** Contacts whose identity has changed. */
  changed: string[]
  /** When the oldest message was written that not every device of its recipients has. */
  oldestUndeliveredAtMs: number | undefined
  groups: GroupInfo[]
  /** Names of the groups of which a server has shown two logs. */
  forked: string[]
  transfers: TransferInfo[]
  devices: number
  messages: number
  /** of the newest backup */
  backedUpAtMs: number | undefined
}

type Look = (facts: DoctorFacts) => Finding | undefined

const LOOKS: readonly Look[] = [
  ({ damage }) => damage === undefined ? undefined : problem('home-damaged', `A part of this home cannot be read: ${damage}`, 'Restore a backup into another folder (`p2pchat restore FILE --home DIR`), or sign in there and start without a history.'),
  ({ refused }) => refused === undefined ? undefined : problem('home-unwritable', `This home cannot be written to, and nothing that comes is kept: ${refused}`, 'Make room if its disk is full, then end every p2pchat that uses this home and start it again.'),
  ({ freeDiskBytes }) => freeDiskBytes >= minDiskBytes ? undefined : problem('disk-full', `Only ${mebibytes(freeDiskBytes)} are free on the disk of this home: messages cannot be kept for long.`, 'Make room.'),
  ({ account }) => account !== 'none' ? undefined : problem('no-account', 'Nobody has signed in here.', '`p2pchat signup NAME` makes an account, `p2pchat login NAME` makes this a device of yours.'),
  ({ account }) => account !== 'signed-out' ? undefined : problem('signed-out', 'This device is signed out: nothing is sent or received.', 'Sign in: `p2pchat login NAME`'),
  ({ connection }) => connection.kind !== 'no-pool' ? undefined : problem('no-pool', 'No pool is known here.', 'Give its address with --pool, or start a server: `p2pchat rendezvous`'),
  ({ connection }) => connection.kind !== 'offline' && connection.kind !== 'connecting' ? undefined : problem('no-server', 'No rendezvous server is reachable.', 'Look at the network, then ask who runs the pool. What you write is kept until there is one.'),
  ({ changed }) => changed.length === 0 ? undefined : problem('identity-changed', `The identity of ${listed(changed)} has changed, and nothing is sent there.`, `Compare safety numbers, then: \`p2pchat verify ${changed[0] ?? ''} --accept\``),
  ({ forked }) => forked.length === 0 ? undefined : problem('group-forked', `A server has shown different logs of ${listed(forked)} to different members.`, `Compare with the others: \`p2pchat group verify ${forked[0] ?? ''}\``),
  ({ groups }) => first(groups.filter(({ standing, waiting }) => standing === 'member' && waiting !== undefined), ({ name, waiting = '' }) => advice('group-waits', `Messages to ${name} wait. ${waiting}`, 'It goes on by itself once another member is online.')),
  ({ oldestUndeliveredAtMs: oldestMs, nowMs }) => oldestMs === undefined || nowMs - oldestMs < outboxWaitsLongMs ? undefined : advice('outbox-waits', `A message is not with all its devices for ${days(nowMs - oldestMs)}.`, 'Whoever does not come online within 30 days misses it: `p2pchat trace NAME` says who.'),
  ({ transfers, nowMs }) => first(transfers.filter(({ state, at }) => state === 'failed' && nowMs - Date.parse(at) < fileFailureIsNewsMs), ({ name, error }) => advice('file-failed', `The file ${name} did not make it: ${error?.message ?? 'nobody says why.'}`, '`p2pchat files` lists them. Send it again, or ask for it again.')),
  ({ freeDiskBytes }) => freeDiskBytes < minDiskBytes || freeDiskBytes >= lowDiskBytes ? undefined : advice('disk-low', `${mebibytes(freeDiskBytes)} are free on the disk of this home.`, 'Make room before large files come.'),
  ({ devices }) => devices < maxDevices ? undefined : advice('devices-full', `The account has ${maxDevices} devices, as many as there can be.`, 'Before the next one signs in, take one out: `p2pchat device remove ID`'),
  ({ cipher }) => cipher !== 'openssl' ? undefined : advice('slow-cipher', 'This machine runs Triple DES in OpenSSL: slower, and not in constant time.', 'Node 20.19 or newer on a 64-bit processor has what the faster one needs.'),
  ({ messages, backedUpAtMs, nowMs }) => messages === 0 || (backedUpAtMs !== undefined && nowMs - backedUpAtMs < backupIsOldMs) ? undefined : advice('no-backup', backedUpAtMs === undefined ? 'There is no backup of this home.' : `The newest backup of this home is ${days(nowMs - backedUpAtMs)} old.`, 'Make one (`p2pchat backup FILE`), and keep it on another disk.')
]

export function diagnose (facts: DoctorFacts): Finding[] {
  const found = LOOKS.map((look) => look(facts)).filter((finding) => finding !== undefined)
  return [...found.filter(({ severity }) => severity === 'problem'), ...found.filter(({ severity }) => severity === 'advice')]
}

function problem (code: Finding['code'], text: string, advice: string): Finding {
  return { severity: 'problem', code, text, advice }
}

function advice (code: Finding['code'], text: string, advice: string): Finding {
  return { severity: 'advice', code, text, advice }
}

function first<T> (items: T[], tell: (item: T) => Finding): Finding | undefined {
  const [item] = items
  if (item === undefined) return undefined
  const finding = tell(item)
  return items.length === 1 ? finding : { ...finding, text: `${finding.text} (and ${items.length - 1} more)` }
}

function listed (names: string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
}

function mebibytes (bytes: number): string {
  return `${Math.floor(bytes / 1024 / 1024)} MiB`
}

function days (ms: number): string {
  const count = Math.floor(ms / 86_400_000)
  return count === 1 ? 'a day' : `${count} days`
}
