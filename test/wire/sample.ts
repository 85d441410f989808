/** For each message of a schema one value with every field set, always the same. */
import { SeededRandom } from '../helpers/seeded-random.js'
import type { Field, Schema } from './schema.js'

const maxDepth = 8

/** @param path what the value follows from; nothing else does */
export function sampleOf (schemas: Record<string, Schema>, file: string, message: string, path = `${file}.${message}`): Record<string, unknown> {
  const fields = schemas[file]?.messages[message]
  if (fields === undefined || path.split('.').length > maxDepth) throw new Error(`There is no ${path}.`)
  return Object.fromEntries(fields.map((field) => [camelCase(field.name), fieldValue(schemas, file, field, `${path}.${field.name}`)]))
}

function fieldValue (schemas: Record<string, Schema>, file: string, field: Field, path: string): unknown {
  if (field.label === 'repeated') return [0, 1].map((at) => oneValue(schemas, file, field.type, `${path}[${at}]`))
  return oneValue(schemas, file, field.type, path)
}

function oneValue (schemas: Record<string, Schema>, file: string, type: string, path: string): unknown {
  const random = new SeededRandom(`p2pchat wire: ${path}`)
  switch (type) {
    case 'bytes': return random.bytes(random.between(1, 40))
    case 'string': return `${random.pick(['blåbær', 'a', 'rødgrød.med/fløde', '漢字', 'bob-2'])} ${random.between(0, 99)}`
    case 'bool': return true
    case 'uint32': return random.chance(0.5) ? random.between(1, 127) : random.between(0x8000_0000, 0xffff_ffff)
    case 'uint64': return random.chance(0.5) ? BigInt(random.between(1, 0x7fff_ffff)) : 0xffff_ffff_ffff_0000n + BigInt(random.between(0, 0xffff))
    default: return declared(schemas, file, type, path)
  }
}

/** An enum's last value, which is not the default; or another message of the file. */
function declared (schemas: Record<string, Schema>, file: string, type: string, path: string): unknown {
  const names = Object.keys(schemas[file]?.enums[type] ?? {})
  return names.at(-1) ?? sampleOf(schemas, file, type, path)
}

function camelCase (name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}
