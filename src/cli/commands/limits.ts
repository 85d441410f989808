import type { CommandSpec } from '../command.js'
import { amountWords } from '../render/amount.js'
import { safeLine } from '../render/safe-text.js'
import { sizeWords } from '../render/size.js'
import { table } from '../render/table.js'
import { meetServer } from './reach.js'

export const limits: CommandSpec = {
  name: 'limits',
  summary: 'show the limits that can be met, what is used of them, and why they are there',
  details: ['What the servers keep of your files they say themselves; without a server it is left out.'],
  examples: ['limits'],
  inShell: true,
  async run (context) {
    const node = await context.node()
    await meetServer(node, context.global.timeoutMs)
    const found = await node.limits()
    const heads = table(found.map((limit) => [safeLine(limit.name), `${limit.used === null ? '' : `${limit.unit === 'bytes' ? sizeWords(limit.used) : limit.used.toLocaleString('en')} of `}${amountWords(limit.max, limit.unit)}`]))
    for (const [at, limit] of found.entries()) {
      await context.out.show({ event: 'limit', ...limit }, [heads[at] ?? '', context.out.style.dim(`  ${safeLine(limit.reason)}`)])
    }
  }
}
