import assert from 'node:assert/strict'
import { frozenVersions, readFrozen, type FrozenVersion } from './frozen.js'
import { readMessages } from './messages.js'
import { bytesOf, meaningOf } from './meaning.js'
import { SCENES } from './scenes/index.js'
import { broken, parseSchema, readSchemas } from './schema.js'

describe('the wire of released versions', () => {
  it('is there', () => {
    assert.ok(frozenVersions().includes('v1'))
  })

  for (const version of frozenVersions()) {
    describe(version, () => {
      let frozen: FrozenVersion
      before(() => { frozen = readFrozen(version) })

      it('has its fields under their numbers in the .proto files', () => {
        assert.deepEqual(broken(frozen.schemas, readSchemas('src/protocol/pb')), [])
      })

      it('has something frozen of every message that it knows', () => {
        const known = Object.entries(frozen.schemas).map(([file, { messages }]) => [file, Object.keys(messages)])
        assert.deepEqual(Object.entries(frozen.messages).map(([file, messages]) => [file, Object.keys(messages)]), known)
        assert.deepEqual(Object.keys(frozen.scenes), Object.keys(SCENES).sort())
      })

      it('has messages that are read as they were, and written again to the same bytes', async () => {
        for (const [file, messages] of Object.entries(frozen.messages)) {
          const today = await readMessages(file, messages)
          for (const [message, { bytes, value, absent }] of Object.entries(messages)) {
            // What was added since is no part of the old meaning.
            assert.deepEqual(onlyKnown(today[message]?.value, value), value, `${file}.${message}`)
            assert.deepEqual(onlyKnown(today[message]?.absent, absent), absent, `${file}.${message}, empty`)
            assert.equal(today[message]?.bytes, bytes, `${file}.${message}`)
          }
        }
      })

      for (const [name, scene] of Object.entries(SCENES)) {
        it(`has ${name} that are read with the keys of then`, () => {
          const { given, wire, meaning } = frozen.scenes[name] ?? assert.fail()
          assert.deepEqual(scene.read(given, wire), meaning)
        })
      }
    })
  }

  // A later version may make them otherwise, as long as it reads these: then this test is for its own fixtures alone.
  for (const [name, scene] of Object.entries(SCENES)) {
    it(`is made today as in v1: ${name}`, () => {
      assert.deepEqual(scene.make(), readFrozen('v1').scenes[name])
    })
  }

  it('is told from other bytes: a changed byte of any scene is noticed', () => {
    const { scenes } = readFrozen('v1')
    for (const [name, scene] of Object.entries(SCENES)) {
      const { given, wire, meaning } = scenes[name] ?? assert.fail()
      for (const [part, bytes] of Object.entries(wire)) {
        if (typeof bytes !== 'string' || !bytes.startsWith('0x')) continue
        const changed = bytesOf(bytes)
        const last = changed.byteLength - 1
        changed[last] = (changed[last] ?? 0) ^ 1
        assert.notDeepEqual(attempt(() => scene.read(given, { ...wire, [part]: meaningOf(changed) })), meaning, `${name}.${part}`)
      }
    }
  })
})

describe('broken', () => {
  const then = { a: parseSchema('syntax = "proto3";\n// A thing.\nmessage Thing {\n  bytes id = 1; // 16 bytes\n  repeated uint32 counts = 2;\n}\nenum Kind {\n  ONE = 0;\n  TWO = 1;\n}\n') }
  const now = (text: string): string[] => broken(then, { a: parseSchema(`message Thing { ${text} } enum Kind { ONE = 0; TWO = 1; THREE = 2; }`) })

  it('is nothing when fields, messages and values are added', () => {
    assert.deepEqual(now('bytes id = 1; repeated uint32 counts = 2; optional string more = 3;'), [])
  })

  it('is a field that is removed, renumbered, renamed, or of another type', () => {
    assert.deepEqual(now('bytes id = 1;'), ['a: Thing.counts has no longer the number 2'])
    assert.deepEqual(now('bytes id = 1; repeated uint32 counts = 3;'), ['a: Thing.counts has no longer the number 2'])
    assert.deepEqual(now('bytes identity = 1; repeated uint32 counts = 2;'), ['a: Thing.id has no longer the number 1'])
    assert.deepEqual(now('string id = 1; repeated uint32 counts = 2;'), ['a: Thing.id = 1 was plain bytes, and is plain string'])
    assert.deepEqual(now('bytes id = 1; uint32 counts = 2;'), ['a: Thing.counts = 2 was repeated uint32, and is plain uint32'])
  })

  it('is a message or a value that is gone', () => {
    assert.deepEqual(broken(then, { a: parseSchema('enum Kind { ONE = 0; TWO = 2; }') }), ['a: Thing is gone', 'a: Kind.TWO has no longer the number 1'])
    assert.equal(broken(then, {}).length, 3)
  })

  it('does not pass over what it cannot read', () => {
    for (const text of ['message A { oneof b { bytes c = 1; } }', 'message A { map<string, bytes> b = 1; }', 'message A { bytes b = 1 [deprecated = true]; }', 'import "b.proto";']) {
      assert.throws(() => parseSchema(text), /This is/)
    }
  })
})

/** `value` without the fields that `known` does not have. */
function onlyKnown (value: unknown, known: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(known)) return value.map((item, at) => onlyKnown(item, known[at]))
  if (typeof value !== 'object' || value === null || typeof known !== 'object' || known === null) return value
  return Object.fromEntries(Object.entries(known).map(([name, part]) => [name, onlyKnown((value as Record<string, unknown>)[name], part)]))
}

function attempt (read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    return String(error)
  }
}
