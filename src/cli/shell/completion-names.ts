/** Names for completion with Tab, as complete.ts asks for them. */
import type { ChatNode } from '../../node/chat-node.js'
import { deadline, raceSignal, type Clock } from '../../runtime.js'
import { shortId } from '../render/file.js'
import type { CompletionSources } from './complete.js'

/** Names that a server is asked for at a Tab. */
const maxCompletions = 50
/** Nothing can be typed until a Tab is answered. */
const serverTimeoutMs = 500

/** Contacts and one's own groups are known without a server, which is asked for more only while it is there. */
export function completionNames (node: ChatNode, clock: Clock): Omit<CompletionSources, 'specs' | 'paths'> {
  const fromServer = async <T>(ask: () => Promise<T[]>): Promise<T[]> => {
    const limit = deadline(clock, serverTimeoutMs)
    const asking = node.status().then(async ({ connection }) => connection.kind === 'connected' ? await ask() : [])
    return await raceSignal(asking, limit.signal).catch(() => []).finally(() => { limit.clear() })
  }
  const own = async (): Promise<string[]> => (await node.myGroups({})).map(({ name }) => name)
  return {
    async users (prefix) {
      const listed = await fromServer(async () => (await node.users({ prefix, limit: maxCompletions })).users)
      return candidates([...await node.contacts(), ...listed].map(({ username }) => username), prefix)
    },
    ownGroups: async (prefix) => candidates(await own(), prefix),
    async listedGroups (prefix) {
      const mine = await own()
      const groups = await fromServer(async () => (await node.groups({ prefix, limit: maxCompletions })).groups)
      return candidates(groups.map(({ name }) => name).filter((name) => !mine.includes(name)), prefix)
    },
    async files (prefix, offered) {
      const all = await node.transfers({})
      const wanted = all.filter(({ direction, state }) => offered ? direction === 'in' && state === 'offered' : state !== 'declined')
      return candidates(wanted.map(({ id }) => shortId(id)), prefix)
    },
    members: async (name, prefix) => candidates((await node.groupMembers({ name })).map(({ username }) => username), prefix)
  }
}

function candidates (names: string[], prefix: string): string[] {
  return [...new Set(names)].filter((name) => name.startsWith(prefix)).sort().map((name) => `${name} `)
}
