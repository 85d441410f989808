/**
 * What others are compared with: libp2p as it comes and as its documentation uses it, with no setting and no line of ours between
 * it and the bytes.
 */
import { noise } from '@chainsafe/libp2p-noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'

const PROTOCOL = '/bulk/1'
const pieceBytes = 64 * 1024

export async function startBareNode (): Promise<Libp2p> {
  return await createLibp2p({ addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] }, transports: [tcp()], connectionEncrypters: [noise()], streamMuxers: [yamux()] })
}

/** Whoever opens a stream is sent so many bytes, in pieces of 64 KiB. @param onStart,onSent told at either end of it */
export async function serveBare (node: Libp2p, bytes: number, onStart = (): void => {}, onSent = (): void => {}): Promise<void> {
  await node.handle(PROTOCOL, async (stream) => {
    onStart()
    const piece = new Uint8Array(pieceBytes)
    for (let sent = 0; sent < bytes; sent += pieceBytes) if (!stream.send(piece)) await stream.onDrain()
    await stream.close()
    onSent()
  })
}

/** @returns milliseconds from opening the stream to its last byte; the connection is there before */
export async function takeBare (node: Libp2p, addresses: string[], bytes: number): Promise<number> {
  const connection = await node.dial(addresses.map((address) => multiaddr(address)))
  const begin = performance.now()
  const stream = await connection.newStream(PROTOCOL)
  let left = bytes
  for await (const part of stream) {
    left -= part.byteLength
    if (left <= 0) break
  }
  const ms = performance.now() - begin
  await stream.close()
  return ms
}
