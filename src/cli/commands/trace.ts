import { P2pChatError } from '../../errors.js'
import type { ChatNode, MessageTrace } from '../../node/chat-node.js'
import type { CommandSpec } from '../command.js'
import { asRequest, couldBeName, findConversation } from '../conversation.js'
import { historyPage } from '../control/limits.js'
import { names } from '../render/group.js'
import { whereto } from '../render/message.js'
import { safeLine } from '../render/safe-text.js'
import { stateMark, stateWords, viaWords } from '../render/status.js'
import { table } from '../render/table.js'
import { shortTime } from '../render/time.js'

const MESSAGE_ID = /^[0-9a-f]{32}$/i

export const trace: CommandSpec = {
  name: 'trace',
  args: '<message>',
  completes: ['conversation'],
  summary: 'show the way of a message, step by step and device by device',
  details: [
    'MESSAGE is the id that send --json and listen --json print; or a name, user:NAME or group:NAME: your newest message there.',
    'Of a message to a group it names who does not have it yet.'
  ],
  examples: ['trace 0192a7c4e1b87f3b9d55aa01c2d3e4f5', 'trace bob', 'trace group:team'],
  inShell: true,
  async run (context, given) {
    const node = await context.node()
    const found = await node.trace({ id: await messageId(node, given.args[0] ?? '') })
    const { nowMs } = context.view(null)
    await context.out.show({ event: 'trace', ...found }, [
      `${context.out.style.bold(whereto(found))} ${context.out.style.dim(found.id)}`,
      ...found.steps.map((step) => `${shortTime(step.at, nowMs)}  ${stateWords(step)}`),
      ...memberLines(found),
      ...table(found.devices.map((device) => [
        `  ${safeLine(device.username)}`,
        safeLine(device.deviceId),
        `${stateMark(device.state)} ${safeLine(device.state)}${device.via === null ? '' : `, ${viaWords(device.via)}`}`
      ]))
    ])
  }
}

function memberLines ({ members }: MessageTrace): string[] {
  if (members === undefined) return []
  const { delivered, read, of, missing } = members
  return [
    `delivered ${delivered} of ${of}${read === 0 ? '' : `, read ${read}`}`,
    ...missing.length === 0 ? [] : [`not yet: ${names(missing)}`]
  ]
}

async function messageId (node: ChatNode, text: string): Promise<string> {
  if (MESSAGE_ID.test(text) || !couldBeName(text)) return text
  const conversation = await findConversation(node, text)
  let before: string | undefined
  for (;;) {
    const page = await node.history({ ...asRequest(conversation), limit: historyPage, ...(before === undefined ? {} : { before }) })
    const newest = page.findLast(({ state, kind }) => state !== null && (kind === 'text' || kind === 'file'))
    if (newest !== undefined) return newest.id
    before = page[0]?.cursor
    if (page.length < historyPage || before === undefined) throw new P2pChatError('ERR_NOT_FOUND', `Nothing was sent from here ${whereto(conversation.kind === 'user' ? { to: conversation.name } : { group: conversation.name })} yet.`)
  }
}
