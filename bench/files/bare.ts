/** One end of the bare stream, in a process that has no setting of ours either. */
import '../../src/polyfill.js'
import { answerParent } from '../lib/asked-process.js'
import { serveBare, startBareNode, takeBare } from '../lib/bare-stream.js'
import type { BareAnswer, BareAsked } from './jobs.js'

const node = await startBareNode()

answerParent<BareAsked, BareAnswer>(async (asked) => {
  switch (asked.do) {
    case 'serve-bulk':
      await serveBare(node, asked.bytes)
      return { addresses: node.getMultiaddrs().map(String) }
    case 'take-bulk': return { ms: await takeBare(node, asked.addresses, asked.bytes) }
    case 'stop':
      await node.stop()
      return {}
  }
})
