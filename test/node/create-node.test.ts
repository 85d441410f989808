import { createNode } from '../../src/node/index.js'
import { createMemoryDisk } from '../../src/store/index.js'
import { rejectsCode } from './support.js'

describe('a node of a home', () => {
  it('is refused where no home is named: it would be the working directory', async () => {
    await rejectsCode(createNode({ home: '', store: createMemoryDisk().open() }), 'ERR_USAGE')
  })
})
