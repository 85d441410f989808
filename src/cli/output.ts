import { isP2pChatError, type P2pChatError } from '../errors.js'
import { columnsOf, write, type Io } from './io.js'
import { inAscii, isOtherLocale } from './render/ascii.js'
import { jsonLine } from './render/json.js'
import { safeLine } from './render/safe-text.js'
import { makeStyle, wantsColour, type Style } from './render/style.js'
import { inWords } from './render/time.js'
import { wrapLine } from './render/wrap.js'

/** Where a command's answer goes: as JSON objects for programs, or as lines for people. */
export interface Output {
  readonly json: boolean
  readonly style: Style
  /** One answer, in both forms. Resolves once it is written. */
  show: (event: object, lines: string[]) => Promise<void>
  /** Something only a person wants to know; not part of the answer. Never rejects: whether anybody reads it changes nothing of what is done. */
  note: (line: string) => Promise<void>
}

export function streamOutput (io: Io, json: boolean): Output {
  const style = makeStyle(!json && wantsColour(io.stdout.isTTY === true, io.env))
  return {
    json,
    style,
    async show (event, lines) {
      const text = json ? `${jsonLine(event)}\n` : rowsFor(io, lines).map((line) => `${line}\n`).join('')
      if (text !== '') await write(io.stdout, text)
    },
    async note (line) {
      if (!json) await write(io.stderr, `${io.stderr.isTTY === true && isOtherLocale(io.env) ? inAscii(line) : line}\n`).catch(() => {})
    }
  }
}

/** Lines as a terminal takes them, broken by wrapLine: where it breaks them itself, a peer's text could pass for another line. */
export function rowsFor ({ stdout, env }: Pick<Io, 'stdout' | 'env'>, lines: string[]): string[] {
  if (stdout.isTTY !== true) return lines
  const columns = columnsOf(stdout) ?? Infinity
  const isOther = isOtherLocale(env)
  // JSON for people, as the line of a server that is ready: broken it would be none.
  return lines.flatMap((line) => line.startsWith('{') ? [line] : wrapLine(isOther ? inAscii(line) : line, columns))
}

/** An error as `--json` prints it. */
export function errorEvent (error: P2pChatError): { event: 'error', code: string, message: string, retryAfterMs?: number } {
  return { event: 'error', code: error.code, message: error.message, ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }) }
}

const NO_SERVER = 'Sorry, no rendezvous server is reachable.'

/** The one plain line that says what to do. */
export function errorLine (error: P2pChatError): string {
  const message = safeLine(error.message, 2000)
  const line = isP2pChatError(error, 'ERR_NO_SERVER') && !message.startsWith(NO_SERVER) ? `${NO_SERVER} ${message}` : message
  const isSaid = error.retryAfterMs === undefined || /\bagain in\b/i.test(line)
  return isSaid ? line : `${line} Try again in ${inWords(error.retryAfterMs ?? 0)}.`
}
