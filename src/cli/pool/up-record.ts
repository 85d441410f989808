/** What `pool up` remembers in its folder of the servers in it: DIR/1, DIR/2 … */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileDurably } from '../../store/durable-file.js'

const RECORD_NAME = 'pool-up.json'

export interface UpRecord {
  /** Numbers of those that are in the pool. */
  servers: number[]
  /** Numbers of those that were removed from it; their folders are never used again. */
  removed: number[]
}

export async function readUpRecord (folder: string): Promise<UpRecord> {
  try {
    const { servers, removed } = JSON.parse(await readFile(join(folder, RECORD_NAME), 'utf8')) as Record<string, unknown>
    return { servers: numbers(servers), removed: numbers(removed) }
  } catch {
    return { servers: [], removed: [] }
  }
}

export async function writeUpRecord (folder: string, record: UpRecord): Promise<void> {
  await writeFileDurably(join(folder, RECORD_NAME), `${JSON.stringify(record)}\n`)
}

/** A number that no server has or had. */
export function freeNumber ({ servers, removed }: UpRecord): number {
  return Math.max(0, ...servers, ...removed) + 1
}

function numbers (value: unknown): number[] {
  return Array.isArray(value) ? value.filter((item): item is number => Number.isSafeInteger(item) && Number(item) > 0) : []
}
