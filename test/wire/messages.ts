/** Every protobuf message: the bytes of one with all fields set, what they mean, and what an empty one means. */
import type { MessageType } from '../../src/protocol/codec.js'
import { bytesOf, meaningOf, type Meaning } from './meaning.js'
import { sampleOf } from './sample.js'
import type { Schema } from './schema.js'

export type FrozenMessages = Record<string, { bytes: Meaning, value: Meaning, absent: Meaning }>

type Codecs = Record<string, MessageType<unknown>>

export async function codecsOf (file: string): Promise<Codecs> {
  return await import(`../../src/protocol/pb/${file}.js`) as Codecs
}

export async function makeMessages (schemas: Record<string, Schema>, file: string): Promise<FrozenMessages> {
  const codecs = await codecsOf(file)
  const frozen: FrozenMessages = {}
  for (const message of Object.keys(schemas[file]?.messages ?? {})) {
    const codec = codecOf(codecs, file, message)
    const value = sampleOf(schemas, file, message)
    frozen[message] = { bytes: meaningOf(codec.encode(value)), value: meaningOf(value), absent: meaningOf(codec.decode(new Uint8Array(0))) }
  }
  return frozen
}

/** What today's code reads from frozen bytes, and writes again from that. */
export async function readMessages (file: string, frozen: FrozenMessages): Promise<FrozenMessages> {
  const codecs = await codecsOf(file)
  return Object.fromEntries(Object.entries(frozen).map(([message, { bytes }]) => {
    const codec = codecOf(codecs, file, message)
    const value = codec.decode(bytesOf(bytes))
    return [message, { bytes: meaningOf(codec.encode(value as object)), value: meaningOf(value), absent: meaningOf(codec.decode(new Uint8Array(0))) }]
  }))
}

function codecOf (codecs: Codecs, file: string, message: string): MessageType<unknown> {
  const codec = codecs[message]
  if (codec === undefined) throw new Error(`src/protocol/pb/${file}.ts has no ${message}; run npm run generate.`)
  return codec
}
