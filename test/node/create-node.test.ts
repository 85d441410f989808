import { createNode } from '../../src/node/index.js'
import { createMemoryDisk } from '../../src/store/index.js'
import { rejectsCode } from './support.js'

describe('a node of a home', () => {
  it('is refused where no home is named: it would be the working directory', async () => {
    await rejectsCode(createNode({ home: '', store: createMemoryDisk().open() }), 'ERR_USAGE')
  })

  it('is refused with options of other kinds, or that there are not', async () => {
    const home = '/nowhere'
    const store = createMemoryDisk().open()
    for (const options of [undefined, {}, { home: 5, store }, { home, store, pool: 'p2pchat:x' }, { home, store, listen: '/ip4/127.0.0.1/tcp/0' }, { home, store, pools: [] }]) {
      await rejectsCode(createNode(options as never), 'ERR_USAGE')
    }
  })
})
