import { safeLine } from './safe-text.js'
import type { Style } from './style.js'

/** What a doctor found, of a home or of a pool. */
export function findingLines ({ severity, text, advice }: { severity: 'problem' | 'advice', text: string, advice: string }, style: Style): string[] {
  return [`${severity === 'problem' ? style.bold('Problem:') : 'Advice:'} ${safeLine(text)}`, style.dim(`  ${safeLine(advice)}`)]
}
