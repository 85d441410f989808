import { EMPTY } from './bytes.js'
import { CountedBytes } from './drbg.js'
import { RatchetScript } from './ratchet-script.js'
import type { Party, RatchetStart, RatchetVector } from './ratchet-script.js'

/** @param fromX3dh what the first case of x3dh.json agreed on, so that one conversation can be followed from the keys on */
export function ratchetVectors (fromX3dh: RatchetStart): RatchetVector[] {
  const bytes = new CountedBytes('ratchet')
  return [
    inOrder(bytes, fromX3dh),
    pingPong(bytes),
    skipped(bytes),
    acrossTurns(bytes),
    crossing(bytes),
    lostChains(bytes),
    longChain(bytes),
    sizes(bytes),
    shuffled(bytes)
  ].map(script => script.vector)
}

function inOrder (bytes: CountedBytes, start: RatchetStart): RatchetScript {
  const script = new RatchetScript('in order, one direction, then an answer; keys from the first case of x3dh.json', bytes, start)
  for (const text of ['hi', 'are you there?', '', 'Grüße 👋']) script.read('bob', script.send('alice', text))
  script.read('alice', script.send('bob', 'yes'))
  return script
}

function pingPong (bytes: CountedBytes): RatchetScript {
  const script = new RatchetScript('ping-pong: every message turns the ratchet', bytes)
  for (let i = 0; i < 10; i++) {
    script.read('bob', script.send('alice', `ping ${i}`))
    script.read('alice', script.send('bob', `pong ${i}`))
  }
  return script
}

function skipped (bytes: CountedBytes): RatchetScript {
  const script = new RatchetScript('skipped and read later, in one chain', bytes)
  const [m0, m1, m2, m3, m4, m5] = [0, 1, 2, 3, 4, 5].map(i => script.send('alice', `message ${i}`)) as [number, number, number, number, number, number]
  script.read('bob', m2, m0, m5, m4, m1, m3)
  script.read('bob', script.send('alice', 'the chain goes on'))
  return script
}

function acrossTurns (bytes: CountedBytes): RatchetScript {
  const script = new RatchetScript('out of order across ratchet turns: keys of three chains kept at once', bytes)
  const a = ['a0', 'a1', 'a2', 'a3'].map(text => script.send('alice', text)) as [number, number, number, number]
  script.read('bob', a[1])
  const b = ['b0', 'b1', 'b2'].map(text => script.send('bob', text)) as [number, number, number]
  script.read('alice', b[1])
  const c = ['c0', 'c1', 'c2'].map(text => script.send('alice', text)) as [number, number, number]
  script.read('bob', c[2])
  const d = ['d0', 'd1'].map(text => script.send('bob', text)) as [number, number]
  script.read('alice', d[1])
  const e = ['e0', 'e1'].map(text => script.send('alice', text)) as [number, number]
  script.read('bob', e[1])
  script.read('bob', a[3], c[0], e[0], a[0], c[1], a[2])
  script.read('alice', b[2], d[0], b[0])
  script.read('alice', script.send('bob', 'all there'))
  return script
}

function crossing (bytes: CountedBytes): RatchetScript {
  const script = new RatchetScript('messages cross on the way', bytes)
  script.read('bob', script.send('alice', 'first'))
  for (let i = 0; i < 5; i++) {
    const fromAlice = script.send('alice', `alice ${i}`)
    const fromBob = script.send('bob', `bob ${i}`)
    script.read('bob', fromAlice)
    script.read('alice', fromBob)
  }
  return script
}

function lostChains (bytes: CountedBytes): RatchetScript {
  const script = new RatchetScript('the end of each chain never arrives, so every turn skips', bytes)
  let from: Party = 'alice'
  for (let turn = 0; turn < 8; turn++) {
    const to: Party = from === 'alice' ? 'bob' : 'alice'
    const chain = [0, 1, 2].map(i => script.send(from, `turn ${turn}, ${i}`)) as [number, number, number]
    script.read(to, chain[1])
    from = to
  }
  return script
}

function longChain (bytes: CountedBytes): RatchetScript {
  const script = new RatchetScript('a chain of 100, read from its end: 99 skipped by one header', bytes)
  const chain = Array.from({ length: 100 }, (_, i) => script.send('alice', `${i}`))
  script.read('bob', ...chain.reverse())
  script.read('alice', script.send('bob', 'phew'))
  return script
}

function sizes (bytes: CountedBytes): RatchetScript {
  const script = new RatchetScript('plaintexts at the edges of the padding', bytes)
  for (const length of [0, 1, 126, 127, 128, 255, 256, 1000]) {
    script.read('bob', script.send('alice', length === 0 ? EMPTY : bytes.take(length)))
  }
  script.read('bob', script.send('alice', Buffer.from([0x80])), script.send('alice', Buffer.from([0x80, 0, 0])))
  return script
}

function shuffled (bytes: CountedBytes): RatchetScript {
  const script = new RatchetScript('a long conversation, delivered by lot', bytes)
  const waiting: Record<Party, number[]> = { alice: [], bob: [] }
  script.read('bob', script.send('alice', 'start'))
  for (let i = 0; i < 110; i++) {
    const by: Party = bytes.below(2) === 0 ? 'alice' : 'bob'
    const other: Party = by === 'alice' ? 'bob' : 'alice'
    const inbox = waiting[by]
    if (bytes.below(2) === 0 || inbox.length === 0) {
      waiting[other].push(script.send(by, `step ${i}`))
    } else {
      script.read(by, ...inbox.splice(bytes.below(inbox.length), 1))
    }
  }
  script.read('alice', ...waiting.alice)
  script.read('bob', ...waiting.bob)
  return script
}
