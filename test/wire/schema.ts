/** What .proto files say, as far as it matters to bytes: fields and their numbers. */
import { readdirSync, readFileSync } from 'node:fs'

export interface Field {
  name: string
  number: number
  type: string
  label: 'optional' | 'repeated' | 'plain'
}

export interface Schema {
  messages: Record<string, Field[]>
  /** number by name */
  enums: Record<string, Record<string, number>>
}

const FIELD = /^(?:(optional|repeated) )?(\w+) (\w+) = (\d+)$/
const VALUE = /^(\w+) = (\d+)$/

/** The schemas of a folder by file, without `.proto`. */
export function readSchemas (folder: string): Record<string, Schema> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.proto')).sort()
  return Object.fromEntries(files.map((name) => [name.replace('.proto', ''), parseSchema(readFileSync(`${folder}/${name}`, 'utf8'))]))
}

/** Reads the part of proto3 that is used here: messages and enums on the top level. Throws at anything else. */
export function parseSchema (text: string): Schema {
  const schema: Schema = { messages: {}, enums: {} }
  const plain = text.replaceAll(/\/\/.*$/gm, '').replace(/^\s*syntax = "proto3";/, '')
  const rest = plain.replaceAll(/\b(message|enum) (\w+) \{([^{}]*)\}/g, (_, kind: string, name: string, body: string) => {
    const statements = body.split(';').map((statement) => statement.trim().replaceAll(/\s+/g, ' ')).filter((statement) => statement !== '')
    if (kind === 'enum') schema.enums[name] = Object.fromEntries(statements.map(readValue))
    else schema.messages[name] = statements.map(readField)
    return ''
  })
  if (rest.trim() !== '') throw new Error(`This is not read: ${rest.trim()}`)
  return schema
}

function readField (statement: string): Field {
  const [, label, type, name, number] = FIELD.exec(statement) ?? []
  if (type === undefined || name === undefined) throw new Error(`This is no field: ${statement}`)
  return { name, number: Number(number), type, label: label === 'optional' || label === 'repeated' ? label : 'plain' }
}

function readValue (statement: string): [string, number] {
  const [, name, number] = VALUE.exec(statement) ?? []
  if (name === undefined) throw new Error(`This is no value: ${statement}`)
  return [name, Number(number)]
}

/** What in `now` would make bytes of `frozen` mean something else, or nothing. New messages, fields and values would not. */
export function broken (frozen: Record<string, Schema>, now: Record<string, Schema>): string[] {
  const complaints: string[] = []
  for (const [file, { messages, enums }] of Object.entries(frozen)) {
    for (const [message, fields] of Object.entries(messages)) {
      const today = now[file]?.messages[message]
      if (today === undefined) {
        complaints.push(`${file}: ${message} is gone`)
        continue
      }
      for (const field of fields) {
        const { name, number, type, label } = today.find((other) => other.number === field.number) ?? {}
        if (name !== field.name) complaints.push(`${file}: ${message}.${field.name} has no longer the number ${field.number}`)
        else if (type !== field.type || label !== field.label) complaints.push(`${file}: ${message}.${name} = ${number} was ${field.label} ${field.type}, and is ${label} ${type}`)
      }
    }
    for (const [name, values] of Object.entries(enums)) {
      for (const [value, number] of Object.entries(values)) {
        if (now[file]?.enums[name]?.[value] !== number) complaints.push(`${file}: ${name}.${value} has no longer the number ${number}`)
      }
    }
  }
  return complaints
}
