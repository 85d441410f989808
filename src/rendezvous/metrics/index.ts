/**
 * What a server measures of itself, for its operator. Nothing in it names a user, a device or a group: labels are the
 * names of methods and outcomes, and values are counts and times.
 *
 * - metrics.ts: what the parts of a server tell, and one that forgets it all (the default)
 * - measured-requests.ts, measured-mailboxes.ts, measured-registers.ts, measured-store.ts: what they tell it with
 * - readings.ts: how things are now, read when somebody asks
 * - prometheus.ts, endpoint.ts: all of it as text over HTTP; loaded only when it is asked for
 */
export { noMetrics, type Metrics } from './metrics.js'
export { measuredMailboxes } from './measured-mailboxes.js'
export { measuredRegisters } from './measured-registers.js'
export { measuredRequests } from './measured-requests.js'
export { measuredStore } from './measured-store.js'
export { readServer, type ServerReadings } from './readings.js'
