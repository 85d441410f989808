/** The file that says what a folder is, written before and after its database is made. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { P2pChatError } from '../errors.js'
import { createFileDurably, writeFileDurably } from './durable-file.js'

export type StoreKind = 'home' | 'server'

export const markerFile = 'p2pchat.json'
/** How files are laid out in the folder; a program that knows only lower ones must not touch it. */
const LAYOUT = 1
const KIND_NAMES: Record<StoreKind, string> = { home: 'the home of a client', server: 'the data of a rendezvous server' }

export interface Marker {
  kind: StoreKind
  /** Whether the database has been made: from then on it must be there. */
  ready: boolean
}

/** @throws ERR_STORE_FOREIGN (another kind), ERR_STORE_NEWER, ERR_STORE_CORRUPT */
export async function readMarker (folder: string, kind: StoreKind): Promise<Marker> {
  const fields = parse(await readFile(join(folder, markerFile), 'utf8'))
  if (fields === undefined || typeof fields.layout !== 'number' || typeof fields.ready !== 'boolean') {
    throw new P2pChatError('ERR_STORE_CORRUPT', `${markerFile} is damaged.`)
  }
  if (fields.layout > LAYOUT) {
    throw new P2pChatError('ERR_STORE_NEWER', `A newer version of p2pchat wrote ${folder}. Update p2pchat.`)
  }
  if (fields.p2pchat !== kind) {
    const found = fields.p2pchat === 'home' || fields.p2pchat === 'server' ? KIND_NAMES[fields.p2pchat] : 'something else'
    throw new P2pChatError('ERR_STORE_FOREIGN', `${folder} is ${found}, not ${KIND_NAMES[kind]}. Name another folder.`)
  }
  return { kind, ready: fields.ready }
}

/** Of a folder that had none: not ready yet. One that another process has made meanwhile stays. */
export async function createMarker (folder: string, kind: StoreKind): Promise<void> {
  await createFileDurably(join(folder, markerFile), textOf({ kind, ready: false }))
}

/** Replaces the marker in one step. By the process that has the database open. */
export async function writeMarker (folder: string, marker: Marker): Promise<void> {
  await writeFileDurably(join(folder, markerFile), textOf(marker))
}

function textOf ({ kind, ready }: Marker): string {
  return `${JSON.stringify({ p2pchat: kind, layout: LAYOUT, ready })}\n`
}

function parse (text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value as Record<string, unknown> : undefined
  } catch {
    return undefined
  }
}
