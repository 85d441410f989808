import type { SafetyNumber } from '../../node/chat-node.js'
import { safeLine } from './safe-text.js'

/** The digits in groups of five, four groups a line, as people read them to each other. */
export function numberLines (number: string): string[] {
  const groups = number.replace(/\D/g, '').match(/\d{1,5}/g) ?? []
  const lines: string[] = []
  for (let at = 0; at < groups.length; at += 4) lines.push(groups.slice(at, at + 4).join(' '))
  return lines
}

export function identityWords (safety: Pick<SafetyNumber, 'username' | 'identity'>): string {
  const name = safeLine(safety.username)
  switch (safety.identity) {
    case 'verified': return `You have compared and accepted this number with ${name}.`
    case 'pinned': return `Not compared yet. If ${name} sees the same digits: verify ${name} --accept`
    case 'changed': return `The identity key of ${name} HAS CHANGED; nothing is sent until you compare again and type: verify ${name} --accept`
    default: return `The identity key of ${name}: ${safeLine(safety.identity)}.`
  }
}
