/** The folder of what a version froze. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { FrozenMessages } from './messages.js'
import type { FrozenScene } from './scenes/index.js'
import type { Schema } from './schema.js'

export const FIXTURES = 'test/fixtures/wire'

export interface FrozenVersion {
  /** as the .proto files were, by file */
  schemas: Record<string, Schema>
  /** by .proto file */
  messages: Record<string, FrozenMessages>
  scenes: Record<string, FrozenScene>
}

/** `v1`, `v2` … */
export function frozenVersions (): string[] {
  return existsSync(FIXTURES) ? readdirSync(FIXTURES).filter((name) => /^v\d+$/.test(name)).sort() : []
}

export function readFrozen (version: string): FrozenVersion {
  const folder = `${FIXTURES}/${version}`
  return {
    schemas: readJson<Record<string, Schema>>(`${folder}/schemas.json`),
    messages: readFolder<FrozenMessages>(`${folder}/messages`),
    scenes: readFolder<FrozenScene>(`${folder}/scenes`)
  }
}

function readFolder<T> (folder: string): Record<string, T> {
  return Object.fromEntries(readdirSync(folder).sort().map((name) => [name.replace('.json', ''), readJson<T>(`${folder}/${name}`)]))
}

function readJson<T> (path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T
}
