import { Socket } from 'node:net'
import { noise } from '@chainsafe/libp2p-noise'
import type { ConnectionEncrypter } from '@libp2p/interface'
import { maxUnsentSocketBytes } from './limits.js'
import { noiseCrypto } from './noise-crypto.js'
import { shortenPath } from './noise-path.js'
import { readIntoOne } from './read-buffer.js'

type Noise = ReturnType<typeof noise>

/**
 * Noise, with what it writes in one turn of the event loop leaving in one call: every message of it is a length, pieces of
 * ciphertext and a tag, which would each be a call, and a packet, of its own.
 */
export function corkedNoise (): (components: Parameters<Noise>[0]) => ConnectionEncrypter {
  const create = noise({ crypto: noiseCrypto })
  return (components) => {
    const encrypter = create(components) as ConnectionEncrypter
    const { secureInbound, secureOutbound } = encrypter
    encrypter.secureInbound = async (connection, options) => {
      corkTurns(connection)
      const secured = await secureInbound.call(encrypter, connection, options)
      if (shortenPath(secured.connection)) readIntoOne(connection)
      return secured
    }
    encrypter.secureOutbound = async (connection, options) => {
      corkTurns(connection)
      const secured = await secureOutbound.call(encrypter, connection, options)
      if (shortenPath(secured.connection)) readIntoOne(connection)
      return secured
    }
    return encrypter
  }
}

/** What is sent on a connection over TCP waits for the end of the turn. Others, through relays, are left as they are. */
export function corkTurns (connection: object): void {
  // libp2p does not say that a connection has its socket; where it has none, nothing is lost but speed.
  if (!('socket' in connection) || !(connection.socket instanceof Socket)) return
  const { socket } = connection
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  let corked = false
  socket.write = ((...args: unknown[]) => {
    if (!corked) {
      corked = true
      socket.cork()
      process.nextTick(() => {
        corked = false
        socket.uncork()
      })
    }
    write(...args)
    // The socket's own limit, 16 KiB, would break a message in two. Above it, it tells when it has drained in any case.
    return socket.writableLength < maxUnsentSocketBytes
  }) as typeof socket.write
}
