/** Where passwords come from: standard input, the environment, or the person at the terminal. Never an argument. */
import { Writable } from 'node:stream'
import { P2pChatError } from '../errors.js'
import { LineReader } from './input.js'
import type { Io } from './io.js'
import { stopAtCtrlZ } from './suspend.js'

/** Longer than any passphrase; OPAQUE stretches it anyway. */
const maxPasswordChars = 1024

export interface PasswordRequest {
  question: string
  /** Asked a second time at a terminal, so that a slip of the finger does not become the password. */
  twice?: boolean
  /** Default: P2PCHAT_PASSWORD. */
  variable?: string
}

export type AskPassword = (request: PasswordRequest) => Promise<string>

/** One reader a process: `passwd --password-stdin` takes the old password from the first line and the new one from the second. */
export function passwordSource (io: Io, fromStdin: boolean, signal: AbortSignal): AskPassword {
  let lines: LineReader | null = null
  return async (request) => {
    if (fromStdin) {
      lines ??= new LineReader(io.stdin)
      return notEmpty(await lines.next(maxPasswordChars) ?? '')
    }
    const variable = request.variable ?? 'P2PCHAT_PASSWORD'
    const given = io.env[variable]
    if (given !== undefined && given !== '') return given
    if (io.stdin.isTTY !== true) throw new P2pChatError('ERR_USAGE', `There is no terminal to ask for the password: use --password-stdin or ${variable}.`)
    // Standard error is the terminal even when the answer goes into a pipe; the answer, when that one goes into a file.
    const screen = [io.stderr, io.stdout].find(({ isTTY }) => isTTY === true)
    if (screen === undefined) throw new P2pChatError('ERR_USAGE', `No question for the password can be seen, as standard output and standard error go elsewhere: use --password-stdin or ${variable}.`)
    return await askTwice((question) => askHidden({ stdin: io.stdin, screen }, question, signal), request)
  }
}

/** Asks until both answers agree, where it is asked twice. */
export async function askTwice (ask: (question: string) => Promise<string>, request: PasswordRequest): Promise<string> {
  for (;;) {
    const password = notEmpty(await ask(`${request.question}: `))
    if (request.twice !== true || await ask('The same again: ') === password) return password
    request = { ...request, question: `These two differ. ${request.question.replace(/^These two differ\. /, '')}` }
  }
}

/** Asks on `screen`, which is a terminal; nothing typed is shown. */
async function askHidden ({ stdin, screen }: { stdin: Io['stdin'], screen: Writable }, question: string, signal: AbortSignal): Promise<string> {
  const { createInterface } = await import('node:readline')
  let muted = false
  const output = new Writable({
    write (chunk, _encoding, done) {
      if (!muted) screen.write(chunk as Buffer)
      done()
    }
  })
  const reader = createInterface({ input: stdin, output, terminal: true, historySize: 0 })
  try {
    return await new Promise<string>((resolve, reject) => {
      const cancel = (): void => { reject(new P2pChatError('ERR_ABORTED', 'No password was given.')) }
      reader.once('close', cancel)
      // The window was closed, or the connection to it.
      reader.on('error', cancel)
      // While a line is edited Ctrl-C is a key like others; it shall end the command as it does elsewhere.
      reader.once('SIGINT', interruptThis)
      stopAtCtrlZ(reader, stdin, { hide: () => { screen.write('\r') }, show: () => { screen.write(question) } })
      signal.addEventListener('abort', cancel, { once: true })
      reader.question(question, resolve)
      muted = true
    })
  } finally {
    reader.close()
    screen.write('\n')
  }
}

/** On Windows a process that is killed so is gone at once. */
function interruptThis (): void {
  if (process.platform === 'win32') process.emit('SIGINT', 'SIGINT')
  else process.kill(process.pid, 'SIGINT')
}

function notEmpty (password: string): string {
  if (password === '') throw new P2pChatError('ERR_USAGE', 'The password is empty.')
  return password
}
