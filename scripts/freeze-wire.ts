/**
 * Writes test/fixtures/wire/VERSION: what this version of p2pchat says on the wire, for all later ones to read. The same
 * bytes on every run. Run it when a version is about to be released:
 *
 *   npm run freeze:wire -- v1
 *
 * It does not touch a version that is there; --unreleased writes one anew that nobody has released yet.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { FIXTURES, frozenVersions } from '../test/wire/frozen.js'
import { makeMessages } from '../test/wire/messages.js'
import { SCENES } from '../test/wire/scenes/index.js'
import { readSchemas } from '../test/wire/schema.js'

const [version = '', ...flags] = process.argv.slice(2)
if (!/^v\d+$/.test(version) || flags.some((flag) => flag !== '--unreleased')) {
  console.error('Usage: npm run freeze:wire -- v1 [--unreleased]')
  process.exit(2)
}
if (frozenVersions().includes(version) && !flags.includes('--unreleased')) {
  console.error(`${FIXTURES}/${version} is there. A released version is never written again: freeze the next one.`)
  process.exit(1)
}

const folder = `${FIXTURES}/${version}`
const schemas = readSchemas('src/protocol/pb')
await rm(folder, { recursive: true, force: true })
await mkdir(`${folder}/messages`, { recursive: true })
await mkdir(`${folder}/scenes`)
await write('schemas.json', schemas)
let messages = 0
for (const file of Object.keys(schemas)) {
  const made = await makeMessages(schemas, file)
  messages += Object.keys(made).length
  await write(`messages/${file}.json`, made)
}
for (const [name, scene] of Object.entries(SCENES)) await write(`scenes/${name}.json`, scene.make())
console.log(`${folder}: ${Object.keys(schemas).length} schemas, ${messages} messages, ${Object.keys(SCENES).length} scenes`)

async function write (name: string, value: unknown): Promise<void> {
  await writeFile(`${folder}/${name}`, `${JSON.stringify(value, null, 1)}\n`)
}
