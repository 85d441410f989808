import { P2pChatError } from '../../errors.js'
import type { CommandSpec } from '../command.js'

export const shell: CommandSpec = {
  name: 'shell',
  summary: 'chat: the shell, which also opens without a command',
  details: ['In it: HELP. It takes lines from a pipe as well.'],
  examples: ['shell', 'shell --pool ADDRESS'],
  inShell: false,
  endsBySignal: true,
  readsLines: true,
  async run (context) {
    if (context.global.json) throw new P2pChatError('ERR_USAGE', 'The shell is for people; programs use: p2pchat listen --json, and the other commands.')
    const { openShell } = await import('../shell/index.js')
    await openShell(context)
  }
}
