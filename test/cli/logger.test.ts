import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { clientLogger, serverLogger } from '../../src/cli/logger.js'
import { P2pChatError } from '../../src/errors.js'
import { tempFolder } from './helpers/temp-folder.js'

describe('the log of a server', () => {
  const folder = tempFolder()

  it('is a JSON object a line, with what an error says, its code and what lay beneath', async () => {
    const path = join(folder(), 'log')
    const logger = await serverLogger('info', path)
    logger.debug({}, 'not of this level')
    logger.error({ peerId: '12D3', error: new P2pChatError('ERR_TIMEOUT', 'Nobody answered.', { cause: new Error('the cable') }) }, 'a server is silent')
    logger.warn({ error: undefined }, 'no error at all')
    const [first, second, ...more] = (await readFile(path, 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
    assert.deepEqual(more, [])
    const error = first?.error as Record<string, string>
    assert.deepEqual([first?.msg, first?.peerId, error.code, error.message], ['a server is silent', '12D3', 'ERR_TIMEOUT', 'Nobody answered.: the cable'])
    assert.match(error.stack ?? '', /logger\.test/)
    assert.equal(second?.error, undefined)
  })

  it('of a client has a level that there is', async () => {
    await assert.rejects(clientLogger({ P2PCHAT_LOG: 'verbose' }), { code: 'ERR_USAGE', message: 'P2PCHAT_LOG is one of debug, info, warn, error.' })
  })
})
