/** The directory: which devices are connected, where, and who is told of it. */
export { Attachments, type Attachment } from './attachments.js'
export { describeUser, directoryHandlers } from './handlers.js'
export { Watches } from './watches.js'
