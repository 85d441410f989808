import { toHex } from '../home/hex.js'

/** How users name a device: the first 16 hex digits of its key. */
export function deviceId (deviceKey: Uint8Array): string {
  return toHex(deviceKey).slice(0, 16)
}
