/** The commands of a pool's operator. They act through the control socket of a server on this machine. */
import { P2pChatError } from '../../errors.js'
import type { DrainStatus, PoolStatus, ServerStatus } from '../../rendezvous/index.js'
import { sleep } from '../../runtime.js'
import { duration, flagOption, listOption, numberOption, textOption, type CommandSpec, type Given, type OptionSpec } from '../command.js'
import type { RemotePool } from '../control/index.js'
import { unlessAborted } from '../open-node.js'
import { localServers } from '../pool/local-servers.js'
import { readRecoveryKey } from '../pool/recovery-key.js'
import { isPeerId, whichServer } from '../pool/which-server.js'
import { findingLines, verdictOf } from '../render/finding.js'
import { poolLines, serverLines } from '../render/pool.js'
import { sizeWords } from '../render/size.js'
import { count } from '../render/table.js'
import { shortTime } from '../render/time.js'

const DATA: OptionSpec = { flags: '--data <dir>', summary: 'the folder of a server on this machine, or of "pool up" (default: by platform)' }
const SERVER = 'SERVER is its number in "pool status", or the beginning of its PeerId.'
const drainPollMs = 1_000
const defaultInviteTtlMs = 24 * 3_600_000

export const poolStatus: CommandSpec = {
  name: 'pool status',
  summary: 'show the servers of the pool, who votes, and whether everything is where it belongs',
  details: ['It asks a server on this machine, which asks the others: one that is shown as silent does not answer that one.'],
  options: [DATA],
  examples: ['pool status --data ~/p2pchat-server'],
  inShell: false,
  async run ({ out }, given) {
    const { servers, ...pool } = await (await aServer(given)).admin.status()
    await out.show({ event: 'pool-status', ...pool }, poolLines({ ...pool, servers }, out.style))
    const lines = serverLines(servers, out.style)
    for (const [at, server] of servers.entries()) await out.show({ event: 'server', ...server }, [lines[at] ?? ''])
  }
}

export const poolInvite: CommandSpec = {
  name: 'pool invite',
  summary: 'make a token that lets one more server into the pool',
  details: ['It works once, and until it expires. The token that the first server prints at its start ("join") is taken no more from then on.'],
  options: [DATA, { flags: '--expires <time>', summary: 'how long it is good for, such as 30m or 2h (default: 24h, which is also the longest)', parse: duration }],
  examples: ['pool invite --expires 1h'],
  inShell: false,
  async run (context, given) {
    const { out } = context
    const { token, expiresAtMs } = await (await aServer(given)).admin.invite(numberOption(given, 'expires') ?? defaultInviteTtlMs)
    const expiresAt = new Date(expiresAtMs).toISOString()
    await out.show({ event: 'token', token, expiresAt }, [token])
    await out.note(`Good for one server until ${shortTime(expiresAt, context.clock.now())}. On its machine: p2pchat rendezvous --join TOKEN. Keep it secret until then.`)
  }
}

export const poolSignUp: CommandSpec = {
  name: 'pool sign-up',
  args: '[open|closed]',
  completes: ['new'],
  summary: 'show or set whether the pool takes new accounts',
  details: ['It is open at first: whoever reaches a server can make an account. Closed, who has one keeps it, signs in on new devices, and changes passwords as before.'],
  options: [DATA],
  examples: ['pool sign-up', 'pool sign-up closed'],
  inShell: false,
  async run ({ out }, given) {
    const state = await (await aServer(given)).admin.signUp(given.args[0]?.toLowerCase())
    await out.show({ event: 'sign-up', state }, [state === 'open' ? 'The pool takes new accounts.' : 'The pool takes no new accounts. To let somebody in: p2pchat pool sign-up open'])
  }
}

export const poolDrain: CommandSpec = {
  name: 'pool drain',
  args: '<server>',
  completes: ['new'],
  summary: 'have a server hand over all that it keeps, and wait until it has',
  details: [SERVER, 'Nothing is lost, and it can be interrupted: the server goes on, and the command may be given again. After it: pool remove.'],
  options: [DATA],
  examples: ['pool drain 3', 'pool drain 3 --timeout 10m --json'],
  inShell: false,
  async run (context, given) {
    const { admin } = await aServer(given)
    const peerId = whichServer(given.args[0] ?? '', (await admin.status()).servers)
    const untilMs = context.clock.monotonicMs() + (context.global.timeoutMs ?? Infinity)
    let told = ''
    for (;;) {
      const drain = await unlessAborted(admin.drain(peerId), context.signal)
      const text = drainText(drain)
      if (text !== told) await context.out.show({ event: 'drain', ...drain }, [text])
      told = text
      if (drain.isDrained) return
      if (context.clock.monotonicMs() + drainPollMs > untilMs) throw new P2pChatError('ERR_PENDING', 'The server is not empty yet. It goes on; look again with the same command.')
      await sleep(context.clock, drainPollMs, context.signal)
    }
  }
}

