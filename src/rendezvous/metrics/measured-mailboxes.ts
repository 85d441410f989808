import type { Mailboxes } from '../mailboxes/index.js'
import { noMetrics, type Metrics } from './metrics.js'

/** The same mailboxes; what became of each deposit, read and acknowledgement is told. */
export function measuredMailboxes (metrics: Metrics, mailboxes: Mailboxes): Mailboxes {
  if (metrics === noMetrics) return mailboxes
  return {
    append: async (entry) => {
      const appended = await mailboxes.append(entry)
      metrics.mail('append', appended.outcome)
      return appended
    },
    appendShared: async (entry) => {
      const appended = await mailboxes.appendShared(entry)
      for (const { outcome } of appended) metrics.mail('append', outcome)
      return appended
    },
    read: async (mailbox, options) => {
      const read = await mailboxes.read(mailbox, options)
      metrics.mail('read', read.outcome)
      return read
    },
    acknowledge: async (mailbox, entryIds, acknowledgement) => {
      const acknowledged = await mailboxes.acknowledge(mailbox, entryIds, acknowledgement)
      metrics.mail('acknowledge', acknowledged.outcome)
      return acknowledged
    },
    remove: async (mailbox) => { await mailboxes.remove(mailbox) },
    sweep: async () => { await mailboxes.sweep() },
    onAppended: (listener) => mailboxes.onAppended(listener),
    totals: async () => await mailboxes.totals()
  }
}
