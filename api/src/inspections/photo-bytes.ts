/**
 * Photos as they are kept: JPEG or PNG by their own first bytes, whatever a header says, and without what the camera
 * wrote beside the picture (place, time, device). Nothing is decoded: segments are kept or left out as they stand.
 * A sender controls every byte: lengths are checked before they are followed.
 */
import { concatBytes } from "@suyuan/protocol/codec/bytes"

export const PHOTO_BYTES_MAX = 512 * 1024

export type Photo = { readonly mediaType: "image/jpeg" | "image/png"; readonly bytes: Uint8Array }

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** `undefined` for what is neither, is cut off, or is too large. */
export function cleanPhoto(bytes: Uint8Array): Photo | undefined {
  if (bytes.length > PHOTO_BYTES_MAX) return undefined
  const isPng = pngSignature.every((byte, i) => bytes[i] === byte)
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff
  const cleaned = isPng ? cleanPng(bytes) : isJpeg ? cleanJpeg(bytes) : undefined
  return cleaned && { mediaType: isPng ? "image/png" : "image/jpeg", bytes: cleaned }
}

const isWord = (marker: number) => (marker >= 0xd0 && marker <= 0xd9) || marker === 0x01
/** APP1 to APP15 but Adobe's APP14, which says how colours are stored; and comments. */
const isBeside = (marker: number) => (marker >= 0xe1 && marker <= 0xef && marker !== 0xee) || marker === 0xfe

/** Segments up to the scan, which goes to the end of image. */
function cleanJpeg(bytes: Uint8Array): Uint8Array | undefined {
  const kept = [bytes.subarray(0, 2)]
  let at = 2
  while (at + 4 <= bytes.length) {
    const marker = bytes[at + 1] ?? 0
    if (bytes[at] !== 0xff || isWord(marker)) return undefined
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === 0xda) {
      const end = endOfImage(bytes, at)
      return end === undefined ? undefined : concatBytes(...kept, bytes.subarray(at, end))
    }
    const end = at + 2 + (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0)
    if (end < at + 4 || end > bytes.length) return undefined
    if (!isBeside(marker)) kept.push(bytes.subarray(at, end))
    at = end
  }
  return undefined
}

/** What stands behind the end of image is no part of it (some cameras put a second picture there). */
function endOfImage(bytes: Uint8Array, scanAt: number): number | undefined {
  for (let at = scanAt + 2; at + 1 < bytes.length; at += 1) {
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return at + 2
  }
  return undefined
}

/** What a picture needs: its header, palette, transparency, colours and data. */
const pngChunks = new Set(["IHDR", "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "sBIT", "IDAT", "IEND"])

function cleanPng(bytes: Uint8Array): Uint8Array | undefined {
  const kept = [bytes.subarray(0, pngSignature.length)]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = pngSignature.length
  while (at + 12 <= bytes.length) {
    const end = at + 12 + view.getUint32(at)
    if (end > bytes.length) return undefined
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (kept.length === 1 && name !== "IHDR") return undefined
    if (pngChunks.has(name)) kept.push(bytes.subarray(at, end))
    if (name === "IEND") return concatBytes(...kept)
    at = end
  }
  return undefined
}
