import assert from 'node:assert/strict'
import { listGroups } from '../../../src/node/pool/group-requests.js'
import { encode } from '../../../src/protocol/codec.js'
import { GroupListResponse } from '../../../src/protocol/pb/service.js'
import { FakeChannel } from './fake-channel.js'

describe('a page of groups as a server gives it', () => {
  const page = async (next: string, after = '', names: string[] = []): Promise<{ names: string[], next: string | undefined }> => {
    const groups = names.map((name) => ({ name, members: 1, inviteOnly: false }))
    const channel = new FakeChannel({ 'groups/list': () => encode(GroupListResponse, { groups, next }) })
    const listed = await listGroups(channel, { prefix: '', after, limit: 50 })
    return { names: listed.groups.map(({ name }) => name), next: listed.next }
  }

  it('says where the next begins, also when it has none', async () => {
    assert.deepEqual(await page('team', '', ['crew', 'team']), { names: ['crew', 'team'], next: 'team' })
    assert.deepEqual(await page('team', 'crew'), { names: [], next: 'team' })
    assert.equal((await page('')).next, undefined)
  })

  it('holds only names', async () => {
    const evil = '\u001b]52;c;aGk=\u0007'
    assert.deepEqual(await page(evil, '', ['crew', evil]), { names: ['crew'], next: undefined })
  })

  it('goes on only forwards', async () => {
    for (const next of ['team', 'crew']) assert.equal((await page(next, 'team')).next, undefined)
  })
})
