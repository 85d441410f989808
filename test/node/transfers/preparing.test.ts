import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import type { NodeEvent, ProgressEvent } from '../../../src/node/chat-node.js'
import { progressIntervalMs } from '../../../src/node/transfers/limits.js'
import { Preparing, type ReadingSteps } from '../../../src/node/transfers/preparing.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { rejectsCode } from '../support.js'

const movie = { name: 'movie.mp4', peer: 'bob', bytes: 1000, path: '/movie.mp4' }

function setUp (): { clock: FakeClock, told: NodeEvent[], preparing: Preparing } {
  const clock = new FakeClock()
  const told: NodeEvent[] = []
  return { clock, told, preparing: new Preparing({ clock, emit: (event) => { told.push(event) } }) }
}

describe('files that are read before they are sent', () => {
  it('are listed, and told of while it lasts', async () => {
    const { clock, told, preparing } = setUp()
    const done = await preparing.run(movie, async ({ onProgress }) => {
      onProgress(10)
      assert.deepEqual(told, [], 'what takes a moment is not told')
      await clock.advance(progressIntervalMs)
      onProgress(400)
      onProgress(401)
      const [info, ...others] = preparing.list()
      assert.deepEqual(others, [])
      assert.deepEqual([info?.state, info?.direction, info?.doneBytes, info?.bytes, info?.peer, info?.path], ['preparing', 'out', 401, 1000, 'bob', '/movie.mp4'])
      await clock.advance(progressIntervalMs)
      onProgress(900)
      onProgress(1000)
      return 'done'
    })
    assert.equal(done, 'done')
    assert.deepEqual(preparing.list(), [])
    const progress = told as ProgressEvent[]
    assert.deepEqual(progress.map(({ phase, bytes, total, name }) => [phase, bytes, total, name]), [['preparing', 400, 1000, 'movie.mp4'], ['preparing', 900, 1000, 'movie.mp4'], ['preparing', 1000, 1000, 'movie.mp4']])
    assert.equal(new Set(progress.map(({ id }) => id)).size, 1)
  })

  it('each by itself, and forgotten when one fails', async () => {
    const { preparing } = setUp()
    let goOn = (): void => {}
    const first = preparing.run(movie, async () => { await new Promise<void>((resolve) => { goOn = resolve }) })
    await rejectsCode(preparing.run({ ...movie, path: '/other' }, async () => {
      assert.equal(new Set(preparing.list().map(({ id }) => id)).size, 2)
      throw new P2pChatError('ERR_CONFLICT', 'file changed: it did.')
    }), 'ERR_CONFLICT')
    assert.deepEqual(preparing.list().map(({ path }) => path), ['/movie.mp4'])
    goOn()
    await first
    assert.deepEqual(preparing.list(), [])
  })

  it('are not sent when the device stops, which waits for nobody who reads on', async () => {
    const { preparing } = setUp()
    let ended = false
    const reading = preparing.run(movie, async ({ signal }: ReadingSteps) => {
      await new Promise<void>((resolve) => { signal.addEventListener('abort', () => { resolve() }) })
      ended = true
      throw new P2pChatError('ERR_ABORTED', 'The file is not sent.')
    })
    const rejected = rejectsCode(reading, 'ERR_ABORTED')
    await preparing.stop()
    assert.equal(ended, true)
    await rejected
  })
})
