// The segments of a small picture, and a picture with what a camera writes beside it.
import { concatBytes, uintToBytes, utf8Encode } from "@suyuan/protocol/codec/bytes"

const segment = (marker: number, bytes: Uint8Array) =>
  concatBytes(Uint8Array.of(0xff, marker), uintToBytes(bytes.length + 2, 2), bytes)
export const start = Uint8Array.of(0xff, 0xd8)
export const scan = concatBytes(
  segment(0xda, Uint8Array.of(1, 1, 0, 0, 63, 0)),
  Uint8Array.of(7, 7, 0xff, 0, 7, 0xff, 0xd9),
)
export const jfif = segment(0xe0, utf8Encode("JFIF\0"))
export const table = segment(0xdb, new Uint8Array(65))
const place = segment(0xe1, utf8Encode("Exif\0\0 39.9N 116.4E"))
export const jpeg = concatBytes(start, jfif, place, segment(0xfe, utf8Encode("made by")), table, scan)

/** A picture of that size, with where it was taken. */
export function jpegOf(width: number, height: number): Uint8Array<ArrayBuffer> {
  const frame = concatBytes(Uint8Array.of(0xff, 0xc0, 0, 11, 8), uintToBytes(height, 2), uintToBytes(width, 2))
  const where = concatBytes(Uint8Array.of(0xff, 0xe1, 0, 14), utf8Encode("Exif 39.9 N "))
  return new Uint8Array(concatBytes(start, jfif, where, table, frame, Uint8Array.of(1, 1, 0x11, 0), scan))
}
