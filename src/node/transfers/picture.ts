/** A small picture of a picture, if the libraries for it are installed. */
import type { FilePreview } from '../files/manifest.js'
import type { ReadableFile } from '../files/outgoing/regular-file.js'
import { sniffMime } from '../files/mime.js'
import { later } from '../../later.js'

/** Decoded, such a picture takes 160 MB: more than a preview is worth. */
const maxPicturePixels = 40_000_000
/** Read into memory for it. */
const maxPictureBytes = 20 * 1024 * 1024
const previewPixels = 192
const previewQuality = 60
/** Beyond it there is no preview, rather than a message that does not fit. */
const maxEncodedBytes = 24 * 1024

const pngs = later(async () => await import('pngjs'))
const jpegs = later(async () => await import('jpeg-js'))

interface Pixels { width: number, height: number, data: Uint8Array }

/** Undefined for what is no picture, is too large, or cannot be read: a file goes without one then. */
export async function previewOf (file: ReadableFile): Promise<FilePreview | undefined> {
  const { bytes } = await file.state()
  if (bytes === 0 || bytes > maxPictureBytes) return undefined
  const head = new Uint8Array(Math.min(bytes, 4096))
  await file.read(head, 0)
  const mime = await sniffMime(head)
  if (mime !== 'image/png' && mime !== 'image/jpeg') return undefined
  const content = new Uint8Array(bytes)
  if (await file.read(content, 0) < bytes) return undefined
  try {
    const pixels = mime === 'image/png' ? await decodePng(content) : await decodeJpeg(content)
    return pixels === undefined ? undefined : await encodePreview(shrink(pixels))
  } catch {
    // Broken, or of a kind that the library does not know, or the library is not there.
    return undefined
  }
}

async function decodePng (content: Uint8Array): Promise<Pixels | undefined> {
  const view = new DataView(content.buffer, content.byteOffset)
  if (content.byteLength < 24 || view.getUint32(16) * view.getUint32(20) > maxPicturePixels) return undefined
  const { PNG } = await pngs()
  return PNG.sync.read(Buffer.from(content))
}

async function decodeJpeg (content: Uint8Array): Promise<Pixels | undefined> {
  const { decode } = await jpegs()
  return decode(content, { useTArray: true, maxResolutionInMP: maxPicturePixels / 1e6, maxMemoryUsageInMB: 512 })
}

async function encodePreview ({ width, height, data }: Pixels): Promise<FilePreview | undefined> {
  const { encode } = await jpegs()
  const picture = new Uint8Array(encode({ width, height, data: Buffer.from(data) }, previewQuality).data)
  return picture.byteLength > maxEncodedBytes ? undefined : { mime: 'image/jpeg', width, height, picture }
}

/** Every pixel of the small one is the mean of those that it stands for. */
function shrink ({ width, height, data }: Pixels): Pixels {
  const scale = Math.max(1, width / previewPixels, height / previewPixels)
  const [w, h] = [Math.max(1, Math.round(width / scale)), Math.max(1, Math.round(height / scale))]
  const out = new Uint8Array(w * h * 4)
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [x0, x1] = [Math.floor(x * width / w), Math.max(Math.floor(x * width / w) + 1, Math.floor((x + 1) * width / w))]
      const [y0, y1] = [Math.floor(y * height / h), Math.max(Math.floor(y * height / h) + 1, Math.floor((y + 1) * height / h))]
      const sums = [0, 0, 0]
      for (let yy = y0; yy < y1; yy++) for (let xx = x0; xx < x1; xx++) for (let c = 0; c < 3; c++) sums[c]! += data[(yy * width + xx) * 4 + c]!
      const count = (x1 - x0) * (y1 - y0)
      for (let c = 0; c < 3; c++) out[(y * w + x) * 4 + c] = sums[c]! / count
      out[(y * w + x) * 4 + 3] = 255
    }
  }
  return { width: w, height: h, data: out }
}
