import type { CommandSpec } from '../command.js'

/** @param text the help of a command, given its words */
export function helpCommand (text: (words: readonly string[]) => string): CommandSpec {
  return {
    name: 'help',
    args: '[command...]',
    completes: 'command',
    summary: 'show help, or more about one command',
    examples: ['help', 'help send', 'help device remove'],
    inShell: false,
    async run (context, given) {
      const shown = text(given.args)
      await context.out.show({ event: 'help', text: shown }, [shown.trimEnd()])
    }
  }
}
