/** The questions of a first start: which pool, which account. Each goes on until it is answered or left with EXIT. */
import { asP2pChatError, isP2pChatError } from '../../errors.js'
import type { ChatNode } from '../../node/chat-node.js'
import { errorLine } from '../output.js'
import type { Style } from '../render/style.js'
import type { LocalServer } from './local-server.js'
import type { Terminal } from './terminal.js'

export interface FirstContactComponents {
  terminal: Terminal
  node: ChatNode
  style: Style
  /** Starts a server beside the shell. */
  startServer: () => Promise<LocalServer>
  /** Runs a command; false when it failed (and said why). */
  run: (argv: string[]) => Promise<boolean>
}

const connectTimeoutMs = 10_000
const LEAVE = ['exit', 'quit']

/** For who answers with anything else. */
const POOL_CHOICES = [
  '  1  starts a server here: it runs while this shell does, and friends who reach this machine can sign up.',
  '  2  asks for the address that whoever runs a server has: it begins with p2pchat:',
  'EXIT leaves.'
]
const ACCOUNT_CHOICES = [
  '  1  asks for a name and a new password, and shows a recovery key that you should write down.',
  '  2  asks for the name and the password of an account in this pool, and adds this device to it.',
  'EXIT leaves.'
]

/** Null: the person left. */
type Answer = string | null

/** Until a pool is known and one of its servers answered. False when the person left. */
export async function choosePool (components: FirstContactComponents): Promise<boolean> {
  const { terminal, style } = components
  terminal.print([
    'No pool is known here yet: the servers, one or more, of you or of a friend.',
    `  ${style.bold('1')}  start a server on this machine, for you and your friends`,
    `  ${style.bold('2')}  enter the address of a pool that a friend gave you`
  ])
  for (;;) {
    const choice = await ask(components, 'Choose 1 or 2 (EXIT leaves): ')
    if (choice === null) return false
    if (choice === '1' && await startHere(components)) return true
    if (choice === '2' && await takeAddress(components)) return true
    if (choice !== '1' && choice !== '2') terminal.print(POOL_CHOICES)
  }
}

/** Until somebody is signed in. False when the person left. */
export async function chooseAccount (components: FirstContactComponents): Promise<boolean> {
  const { terminal, style, run } = components
  terminal.print([
    `  ${style.bold('1')}  make a new account`,
    `  ${style.bold('2')}  sign in to an account that you have`
  ])
  for (;;) {
    const choice = await ask(components, 'Choose 1 or 2 (EXIT leaves): ')
    if (choice === null) return false
    if (choice !== '1' && choice !== '2') {
      terminal.print(ACCOUNT_CHOICES)
      continue
    }
    const username = await ask(components, choice === '1' ? 'Your name (2 to 32 of a-z 0-9 . _ -): ' : 'Your name: ')
    if (username === null) return false
    if (username !== '' && await run([choice === '1' ? 'signup' : 'login', '--', username])) return true
  }
}

async function startHere ({ terminal, node, style, startServer }: FirstContactComponents): Promise<boolean> {
  terminal.print(['Starting the server…'])
  try {
    const server = await startServer()
    await node.usePool([server.pool])
    await node.connect(connectTimeoutMs)
    terminal.print([
      'The server runs as long as this shell; the next shell starts it again.',
      'To run it on its own, for example as a service:',
      `  ${server.command}`,
      'Give this address to your friends, for choice 2 or --pool:',
      `  ${style.bold(server.pool)}`
    ])
    return true
  } catch (error) {
    terminal.print([style.red(errorLine(asP2pChatError(error)))])
    return false
  }
}

async function takeAddress (components: FirstContactComponents): Promise<boolean> {
  const { terminal, node, style } = components
  const address = await ask(components, 'Address of the pool: ')
  if (address === null || address === '') return false
  try {
    await node.usePool([address])
    terminal.print(['Looking for a server…'])
    await node.connect(connectTimeoutMs)
    return true
  } catch (error) {
    terminal.print([style.red(errorLine(asP2pChatError(error)))])
    if (isP2pChatError(error, 'ERR_NO_SERVER', 'ERR_TIMEOUT')) terminal.print(['Ask your friend whether the server runs and can be reached from here, then try again.'])
    return false
  }
}

async function ask ({ terminal }: FirstContactComponents, question: string): Promise<Answer> {
  try {
    const answer = (await terminal.ask(question)).trim()
    return LEAVE.includes(answer.toLowerCase()) ? null : answer
  } catch (error) {
    if (isP2pChatError(error, 'ERR_ABORTED')) return null
    throw error
  }
}
