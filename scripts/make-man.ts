/** Writes docs/p2pchat.1 from the command table; a test holds it to be up to date. */
import { writeFile } from 'node:fs/promises'
import { COMMANDS } from '../src/cli/commands/index.js'
import { manPage } from '../src/cli/manual.js'
import { GLOBAL_OPTIONS } from '../src/cli/program.js'
import { version } from '../src/cli/version.js'

await writeFile('docs/p2pchat.1', manPage(COMMANDS, GLOBAL_OPTIONS, version()))
