import { P2pChatError } from '../../../src/errors.js'
import type { FileEvent, FileFailedEvent, FileSent, NodeSettings, OfferEvent, ProgressEvent, SendFileRequest, TransferInfo } from '../../../src/node/chat-node.js'

/** Transfers in memory. What is sent or accepted ends as `ends` says, at once. */
export class FakeFiles {
  readonly all: TransferInfo[] = []
  readonly previews = new Map<string, { mime: string, base64: string }>()
  settings: NodeSettings = { autoAcceptBytes: 25 * 1024 * 1024, downloadsFolder: '/home/alice/downloads', relayOnly: false, contacts: 'open', receipts: true }
  /** What is known of a path: its size. */
  sizeOf: (path: string) => number = () => 1_258_291
  ends: TransferInfo['state'] = 'done'

  /** A transfer that is there already. */
  put (fields: Partial<TransferInfo>): TransferInfo {
    const transfer: TransferInfo = {
      id: 'f'.repeat(31) + (this.all.length + 1).toString(16),
      direction: 'in',
      peer: 'bob',
      name: 'cat.png',
      mime: 'image/png',
      bytes: 1_258_291,
      doneBytes: 0,
      state: 'offered',
      path: null,
      at: '2024-11-22T10:00:00.000Z',
      ...fields
    }
    this.all.unshift(transfer)
    return transfer
  }

  send ({ to, groups, path, name }: SendFileRequest, nextId: () => string): FileSent[] {
    const shown = name ?? path.split('/').at(-1) ?? path
    const bytes = this.sizeOf(path)
    return (groups ?? [to ?? '']).map((peer) => {
      const { id } = this.put({ id: nextId(), direction: 'out', peer, name: shown, bytes, state: 'active', path })
      return { ...(to === undefined ? { group: peer } : { to }), id, state: 'queued' as const, name: shown, bytes }
    })
  }

  accept (id: string): void {
    const transfer = this.#find(id)
    if (transfer.state !== 'offered') throw new P2pChatError('ERR_USAGE', `${transfer.name} is not offered.`)
    transfer.state = 'active'
    if (this.ends !== 'active') this.wait(id)
  }

  set (id: string, state: TransferInfo['state']): void {
    this.#find(id).state = state
  }

  wait (id: string): TransferInfo {
    const transfer = this.#find(id)
    if (this.ends === 'active') throw new P2pChatError('ERR_PENDING', 'Not there yet.')
    transfer.state = this.ends
    if (this.ends === 'done') {
      transfer.doneBytes = transfer.bytes
      transfer.path ??= `${this.settings.downloadsFolder}/${transfer.name}`
    }
    return transfer
  }

  #find (id: string): TransferInfo {
    const transfer = this.all.find((one) => one.id === id)
    if (transfer === undefined) throw new P2pChatError('ERR_NOT_FOUND', 'There is no such file.')
    return transfer
  }
}

export function fileEvent (fields: Partial<FileEvent> = {}): FileEvent {
  return {
    event: 'file',
    id: '3f9a12bc'.padEnd(32, '0'),
    from: 'bob',
    to: 'alice',
    name: 'cat.png',
    mime: 'image/png',
    bytes: 1_258_291,
    sha256: 'ab'.repeat(32),
    path: '/home/alice/downloads/cat.png',
    sentAt: '2024-11-22T10:00:00.000Z',
    receivedAt: '2024-11-22T10:00:01.000Z',
    via: 'direct',
    own: false,
    cursor: 'f1',
    ...fields
  }
}

export function offerEvent (fields: Partial<OfferEvent> = {}): OfferEvent {
  return {
    event: 'offer',
    id: '3f9a12bc'.padEnd(32, '0'),
    from: 'bob',
    to: 'alice',
    name: 'movie.mp4',
    mime: 'video/mp4',
    bytes: 1_288_490_189,
    sentAt: '2024-11-22T10:00:00.000Z',
    cursor: 'o1',
    ...fields
  }
}

export function progressEvent (fields: Partial<ProgressEvent> = {}): ProgressEvent {
  return { event: 'progress', id: '3f9a12bc'.padEnd(32, '0'), direction: 'out', name: 'movie.mp4', peer: 'bob', bytes: 50, total: 100, bytesPerSecond: 10, via: 'direct', ...fields }
}

export function fileFailedEvent (fields: Partial<FileFailedEvent> = {}): FileFailedEvent {
  return { event: 'file-failed', id: '3f9a12bc'.padEnd(32, '0'), direction: 'in', name: 'movie.mp4', code: 'ERR_CONFLICT', message: 'It changed while it was sent.', ...fields }
}
