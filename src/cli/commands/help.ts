import type { CommandSpec } from '../command.js'
import { helpText } from '../program.js'
import { version } from '../version.js'

export const help: CommandSpec = {
  name: 'help',
  args: '[command...]',
  completes: ['command'],
  summary: 'show help, or more about one command',
  examples: ['help', 'help send', 'help device remove'],
  inShell: false,
  async run (context, given) {
    const text = helpText(given.args, { specs: context.specs, version: version(), inShell: false })
    await context.out.show({ event: 'help', text }, [text.trimEnd()])
  }
}
