const TCP_PORT = /\/tcp\/(\d+)/

/**
 * Whether a server announces TCP ports of which it listens on none. That is right where something forwards one to the other,
 * and else a server that nobody reaches.
 *
 * @param listen multiaddrs; none: on any free port
 */
export function announcesOtherPorts (announce: readonly string[], listen: readonly string[]): boolean {
  const announced = portsOf(announce)
  const listened = new Set(portsOf(listen))
  return announced.length > 0 && !announced.some((port) => listened.has(port))
}

function portsOf (addresses: readonly string[]): string[] {
  return addresses.flatMap((address) => TCP_PORT.exec(address)?.[1] ?? [])
}
