/**
 * One buffer for all that is read from TCP: Node makes a new one for every 64 KiB, and collecting those as garbage took as
 * much time as deciphering what was in them. Reading is done by one thread, one connection after the other, and what was
 * read is looked at before the next is.
 */
import { Socket } from 'node:net'
import { readBufferBytes } from './limits.js'

let shared: Buffer | undefined

/** What Node has of a socket that is made with `onread`, the documented way to do this; libp2p makes its own sockets. */
interface Inner {
  _handle?: { useUserBuffer?: (buffer: Uint8Array) => void } | null
  [field: symbol]: unknown
}

/** What libp2p's connection over TCP says of itself. */
interface Reading { readStatus: string, readBufferLength: number, listenerCount: (type: string) => number }

/**
 * From now on whoever listens to the connection is given views of that buffer, and must keep nothing of them. What the
 * connection itself will keep is copied. Where Node or libp2p is not as expected, nothing is lost but speed.
 */
export function readIntoOne (connection: object): void {
  if (!('socket' in connection) || !(connection.socket instanceof Socket) || !isReading(connection)) return
  const socket = connection.socket
  const inner = socket as unknown as Inner
  const [buffer, take] = [fieldOf(socket, 'kBuffer'), fieldOf(socket, 'kBufferCb')]
  const handle = inner._handle
  if (buffer === undefined || take === undefined || typeof handle?.useUserBuffer !== 'function') return
  // What it holds already would come behind what is read next.
  if (socket.readableLength > 0 || inner[buffer] !== null) return
  const own = shared ??= Buffer.allocUnsafeSlow(readBufferBytes)
  inner[buffer] = own
  inner[take] = (count: number): boolean => {
    const read = own.subarray(0, count)
    socket.emit('data', keepsWhatComes(connection) ? Buffer.from(read) : read)
    return true
  }
  handle.useUserBuffer(own)
}

function isReading (connection: object): connection is Reading {
  return 'readStatus' in connection && 'readBufferLength' in connection && 'listenerCount' in connection && typeof connection.listenerCount === 'function'
}

function keepsWhatComes (connection: Reading): boolean {
  return connection.readStatus !== 'readable' || connection.readBufferLength > 0 || connection.listenerCount('message') === 0
}

function fieldOf (socket: Socket, name: string): symbol | undefined {
  return Object.getOwnPropertySymbols(socket).find(({ description }) => description === name)
}
