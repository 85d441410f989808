import assert from 'node:assert/strict'
import { isP2pChatError } from '../../src/errors.js'
import type { SeededRandom } from '../helpers/seeded-random.js'
import { settle } from '../helpers/fake-clock.js'
import { World, type SimulatedDevice } from './world.js'

export interface ScenarioInit {
  accounts: number
  /** Some of them have a second device. */
  secondDevices: number
  steps: number
  /** Faults as part of all steps, 0 to 1. */
  faults: number
  /** Everybody writes to everybody first. */
  everyPair?: boolean
  /** Default: 1. With more, they die, freeze and are cut off one by one, and there come more. */
  servers?: number
}

export interface ScenarioReport { sent: number, operations: number, faults: number }

// After the last fault: retries pause for a minute at most, and receipts and dials for half a minute.
const quietMs = 90_000
const maxQuietRounds = 40
const maxServers = 5

/**
 * Devices write to each other while links are cut, silent or slow and while devices and the server die and come back.
 * In the end everything heals, and then every message whose `send` came back is on every device of both accounts, once,
 * in the order of its sending device, and its sender knows.
 */
export class Scenario {
  readonly #world: World
  readonly #random: SeededRandom
  readonly #sends = new Set<Promise<void>>()
  readonly #sent: Array<{ id: string, device: SimulatedDevice, to: string, text: string }> = []
  readonly #report: ScenarioReport = { sent: 0, operations: 0, faults: 0 }
  readonly #tried = new Set<string>()
  readonly #met = new Set<string>()

  constructor (seed: string, private readonly init: ScenarioInit) {
    this.#world = new World(seed, { servers: init.servers ?? 1 })
    this.#random = this.#world.random.fork('scenario')
  }

  /** What happened, one line each: the same for the same seed. */
  get story (): string[] {
    return this.#world.story
  }

