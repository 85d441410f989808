import assert from 'node:assert/strict'
import { maxCircuitsPerDevice, maxCircuitsPerPair, maxReservations, relayedBytesPerDevice, reservationTtlMs } from '../../../src/overlay/relay/limits.js'
import { Pace } from '../../../src/overlay/relay/pace.js'
import { Slots } from '../../../src/overlay/relay/slots.js'
import { FakeClock } from '../../helpers/fake-clock.js'

describe('slots of a relay', () => {
  it('are given for a time, renewed, and released', async () => {
    const clock = new FakeClock()
    const slots = new Slots(clock)
    assert.equal(slots.hasReservation('bob'), false)
    assert.equal(slots.reserve('bob'), clock.now() + reservationTtlMs)
    await clock.advance(reservationTtlMs - 1)
    assert.equal(slots.hasReservation('bob'), true)
    assert.equal(slots.reserve('bob'), clock.now() + reservationTtlMs)
    await clock.advance(reservationTtlMs - 1)
    assert.equal(slots.hasReservation('bob'), true)
    await clock.advance(1)
    assert.equal(slots.hasReservation('bob'), false)
    slots.reserve('bob')
    slots.release('bob')
    assert.equal(slots.hasReservation('bob'), false)
  })

  it('are no shorter and no longer because the clock is set', async () => {
    const clock = new FakeClock()
    const slots = new Slots(clock)
    slots.reserve('bob')
    clock.jump(2 * reservationTtlMs)
    assert.equal(slots.hasReservation('bob'), true)
    assert.equal(slots.reserve('bob'), clock.now() + reservationTtlMs)
    clock.jump(-4 * reservationTtlMs)
    await clock.advance(reservationTtlMs)
    assert.equal(slots.hasReservation('bob'), false)
  })

  it('are refused to new ones when all are taken, not to those who renew, and make room when they expire', async () => {
    const clock = new FakeClock()
    const slots = new Slots(clock)
    for (let number = 0; number < maxReservations; number++) assert.ok(slots.reserve(`device ${number}`) !== undefined)
    assert.equal(slots.reserve('one more'), undefined)
    assert.ok(slots.reserve('device 7') !== undefined)
    await clock.advance(reservationTtlMs)
    assert.ok(slots.reserve('one more') !== undefined)
    assert.equal(slots.reservations, 1)
  })

  it('one device has no more circuits than its share, whichever end it is at', () => {
    const slots = new Slots(new FakeClock())
    const circuits = Array.from({ length: maxCircuitsPerDevice }, (_, number) => number % 2 === 0 ? slots.open('greedy', `peer ${number}`) : slots.open(`peer ${number}`, 'greedy'))
    assert.ok(circuits.every((circuit) => circuit !== undefined))
    assert.equal(slots.open('greedy', 'bob'), undefined)
    assert.equal(slots.open('bob', 'greedy'), undefined)
    assert.ok(slots.open('alice', 'bob') !== undefined)
    const [first] = circuits
    if (first !== undefined) {
      slots.close(first)
      slots.close(first)
    }
    assert.equal(slots.circuits, maxCircuitsPerDevice)
    assert.ok(slots.open('bob', 'greedy') !== undefined)
    assert.equal(slots.open('bob', 'greedy'), undefined)
  })

  it('one device has no more circuits to one other than a few, and leaves the rest to others', () => {
    const slots = new Slots(new FakeClock())
    const circuits = Array.from({ length: maxCircuitsPerPair }, () => slots.open('greedy', 'bob'))
    assert.ok(circuits.every((circuit) => circuit !== undefined))
    const next = slots.open('greedy', 'bob')
    assert.ok(next !== undefined)
    assert.deepEqual([slots.circuits, circuits.map((circuit) => circuit?.over.signal.aborted)], [maxCircuitsPerPair, [true, ...circuits.slice(1).map(() => false)]])
    if (circuits[0] !== undefined) slots.close(circuits[0])
    assert.equal(slots.circuits, maxCircuitsPerPair, 'it has ended once')
    assert.ok(slots.open('bob', 'greedy') !== undefined)
    assert.ok(slots.open('alice', 'bob') !== undefined)
    for (const circuit of [...circuits, next]) if (circuit !== undefined) slots.close(circuit)
    assert.equal(slots.circuits, 2)
  })
})

describe('the pace of a relay', () => {
  it('lets a burst through, then as much as the time allows', async () => {
    const clock = new FakeClock()
    const { burst, perSecond } = relayedBytesPerDevice
    const pace = new Pace(clock, relayedBytesPerDevice)
    assert.equal(pace.take(burst), 0)
    assert.equal(pace.take(perSecond), 1000)
    await clock.advance(1000)
    assert.equal(pace.take(0), 0)
    assert.equal(pace.take(perSecond / 2), 500)
    await clock.advance(3_600_000)
    assert.equal(pace.take(burst), 0)
    assert.ok(pace.take(1) > 0)
  })
})
