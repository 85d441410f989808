import assert from 'node:assert/strict'
import { maxActiveUploads } from '../../../src/node/transfers/limits.js'
import { UploadTurns } from '../../../src/node/transfers/upload-turns.js'

describe('transfers: turns of files that are left in the pool', () => {
  it('are given to all who wait when one ends, and to nobody who waits for another reason', async () => {
    const turned: string[] = []
    const turns = new UploadTurns((fileId) => { turned.push(fileId) })
    const ends: Array<() => void> = []
    const running = Array.from({ length: maxActiveUploads }, async (_, n) => await turns.take(`running ${n}`, async () => { await new Promise<void>((resolve) => { ends.push(resolve) }) }))
    for (const name of ['a', 'b', 'gone']) assert.equal(await turns.take(name, async () => {}), undefined)
    turns.forget('gone')
    ends[0]?.()
    await running[0]
    assert.deepEqual(turned, ['a', 'b'])
    ends[1]?.()
    await running[1]
    assert.deepEqual(turned, ['a', 'b'])
  })

  it('say whether more was kept than ever before', async () => {
    const turns = new UploadTurns(() => {})
    const broken = new Error('broken')
    const upTo = async (...kept: number[]): Promise<unknown> => await turns.take('a', async (onKept) => {
      kept.forEach(onKept)
      throw broken
    })
    assert.deepEqual(await upTo(1, 2), { error: broken, grew: true })
    assert.deepEqual(await upTo(1, 2), { error: broken, grew: false })
    assert.deepEqual(await upTo(2, 3), { error: broken, grew: true })
    assert.deepEqual(await turns.take('a', async () => {}), { grew: false })
  })
})
