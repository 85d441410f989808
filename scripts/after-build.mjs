// What tsc leaves to be done: a binary with its executable bit (npm links it as it is), nothing of sources that are gone, and the
// name of the build.
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

chmodSync('dist/bin/p2pchat.js', 0o755)

for (const entry of readdirSync('dist', { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue
  const path = join(entry.parentPath, entry.name)
  const [, source] = /^(.*?)(?:\.d\.ts|\.js\.map|\.js)$/.exec(relative('dist', path)) ?? []
  if (source !== undefined && !existsSync(`${source}.ts`)) rmSync(path)
}

const named = join('dist', 'src', 'build.js')
const hash = createHash('sha256')
for (const name of readdirSync('dist/src', { recursive: true }).sort()) {
  const path = join('dist/src', name)
  if (name.endsWith('.js') && path !== named) hash.update(name).update(readFileSync(path))
}
writeFileSync(named, readFileSync(named, 'utf8').replace(/build = '[^']*'/, `build = '${hash.digest('hex').slice(0, 16)}'`))
