/** Reservations of one server: as many as it may have connections; each is a few hundred bytes. */
export const maxReservations = 10_000
/** How long a reservation lasts without being renewed: as long as a locator, which is where others read of it. */
export const reservationTtlMs = 60 * 60 * 1000
/** A client renews after half of that at the latest, whatever the clocks say. */
export const maxRenewalMs = 30 * 60 * 1000
/** … and not more often than this, should the server's clock be far behind. */
export const minRenewalMs = 60 * 1000
/**
 * Circuits of one device, those it dialled and those it was dialled over: one for each contact that can be reached no other
 * way. Each may hold two windows, so a device can tie up 256 MiB of a server at the very worst.
 */
export const maxCircuitsPerDevice = 64
/**
 * … of them from one device to one other: it has one in use, and those that broke without anyone noticing. The eight devices of
 * a hostile account leave half of the circuits of whom they call to others.
 */
export const maxCircuitsPerPair = 4
/** Circuits of one server. An idle one costs about 160 KiB, so all of them 650 MiB. */
export const maxCircuits = 4_096
/** Bytes of one circuit, both ways together: the largest file (4 GiB) and what is sent again of it, with room. What it cuts off goes on over a new circuit. */
export const maxCircuitBytes = 16 * 1024 * 1024 * 1024
/** A circuit's longest life: the largest file at 50 KiB a second. */
export const maxCircuitMs = 24 * 60 * 60 * 1000
/** What one device may have relayed: a file of 25 MiB at once, then about what a fast home line takes, so that it leaves the others their share. */
export const relayedBytesPerDevice = { burst: 32 * 1024 * 1024, perSecond: 16 * 1024 * 1024 }
/** One exchange of the hop or the stop protocol: three round trips between hosts far apart. */
export const exchangeTimeoutMs = 5_000
/** How long a device may take to accept a circuit before its next older connection is tried: a dead one must not use up the time. */
export const acceptTimeoutMs = 2_000
/** A message of the hop or the stop protocol: a status, or a reservation with some addresses. */
export const maxMessageBytes = 8 * 1024
/** Streams of these protocols on one connection: the circuits, and what is being asked. */
export const maxRelayStreams = maxCircuitsPerDevice + 8
/** Addresses of one relay that go into a locator. */
export const maxRelayAddresses = 4
