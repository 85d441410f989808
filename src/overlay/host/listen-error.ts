import { asP2pChatError, P2pChatError } from '../../errors.js'
import { isMultiaddrText } from '../pool/address.js'

/** @throws ERR_USAGE when an address to listen on or to announce is none */
export function checkAddresses (addresses: readonly string[]): void {
  const bad = addresses.find((address) => !isMultiaddrText(address))
  if (bad === undefined) return
  const shown = bad.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 80)
  throw new P2pChatError('ERR_USAGE', `"${shown}" is not an address to listen on or to announce. Write it like /ip4/0.0.0.0/tcp/4001.`)
}

/** Why a node could not start, in one line that says what to do. libp2p gives the system's error as text only. */
export function asListenError (error: unknown, listen: readonly string[]): P2pChatError {
  const text = error instanceof Error ? error.message : ''
  const where = listen.join(', ')
  if (text.includes('EADDRINUSE')) return new P2pChatError('ERR_USAGE', `The address ${where} is in use by another program. Stop that one, or listen on another port.`, { cause: error })
  if (text.includes('EADDRNOTAVAIL')) return new P2pChatError('ERR_USAGE', `This machine does not have the address ${where}. Listen on one that it has, or on /ip4/0.0.0.0/tcp/4001 for all of them.`, { cause: error })
  if (text.includes('EACCES')) return new P2pChatError('ERR_USAGE', `This user may not listen on ${where}. Choose a port above 1023.`, { cause: error })
  if (error instanceof Error && error.name === 'UnsupportedListenAddressesError') {
    return new P2pChatError('ERR_USAGE', `It is not possible to listen on ${where}. Use TCP addresses like /ip4/0.0.0.0/tcp/4001.`, { cause: error })
  }
  return asP2pChatError(error)
}
