import { SignedRecord } from '../../../src/protocol/pb/account.js'
import { GroupFolds } from '../../../src/rendezvous/groups/group-folds.js'
import type { GroupLog } from '../../../src/rendezvous/groups/group-log.js'
import type { StoredHead } from '../../../src/rendezvous/groups/group-registers.js'
import { sealRecord } from '../../../src/records/signed.js'
import { silentLogger } from '../../../src/runtime.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { rejects } from '../helpers/expect.js'
import { Author } from './support.js'

describe('the fold of a log', () => {
  it('says that a later version is needed for an entry of a kind that only such a one knows, and not that the store is damaged', async () => {
    const alice = new Author('alice', new SeededRandom('folds'))
    const { payload } = SignedRecord.decode(alice.founding('team'))
    const later = sealRecord('p2pchat/1 group-entry', alice.device.key.seed, Uint8Array.from([...payload, 0xfa, 0x01, 0]))
    const log = { entries: async function * () { yield { sequence: 1, signed: later } } } as unknown as GroupLog
    const folds = new GroupFolds({ log, store: createMemoryStore(), logger: silentLogger })
    const head = { sequence: 1, hash: new Uint8Array(32), checkpointSequence: 0 } as unknown as StoredHead
    await rejects(folds.at(new Uint8Array(32), head), 'ERR_UNSUPPORTED')
  })
})
