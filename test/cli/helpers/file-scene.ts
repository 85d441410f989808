import type { TransferInfo } from '../../../src/node/chat-node.js'
import type { FakeChatNode } from './fake-chat-node.js'
import { fileEvent, offerEvent, progressEvent } from './fake-files.js'
import { pngOf } from './pictures.js'

const quarters = 4

/**
 * Files on a node in memory: one is offered, a picture has come. What is sent goes a quarter further at each step; at the
 * step after that somebody sends and offers.
 */
export function fileScene (node: FakeChatNode, now: () => string): { step: () => void } {
  const waiting = new Map<string, (transfer: TransferInfo) => void>()
  const done = new Map<string, number>()
  node.answers.waitFile = async ({ id }) => await new Promise<TransferInfo>((resolve) => { waiting.set(id, resolve) })
  node.files.put({ id: '3f9a12bc'.padEnd(32, '0'), name: 'movie.mp4', mime: 'video/mp4', bytes: 1_288_490_189, at: now() })
  const picture = node.files.put({ id: '77aa0011'.padEnd(32, '0'), name: 'sunset.png', state: 'done', path: '/home/alice/downloads/sunset.png', at: now() })
  node.files.previews.set(picture.id, { mime: 'image/png', base64: Buffer.from(pngOf(160, 90, (x, y) => [255 - y, 255 * x / 160, 120 + y])).toString('base64') })
  let incoming = 0
  return {
    step: function step () {
      // What is being sent is waited for soon, on a busy machine a little later.
      if (node.files.all.some(({ id, direction, state }) => direction === 'out' && state === 'active' && !waiting.has(id))) {
        setTimeout(step, 10)
        return
      }
      const sent = node.files.all.filter(({ id }) => waiting.has(id))
      for (const transfer of sent) {
        const quarter = (done.get(transfer.id) ?? 0) + 1
        done.set(transfer.id, quarter)
        const bytes = Math.floor(transfer.bytes * quarter / quarters)
        node.emit(progressEvent({ id: transfer.id, name: transfer.name, peer: transfer.peer, bytes, total: transfer.bytes, bytesPerSecond: transfer.bytes / 20 }))
        if (quarter < quarters) continue
        transfer.state = 'done'
        waiting.get(transfer.id)?.(transfer)
        waiting.delete(transfer.id)
      }
      if (sent.length > 0) return
      incoming++
      const id = String(incoming).repeat(8).padEnd(32, '0')
      node.files.put({ id, name: 'holiday.zip', mime: 'application/zip', bytes: 314_572_800, at: now() })
      node.emit(
        fileEvent({ cursor: `file${incoming}`, sentAt: now(), receivedAt: now(), caption: 'Look\u001b[2J at this' }),
        offerEvent({ id, cursor: `offer${incoming}`, name: 'holiday\u202e.zip', bytes: 314_572_800, sentAt: now() })
      )
    }
  }
}
