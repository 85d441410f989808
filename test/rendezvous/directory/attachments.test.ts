import assert from 'node:assert/strict'
import { Attachments } from '../../../src/rendezvous/directory/attachments.js'
import { stubChannel } from '../helpers/stub-channel.js'

describe('Attachments', () => {
  it('listen for the end of a channel once, however often it is attached under another name', () => {
    const attachments = new Attachments()
    const channel = stubChannel()
    let listeners = 0
    const add = channel.closed.addEventListener.bind(channel.closed)
    channel.closed.addEventListener = (...args: Parameters<typeof add>) => { listeners++; add(...args) }
    for (let i = 0; i < 20; i++) attachments.attach({ channel, username: `user${i % 2}`, deviceKey: new Uint8Array(32), locator: undefined, attachedAtMs: 0 })
    assert.equal(listeners, 1)
    assert.deepEqual([attachments.isOnline('user0'), attachments.isOnline('user1')], [false, true])
    channel.end()
    assert.deepEqual([attachments.size, attachments.usernames()], [0, []])
  })
})
