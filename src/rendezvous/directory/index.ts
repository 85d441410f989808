/** The directory: which devices are connected, here and at other servers, and who is told of it. */
export { Attachments, type Attachment } from './attachments.js'
export { CutOff } from './cut-off.js'
export { describeUser, directoryHandlers } from './handlers.js'
export { Watches } from './watches.js'
