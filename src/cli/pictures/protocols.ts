/** Pixels as terminals take them. Nothing of a peer's bytes goes out: what is written was decoded and encoded anew. */
import type { PictureProtocol } from '../render/picture-protocols.js'
import { cellPixels } from './limits.js'
import { library, type Pixels } from './pixels.js'

type Env = Record<string, string | undefined>

/** What the terminal says of itself; inside tmux and screen only blocks come through. */
export function detectProtocol (env: Env): PictureProtocol {
  const { TERM = '', TERM_PROGRAM = '' } = env
  if (env.TMUX !== undefined || env.STY !== undefined || /^(tmux|screen)/.test(TERM)) return 'blocks'
  if (env.KITTY_WINDOW_ID !== undefined || /kitty|ghostty/.test(TERM) || TERM_PROGRAM === 'ghostty') return 'kitty'
  if (['iTerm.app', 'WezTerm', 'mintty'].includes(TERM_PROGRAM)) return 'iterm2'
  if (/sixel|^foot|^mlterm|^contour/.test(TERM) || env.KONSOLE_VERSION !== undefined) return 'sixel'
  return 'blocks'
}

/** One string; the cursor stands at its end, or at the beginning of the next line. */
export async function encode (protocol: Exclude<PictureProtocol, 'blocks'>, pixels: Pixels): Promise<string> {
  switch (protocol) {
    case 'kitty': return kitty(pixels)
    case 'iterm2': return await iterm2(pixels)
    case 'sixel': return await sixel(pixels)
  }
}

/** https://sw.kovidgoyal.net/kitty/graphics-protocol: raw RGBA in pieces of 4,096 bytes of base64, no answers (q=2). */
function kitty ({ width, height, data }: Pixels): string {
  const pieces = Buffer.from(data).toString('base64').match(/.{1,4096}/g) ?? []
  const columns = Math.ceil(width / cellPixels.width)
  const rows = Math.ceil(height / cellPixels.height)
  return pieces.map((piece, at) => {
    const first = at === 0 ? `a=T,q=2,f=32,s=${width},v=${height},c=${columns},r=${rows},` : ''
    return `\u001b_G${first}m=${at < pieces.length - 1 ? 1 : 0};${piece}\u001b\\`
  }).join('')
}

/** https://iterm2.com/documentation-images.html */
async function iterm2 ({ width, height, data }: Pixels): Promise<string> {
  const { PNG } = await library('pngjs', async () => await import('pngjs'))
  const png = new PNG({ width, height })
  png.data = Buffer.from(data)
  const bytes = PNG.sync.write(png)
  return `\u001b]1337;File=inline=1;size=${bytes.byteLength};width=${Math.ceil(width / cellPixels.width)};preserveAspectRatio=1:${bytes.toString('base64')}\u0007`
}

async function sixel ({ width, height, data }: Pixels): Promise<string> {
  const { image2sixel } = await library('sixel', async () => await import('sixel'))
  return image2sixel(data, width, height, 256)
}

/** Whether the terminal takes any colour, not only one of 256. */
export function hasTrueColour (env: Env): boolean {
  return env.COLORTERM === 'truecolor' || env.COLORTERM === '24bit'
}

/** Two pixels a cell: the upper half in the foreground's colour, the lower in the background's. */
export function blocks ({ width, height, data }: Pixels, trueColour: boolean): string[] {
  const lines: string[] = []
  const colourAt = (at: number): string => {
    const colour = onWhite(data, at)
    return trueColour ? `2;${colour.join(';')}` : `5;${oneOf256(colour)}`
  }
  for (let y = 0; y < height; y += 2) {
    let line = ''
    for (let x = 0; x < width; x++) {
      const upper = colourAt((y * width + x) * 4)
      line += y + 1 < height
        ? `\u001b[38;${upper}m\u001b[48;${colourAt(((y + 1) * width + x) * 4)}m▀`
        : `\u001b[49m\u001b[38;${upper}m▀`
    }
    lines.push(`${line}\u001b[0m`)
  }
  return lines
}

type Colour = [red: number, green: number, blue: number]

/** On white, where it lets something through: drawings are made for paper. */
function onWhite (data: Uint8Array, at: number): Colour {
  const opacity = (data[at + 3] ?? 0) / 255
  const over = (channel: number): number => Math.round((data[at + channel] ?? 0) * opacity + 255 * (1 - opacity))
  return [over(0), over(1), over(2)]
}

/** The nearest of xterm's cube of 6 x 6 x 6 colours, whose steps are 0, 95, 135 and so on, or for greys of its 24 greys: 8, 18, 28 and so on. */
function oneOf256 ([red, green, blue]: Colour): number {
  if (red === green && green === blue && red > 3 && red < 247) return 232 + Math.max(0, Math.min(23, Math.round((red - 8) / 10)))
  const step = (value: number): number => value < 48 ? 0 : value < 115 ? 1 : Math.round((value - 55) / 40)
  return 16 + 36 * step(red) + 6 * step(green) + step(blue)
}
