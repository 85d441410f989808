import assert from 'node:assert/strict'
import type { RequestHandler } from '../../../src/overlay/network.js'
import { encode } from '../../../src/protocol/codec.js'
import { WatchRequest, WatchResponse } from '../../../src/protocol/pb/service.js'
import { directoryHandlers, type DirectoryHandlersComponents } from '../../../src/rendezvous/directory/handlers.js'
import { settle } from '../../helpers/fake-clock.js'
import { stubChannel } from '../helpers/stub-channel.js'

type Fakes = { [Part in keyof DirectoryHandlersComponents]?: Partial<DirectoryHandlersComponents[Part]> }

const handler = (method: string, fakes: Fakes): RequestHandler => directoryHandlers(fakes as unknown as DirectoryHandlersComponents)[method] ?? assert.fail()

describe('directory/watch', () => {
  it('answers what is so when the answer is given, not when the first name was looked at', async () => {
    let finish = (): void => {}
    const read = new Promise<void>((resolve) => { finish = resolve })
    const online = new Set(['bob'])
    const watch = handler('directory/watch', {
      attachments: { require: () => { return undefined as never } },
      reads: { take: () => {} },
      watches: { set: () => {} },
      whereabouts: { isOnline: (username) => online.has(username) },
      accounts: {
        recordVersion: async (username) => {
          if (username === 'carol') await read
          return username.length
        }
      }
    })
    const channel = stubChannel()
    const answer = watch(encode(WatchRequest, { usernames: ['bob', 'carol'] }), { channel, signal: channel.closed })
    await settle()
    online.clear()
    online.add('carol')
    finish()
    assert.deepEqual(WatchResponse.decode(await answer).users, [{ username: 'bob', online: false, recordVersion: 3n }, { username: 'carol', online: true, recordVersion: 5n }])
  })
})
