import { describe, expect, test } from "bun:test"
import {
  asciiBytes,
  bytesToUint,
  compareBytes,
  concatBytes,
  copyBytes,
  equalBytes,
  fromHex,
  isBytes,
  toHex,
  uintToBytes,
  utf8Decode,
  utf8Encode,
} from "@suyuan/protocol/codec/bytes"
import fc from "fast-check"

/** `unit: "binary"` says the same and takes a second to build. */
const anyText = fc
  .array(fc.oneof(fc.nat(0x7f), fc.nat(0x10_ffff)), { maxLength: 40 })
  .map((codePoints) => String.fromCodePoint(...codePoints))

describe("hex", () => {
  test("reads back what it wrote", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => expect(fromHex(toHex(bytes))).toEqual(bytes)))
  })

  test("has one form: lower case, even, without prefix", () => {
    for (const text of ["A0", "a", "0x00", "g0", " 00", "00 ", "0٠"]) expect(fromHex(text)).toBeUndefined()
  })
})

describe("unsigned integers", () => {
  test("are big-endian and read back", () => {
    expect(toHex(uintToBytes(0x0102, 4))).toBe("00000102")
    expect(toHex(uintToBytes(2n ** 64n - 1n, 8))).toBe("ffffffffffffffff")
    fc.assert(fc.property(fc.maxSafeNat(), (value) => expect(bytesToUint(uintToBytes(value, 8))).toBe(value)))
  })

  test("refuse what their width cannot hold", () => {
    for (const [value, width] of [
      [256, 1],
      [-1, 4],
      [0.5, 4],
      [2 ** 53, 8],
      [Number.NaN, 4],
    ] as const) {
      expect(() => uintToBytes(value, width)).toThrow(RangeError)
    }
    expect(() => bytesToUint(new Uint8Array(8).fill(255))).toThrow(RangeError)
  })
})

describe("UTF-8", () => {
  test("agrees with the platform's encoder on any text", () => {
    const encoder = new TextEncoder()
    fc.assert(
      fc.property(anyText, (text) => {
        expect(utf8Encode(text)).toEqual(new Uint8Array(encoder.encode(text)))
      }),
      { numRuns: 500 },
    )
  })

  test("makes a lone surrogate U+FFFD, as the platform does", () => {
    expect(toHex(utf8Encode("\ud800a"))).toBe("efbfbd61")
  })

  test("agrees with the platform's strict decoder on any bytes", () => {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
    const strict = (bytes: Uint8Array): string | undefined => {
      try {
        return decoder.decode(bytes)
      } catch {
        return undefined
      }
    }
    const nearUtf8 = fc
      .tuple(fc.string({ unit: "grapheme", maxLength: 8 }), fc.nat(), fc.nat(255))
      .map(([text, at, byte]) => {
        const bytes = new Uint8Array(new TextEncoder().encode(text))
        if (bytes.length > 0) bytes[at % bytes.length] = byte
        return bytes
      })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 8 }), nearUtf8), (bytes) => {
        expect(utf8Decode(bytes)).toBe(strict(bytes)!)
      }),
      { numRuns: 3000 },
    )
  })
})

describe("plain bytes", () => {
  test("compare equal only when they are, and sort like their hex", () => {
    const bytes = fc.uint8Array({ maxLength: 4 })
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(equalBytes(a, b)).toBe(toHex(a) === toHex(b))
        expect(Math.sign(compareBytes(a, b))).toBe(toHex(a) < toHex(b) ? -1 : toHex(a) > toHex(b) ? 1 : 0)
      }),
    )
  })

  test("are copied, not shared, from a Buffer", () => {
    const buffer = Buffer.from([1, 2, 3])
    const copy = copyBytes(buffer, 1)
    buffer.fill(9)
    expect(copy).toEqual(Uint8Array.of(2, 3))
    expect(concatBytes(Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2))).toEqual(Uint8Array.of(1, 2))
  })

  test("are told from everything else", () => {
    expect([new Uint8Array(1), Buffer.alloc(1)].every(isBytes)).toBe(true)
    expect([[1], "a", new Uint16Array(1), new DataView(new ArrayBuffer(1)), null, {}].some(isBytes)).toBe(false)
  })

  test("hold a tag only in printable ASCII", () => {
    expect(toHex(asciiBytes("SYP1"))).toBe("53595031")
    for (const tag of ["é", "\n", "水"]) expect(() => asciiBytes(tag)).toThrow(RangeError)
  })
})
