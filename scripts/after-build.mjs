// What tsc leaves to be done: a binary with its executable bit (npm links it as it is), and nothing of sources that are gone.
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'

chmodSync('dist/bin/p2pchat.js', 0o755)

for (const entry of readdirSync('dist', { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue
  const path = join(entry.parentPath, entry.name)
  const [, source] = /^(.*?)(?:\.d\.ts|\.js\.map|\.js)$/.exec(relative('dist', path)) ?? []
  if (source !== undefined && !existsSync(`${source}.ts`)) rmSync(path)
}
