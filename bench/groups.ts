/**
 * What a message to a group and a removal cost all who take part: clients and server in one process, with everything but
 * sockets and disks as it is (memory for both, OPAQUE left out), on a clock that does not wait. So these are times of the
 * processor, for all members together; the load of the machine does not change them much.
 */
import { loadavg } from 'node:os'
import type { Network } from '../src/overlay/index.js'
import { bookOf, GroupWorld, laneOf } from '../test/node/groups/book/group-world.js'
import type { SimulatedDevice } from '../test/simulation/world.js'
import { median } from './lib/paired.js'
import type { Row } from './lib/row.js'

export const name = 'groups'

// More take long to set up, as each member makes the keys of every epoch on the way: GROUP_SIZES=50,100,200.
const sizes = (process.env.GROUP_SIZES ?? '50,100').split(',').map(Number)
const sends = 10
const thousand = 1_000
const maxRounds = 2_000

export async function run (): Promise<Row[]> {
  const rows: Row[] = []
  let perMember = 0
  for (const size of sizes) {
    const { sendMs, uploadBytes, removalMs } = await measure(size)
    perMember = removalMs / size
    rows.push(
      { what: `${size} members: send until all have it, processor, median`, figure: `${sendMs.toFixed(1)} ms` },
      { what: `${size} members: uploaded by the sender for one send`, figure: `${uploadBytes} bytes` },
      { what: `${size} members: one removed until all have the new key, processor`, figure: `${removalMs.toFixed(0)} ms` },
      { what: `${size} members: … for each member`, figure: `${perMember.toFixed(1)} ms` }
    )
  }
  const [load = 0] = loadavg()
  rows.push({ what: `one removed of ${thousand}, if each costs what it does in the largest`, figure: `${(perMember * thousand / 1_000).toFixed(1)} s` }, { what: 'load average of the machine', figure: load.toFixed(1) })
  return rows
}

async function measure (size: number): Promise<{ sendMs: number, uploadBytes: number, removalMs: number }> {
  const world = new GroupWorld(`bench ${size}`)
  let uploadBytes = 0
  world.serverNetwork = (network) => counted(network, (bytes) => { uploadBytes += bytes })
  await world.startServer()
  const [founder, ...others] = await world.people(...Array.from({ length: size }, (_, i) => `member${i}`))
  if (founder === undefined) throw new Error('There is nobody.')
  // Away while they are added, as else each of them makes the keys of every epoch on the way.
  for (const other of others) await world.do(other.stop())
  const { group } = await world.do(founder.node.groupCreate({ name: 'bench', members: others.map(({ username }) => username) }))
  for (const other of others) await world.do(other.start())
  await until(world, async () => await haveKey(others, group.id))
  await world.clock.advance(10_000)
  const times: number[] = []
  uploadBytes = 0
  for (let i = 0; i < sends; i++) {
    const text = `message ${i}`
    times.push(await processorMs(async () => {
      await world.do(founder.node.groupSend({ names: ['bench'], text }))
      await until(world, async () => others.every(({ heard }) => heard.some((event) => event.text === text)))
    }))
    await world.clock.advance(5_000)
  }
  const bytes = Math.round(uploadBytes / sends)
  const gone = others.at(-1)
  const left = others.slice(0, -1)
  const before = (await bookOf(founder).find(laneOf(founder), group.id))?.epoch ?? 0
  const removalMs = await processorMs(async () => {
    await world.do(founder.node.groupRemove({ name: 'bench', usernames: [gone?.username ?? ''] }))
    await until(world, async () => await haveKey(left, group.id, before + 1))
  })
  await world.stop()
  return { sendMs: median(times), uploadBytes: bytes, removalMs }
}

async function haveKey (devices: SimulatedDevice[], id: string, epoch = 1): Promise<boolean> {
  for (const device of devices) {
    const sending = await bookOf(device).sendingEpoch(laneOf(device), id)
    if (sending.kind !== 'ready' || sending.epoch < epoch) return false
  }
  return true
}

async function until (world: GroupWorld, isSo: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < maxRounds; round++) {
    if (await isSo()) return
    await world.clock.advance(50)
  }
  throw new Error('It does not come to an end.')
}

async function processorMs (work: () => Promise<void>): Promise<number> {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1_000
}

/** Counts the bytes of requests groups/send. */
function counted (network: Network, onBytes: (bytes: number) => void): Network {
  const serve = network.serve.bind(network)
  network.serve = (protocol, service) => {
    const send = service.requests['groups/send']
    const requests = send === undefined ? service.requests : { ...service.requests, 'groups/send': async (body: Uint8Array, context: Parameters<typeof send>[1]) => { onBytes(body.byteLength); return await send(body, context) } }
    serve(protocol, { ...service, requests })
  }
  return network
}
