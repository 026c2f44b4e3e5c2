/**
 * How large a JPEG or PNG is drawn, from its own header. A few bytes can name a picture that fills a phone's memory.
 * For what `cleanPhoto` gave: its segments are whole.
 */
import type { Photo } from "../inspections/photo-bytes"

export type PictureSize = { readonly width: number; readonly height: number }

export function pictureSize(mediaType: "image/jpeg" | "image/png", bytes: Uint8Array): PictureSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  // The header is a PNG's first chunk.
  if (mediaType === "image/png") return { width: view.getUint32(16), height: view.getUint32(20) }
  let at = 2
  while (at + 9 <= bytes.length) {
    const marker = view.getUint8(at + 1)
    if (isFrame(marker)) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}

/** Start of frame, of any kind of coding; C4, C8 and CC are tables and an extension. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

/** What a phone draws without trouble. */
export const sidePixels = { min: 64, max: 2048 } as const

export function isShowable({ mediaType, bytes }: Photo): boolean {
  const size = pictureSize(mediaType, bytes)
  const fits = (side: number) => side >= sidePixels.min && side <= sidePixels.max
  return size !== undefined && fits(size.width) && fits(size.height)
}
