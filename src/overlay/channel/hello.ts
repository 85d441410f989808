import { P2pChatError } from '../../errors.js'
import { Hello } from '../../protocol/pb/channel.js'
import { channelVersion, maxCapabilities, maxCapabilityChars } from './limits.js'

/** The first frame of both sides, sent without waiting for the other's. */
export function encodeHello (capabilities: readonly string[]): Uint8Array {
  return Hello.encode({ version: channelVersion, capabilities: [...capabilities] })
}

/**
 * What the other side can do; capabilities that are too long to be any are left out.
 *
 * @throws ERR_UNSUPPORTED for another version, ERR_INVALID_FRAME for anything that is no Hello
 */
export function decodeHello (frame: Uint8Array): string[] {
  const hello = decode(frame)
  if (hello.version !== channelVersion) {
    throw new P2pChatError('ERR_UNSUPPORTED', `The other side speaks version ${hello.version} of the channel, this program version ${channelVersion}. Update the older of the two.`)
  }
  return hello.capabilities.filter((capability) => capability.length <= maxCapabilityChars)
}

function decode (frame: Uint8Array): Hello {
  try {
    return Hello.decode(frame, { limits: { capabilities: maxCapabilities } })
  } catch (cause) {
    throw new P2pChatError('ERR_INVALID_FRAME', 'The first frame of the other side cannot be read.', { cause })
  }
}
