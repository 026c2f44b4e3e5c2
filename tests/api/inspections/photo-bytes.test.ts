import { describe, expect, test } from "bun:test"
import { cleanPhoto, PHOTO_BYTES_MAX } from "@suyuan/api/inspections/photo-bytes"
import { concatBytes, uintToBytes, utf8Encode } from "@suyuan/protocol/codec/bytes"
import fc from "fast-check"
import { jfif, jpeg, scan, start, table } from "./photos"

const chunk = (name: string, bytes: Uint8Array) =>
  concatBytes(uintToBytes(bytes.length, 4), utf8Encode(name), bytes, new Uint8Array(4))
const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const [header, data, end] = [
  chunk("IHDR", new Uint8Array(13)),
  chunk("IDAT", new Uint8Array(9)),
  chunk("IEND", new Uint8Array(0)),
]

describe("a photo's bytes", () => {
  test("[CV-7] keep the picture and leave out what the camera wrote beside it", () => {
    expect(cleanPhoto(jpeg)).toEqual({ mediaType: "image/jpeg", bytes: concatBytes(start, jfif, table, scan) })
    const png = concatBytes(
      signature,
      header,
      chunk("eXIf", utf8Encode("39.9N")),
      chunk("tEXt", utf8Encode("who")),
      data,
      end,
    )
    expect(cleanPhoto(png)).toEqual({ mediaType: "image/png", bytes: concatBytes(signature, header, data, end) })
  })

  test("[CV-7] a clean one stays as it is, and what follows the end is gone", () => {
    const clean = cleanPhoto(jpeg)?.bytes ?? new Uint8Array(0)
    expect(cleanPhoto(clean)?.bytes).toEqual(clean)
    expect(cleanPhoto(concatBytes(clean, utf8Encode("<script>")))?.bytes).toEqual(clean)
  })

  test("[CV-7] refuse what is neither, is cut off, or is too large", () => {
    const others = ["<svg xmlns='http://www.w3.org/2000/svg'/>", "GIF89a", "RIFF    WEBP", "%PDF-1.7", ""]
    for (const text of others) expect(cleanPhoto(utf8Encode(text))).toBeUndefined()
    expect(cleanPhoto(jpeg.subarray(0, jpeg.length - 1))).toBeUndefined()
    expect(cleanPhoto(concatBytes(signature, header, data))).toBeUndefined()
    expect(cleanPhoto(concatBytes(signature, data, end))).toBeUndefined()
    expect(cleanPhoto(concatBytes(jpeg, new Uint8Array(PHOTO_BYTES_MAX)))).toBeUndefined()
  })

  test("[CV-7] any bytes behind a right beginning are refused or cleaned, never more than came", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(concatBytes(start, Uint8Array.of(0xff)), signature),
        fc.uint8Array({ maxLength: 300 }),
        (head, tail) => {
          const cleaned = cleanPhoto(concatBytes(head, tail))
          return cleaned === undefined || cleaned.bytes.length <= head.length + tail.length
        },
      ),
      { numRuns: 500 },
    )
  })
})
