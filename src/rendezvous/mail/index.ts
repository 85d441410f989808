/** Mail: leaving envelopes for a device, and getting one's own, read or pushed. */
export { mailHandlers } from './handlers.js'
export { Pumps } from './pumps.js'
export { ReceiptForwarder } from './receipt-forwarder.js'
