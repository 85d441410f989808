import { stat } from 'node:fs/promises'
import type { Finding } from '../../node/chat-node.js'
import type { CommandSpec } from '../command.js'
import { homeFolder } from '../paths.js'
import { pathWords } from '../render/file.js'
import { findingLines, verdictOf } from '../render/finding.js'
import { inShellWords } from '../shell/texts.js'
import { meetServer } from './reach.js'

export const doctor: CommandSpec = {
  name: 'doctor',
  summary: 'say what is the matter with this home, and what to do',
  details: ['It reads all of the home, and looks for a server. Nothing is mended; as every command, it goes on with what waits to be sent.'],
  examples: ['doctor', 'doctor --json'],
  inShell: true,
  async run (context) {
    const { out, global, io } = context
    const home = homeFolder(global.home, io.env)
    const node = await context.node()
    await meetServer(node, global.timeoutMs)
    const findings = [...await openToOthers(home), ...await node.doctor()]
    for (const finding of findings) {
      const lines = findingLines(finding, out.style)
      await out.show({ event: 'finding', ...finding }, context.numbers === null ? lines : lines.map((line) => inShellWords(line, context.specs)))
    }
    const { event, line } = verdictOf(findings)
    await out.show(event, [line])
  }
}

/** On Windows modes say nothing. */
async function openToOthers (home: string): Promise<Finding[]> {
  const mode = process.platform === 'win32' ? 0 : (await stat(home)).mode & 0o077
  if (mode === 0) return []
  return [{ severity: 'problem', code: 'home-open', text: `Other users of this machine can look into ${pathWords(home)}: its keys and messages.`, advice: `chmod 700 ${pathWords(home)}` }]
}
