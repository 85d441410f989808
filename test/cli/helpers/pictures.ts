import { encode } from 'jpeg-js'
import { PNG } from 'pngjs'

type Colour = [red: number, green: number, blue: number, opacity?: number]

/** A PNG whose pixels `colourOf` says; else all of one colour. */
export function pngOf (width: number, height: number, colourOf: (x: number, y: number) => Colour = () => [200, 30, 30]): Uint8Array {
  const png = new PNG({ width, height })
  png.data = Buffer.from(pixelsOf(width, height, colourOf))
  return new Uint8Array(PNG.sync.write(png))
}

export function jpegOf (width: number, height: number, colourOf: (x: number, y: number) => Colour = () => [200, 30, 30]): Uint8Array {
  return new Uint8Array(encode({ width, height, data: Buffer.from(pixelsOf(width, height, colourOf)) }, 90).data)
}

function pixelsOf (width: number, height: number, colourOf: (x: number, y: number) => Colour): Uint8Array {
  const data = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [red, green, blue, opacity = 255] = colourOf(x, y)
      data.set([red, green, blue, opacity], (y * width + x) * 4)
    }
  }
  return data
}
