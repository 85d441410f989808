import assert from 'node:assert/strict'
import { createCipheriv, createHash } from 'node:crypto'
import type { FileEvent, FileSent, NodeEvent, SendFileRequest, TransferInfo } from '../../../src/node/chat-node.js'
import { constantTimeEqual } from '../../../src/crypto/bytes.js'
import { leafHash, plainChunkBytes, sealedChunkBytes } from '../../../src/crypto/file/index.js'
import { P2pChatError } from '../../../src/errors.js'
import type { ChunkCipher } from '../../../src/node/files/cipher.js'
import { maxFileFrameBytes } from '../../../src/node/files/limits.js'
import { parseManifest } from '../../../src/node/files/manifest.js'
import { sniffMime } from '../../../src/node/files/mime.js'
import { openPeerSource } from '../../../src/node/files/transfer/peer-source.js'
import { findMessage } from '../../../src/node/history/messages.js'
import { toHex } from '../../../src/node/home/hex.js'
import { bulkLink } from '../../../src/node/transfers/bulk-link.js'
import { FILE_PROTOCOL } from '../../../src/protocol/ids.js'
import { settle } from '../../helpers/fake-clock.js'
import type { SimulatedDevice } from '../../simulation/world.js'
import { GroupWorld, laneOf } from '../groups/book/group-world.js'

export const chunk = 65_536
/** Asked for, or here and not durable: what a kill may cost again (src/node/files/limits.ts). */
export const unsafeChunks = 4 * 1024 * 1024 / chunk

