import type { CommandSpec } from '../command.js'
import { safeLine } from '../render/safe-text.js'
import { table } from '../render/table.js'
import { shortTime } from '../render/time.js'
import { presence } from './people.js'
import { meetServer, reachPool } from './reach.js'

export const devices: CommandSpec = {
  name: 'devices',
  summary: 'list the devices of your account',
  examples: ['devices'],
  inShell: true,
  async run (context) {
    const node = await context.node()
    await node.whoAmI()
    await meetServer(node, context.global.timeoutMs)
    const found = await node.devices()
    const { nowMs } = context.view(null)
    const lines = table(found.map((device) => [
      `${presence(device.online, context.out.style)} ${safeLine(device.id)}`,
      `since ${shortTime(device.addedAt, nowMs)}`,
      `${safeLine(device.label)}${device.current ? ' (this device)' : ''}`
    ]))
    for (const [at, device] of found.entries()) await context.out.show({ event: 'device', ...device }, [lines[at] ?? ''])
  }
}

export const deviceRemove: CommandSpec = {
  name: 'device remove',
  args: '<id>',
  summary: 'take a device out of your account: it gets no more messages and cannot come back by itself',
  details: ['The id is the one that `devices` shows. It asks for the password.'],
  examples: ['device remove 00112233aabbccdd'],
  inShell: true,
  async run (context, given) {
    const [id = ''] = given.args
    const node = await context.node()
    await node.whoAmI()
    await reachPool(context, node)
    const password = await context.askPassword({ question: 'Password of your account' })
    await node.removeDevice({ id, password })
    await context.out.show({ event: 'device-removed', id }, [`Device ${safeLine(id)} is removed.`])
  }
}
