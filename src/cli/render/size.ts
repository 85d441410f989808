const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** A size as a person reads it: `17 bytes`, `812 KiB`, `1.2 GiB`. */
export function sizeWords (bytes: number): string {
  if (bytes === 1) return '1 byte'
  let value = bytes
  let unit = 0
  while (unit < UNITS.length - 1 && Number(value.toFixed(value < 10 ? 1 : 0)) >= (unit === 0 ? 1024 : 1000)) {
    value /= 1024
    unit++
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${UNITS[unit] ?? ''}`
}

/** `25M`, `1G`, `1.5 GiB`, `300K`, `1000`: in bytes. @throws Error whose message says what is allowed */
export function parseSize (text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(?:([kmg])(?:ib?)?|b|bytes)?$/i.exec(text.trim())
  if (match === null) throw new Error('It must be a size such as 300K, 25M, 1G or a number of bytes; 0 is none.')
  const power = { '': 0, k: 1, m: 2, g: 3 }[(match[2] ?? '').toLowerCase() as '' | 'k' | 'm' | 'g']
  return Math.round(Number(match[1]) * 1024 ** power)
}

/** A time that is left, as clocks show it: `0:17`, `12:05`, `1:02:03`. */
export function clockWords (seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds))
  const two = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  return hours === 0 ? `${minutes}:${two(whole % 60)}` : `${hours}:${two(minutes)}:${two(whole % 60)}`
}
