import assert from 'node:assert/strict'
import { DeviceLookUps } from '../../../src/rendezvous/accounts/device-look-ups.js'
import { FakeClock } from '../../helpers/fake-clock.js'

describe('DeviceLookUps', () => {
  let answers: Array<(isListed: boolean | Error) => void>
  let lookUps: DeviceLookUps

  beforeEach(() => {
    answers = []
    lookUps = new DeviceLookUps({
      clock: new FakeClock(),
      look: async () => await new Promise<boolean>((resolve, reject) => {
        answers.push((answer) => { if (typeof answer === 'boolean') resolve(answer); else reject(answer) })
      })
    })
  })

  it('looks once for all who ask at the same time, who go on in their order', async () => {
    const order: number[] = []
    const all = ['aa', 'aa', 'aa', 'bb'].map(async (device, n) => {
      assert.equal(await lookUps.isListed(device), device === 'bb')
      order.push(n)
    })
    assert.equal(answers.length, 2)
    answers[0]?.(false)
    await Promise.all(all.slice(0, 3))
    answers[1]?.(true)
    await Promise.all(all)
    assert.deepEqual(order, [0, 1, 2, 3])
  })

  it('looks again after a change, and does not remember what was being looked up', async () => {
    const before = lookUps.isListed('aa')
    lookUps.forget()
    const after = lookUps.isListed('aa')
    answers[1]?.(true)
    assert.equal(await after, true)
    answers[0]?.(false)
    assert.equal(await before, false)
    assert.equal(await lookUps.isListed('aa'), true)
  })

  it('remembers no failure', async () => {
    const failed = lookUps.isListed('aa')
    answers[0]?.(new Error('no majority'))
    await assert.rejects(failed, /no majority/)
    const again = lookUps.isListed('aa')
    answers[1]?.(true)
    assert.equal(await again, true)
  })
})
