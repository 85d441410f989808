import { existsSync, readFileSync } from 'node:fs'

/** The package's version; this file is two folders deep in the sources and three in what is published. */
export function version (): string {
  const file = ['../../package.json', '../../../package.json'].map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url))
  if (file === undefined) return 'unknown'
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
