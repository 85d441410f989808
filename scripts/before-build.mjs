// What is built with must be there: the compiler and the bundler, and the optional packages for their types.
import { existsSync, readFileSync } from 'node:fs'

const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
const missing = ['typescript', 'esbuild', ...Object.keys(optionalDependencies)].filter((name) => !existsSync(`node_modules/${name}`))
if (missing.length > 0) {
  console.error(`p2pchat cannot be built without ${missing.join(', ')}: npm ci, without --omit. Afterwards npm prune --omit=dev --omit=optional takes out what only the build needs.`)
  process.exit(1)
}
