/** Decoding, by libraries that may not be there, and scaling. */
import { P2pChatError } from '../../errors.js'
import { pictureHeader } from './header.js'
import { maxPicturePixels } from './limits.js'

/** Four bytes a pixel: red, green, blue, opacity. */
export interface Pixels {
  width: number
  height: number
  data: Uint8Array
}

/** @throws ERR_UNSUPPORTED: no picture, of a kind that is not known, or the library is not installed; ERR_LIMIT */
export async function decodePicture (bytes: Uint8Array): Promise<Pixels> {
  const header = pictureHeader(bytes)
  if (header === null) throw new P2pChatError('ERR_UNSUPPORTED', 'Only PNG and JPEG pictures can be shown here.')
  const { mime, width, height } = header
  if (width === 0 || height === 0) throw new P2pChatError('ERR_UNSUPPORTED', 'The picture is empty.')
  if (width * height > maxPicturePixels) throw new P2pChatError('ERR_LIMIT', `The picture has ${width} x ${height} pixels; at most ${maxPicturePixels / 1e6} million are shown.`)
  const pixels = mime === 'image/png' ? await decodePng(bytes) : await decodeJpeg(bytes)
  if (pixels.width !== width || pixels.height !== height || pixels.data.byteLength !== width * height * 4) throw broken()
  return pixels
}

async function decodePng (bytes: Uint8Array): Promise<Pixels> {
  const { PNG } = await library('pngjs', async () => await import('pngjs'))
  try {
    const { width, height, data } = PNG.sync.read(Buffer.from(bytes))
    return { width, height, data: new Uint8Array(data) }
  } catch (cause) {
    throw broken(cause)
  }
}

async function decodeJpeg (bytes: Uint8Array): Promise<Pixels> {
  const { decode } = await library('jpeg-js', async () => await import('jpeg-js'))
  try {
    return decode(bytes, { useTArray: true, formatAsRGBA: true, maxResolutionInMP: maxPicturePixels / 1e6, maxMemoryUsageInMB: 1024 })
  } catch (cause) {
    throw broken(cause)
  }
}

/** @throws ERR_UNSUPPORTED when it is not installed */
export async function library<T> (name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    throw new P2pChatError('ERR_UNSUPPORTED', `Pictures need the package ${name}, which is optional and not installed here: npm install ${name}`, { cause })
  }
}

function broken (cause?: unknown): P2pChatError {
  return new P2pChatError('ERR_UNSUPPORTED', 'The picture is broken.', { cause })
}

/** At most so large, in its proportions; never larger than it is. Every pixel is the mean of those that it stands for. */
export function shrink ({ width, height, data }: Pixels, maxWidth: number, maxHeight: number): Pixels {
  const scale = Math.max(1, width / maxWidth, height / maxHeight)
  const w = Math.max(1, Math.round(width / scale))
  const h = Math.max(1, Math.round(height / scale))
  const out = new Uint8Array(w * h * 4)
  for (let y = 0; y < h; y++) {
    const [y0, y1] = span(y, h, height)
    for (let x = 0; x < w; x++) {
      const [x0, x1] = span(x, w, width)
      let [red, green, blue, opacity] = [0, 0, 0, 0]
      for (let yy = y0; yy < y1; yy++) {
        for (let xx = x0; xx < x1; xx++) {
          const at = (yy * width + xx) * 4
          const alpha = data[at + 3] ?? 0
          red += (data[at] ?? 0) * alpha
          green += (data[at + 1] ?? 0) * alpha
          blue += (data[at + 2] ?? 0) * alpha
          opacity += alpha
        }
      }
      const weight = Math.max(1, opacity)
      out.set([red / weight, green / weight, blue / weight, opacity / ((y1 - y0) * (x1 - x0))].map(Math.round), (y * w + x) * 4)
    }
  }
  return { width: w, height: h, data: out }
}

function span (at: number, of: number, length: number): [number, number] {
  const from = Math.floor(at * length / of)
  return [from, Math.max(from + 1, Math.floor((at + 1) * length / of))]
}
