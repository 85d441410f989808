import assert from 'node:assert/strict'
import { tempFolder } from '../cli/helpers/temp-folder.js'
import { runCli, Running } from '../helpers/p2pchat-process.js'

/** The compiled program must be there (npm run build). */
describe('p2pchat rendezvous --metrics', function () {
  this.timeout(120_000)
  const folder = tempFolder()

  it('serves figures where the ready line says, and ends with the server', async () => {
    const server = new Running(['rendezvous', '--data', `${folder()}/a`, '--listen', '/ip4/127.0.0.1/tcp/0', '--metrics', '127.0.0.1:0', '--json'])
    const ready = await server.until(({ events }) => events.find(({ event }) => event === 'ready'), 'it was ready')
    const url = String(ready.metrics)
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
    const text = await (await fetch(url)).text()
    assert.match(text, /^p2pchat_servers\{state="member"\} 1$/m)
    assert.match(text, /^p2pchat_build_info\{version="\d+\.\d+\.\d+[^"]*"\} 1$/m)
    assert.match(text, /^process_resident_memory_bytes \d+$/m)
    const taken = await runCli(['rendezvous', '--data', `${folder()}/b`, '--metrics', new URL(url).host, '--json'])
    assert.equal(taken.status, 2)
    assert.equal(await server.end('SIGTERM'), 0)
    await assert.rejects(fetch(url))
  })

  it('says what a host and a port are', async () => {
    const { status, stdout } = await runCli(['rendezvous', '--data', `${folder()}/a`, '--metrics', '9464', '--json'])
    assert.equal(status, 2)
    assert.match(stdout, /127\.0\.0\.1:9464/)
  })
})