export const poolRemove: CommandSpec = {
  name: 'pool remove',
  args: '<server>',
  completes: ['new'],
  summary: 'take a server out of the pool for good',
  details: [
    SERVER,
    'Drain it first. With --force one that is gone for good is taken out as it is; what the others have copies of is copied again. One that answers must be named by its whole PeerId then.',
    'The pool makes itself a new secret that the server has never seen. It serves nobody from then on, and its machine can join again only with an empty folder.'
  ],
  options: [DATA, { flags: '--force', summary: 'also when it is not drained' }],
  examples: ['pool remove 3', 'pool remove 3 --force'],
  inShell: false,
  async run (context, given) {
    const servers = await localServers(textOption(given, 'data'))
    const statuses = await Promise.all(servers.map(async (server) => ({ server, status: await server.admin.status() })))
    const [first] = statuses
    if (first === undefined) return
    const word = given.args[0] ?? ''
    const peerId = whichServer(word, first.status.servers)
    const force = flagOption(given, 'force')
    if (force && !isPeerId(word)) assertGone(peerId, first.status.servers)
    // A server cannot take itself out: another one on this machine does, if there is one.
    const { server } = statuses.find(({ status }) => selfOf(status) !== peerId) ?? first
    if (!isPeerId(word)) await context.out.note(`To take out: ${peerId}. If this is cut off, give it again with that: the number may name another server by then.`)
    await server.admin.remove(peerId, { force })
    await context.out.show({ event: 'server-removed', peerId }, [`The server ${peerId} is no longer in the pool.`])
  }
}

/** A command that was cut off and is given again names another server by the same number. */
function assertGone (peerId: string, servers: readonly ServerStatus[]): void {
  const server = servers.find((one) => one.peerId === peerId)
  const isOld = servers.some(({ figures }) => figures?.distrusted.includes(peerId) === true)
  if (server?.figures == null || server.figures.vote === 'retired' || isOld) return
  throw new P2pChatError('ERR_NOT_PERMITTED', `Server ${server.number} answers, and may have what no other server has. Empty it first: p2pchat pool drain ${server.number}. To take it out as it is, name it: p2pchat pool remove ${peerId} --force`)
}

export const poolRecover: CommandSpec = {
  name: 'pool recover',
  summary: 'go on after most of the servers that vote were lost for good, with the recovery key',
  details: [
    'It takes the lost servers out; each must be named, and none may answer. They must never be started again, or there are two pools.',
    'The key is in the file "recovery-key" that the pool\'s first server wrote into its folder. What only the lost servers had is lost.'
  ],
  options: [
    DATA,
    { flags: '--key <file>', summary: 'the file with the recovery key' },
    { flags: '--lost <server>', summary: 'a server that never comes back, by its number or PeerId; repeatable', repeatable: true }
  ],
  examples: ['pool recover --key recovery-key --lost 2 --lost 3'],
  inShell: false,
  async run (context, given) {
    const { admin } = await aServer(given)
    const { servers } = await admin.status()
    const lost = (listOption(given, 'lost') ?? []).map((word) => whichServer(word, servers))
    // The numbers are others once one of them is out of the list.
    if (lost.length > 0) await context.out.note(`Taken out: ${lost.join(', ')}. If this is cut off, give these with --lost, not the numbers.`)
    await admin.recover(lost, await readRecoveryKey(textOption(given, 'key')))
    await context.out.show({ event: 'pool-recovered', lost }, [`The pool goes on without ${count(lost.length, 'server')}. Never start ${lost.length === 1 ? 'it' : 'them'} again. Add new ones: p2pchat pool invite`])
  }
}

export const poolDoctor: CommandSpec = {
  name: 'pool doctor',
  summary: 'say what is the matter with the pool, and what to do',
  options: [DATA],
  examples: ['pool doctor'],
  inShell: false,
  async run ({ out }, given) {
    const findings = await (await aServer(given)).admin.doctor()
    for (const finding of findings) await out.show({ event: 'finding', ...finding }, findingLines(finding, out.style))
    const { event, line } = verdictOf(findings)
    await out.show(event, [line])
  }
}

async function aServer (given: Given): Promise<RemotePool> {
  const [first] = await localServers(textOption(given, 'data'))
  if (first === undefined) throw new P2pChatError('ERR_INTERNAL', 'No server was found, and nobody said so.')
  return first
}

function drainText ({ isDrained, reason, mailboxesLeft, mailboxesInAll, fileBytesLeft }: DrainStatus): string {
  if (isDrained) return 'The server is empty. Take it out with: p2pchat pool remove'
  if (mailboxesLeft === 0 && fileBytesLeft > 0) return `${sizeWords(fileBytesLeft)} of files are left to hand over`
  return mailboxesLeft > 0 ? `${mailboxesLeft} of ${mailboxesInAll} mailboxes are left to hand over` : `Not yet: ${reason ?? 'it is being looked at'}`
}

function selfOf ({ servers }: PoolStatus): string | undefined {
  return servers.find(({ self }) => self)?.peerId
}
