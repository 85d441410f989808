import assert from 'node:assert/strict'
import * as enums from '../../src/protocol/enums.js'
import { readSchemas } from '../wire/schema.js'

const schemas = Object.values(readSchemas('src/protocol/pb'))

describe('enums', () => {
  it('have the values of the .proto files', () => {
    assert.deepEqual({ ...enums }, Object.assign({}, ...schemas.map((schema) => schema.enums)))
  })

  it('are plain numbers in messages: a decoder of enums refuses a whole message for a value of a later version', () => {
    const types = schemas.flatMap(({ messages }) => Object.values(messages).flat().map(({ type }) => type))
    assert.deepEqual(types.filter((type) => Object.hasOwn(enums, type)), [])
  })
})