  async run (): Promise<ScenarioReport> {
    await this.#setUp()
    for (let step = 0; step < this.init.steps; step++) {
      if (this.#random.chance(this.init.faults)) await this.#fault()
      else await this.#operation()
      await this.#world.clock.advance(this.#random.pick([0, 0, 1, 10, 100, 1_000, 5_000]))
    }
    await this.#heal()
    if (this.init.everyPair === true) this.#meetTheRest()
    await this.#quieten()
    await this.#check()
    await this.#world.stop()
    return this.#report
  }

  async #setUp (): Promise<void> {
    const world = this.#world
    await world.startServer()
    for (let i = 0; i < this.init.accounts; i++) await world.addDevice(`user${i}-a`, `user${i}`)
    for (let i = 0; i < this.init.secondDevices; i++) await world.addDevice(`user${i}-b`, `user${i}`)
    await world.clock.advance(5_000)
    if (this.#random.chance(0.5)) world.hub.delay({ minMs: 0, maxMs: this.#random.pick([5, 50, 400]) })
  }

  async #operation (): Promise<void> {
    this.#report.operations++
    const running = this.#world.devices.filter((device) => device.isRunning)
    const device = running.length === 0 ? undefined : this.#random.pick(running)
    if (device === undefined) return
    const others = [...new Set(this.#world.devices.map(({ username }) => username))].filter((name) => name !== device.username)
    const unmet = others.filter((name) => !this.#met.has(`${device.name} ${name}`))
    const to = this.#random.pick(this.init.everyPair === true && unmet.length > 0 ? unmet : others)
    if (this.#random.chance(0.05)) {
      this.#world.log(`${device.name} reads what ${to} wrote`)
      await this.#try(device.node.markRead({ user: to }))
      return
    }
    const burst = this.#random.chance(0.1) ? this.#random.between(2, 40) : 1
    for (let i = 0; i < burst; i++) this.#send(device, to)
    await settle()
  }

  #send (device: SimulatedDevice, to: string): void {
    this.#met.add(`${device.name} ${to}`)
    const text = `${device.name} to ${to}: ${this.#tried.size}`
    this.#tried.add(text)
    this.#world.log(`${device.name} writes to ${to}: ${this.#tried.size - 1}`)
    const sending = device.node.send({ to, text }).then(({ id }) => {
      this.#sent.push({ id, device, to, text })
      this.#report.sent++
    }).catch((error: unknown) => {
      // It died before it could say that the message is kept; whether it is, is open.
      if (!isP2pChatError(error, 'ERR_CLOSED')) throw error
    })
    this.#sends.add(sending)
    void sending.finally(() => { this.#sends.delete(sending) }).catch(() => {})
  }

  async #fault (): Promise<void> {
    this.#report.faults++
    const { hub, clock } = this.#world
    if (this.#world.pool.servers.length > 1 && this.#random.chance(0.5)) {
      await this.#serverFault()
      return
    }
    const device = this.#random.pick(this.#world.devices)
    const isServer = this.#random.chance(0.4)
    const other = isServer ? this.#random.pick(this.#world.pool.servers).peerId : this.#random.pick(this.#world.devices).peerId
    const peerId = device.peerId
    const kind = this.#random.pick(['cut', 'hold', 'heal', 'heal', 'reset', 'crash', 'crash', 'crash in a write', 'stop', 'start', 'start', 'start', 'server', 'freeze', 'jump', 'amnesia'] as const)
    this.#world.log(`fault: ${kind} ${device.name} ${isServer ? 'server' : ''}`)
    switch (kind) {
      case 'cut':
        if (peerId !== undefined && other !== undefined) hub.cut(peerId, other)
        return
      case 'hold':
        if (peerId !== undefined && other !== undefined) hub.hold(peerId, other)
        return
      case 'heal':
        hub.heal()
        return
      case 'reset':
        if (peerId !== undefined) hub.reset(peerId)
        return
      case 'freeze':
        if (peerId !== undefined) hub.freeze(peerId)
        return
      case 'crash':
        device.crash()
        return
      case 'crash in a write':
        device.crashAt({ batches: this.#random.between(1, 6), written: this.#random.chance(0.5) })
        return
      case 'stop':
        if (device.isRunning) await clock.until(device.stop())
        return
      case 'start':
        if (!device.isRunning) await this.#start(device)
        return
      case 'amnesia':
        // A disk that came back old or in part: no session with anybody, and none can be begun with what was published.
        device.crash()
        await device.forget('session/', 'sessions/', ...(this.#random.chance(0.5) ? ['signed-prekey/', 'one-time-prekey/', 'direct-prekey/'] : []))
        return
      case 'server':
        if (this.#world.serverIsRunning) this.#world.crashServer()
        else await this.#world.startServer()
        return
      case 'jump':
        clock.jump(this.#random.pick([-3_600_000, -1_000, 1_000, 60_000, 600_000]))
    }
  }

  /** To one server of several, or between two of them. */
  async #serverFault (): Promise<void> {
    const { pool, hub, clock } = this.#world
    const server = this.#random.pick(pool.servers)
    const other = this.#random.pick(pool.servers)
    const kind = this.#random.pick(['crash', 'crash', 'start', 'start', 'stop', 'freeze', 'cut', 'hold', 'heal', 'heal', 'grow'] as const)
    this.#world.log(`fault: ${kind} ${server.name} ${other.name}`)
    switch (kind) {
      case 'crash':
        pool.crash(server)
        return
      case 'start':
        if (server.running === undefined) await pool.boot(server)
        return
      case 'stop':
        await pool.stopServer(server)
        return
      case 'freeze':
        hub.freeze(server.peerId)
        return
      case 'cut':
        if (server !== other) hub.cut(server.peerId, other.peerId)
        return
      case 'hold':
        if (server !== other) hub.hold(server.peerId, other.peerId)
        return
      case 'heal':
        hub.heal()
        return
      case 'grow':
        if (pool.servers.length >= maxServers || !this.#world.serverIsRunning) return
        hub.heal()
        await clock.advance(5_000)
        await pool.add()
    }
  }

  async #start (device: SimulatedDevice): Promise<void> {
    this.#world.log(`${device.name} starts`)
    await this.#world.clock.until(device.start())
  }

  async #heal (): Promise<void> {
    const { hub, devices } = this.#world
    this.#world.log('everything heals')
    hub.heal()
    hub.delay({ minMs: 0, maxMs: 0 })
    if (!this.#world.serverIsRunning) await this.#world.startServer()
    for (const device of devices) {
      device.crashAt({ batches: Number.POSITIVE_INFINITY, written: true })
      if (!device.isRunning) await this.#start(device)
    }
  }

  #meetTheRest (): void {
    for (const device of this.#world.devices) {
      for (const { username } of this.#world.devices) {
        if (username !== device.username && !this.#met.has(`${device.name} ${username}`)) this.#send(device, username)
      }
    }
  }

  async #quieten (): Promise<void> {
    for (let round = 0; round < maxQuietRounds; round++) {
      await this.#world.clock.advance(quietMs)
      await Promise.all(this.#sends)
      const queued = await Promise.all(this.#world.devices.map(async ({ node }) => (await node.status()).queued))
      if (queued.every((count) => count === 0)) return
    }
  }

  async #check (): Promise<void> {
    const { devices } = this.#world
    for (const device of devices) assert.deepEqual(device.errors, [])
    for (const sender of devices) {
      for (const to of new Set(devices.map(({ username }) => username))) {
        if (to === sender.username) continue
        const own = (await sender.history(to)).filter((entry) => entry.state !== null)
        const texts = own.map((entry) => entry.text)
        const kept = this.#sent.filter((one) => one.device === sender && one.to === to)
        for (const { text } of kept) assert.ok(texts.includes(text), `${sender.name} forgot "${text}", which it had said was kept`)
        assert.equal(new Set(texts).size, texts.length, `${sender.name} keeps something twice`)
        for (const receiver of devices) {
          if (receiver === sender || (receiver.username !== to && receiver.username !== sender.username)) continue
          await this.#checkReceiver(sender, receiver, to, texts)
        }
        for (const entry of own) assert.ok(entry.state === 'delivered' || entry.state === 'read', `${sender.name} does not know that "${entry.text ?? ''}" arrived: ${entry.state ?? ''}`)
      }
    }
  }

  async #checkReceiver (sender: SimulatedDevice, receiver: SimulatedDevice, to: string, texts: Array<string | null>): Promise<void> {
    const history = await receiver.history(receiver.username === to ? sender.username : to)
    const prefix = `${sender.name} to ${to}:`
    const arrived = history.filter((entry) => entry.state === null && entry.text?.startsWith(prefix) === true)
    assert.deepEqual(arrived.map((entry) => entry.text), texts, `${receiver.name} has not exactly what ${sender.name} wrote to ${to}`)
    assert.ok(history.every((entry) => entry.kind === 'text' || entry.kind === 'device-added'), `${receiver.name} shows a gap`)
    const heard = receiver.heard.map(({ text }) => text).filter((text) => text.startsWith(prefix))
    assert.deepEqual(heard, texts, `the listener at ${receiver.name} did not hear exactly what ${sender.name} wrote to ${to}`)
  }

  async #try (work: Promise<unknown>): Promise<void> {
    await this.#world.clock.until(work.catch((error: unknown) => { if (!isP2pChatError(error)) throw error }))
  }
}
