/** Hosts of their own on one machine: network namespaces, with cables between them (iproute2). Needs root. */
import { spawnSync } from 'node:child_process'

/** Why there can be none here; undefined when there can. */
export function namespacesMissing (): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are a thing of Linux'
  const name = `p2p-try-${process.pid}`
  const { error, status, stderr } = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' })
  if (error !== undefined) return 'there is no `ip` (iproute2)'
  if (status !== 0) return `network namespaces cannot be made: ${stderr.trim()}`
  ip('netns', 'del', name)
  return undefined
}

export class Namespaces {
  readonly #prefix: string
  readonly #names: string[] = []
  readonly #addresses = new Map<string, string>()
  #cables = 0

  /** @param prefix short, and used by nobody else at the same time */
  constructor (prefix: string) {
    this.#prefix = prefix
  }

  /** A host without any neighbour; gives the namespace's name. */
  host (name: string): string {
    const namespace = `${this.#prefix}-${name}`
    ip('netns', 'add', namespace)
    this.#names.push(namespace)
    ip('-n', namespace, 'link', 'set', 'lo', 'up')
    // A host between two others is no router.
    ip('netns', 'exec', namespace, 'sh', '-c', 'echo 0 > /proc/sys/net/ipv4/ip_forward')
    return namespace
  }

  /** A network with just these two hosts; gives their addresses on it. `network` is its first three bytes: without it, a private one. */
  cable (left: string, right: string, network = `10.77.${++this.#cables}`): [string, string] {
    const [leftEnd, rightEnd] = [cableEnd(left, right), cableEnd(right, left)]
    ip('link', 'add', leftEnd, 'netns', left, 'type', 'veth', 'peer', 'name', rightEnd, 'netns', right)
    const addresses: [string, string] = [`${network}.1`, `${network}.2`]
    for (const [host, end, address] of [[left, leftEnd, addresses[0]], [right, rightEnd, addresses[1]]] as const) {
      this.#addresses.set(end, address)
      ip('-n', host, 'addr', 'add', `${address}/24`, 'dev', end)
      ip('-n', host, 'link', 'set', end, 'up')
    }
    return addresses
  }

  /** Pulls the cable between the two out on the side of `host`, or plugs it in. */
  setLink (host: string, other: string, state: 'up' | 'down'): void {
    ip('-n', host, 'link', 'set', cableEnd(host, other), state)
  }

  /** What `host` sends to `other` gets lost from now on, with nobody told; what comes from there still arrives. */
  loseOnTheWay (host: string, other: string): void {
    // To a machine that is not there: without a kernel module for it nothing else drops packets in one direction.
    ip('-n', host, 'neigh', 'replace', this.#addresses.get(cableEnd(other, host)) ?? '', 'lladdr', '02:00:00:00:00:01', 'dev', cableEnd(host, other), 'nud', 'permanent')
  }

  /** It arrives again. */
  arrive (host: string, other: string): void {
    ip('-n', host, 'neigh', 'del', this.#addresses.get(cableEnd(other, host)) ?? '', 'dev', cableEnd(host, other))
  }

  /** Their processes must have ended. */
  remove (): void {
    for (const name of this.#names.splice(0)) spawnSync('ip', ['netns', 'del', name])
  }
}

/** At most 15 characters. */
function cableEnd (host: string, other: string): string {
  return `${host.split('-').at(-1)}-${other.split('-').at(-1)}`.slice(0, 15)
}

function ip (...args: string[]): void {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${error?.message ?? stderr}`)
}
