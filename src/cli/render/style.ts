/** Colours and weights; every function gives the text back unchanged when colour is off. */
export interface Style {
  readonly coloured: boolean
  bold: (text: string) => string
  dim: (text: string) => string
  red: (text: string) => string
  green: (text: string) => string
  yellow: (text: string) => string
  cyan: (text: string) => string
}

export function makeStyle (coloured: boolean): Style {
  const sgr = (open: number, close: number) => (text: string): string => coloured ? `\u001b[${open}m${text}\u001b[${close}m` : text
  return {
    coloured,
    bold: sgr(1, 22),
    dim: sgr(2, 22),
    red: sgr(31, 39),
    green: sgr(32, 39),
    yellow: sgr(33, 39),
    cyan: sgr(36, 39)
  }
}

/** Whether a stream takes colour: a terminal that is not dumb, and no NO_COLOR (https://no-color.org). */
export function wantsColour (isTTY: boolean, env: Record<string, string | undefined>): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  return isTTY && env.TERM !== 'dumb'
}
