/** To whom a file goes. */
import { P2pChatError } from '../../errors.js'
import type { Channel } from '../../overlay/network.js'
import { parseUsername } from '../../protocol/names.js'
import { parseGroupName } from '../../records/group/index.js'
import type { SendFileRequest } from '../chat-node.js'
import { assertIdentity, findContact, findRecord } from '../contacts/contacts.js'
import type { Directory } from '../contacts/directory.js'
import type { GroupBook } from '../groups/types.js'
import type { Lane } from '../home/lane.js'

export interface TargetComponents {
  lane: Lane
  directory: Directory
  poolChannel: () => Channel | undefined
  book: () => GroupBook
}

/** A username, or ids of groups. */
export type Target = { to: string } | { groups: string[] }

/** @throws ERR_USAGE, ERR_NOT_FOUND, ERR_NOT_PERMITTED, before the file is read */
export async function targetOf (components: TargetComponents, { to, groups }: Pick<SendFileRequest, 'to' | 'groups'>): Promise<Target> {
  const { lane, book } = components
  if ((to === undefined) === (groups === undefined)) throw new P2pChatError('ERR_USAGE', 'Name either a user or groups.')
  if (to !== undefined) return { to: await knownUser(components, parseUsername(to)) }
  const ids = await Promise.all((groups ?? []).map(async (name) => {
    const group = await book().findByName(lane, parseGroupName(name))
    if (group === undefined) throw new P2pChatError('ERR_NOT_FOUND', `You are in no group ${name}. \`p2pchat groups --mine\` lists yours.`)
    if (group.standing !== 'member') throw new P2pChatError('ERR_NOT_PERMITTED', `You are not a member of ${group.name} any more.`)
    return group.id
  }))
  return { groups: [...new Set(ids)] }
}

/** Without a server, a user who is not known here is looked up later, as with every message. */
async function knownUser ({ lane, directory, poolChannel }: TargetComponents, username: string): Promise<string> {
  assertIdentity(username, await findContact(lane, username))
  if (await findRecord(lane, username) === undefined && poolChannel() !== undefined) await directory.refresh(username)
  return username
}
