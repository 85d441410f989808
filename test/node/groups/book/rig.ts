import type { GroupHead, GroupState } from '../../../../src/records/group/index.js'
import { Changes } from '../../../../src/node/groups/book/changes.js'
import { Keys } from '../../../../src/node/groups/book/keys.js'
import { Ledger } from '../../../../src/node/groups/book/ledger.js'
import { LogReader } from '../../../../src/node/groups/book/log-reader.js'
import { States } from '../../../../src/node/groups/book/states.js'
import { Walker } from '../../../../src/node/groups/book/walk.js'
import type { GroupChange } from '../../../../src/node/groups/types.js'
import { Lane } from '../../../../src/node/home/lane.js'
import { silentLogger } from '../../../../src/runtime.js'
import { createMemoryStore } from '../../../../src/store/index.js'
import type { FakeClock } from '../../../helpers/fake-clock.js'
import type { SeededRandom } from '../../../helpers/seeded-random.js'
import type { Person, PersonDevice } from '../../../records/group/support.js'
import type { FakeLogServer } from './fake-log-server.js'

/** What reads and changes logs, of one device, with a server that a test makes. */
export class LogRig {
  readonly store = createMemoryStore()
  lane = new Lane(this.store)
  states = new States()
  readonly changes: GroupChange[] = []
  readonly forks: GroupHead[] = []
  readonly given: string[] = []
  readonly keys: Keys
  readonly ledger: Ledger
  readonly reader: LogReader
  readonly walker: Walker
  readonly writer: Changes

  constructor (init: { self: Person, device?: PersonDevice, server: FakeLogServer, clock: FakeClock, random: SeededRandom }) {
    const { server, clock, random, self: { username }, device = init.self.device } = init
    const self = { username, deviceKey: device.publicKey }
    const { lane, states } = this
    const channel = async (): Promise<FakeLogServer['channel']> => server.channel
    const forked = async (_id: string, head: GroupHead): Promise<void> => { this.forks.push(head) }
    const { signal } = new AbortController()
    this.keys = new Keys({ clock, self, give: async (_tx, devices) => { this.given.push(...devices.map((one) => one.username)) }, served: () => {} })
    this.ledger = new Ledger({ clock, logger: silentLogger, self, states, keys: this.keys, putChange: async (_tx, change) => { this.changes.push(change) }, answered: () => {}, admissionOf: async () => 'welcome', onRecord: async () => {} })
    this.reader = new LogReader({ lane, clock, logger: silentLogger, self, states, ledger: this.ledger, channel, changed: () => {}, forked, behind: async () => {}, shutOut: async () => {}, readable: async () => {} })
    this.walker = new Walker({ lane, clock, logger: silentLogger, poolChannel: () => server.channel, signal, forked })
    this.writer = new Changes({ lane, clock, random, author: { username, device }, reader: this.reader, ledger: this.ledger, channel, changed: () => {}, appended: () => {}, signal })
  }

  async state (id: string): Promise<GroupState | undefined> {
    return await this.states.of(this.lane, id)
  }
}
