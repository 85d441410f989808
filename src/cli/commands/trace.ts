import type { CommandSpec } from '../command.js'
import { safeLine } from '../render/safe-text.js'
import { stateMark, stateWords, viaWords } from '../render/status.js'
import { table } from '../render/table.js'
import { shortTime } from '../render/time.js'

export const trace: CommandSpec = {
  name: 'trace',
  args: '<message>',
  summary: 'show the way of a message, step by step and device by device',
  details: ['MESSAGE is the id that send --json and listen --json print.'],
  examples: ['trace 0192a7c4e1b87f3b9d55aa01c2d3e4f5'],
  inShell: true,
  async run (context, given) {
    const node = await context.node()
    const found = await node.trace({ id: given.args[0] ?? '' })
    const { nowMs } = context.view(null)
    await context.out.show({ event: 'trace', ...found }, [
      `${context.out.style.bold(`to ${safeLine(found.to)}`)} ${context.out.style.dim(found.id)}`,
      ...found.steps.map((step) => `${shortTime(step.at, nowMs)}  ${stateWords(step)}`),
      ...table(found.devices.map((device) => [
        `  ${safeLine(device.username)}`,
        safeLine(device.deviceId),
        `${stateMark(device.state)} ${device.state}${device.via === null ? '' : `, ${viaWords(device.via)}`}`
      ]))
    ])
  }
}
