import { safeLine } from './safe-text.js'
import type { Style } from './style.js'
import { count } from './table.js'

/** What a doctor found, of a home or of a pool. */
interface Finding { severity: 'problem' | 'advice', text: string, advice: string }

export function findingLines ({ severity, text, advice }: Finding, style: Style): string[] {
  return [`${severity === 'problem' ? style.bold('Problem:') : 'Advice:'} ${safeLine(text)}`, style.dim(`  ${safeLine(advice)}`)]
}

/** What its last line says, and the event at the end. */
export function verdictOf (findings: readonly Finding[]): { event: { event: 'doctor', problems: number, advice: number }, line: string } {
  const problems = findings.filter(({ severity }) => severity === 'problem').length
  const advice = findings.length - problems
  const line = problems > 0 ? `${count(problems, 'problem')} found.` : advice > 0 ? 'Nothing is broken.' : 'All is well.'
  return { event: { event: 'doctor', problems, advice }, line }
}
