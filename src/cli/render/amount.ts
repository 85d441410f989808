import { safeLine } from './safe-text.js'
import { sizeWords } from './size.js'

const DAY_MS = 86_400_000
const MEBIBYTE = 1024 * 1024

/** An amount as a person reads it: `30 days` for 2592000000 ms, `100 MiB`; what is no round number of these stays exact, below a GiB. */
export function amountWords (amount: number, unit: string): string {
  if (unit === 'ms' && amount >= DAY_MS && amount % DAY_MS === 0) return `${amount / DAY_MS} days`
  if (unit === 'bytes' && amount >= MEBIBYTE && amount % MEBIBYTE === 0) return `${amount / MEBIBYTE} MiB`
  if (unit === 'bytes' && amount >= 1024 * MEBIBYTE) return sizeWords(amount)
  return `${amount} ${safeLine(unit)}`
}