export function sha256 (data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

/** Seals nothing, in a shape that passes: what is sealed how is not the matter of these tests, and takes most of their time. */
const quickCipher: ChunkCipher = {
  async seal (file, index, plaintext) {
    const sealed = new Uint8Array(sealedChunkBytes(file.bytes, index))
    sealed.set(plaintext)
    return { sealed, leaf: leafHash(sealed) }
  },
  async open (file, index, sealed, leaf) {
    if (sealed.byteLength !== sealedChunkBytes(file.bytes, index) || !constantTimeEqual(leafHash(sealed), leaf)) throw new P2pChatError('ERR_INVALID_RECORD', `Chunk ${index} is another.`)
    return sealed.slice(0, plainChunkBytes(file.bytes, index))
  }
}

/** Counts how often each chunk was sealed and opened. */
export class CountingCipher implements ChunkCipher {
  readonly sealed = new Map<string, number>()
  readonly opened = new Map<string, number>()
  /** Called before every opening of a chunk. */
  onOpen: () => void = () => {}
  onSeal: () => void = () => {}

  seal: ChunkCipher['seal'] = async (file, index, plaintext) => {
    this.onSeal()
    count(this.sealed, `${toHex(file.fileId)} ${index}`)
    return await quickCipher.seal(file, index, plaintext)
  }

  open: ChunkCipher['open'] = async (file, index, sealed, leaf) => {
    this.onOpen()
    count(this.opened, `${toHex(file.fileId)} ${index}`)
    return await quickCipher.open(file, index, sealed, leaf)
  }
}

function count (counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

export function total (counts: Map<string, number>): number {
  return [...counts.values()].reduce((sum, n) => sum + n, 0)
}

/** Devices with files on their disks, and what is to be asked of them in nearly every test. */
export class FileWorld extends GroupWorld {
  readonly #ciphers = new Map<SimulatedDevice, CountingCipher>()
  readonly #heard = new Map<SimulatedDevice, NodeEvent[]>()

  override async startServer (): Promise<void> {
    // Libraries are loaded while real time passes: not while the clock is looked at.
    await sniffMime(new Uint8Array(16))
    await super.startServer()
  }

  /** Before the device does anything with files: what one seals the other opens. */
  override async addDevice (name: string, username: string): Promise<SimulatedDevice> {
    const device = await super.addDevice(name, username)
    this.cipherOf(device)
    return device
  }

  cipherOf (device: SimulatedDevice): CountingCipher {
    const known = this.#ciphers.get(device)
    if (known !== undefined) return known
    const cipher = new CountingCipher()
    this.#ciphers.set(device, cipher)
    device.cipher = cipher
    return cipher
  }

  /** Events that are told while they happen, from now on and over restarts. */
  hear (device: SimulatedDevice): NodeEvent[] {
    const known = this.#heard.get(device)
    if (known !== undefined) return known
    const told: NodeEvent[] = []
    this.#heard.set(device, told)
    device.onEvent = (event) => { told.push(event) }
    return told
  }

  /** Bytes of no pattern, laid on the device's disk. */
  put (device: SimulatedDevice, path: string, bytes: number): Buffer {
    const noise = createCipheriv('aes-128-ctr', this.random.fork(path).bytes(16), new Uint8Array(16))
    const data = noise.update(new Uint8Array(bytes))
    // No type that anybody looks at twice.
    data.write('noise '.slice(0, bytes))
    device.files.put(path, data)
    return data
  }

  async sendFiles (device: SimulatedDevice, request: SendFileRequest): Promise<FileSent[]> {
    const sending = device.node.sendFile(request)
    const over = { yes: false }
    const end = (): void => { over.yes = true }
    sending.then(end, end)
    // What is sniffed may take turns, and real time, that no clock knows of.
    for (let round = 0; round < 2_000 && !over.yes; round++) {
      for (let turn = 0; turn < 200 && !over.yes; turn++) await settle(1)
      if (!over.yes) await this.clock.advance(10)
    }
    return await this.do(sending)
  }

  async sendFile (device: SimulatedDevice, request: SendFileRequest): Promise<FileSent> {
    const [sent] = await this.sendFiles(device, request)
    assert.ok(sent !== undefined)
    return sent
  }

  async transfer (device: SimulatedDevice, id: string): Promise<TransferInfo | undefined> {
    return (await device.node.transfers({})).find((one) => one.id === id)
  }

  /** Lets time pass until the transfer is in that state. */
  async until (device: SimulatedDevice, id: string, state: TransferInfo['state'], maxMs = 120_000): Promise<TransferInfo> {
    return await this.when(`${device.name}: ${id} is ${state}`, async () => {
      if (!device.isRunning) return undefined
      const found = await this.transfer(device, id)
      return found?.state === state ? found : undefined
    }, maxMs)
  }

  async when<T> (what: string, look: () => Promise<T | undefined> | T | undefined, maxMs = 120_000, stepMs = 50): Promise<T> {
    const endMs = this.clock.now() + maxMs
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      if (this.clock.now() >= endMs) throw new Error(`This did not come about: ${what}.`)
      await this.clock.advance(stepMs)
    }
  }

  /** File events that a listener took, each id as often as it was told of with another cursor. */
  files (device: SimulatedDevice): FileEvent[] {
    return device.taken.filter((event) => event.event === 'file')
  }

  /** The file has landed at the device, once, with this content, and nothing else lies around. */
  async assertLanded (device: SimulatedDevice, id: string, data: Uint8Array): Promise<FileEvent> {
    await this.clock.advance(1_000)
    const events = this.files(device).filter((event) => event.id === id)
    assert.equal(events.length, 1, `${device.name} was told ${events.length} times of ${id}`)
    const [event] = events as [FileEvent]
    assert.equal(event.sha256, sha256(data))
    const found = device.files.contents(event.path)
    assert.ok(found !== undefined, `${event.path} is not there`)
    assert.equal(sha256(found), sha256(data))
    assert.equal((await this.transfer(device, id))?.state, 'done')
    return event
  }

  leftovers (device: SimulatedDevice): string[] {
    return device.files.paths.filter((path) => path.startsWith('/downloads/') && path.endsWith('.part'))
  }

  async fileIdOf (device: SimulatedDevice, id: string): Promise<Uint8Array> {
    const row = await findMessage(laneOf(device), device.username, id)
    assert.ok(row?.body.kind === 'file')
    return parseManifest(row.body.manifest).fileId
  }

  /** What a device that knows a file's id gets when it asks for it. */
  async ask (asker: SimulatedDevice, asked: SimulatedDevice, fileId: Uint8Array): Promise<unknown> {
    const network = asker.node['components'].network
    const peer = { peerId: asked.peerId ?? '', addresses: asked.node['components'].network.addresses() }
    const stream = await this.do(network.openBulk(peer, FILE_PROTOCOL, { maxFrameBytes: maxFileFrameBytes }))
    const source = openPeerSource('somebody', bulkLink(stream), fileId)
    let got: number | undefined
    try {
      await this.do(source.fetch({ first: 0, count: 1 }, ({ index }) => { got = index }, new AbortController().signal))
      return got
    } catch (error) {
      return (error as { code?: string }).code
    } finally {
      source.end?.('ended')
    }
  }
}
