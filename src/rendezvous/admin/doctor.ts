/** What is the matter with a pool, and what to do about it. Pure. */
import type { RosterHistory } from '../../overlay/index.js'
import { dueSetupVersion } from '../join/index.js'
import { lowDiskBytes, maxClockSkewMs } from './limits.js'
import type { Finding, PoolStatus, ServerFigures, ServerStatus } from './types.js'

export interface DoctorView {
  status: PoolStatus
  history: RosterHistory
  /** This server's clock while the others were asked, Unix ms. */
  nowMs: number
  /** This server's addresses that others have tried in vain. */
  notReached: readonly string[]
  /** PeerIds of draining servers that have nothing left to hand over. */
  drained: readonly string[]
}

/** Problems first. */
export function diagnose (view: DoctorView): Finding[] {
  const findings = [...ofPool(view), ...view.status.servers.flatMap((server) => ofServer(view, server))]
  return [...findings.filter(({ severity }) => severity === 'problem'), ...findings.filter(({ severity }) => severity === 'advice')]
}

function ofPool ({ status, history }: DoctorView): Finding[] {
  const { servers, acceptors, acceptorsUp, canDecide, phase, rosterVersion } = status
  const about = (severity: Finding['severity'], code: Finding['code'], text: string, advice: string): Finding => ({ severity, code, peerId: null, text, advice })
  const up = servers.filter(({ figures }) => figures !== null)
  const storing = servers.filter(({ state }) => state === 'member').length
  const versions = new Set(up.map(({ figures }) => figures?.version))
  const findings: Finding[] = []
  if (!canDecide) {
    findings.push(about('problem', 'no-majority', `Only ${acceptorsUp} of ${acceptors} servers that vote can do so: accounts and groups cannot change, and no server can be added or removed.`,
      'Start those that do not answer. If a majority is lost for good, see "A lost majority" in docs/pool-operate.md.'))
  }
  if (phase !== 'settled') {
    findings.push(about('problem', 'change-unfinished', `A change of the servers that vote is under way (phase ${phase}, roster ${rosterVersion}).`,
      'It ends by itself within seconds when all of them answer. If this stays, start those that do not.'))
  }
  if (dueSetupVersion(history) !== undefined) {
    findings.push(about('problem', 'setup-old', 'A server was removed, and the pool still uses a secret that it knows.', 'It is replaced by itself within seconds when a majority answers.'))
  }
  if (status.underReplicated > 0) {
    findings.push(about('problem', 'under-replicated', `${status.underReplicated} items of mail lack a copy.`, 'They are copied by themselves as soon as the servers that lack them answer.'))
  }
  if (status.filesUnderReplicated > 0) {
    findings.push(about('problem', 'under-replicated', `${status.filesUnderReplicated} files lack something of a copy (${Math.ceil(status.fileBytesLeft / 1024 / 1024)} MiB to be copied).`, 'They are copied by themselves as soon as the servers that lack them answer.'))
  }
  if (storing === 0) findings.push(about('problem', 'none-storing', 'No server keeps mail: all are being emptied.', 'Add another one: p2pchat pool invite, then on another machine: p2pchat rendezvous --join TOKEN'))
  if (storing === 1) findings.push(about('advice', 'one-server', 'There is one server: when its disk is lost, all is lost.', 'Add two more: p2pchat pool invite, then on another machine: p2pchat rendezvous --join TOKEN'))
  if (storing === 2) findings.push(about('advice', 'two-servers', 'There are two servers: nothing is lost with one of them, but nothing goes on without it.', 'Add a third one: p2pchat pool invite, then on another machine: p2pchat rendezvous --join TOKEN'))
  if (versions.size > 1) findings.push(about('advice', 'version-mix', `The servers run different versions of p2pchat (${[...versions].join(', ')}).`, 'Update them one after the other.'))
  return findings
}

function ofServer (view: DoctorView, server: ServerStatus): Finding[] {
  const { number, peerId, figures, state, acceptor } = server
  const about = (severity: Finding['severity'], code: Finding['code'], text: string, advice: string): Finding => ({ severity, code, peerId, text: `Server ${number} ${text}`, advice })
  const { status, drained } = view
  const findings: Finding[] = []
  const distrustedBy = status.servers.filter((other) => other.figures?.distrusted.includes(peerId) === true)
  const again = `Take it out and let the machine join anew with an empty folder: p2pchat pool remove ${number} --force, then p2pchat pool invite`
  if (figures === null) {
    findings.push(about('problem', 'server-silent', 'does not answer.', `Start it, or look whether it can be reached: ${server.addresses.join(' ')}. If it is gone for good: p2pchat pool remove ${number} --force`))
  }
  if (figures?.vote === 'retired') findings.push(about('problem', 'disk-retired', 'has an old copy of its disk, and votes no more.', again))
  else if (distrustedBy.length > 0) findings.push(about('problem', 'disk-distrusted', 'has an older disk than before, and its mail is not believed.', again))
  else if (acceptor && figures?.vote === 'none') {
    findings.push(about('problem', 'not-voting', 'has a vote and does not use it yet.', 'After a start it first asks the others about its disk: stop no other one until this is over. If it stays, start those that do not answer.'))
  }
  if (drained.includes(peerId)) findings.push(about('advice', 'drained', 'is drained.', `It can be taken out: p2pchat pool remove ${number}`))
  if (figures === null) return findings
  return [...findings, ...ofFigures(view, server, figures, about), ...(state !== 'member' || !server.self ? [] : unreached(view, about))]
}

function ofFigures ({ status, nowMs }: DoctorView, { state }: ServerStatus, figures: ServerFigures, about: (severity: Finding['severity'], code: Finding['code'], text: string, advice: string) => Finding): Finding[] {
  const findings: Finding[] = []
  const skewMs = figures.nowMs - nowMs
  if (Math.abs(skewMs) > maxClockSkewMs) {
    findings.push(about('problem', 'clock-skew', `has a clock that is ${Math.round(Math.abs(skewMs) / 1000)} seconds ${skewMs > 0 ? 'ahead' : 'behind'}.`, 'Let a time service (NTP) set the clocks of all machines.'))
  }
  if (state === 'member' && figures.closedVersion < status.rosterVersion) {
    findings.push(about('advice', 'handing-over', `still hands mail and files over by an earlier roster (${figures.closedVersion} of ${status.rosterVersion}; ${figures.mailboxesLeft} mailboxes, ${Math.ceil(figures.fileBytesLeft / 1024 / 1024)} MiB of files left).`, 'It ends by itself when every server that keeps mail answers.'))
  }
  if (figures.freeDiskBytes < lowDiskBytes) {
    findings.push(about('problem', 'disk-full', `has ${Math.round(figures.freeDiskBytes / 1024 / 1024)} MiB of its disk left.`, 'Make room, or give its folder a larger disk. Below 2 GiB it takes no more files.'))
  }
  return findings
}

function unreached ({ notReached }: DoctorView, about: (severity: Finding['severity'], code: Finding['code'], text: string, advice: string) => Finding): Finding[] {
  return notReached.map((address) => about('problem', 'not-reachable', `cannot be reached by the others at ${address}.`, 'Open the port, or say with --announce where it can be reached.'))
}
