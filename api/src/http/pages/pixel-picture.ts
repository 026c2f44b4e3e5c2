/** A small picture of a few plain colours, drawn pixel by pixel and written as PNG. It has no letters: no font is needed. */
import { zlibSync } from "fflate"

export type Pixels = {
  readonly width: number
  readonly height: number
  /** One byte a pixel: its colour's place in the palette. */
  readonly indices: Uint8Array
}

export function blankPicture(width: number, height: number): Pixels {
  return { width, height, indices: new Uint8Array(width * height) }
}

export function fillBox(pixels: Pixels, colour: number, x: number, y: number, width: number, height: number): void {
  const [left, right] = [Math.max(0, Math.round(x)), Math.min(pixels.width, Math.round(x + width))]
  const bottom = Math.min(pixels.height, Math.round(y + height))
  for (let row = Math.max(0, Math.round(y)); row < bottom; row += 1) {
    if (right > left) pixels.indices.fill(colour, row * pixels.width + left, row * pixels.width + right)
  }
}

const stripe = { width: 4, step: 12 } as const

/** Slanting stripes. */
export function hatchBox(pixels: Pixels, colour: number, x: number, y: number, width: number, height: number): void {
  const [left, right] = [Math.round(x), Math.round(x + width)]
  for (let row = Math.round(y); row < Math.round(y + height); row += 1) {
    for (let column = left; column < right; column += 1) {
      if ((column + row) % stripe.step < stripe.width) fillBox(pixels, colour, column, row, 1, 1)
    }
  }
}

export function fillDisc(pixels: Pixels, colour: number, x: number, y: number, radius: number): void {
  for (let row = -radius; row <= radius; row += 1) {
    const half = Math.sqrt(radius * radius - row * row)
    fillBox(pixels, colour, x - half, y + row, 2 * half, 1)
  }
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const paletteKind = 3

/** @param palette `#RRGGBB` */
export function pngOf({ width, height, indices }: Pixels, palette: readonly string[]): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([8, paletteKind], 8)
  const rows = new Uint8Array((width + 1) * height)
  for (let row = 0; row < height; row += 1) {
    rows.set(indices.subarray(row * width, (row + 1) * width), row * (width + 1) + 1)
  }
  const colours = palette.flatMap((hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)))
  const chunks = [
    chunkOf("IHDR", header),
    chunkOf("PLTE", Uint8Array.from(colours)),
    chunkOf("IDAT", zlibSync(rows)),
    chunkOf("IEND", new Uint8Array(0)),
  ]
  return new Uint8Array(Buffer.concat([signature, ...chunks]))
}

function chunkOf(name: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(name, "ascii"), data])
  const chunk = Buffer.alloc(named.length + 8)
  chunk.writeUInt32BE(data.length, 0)
  named.copy(chunk, 4)
  chunk.writeUInt32BE(Bun.hash.crc32(named), named.length + 4)
  return chunk
}
