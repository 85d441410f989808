import assert from 'node:assert/strict'
import fc from 'fast-check'
import { iso } from '../../../src/node/events/event-of.js'

describe('a time in an event', () => {
  it('is as it was, from 1970 to 9999', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (ms) => { assert.equal(Date.parse(iso(ms)), ms) }))
    assert.equal(iso(253_402_300_799_999), '9999-12-31T23:59:59.999Z')
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.double(), (ms) => { assert.match(iso(ms), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) }))
    for (const ms of [Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY]) assert.equal(iso(ms), '9999-12-31T23:59:59.999Z')
    for (const ms of [-1, Number.NEGATIVE_INFINITY, Number.NaN]) assert.equal(iso(ms), '1970-01-01T00:00:00.000Z')
  })
})
