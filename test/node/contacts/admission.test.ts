import assert from 'node:assert/strict'
import { admissionOf } from '../../../src/node/contacts/admission.js'

describe('admission', () => {
  const stranger = { talked: false }
  const friend = { talked: true }

  it('welcomes everybody who is not blocked where contacts are open', () => {
    for (const contact of [undefined, stranger, friend, { ...stranger, decision: 'accepted' as const }]) assert.equal(admissionOf(contact, 'open'), 'welcome')
    assert.equal(admissionOf({ ...friend, decision: 'blocked' }, 'open'), 'blocked')
  })

  it('has strangers ask where contacts are by request; who was talked with does not', () => {
    assert.equal(admissionOf(undefined, 'request'), 'asks')
    assert.equal(admissionOf(stranger, 'request'), 'asks')
    assert.equal(admissionOf(friend, 'request'), 'welcome')
    assert.equal(admissionOf({ ...stranger, decision: 'accepted' }, 'request'), 'welcome')
    assert.equal(admissionOf({ ...friend, decision: 'blocked' }, 'request'), 'blocked')
  })
})
