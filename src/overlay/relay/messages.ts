/** The words of circuit relay v2 (github.com/libp2p/specs, relay/circuit-v2.md). */
export { RELAY_V2_HOP_CODEC as HOP_PROTOCOL, RELAY_V2_STOP_CODEC as STOP_PROTOCOL } from '@libp2p/circuit-relay-v2'

export const HopType = { reserve: 0, connect: 1, status: 2 } as const
export const StopType = { connect: 0, status: 1 } as const

export const Status = {
  ok: 100,
  reservationRefused: 200,
  resourceLimitExceeded: 201,
  permissionDenied: 202,
  connectionFailed: 203,
  noReservation: 204,
  malformedMessage: 400,
  unexpectedMessage: 401
} as const
