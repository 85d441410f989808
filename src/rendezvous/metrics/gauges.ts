import { Gauge, type Registry } from 'prom-client'
import type { ServerReadings } from './readings.js'

interface GaugeSpec {
  name: string
  help: string
  /** undefined: it is not known. */
  read: (readings: ServerReadings) => number | undefined
}

/** One of several states has the value 1, the others 0. */
interface StateSpec {
  name: string
  help: string
  label: string
  read: (readings: ServerReadings) => Record<string, number>
}

const GAUGES: readonly GaugeSpec[] = [
  { name: 'clients', help: 'Connections of clients.', read: ({ clients }) => clients },
  { name: 'devices', help: 'Devices that are signed in over them.', read: ({ devices }) => devices },
  { name: 'mailboxes', help: 'Mailboxes with something in them on this server.', read: ({ mailboxes }) => mailboxes },
  { name: 'envelopes', help: 'Messages that wait in them.', read: ({ envelopes }) => envelopes },
  { name: 'envelope_bytes', help: 'Bytes of the messages that wait.', read: ({ envelopeBytes }) => envelopeBytes },
  { name: 'blobs', help: 'Files left for others on this server.', read: ({ blobs }) => blobs },
  { name: 'blob_bytes', help: 'Bytes of them that are here.', read: ({ blobBytes }) => blobBytes },
  { name: 'disk_free_bytes', help: 'What may still be written to the disk of the files.', read: ({ freeDiskBytes }) => freeDiskBytes },
  { name: 'roster_version', help: 'Version of the newest roster that this server knows.', read: ({ rosterVersion }) => rosterVersion },
  { name: 'other_servers', help: 'Other servers in the roster.', read: ({ otherServers }) => otherServers },
  { name: 'linked_servers', help: 'Other servers that there is a connection to.', read: ({ linkedServers }) => linkedServers },
  { name: 'acceptor', help: '1 if the roster names this server as one that votes.', read: ({ isAcceptor }) => Number(isAcceptor) },
  { name: 'mail_complete_version', help: 'Roster version whose mail this server has taken over.', read: ({ completeVersion }) => completeVersion },
  { name: 'mail_closed_version', help: 'Roster version whose mail every server has taken over.', read: ({ closedVersion }) => closedVersion },
  { name: 'mail_versions_behind', help: 'Roster versions between the newest and the closed one: above 0 while mail moves.', read: ({ rosterVersion, closedVersion }) => Math.max(0, rosterVersion - closedVersion) },
  { name: 'mailboxes_left', help: 'Mailboxes that this server still has to take over.', read: ({ mailboxesLeft }) => mailboxesLeft },
  { name: 'mail_under_replicated', help: 'Items that another server lacked and did not take, in the last round of repair.', read: ({ underReplicated }) => underReplicated },
  { name: 'mail_servers_not_compared', help: 'Servers that could not be compared with in the last round of repair.', read: ({ notCompared }) => notCompared },
  { name: 'mail_moved', help: 'Items given to others and taken from them in the last round of repair.', read: ({ moved }) => moved },
  { name: 'file_versions_behind', help: 'Roster versions between the newest and the one by which all files are where they belong.', read: ({ fileVersionsBehind }) => fileVersionsBehind },
  { name: 'files_left', help: 'Files that this server still lacks, as far as it has found.', read: ({ filesLeft }) => filesLeft },
  { name: 'file_bytes_left', help: 'Bytes of them.', read: ({ fileBytesLeft }) => fileBytesLeft },
  { name: 'files_under_replicated', help: 'Files that a server that keeps them has not all of, in the last round of repair.', read: ({ filesUnderReplicated }) => filesUnderReplicated },
  { name: 'file_servers_not_compared', help: 'Servers that could not be compared with for files in the last round of repair.', read: ({ filesNotCompared }) => filesNotCompared },
  { name: 'distrusted_servers', help: 'Servers whose disk is an old copy; they have to join anew.', read: ({ distrusted }) => distrusted }
]

const STATES: readonly StateSpec[] = [
  { name: 'roster_phase', help: '1 for the phase of the roster: "joint" while acceptors change, "recovering" after the recovery key was used.', label: 'phase', read: ({ rosterPhase }) => oneOf(['settled', 'joint', 'recovering'], rosterPhase) },
  { name: 'vote_state', help: '1 for what this disk may do: "retired" is an old copy and never votes again.', label: 'state', read: ({ voteState }) => oneOf(['new', 'waking', 'voting', 'retired'], voteState) },
  { name: 'servers', help: 'Servers in the roster, this one included, by state.', label: 'state', read: ({ servers }) => servers }
]

/** Adds the gauges of a server to `registry`. @returns what sets them */
export function gauges (registry: Registry): (readings: ServerReadings) => void {
  const plain = GAUGES.map(({ name, help, read }) => ({ read, gauge: new Gauge({ name: `p2pchat_${name}`, help, registers: [registry] }) }))
  const states = STATES.map(({ name, help, label, read }) => ({ read, label, gauge: new Gauge({ name: `p2pchat_${name}`, help, labelNames: [label], registers: [registry] }) }))
  return (readings) => {
    for (const { read, gauge } of plain) {
      const value = read(readings)
      // Without a value there is no line: a 0 would be one.
      if (value === undefined) gauge.remove()
      else gauge.set(value)
    }
    for (const { read, label, gauge } of states) {
      for (const [state, value] of Object.entries(read(readings))) gauge.set({ [label]: state }, value)
    }
  }
}

function oneOf (all: readonly string[], now: string): Record<string, number> {
  return Object.fromEntries(all.map((one) => [one, Number(one === now)]))
}
