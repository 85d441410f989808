// npm test: builds, then runs mocha with the arguments given. With --built, what is in dist is taken as it is.
import { spawnSync } from 'node:child_process'

const args = process.argv.slice(2)
const isBuilt = args[0] === '--built'
const commands = [...(isBuilt ? [] : [['npm', 'run', 'build']]), ['node', 'node_modules/mocha/bin/mocha.js', ...args.slice(isBuilt ? 1 : 0)]]
for (const [command, ...rest] of commands) {
  const { status } = spawnSync(command, rest, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
