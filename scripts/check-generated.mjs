// The generated codecs must be what the schemas give.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const source = 'src/protocol/pb'
const folder = mkdtempSync(join(tmpdir(), 'p2pchat-generated-'))
try {
  const schemas = readdirSync(source).filter((name) => name.endsWith('.proto'))
  execFileSync('npx', ['protons', '--output', folder, ...schemas.map((name) => join(source, name))], { stdio: ['ignore', 'ignore', 'inherit'] })
  const stale = schemas.map((name) => name.replace('.proto', '.ts')).filter((name) => readFileSync(join(source, name), 'utf8') !== readFileSync(join(folder, name), 'utf8'))
  if (schemas.length === 0 || stale.length > 0) {
    console.error(`Out of date: ${stale.join(', ')}. Run npm run generate.`)
    process.exit(1)
  }
  console.log(`generated: ${schemas.length} schemas up to date`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
