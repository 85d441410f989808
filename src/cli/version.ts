import { existsSync, readFileSync } from 'node:fs'

// Read as long as it is there: an update replaces it while this process goes on.
const running = read()

/** The package's version. */
export function version (): string {
  return running
}

/** This file is two folders deep in the sources and three in what is published. */
function read (): string {
  const file = ['../../package.json', '../../../package.json'].map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url))
  if (file === undefined) return 'unknown'
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
