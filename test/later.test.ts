import assert from 'node:assert/strict'
import { later, loadParts } from '../src/later.js'

describe('parts that are loaded later', () => {
  it('are loaded once: when they are needed, or with all others and what those have for later', async () => {
    const loaded: string[] = []
    const part = (name: string, inside: () => void = () => {}): () => Promise<string> => later(async () => {
      loaded.push(name)
      inside()
      return name
    })
    const needed = part('needed')
    part('outer', () => { part('inner') })
    assert.deepEqual(loaded, [])
    assert.equal(await needed(), 'needed')
    await loadParts()
    assert.deepEqual(loaded, ['needed', 'outer', 'inner'])
    await loadParts()
    assert.equal(await needed(), 'needed')
    assert.equal(loaded.length, 3)
  })

  it('hold nothing up when one is not there, which is tried again when it is needed', async () => {
    let isThere = false
    const missing = later(async () => {
      if (!isThere) throw new Error('not there')
      return 'there'
    })
    await loadParts()
    await assert.rejects(missing(), /not there/)
    isThere = true
    assert.equal(await missing(), 'there')
  })
})
