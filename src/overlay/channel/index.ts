/** Requests, answers and notifications of both sides on one kept-open stream. See docs/wire/channel.md. */
export { openChannel } from './channel.js'
