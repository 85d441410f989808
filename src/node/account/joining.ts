/** How a device comes into the list of its account. Pure. */
import { constantTimeEqual } from '../../crypto/bytes.js'
import { P2pChatError } from '../../errors.js'
import { maxDevices } from '../../protocol/limits.js'
import type { CertifiedDevice, VerifiedAccountRecord } from '../../records/index.js'
import { iso } from '../events/event-of.js'
import { deviceId } from './device-id.js'

/**
 * The devices of an account with this one among them; one that is listed already stays as it is.
 *
 * @param replace id of another device, whose place it takes
 * @throws ERR_LIMIT, naming the devices that could be replaced; ERR_NOT_FOUND: there is none to replace
 */
export function withDevice ({ username, devices }: VerifiedAccountRecord, device: CertifiedDevice, replace: string | undefined): CertifiedDevice[] {
  const isThis = ({ deviceKey }: CertifiedDevice): boolean => constantTimeEqual(deviceKey, device.deviceKey)
  const kept = devices.filter((one) => isThis(one) || deviceId(one.deviceKey) !== replace)
  if (kept.some(isThis)) return kept
  if (replace !== undefined && kept.length === devices.length) throw new P2pChatError('ERR_NOT_FOUND', `${username} has no device ${replace}. Its devices: ${listed(devices)}.`)
  if (kept.length >= maxDevices) throw new P2pChatError('ERR_LIMIT', `${username} has ${maxDevices} devices already (limit maxDevices). Do the same with \`--replace ID\` to put this one in the place of one of them: ${listed(devices)}.`)
  return [...kept, device]
}

function listed (devices: CertifiedDevice[]): string {
  return devices.map(({ deviceKey, label, addedAtMs }) => `${deviceId(deviceKey)} (${label === '' ? '' : `${label}, `}since ${iso(addedAtMs).slice(0, 10)})`).join(', ')
}
