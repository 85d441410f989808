/** Who may speak in a group: this device now, and under which key; others by what the heads say that their messages name. */
import type { GroupMessageHeader } from '../../../crypto/group/index.js'
import type { Channel } from '../../../overlay/network.js'
import { findDevice } from '../../../records/index.js'
import { groupDevices, isGroupDevice, type GroupHead } from '../../../records/group/index.js'
import type { Clock } from '../../../runtime.js'
import { toHex } from '../../home/hex.js'
import type { Reader } from '../../home/lane.js'
import type { SendingEpoch, Standing } from '../types.js'
import type { Keys } from './keys.js'
import { epochLifeMs } from './limits.js'
import type { States } from './states.js'
import { accountOf, standingOf, staysOf } from './stays.js'
import { entryTable, groupTable } from './tables.js'
import { wait } from './turns.js'

export interface SpeakersComponents {
  clock: Clock
  self: { username: string, deviceKey: Uint8Array }
  states: States
  keys: Keys
  /** the server's channel if there is one now */
  poolChannel: () => Channel | undefined
  /** A week is over: the next key is to be made. */
  look: (id: string) => void
  /** A message names another log than ours. */
  forked: (id: string, head: GroupHead) => void
}

export class Speakers {
  constructor (private readonly components: SpeakersComponents) {}

