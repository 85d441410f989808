/** Run as a process of its own, under a limit on the size of files: writes until the disk refuses, and says what was kept. */
import { openLevel } from '../../../src/store/level.js'
import { asP2pChatError } from '../../../src/errors.js'

const [folder = ''] = process.argv.slice(2)
const store = await openLevel({ folder, createIfMissing: true })
const codes: string[] = []
for (let number = 0; codes.length === 0; number++) {
  try {
    await store.batch([{ type: 'put', key: `n/${number}`, value: new Uint8Array(1000).fill(number) }], { sync: true })
    process.stdout.write(`${number}\n`)
  } catch (error) {
    codes.push(asP2pChatError(error).code)
  }
}
try {
  await store.batch([{ type: 'put', key: 'later', value: new Uint8Array(1) }], { sync: true })
} catch (error) {
  codes.push(asP2pChatError(error).code)
}
const readable = await store.get('n/0')
process.stderr.write(JSON.stringify({ codes, readable: readable?.byteLength }))
process.exit(0)
