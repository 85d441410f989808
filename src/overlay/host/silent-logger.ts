import type { ComponentLogger, Logger } from '@libp2p/interface'

const nothing = (): void => {}
const silent: Logger = Object.assign(nothing, { error: nothing, trace: nothing, enabled: false, newScope: () => silent })

/** libp2p makes three loggers for every stream and dial, and asks for each whether it writes to a terminal. */
export const silentLibp2pLogger: ComponentLogger = { forComponent: () => silent }
