/** What the rest of the program sees of relays. */

/** A server decides for whom it relays; asked each time, by PeerId. */
export interface RelayPolicy {
  /** Whether this device may reserve a slot here, and be dialled over the one that it has. */
  mayReserve: (peerId: string) => boolean
  /** Whether it may dial others that have one. */
  mayDial: (peerId: string) => boolean
}

/** A client's side: being dialled through a server. */
export interface Relays {
  /**
   * Reserves a slot at a server to which a direct connection is open, and renews it until it is released or lost. A repeat
   * answers what there is. Resolves with multiaddrs under which others reach this node through the server.
   *
   * @throws ERR_UNREACHABLE, ERR_UNSUPPORTED (it does not relay), ERR_NOT_PERMITTED (not for this device), ERR_LIMIT (full), or what `signal` says
   */
  reserve: (peerId: string, signal: AbortSignal) => Promise<string[]>
  release: (peerId: string) => void
  /** Whether there is a slot there now. */
  has: (peerId: string) => boolean
  /** Called back with the server's PeerId when a slot was lost, be it with the connection. */
  onLost: (listener: (peerId: string) => void) => void
  /**
   * Tells who is a server of the pool, by PeerId; asked each time. Nobody else is dialled by libp2p itself, for the DHT or as a
   * relay. Default: nobody is one.
   */
  knowServers: (isServer: (peerId: string) => boolean) => void
  /**
   * Whether from now on this node shows its address only to those servers: it takes no direct connection then, and makes none
   * but to them. What direct connections to others there are is ended.
   */
  restrict: (isRestricted: boolean) => void
}

/** Whether a device can be dialled, tried out. */
export interface Prober {
  /** Dials the peer anew under each of the addresses, and hangs up. Answers those that answered. */
  probe: (peer: { peerId: string, addresses: string[] }, signal: AbortSignal) => Promise<string[]>
}
