/** MENU: the commands by numbers, with a question for each thing that a command needs. */
import { safeLine } from '../render/safe-text.js'
import type { Style } from '../render/style.js'
import type { Terminal } from './terminal.js'
import { menuLine, menuLines, parseMenuChoice } from './texts.js'

export interface MenuComponents {
  terminal: Terminal
  style: Style
  /** Runs a command that shows what can be answered. False: there is nothing to choose from. */
  show: (argv: string[]) => Promise<boolean>
}

/** The line that was put together, as it could have been typed; null: none. */
export async function askMenu ({ terminal, style, show }: MenuComponents): Promise<string | null> {
  terminal.print(menuLines(style))
  const choice = await terminal.ask('Your choice (0 goes back): ')
  const wanted = parseMenuChoice(choice)
  if (wanted === null) {
    if (!['', '0'].includes(choice.trim())) terminal.print([`"${safeLine(choice, 40)}" is no choice of the menu. MENU shows it again.`])
    return null
  }
  if (wanted.shows !== undefined && !await show(wanted.shows)) return null
  const answers: string[] = []
  for (const question of wanted.questions) answers.push((await terminal.ask(question)).trim())
  return answers.includes('') ? null : menuLine(wanted, answers)
}
