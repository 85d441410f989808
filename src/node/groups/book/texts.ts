/** Entries of a log as people read them. */
import { findDevice, type VerifiedAccountRecord } from '../../../records/index.js'
import type { GroupState, VerifiedGroupEntry } from '../../../records/group/index.js'
import type { GroupLogEntry } from '../../chat-groups.js'

export interface ToldEntry {
  kind: GroupLogEntry['kind']
  /** who it is about, where that is not its author */
  users: string[]
  text: string
}

/** @param before the state before the entry, where it is known: it tells what exactly changed */
export function tellEntry ({ action, author }: VerifiedGroupEntry, before?: GroupState): ToldEntry {
  const of = (kind: ToldEntry['kind'], text: string, users: string[] = []): ToldEntry => ({ kind, users, text: `${author} ${text}` })
  switch (action.kind) {
    case 'found': return of('found', `founded the group as ${action.name}${action.inviteOnly ? ', for invited members only' : ''}${action.unlisted ? ', unlisted' : ''}`)
    case 'policy': return of('policy', `made the group ${action.inviteOnly ? 'invite-only' : 'open to everyone'} and ${action.unlisted ? 'unlisted' : 'listed'}`)
    case 'join': return of('join', 'joined')
    case 'add': {
      const users = action.accountRecords.map(({ username }) => username)
      return of('add', `added ${enumerate(users)}`, users)
    }
    case 'remove': return of('remove', `removed ${enumerate(action.usernames)}`, action.usernames)
    case 'leave': return of('leave', 'left')
    case 'promote': return of('promote', `made ${action.username} an admin`, [action.username])
    case 'demote': return of('demote', `took the admin rights of ${action.username === author ? 'themselves' : action.username}`, action.username === author ? [] : [action.username])
    case 'rename': return of('rename', `renamed the group to ${action.name}`)
    case 'device-change': return of('device-change', devicesText(before?.members.get(author)?.accountRecord, action.accountRecord))
    case 'epoch': return of('epoch', 'renewed the key')
    case 'checkpoint': return of('checkpoint', 'summed up the log for newcomers')
  }
}

/** `alice`, `alice and bob`, `alice, bob and carol` */
function enumerate (names: string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function devicesText (before: VerifiedAccountRecord | undefined, after: VerifiedAccountRecord): string {
  if (before === undefined) return 'changed devices'
  const gone = before.devices.filter(({ deviceKey }) => findDevice(after, deviceKey) === undefined).length
  const added = after.devices.filter(({ deviceKey }) => findDevice(before, deviceKey) === undefined).length
  const parts = [...(added === 0 ? [] : [`added ${count(added)}`]), ...(gone === 0 ? [] : [`removed ${count(gone)}`])]
  return parts.length === 0 ? 'changed devices' : parts.join(' and ')
}

function count (devices: number): string {
  return devices === 1 ? 'a device' : `${devices} devices`
}
