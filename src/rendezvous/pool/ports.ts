/** A server that may take any port keeps the one it got: clients remember its addresses. */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { keyOf, type KeyValueStore } from '../../store/index.js'

const PORTS_KEY = keyOf('pool', 'ports')
const ANY_PORT = /^(\/ip[46]\/[^/]+)\/tcp\/0(?=\/|$)/

/** By the multiaddr that was asked for, with port 0, the port that was given. */
export type Ports = Record<string, number>

export async function loadPorts (store: KeyValueStore): Promise<Ports> {
  const stored = await store.get(PORTS_KEY)
  return stored === undefined ? {} : JSON.parse(toString(stored)) as Ports
}

export async function savePorts (store: KeyValueStore, ports: Ports): Promise<void> {
  await store.batch([{ type: 'put', key: PORTS_KEY, value: fromString(JSON.stringify(ports)) }], { sync: true })
}

/** The multiaddrs to listen on, with the ports of before where any would do. */
export function withPorts (listen: readonly string[], ports: Ports): string[] {
  return listen.map((address) => {
    const port = ports[address]
    return port === undefined ? address : address.replace(ANY_PORT, `$1/tcp/${port}`)
  })
}

/** The ports that were given to those multiaddrs that left them open, as far as the addresses tell. */
export function portsOf (listen: readonly string[], addresses: readonly string[]): Ports {
  const ports: Ports = {}
  for (const asked of listen) {
    const [, protocol, host] = asked.split('/')
    if (!ANY_PORT.test(asked)) continue
    const isAny = host === '0.0.0.0' || host === '::'
    const found = addresses.map((address) => address.split('/')).find((parts) =>
      parts[1] === protocol && (isAny || parts[2] === host) && parts[3] === 'tcp' && !Object.values(ports).includes(Number(parts[4])))
    if (found !== undefined) ports[asked] = Number(found[4])
  }
  return ports
}
