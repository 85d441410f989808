/** Rows of a chain, by their sequences, where it is known which there may be. */
import type { Reader } from '../home/lane.js'
import type { Table } from '../home/table.js'

/** Rows read one by one: a look through the store costs as much as some twenty of those, and a thread has to wake up for it. */
const maxSingleReads = 16

export interface Sequences {
  /** Only above this … */
  after: number
  /** … and below this one. */
  before: number
  limit?: number
}

export interface SequenceRow<T> { sequence: number, value: T }

/** In order. */
export async function listSequences<T> (table: Table<T>, reader: Reader, device: string, { after, before, limit = Number.POSITIVE_INFINITY }: Sequences): Promise<Array<SequenceRow<T>>> {
  const rows: Array<SequenceRow<T>> = []
  let next = after + 1
  // A talk that goes back and forth has one row at a time, or none.
  if (Math.min(limit, before - next) <= maxSingleReads) {
    for (const end = Math.min(before, next + maxSingleReads); next < end && rows.length < limit; next++) {
      const value = await table.get(reader, device, next)
      if (value !== undefined) rows.push({ sequence: next, value })
    }
  }
  if (next >= before || rows.length >= limit) return rows
  const rest = await table.list(reader, [device], { after: next - 1, before, ...(Number.isFinite(limit) ? { limit: limit - rows.length } : {}) })
  return [...rows, ...rest.map(({ key, value }) => ({ sequence: Number.parseInt(key[1] ?? '', 16), value }))]
}

/** The first row of each device that has some: as many looks as there are of those, however many rows each has. */
export async function firstOfEach (table: Pick<Table<unknown>, 'keys'>, reader: Reader): Promise<Array<{ device: string, sequence: number }>> {
  const firsts: Array<{ device: string, sequence: number }> = []
  for (let after: string | undefined; ;) {
    const [key] = await table.keys(reader, [], { limit: 1, ...(after === undefined ? {} : { after }) })
    if (key === undefined) return firsts
    const [device = '', sequence = ''] = key
    firsts.push({ device, sequence: Number.parseInt(sequence, 16) })
    // Behind all keys of the device, and before those of any other.
    after = `${device}~`
  }
}
