import assert from 'node:assert/strict'
import { withDevice } from '../../../src/node/account/joining.js'
import { makeAccount, seeded, throwsCode } from '../support.js'

describe('a device that joins an account', () => {
  const random = seeded('joining')
  const { devices: [device] } = makeAccount('joining', random).record
  const idOf = (hex = ''): string => hex.slice(0, 16)
  const join = (record: Parameters<typeof withDevice>[0], replace?: string): string[] => withDevice(record, device!, replace).map(({ deviceKey }) => Buffer.from(deviceKey).toString('hex'))
  const self = Buffer.from(device!.deviceKey).toString('hex')

  it('comes behind the others, up to eight', () => {
    const { record, devices } = makeAccount('alice', random, 7)
    assert.deepEqual(join(record), [...devices.map(({ hex }) => hex), self])
  })

  it('is told which there are when there is no room, and takes the place of the one that is named', () => {
    const account = makeAccount('alice', random, 8)
    const { devices } = account
    const { message } = throwsCode(() => join(account.record), 'ERR_LIMIT')
    for (const { hex } of devices) assert.ok(message.includes(`${idOf(hex)} (a device, since 1970-01-01)`), message)
    assert.match(message, /--replace ID/)
    assert.match(throwsCode(() => join(account.record, 'ff'), 'ERR_NOT_FOUND').message, new RegExp(idOf(devices[7]?.hex)))
    assert.deepEqual(join(account.record, idOf(devices[2]?.hex)), [...devices.filter((_, n) => n !== 2).map(({ hex }) => hex), self])
  })

  it('stays where it is, and another goes if it is named', () => {
    const { devices, record } = makeAccount('alice', random, 3)
    const names = (replace?: string): string[] => withDevice(record, record.devices[1]!, replace).map(({ deviceKey }) => Buffer.from(deviceKey).toString('hex'))
    const all = devices.map(({ hex }) => hex)
    assert.deepEqual([names(), names(idOf(all[1])), names('ff'), names(idOf(all[0]))], [all, all, all, all.slice(1)])
  })
})
