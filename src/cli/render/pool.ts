/** A pool as its operator reads it. */
import type { PoolStatus, ServerStatus } from '../../rendezvous/index.js'
import { safeLine } from './safe-text.js'
import { sizeWords } from './size.js'
import type { Style } from './style.js'
import { count, table } from './table.js'

export function poolLines (status: PoolStatus, style: Style): string[] {
  const { name, pool, rosterVersion, phase, acceptors, acceptorsUp, canDecide, registers, envelopes, underReplicated, mailboxesLeft, mailboxesInAll, filesUnderReplicated, fileBytesLeft, signUp } = status
  const votes = `${acceptorsUp} of ${acceptors} that vote do`
  return [
    name === '' ? `Pool ${pool}` : `Pool ${safeLine(name)}: ${pool}`,
    `Roster ${rosterVersion}${phase === 'settled' ? '' : ` (${safeLine(phase)})`}; ${canDecide ? votes : style.bold(`${votes}: too few`)}; ${registers === null ? 'nobody counts registers' : count(registers, 'register')}`,
    `${count(envelopes, 'envelope')} in all copies, ${underReplicated === 0 ? 'none lacks one' : `${underReplicated} lack one`}; ${mailboxesLeft === 0 ? 'nothing is being moved' : `${mailboxesLeft} of ${mailboxesInAll} mailboxes are being moved`}`,
    ...signUp === 'closed' ? ['It takes no new accounts: pool sign-up'] : [],
    ...filesUnderReplicated === 0 && fileBytesLeft === 0 ? [] : [`${count(filesUnderReplicated, 'file')} lack something of a copy; ${sizeWords(fileBytesLeft)} are to be copied`]
  ]
}

/** One line a server, in columns. */
export function serverLines (servers: readonly ServerStatus[], style: Style): string[] {
  const rows = servers.map(({ number, peerId, state, acceptor, figures, self, addresses }) => [
    String(number),
    figures === null ? '○' : '●',
    shortPeerId(peerId),
    safeLine(state),
    figures?.vote === 'retired' ? 'old disk' : acceptor ? 'votes' : '',
    figures === null ? 'does not answer' : `${count(figures.devices, 'client')}`,
    figures === null ? '' : `${count(figures.envelopes, 'envelope')}, ${sizeWords(figures.envelopeBytes + figures.blobBytes)}`,
    figures === null ? '' : `${sizeWords(figures.freeDiskBytes)} free`,
    `${safeLine(placeOf(addresses))}${self ? ' (this server)' : ''}`
  ])
  return table(rows).map((line, at) => servers[at]?.figures === null ? style.dim(line) : line)
}

/** What tells it from others, as `drain` and `remove` take it. */
export function shortPeerId (peerId: string): string {
  return peerId.slice(8, 16)
}

/** `10.0.0.1:4001` of the first address that is no loopback, else of the first. */
function placeOf (addresses: readonly string[]): string {
  const address = addresses.find((one) => !/\/(127\.|::1\/)/.test(one)) ?? addresses[0]
  const [, , host = '', , port = ''] = address?.split('/') ?? []
  return address === undefined ? 'nowhere' : `${host}:${port}`
}
