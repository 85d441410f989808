/** Rows in columns of equal width, two spaces apart; the last column is left as it is. Cells hold no colours. */
export function table (rows: string[][]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    row.slice(0, -1).forEach((cell, column) => { widths[column] = Math.max(widths[column] ?? 0, Array.from(cell).length) })
  }
  return rows.map((row) => row
    .map((cell, column) => column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - Array.from(cell).length))
    .join('  ').trimEnd())
}

/** `1 message`, `2 messages`. */
export function count (amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}
