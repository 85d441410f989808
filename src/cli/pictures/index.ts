/** Pictures in the terminal: header.ts and pixels.ts read them, protocols.ts writes them. Loaded when one is to be shown. */
import type { PictureProtocol } from '../render/picture-protocols.js'
import { cellPixels, maxPictureRows } from './limits.js'
import { decodePicture, shrink } from './pixels.js'
import { blocks, encode } from './protocols.js'

export { pictureHeader } from './header.js'
export { maxPictureBytes, maxQuickPixels } from './limits.js'
export { detectProtocol, hasTrueColour } from './protocols.js'

export interface Room {
  columns: number
  rows: number
  /** Whether blocks may have any colour. */
  trueColour: boolean
}

/** Lines to print. @throws ERR_UNSUPPORTED, ERR_LIMIT */
export async function pictureLines (bytes: Uint8Array, protocol: PictureProtocol, { columns, rows, trueColour }: Room): Promise<{ lines: string[], width: number, height: number }> {
  const picture = await decodePicture(bytes)
  const { width, height } = picture
  const [maxColumns, maxRows] = [Math.max(1, columns - 1), Math.max(2, Math.min(maxPictureRows, rows - 4))]
  if (protocol === 'blocks') return { lines: blocks(shrink(picture, maxColumns, maxRows * 2), trueColour), width, height }
  return { lines: [await encode(protocol, shrink(picture, maxColumns * cellPixels.width, maxRows * cellPixels.height))], width, height }
}
