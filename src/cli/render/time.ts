/** A time as a person reads it, in the local zone: `14:05` today, `22 Nov 14:05` this year, `2023-11-22 14:05` before. */
export function shortTime (iso: string, nowMs: number): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return '--:--'
  const now = new Date(nowMs)
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`
  if (time.getFullYear() !== now.getFullYear()) return `${isoDay(time)} ${clock}`
  if (time.getMonth() === now.getMonth() && time.getDate() === now.getDate()) return clock
  return `${time.getDate()} ${MONTHS[time.getMonth()] ?? ''} ${clock}`
}

/** The day alone: `22 Nov 2023`. */
export function shortDay (iso: string): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return 'an unknown day'
  return `${time.getDate()} ${MONTHS[time.getMonth()] ?? ''} ${time.getFullYear()}`
}

/** A wait in words: `3 seconds`, `2 minutes`. */
export function inWords (durationMs: number): string {
  const seconds = Math.max(1, Math.ceil(durationMs / 1000))
  if (seconds < 120) return seconds === 1 ? '1 second' : `${seconds} seconds`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (value: number): string => String(value).padStart(2, '0')
const isoDay = (time: Date): string => `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
