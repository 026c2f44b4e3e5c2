import { describe, expect, test } from "bun:test"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { CBOR_BYTES_MAX, decodeCbor, encodeCbor } from "@suyuan/protocol/codec/cbor"
import * as cborg from "cborg"
import fc from "fast-check"
import vectors from "../../vectors/cbor.json"
import { cborValue, fromCborJson } from "./cbor-values"

describe("vectors", () => {
  test("[CB-1] writes and reads RFC 8949 appendix A", () => {
    for (const { value, hex } of vectors.appendixA) {
      expect(toHex(encodeCbor(fromCborJson(value)))).toBe(hex)
      expect(decodeCbor(fromHex(hex)!)).toEqual({ ok: true, value: fromCborJson(value) })
    }
  })

  test("[CB-1] writes and reads the fixed encodings", () => {
    for (const { value, hex } of vectors.encoded) {
      expect(toHex(encodeCbor(fromCborJson(value)))).toBe(hex)
      expect(decodeCbor(fromHex(hex)!)).toEqual({ ok: true, value: fromCborJson(value) })
    }
  })

  for (const { hex, error, why } of vectors.refused) {
    test(`[CB-2] refuses ${why} (${hex.slice(0, 20)})`, () => {
      expect(decodeCbor(fromHex(hex)!) as unknown).toEqual({ ok: false, error })
    })
  }
})

describe("against cborg", () => {
  test("[CB-1] writes the same bytes, and each reads the other's", () => {
    fc.assert(
      fc.property(cborValue, (value) => {
        const ours = encodeCbor(value)
        expect(toHex(ours)).toBe(toHex(cborg.encode(value)))
        expect(decodeCbor(ours)).toEqual({ ok: true, value })
        expect(cborg.decode(ours, { useMaps: true, strict: true })).toEqual(value)
      }),
      { numRuns: 2000 },
    )
  })

  test("[CB-2] accepts nothing that would be written otherwise", () => {
    const mutated = fc.tuple(cborValue, fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
      const bytes = encodeCbor(value)
      bytes[at % bytes.length] = byte
      return bytes
    })
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 12 })), (bytes) => {
        const decoded = decodeCbor(bytes)
        if (decoded.ok) expect(toHex(encodeCbor(decoded.value))).toBe(toHex(bytes))
      }),
      { numRuns: 5000 },
    )
  })
})

describe("limits", () => {
  test("[CB-3] refuses more than 65,536 bytes", () => {
    expect(decodeCbor(new Uint8Array(CBOR_BYTES_MAX + 1))).toEqual({ ok: false, error: "cbor/too-large" })
  })

  test("[CB-3] reads eight levels and writes no ninth", () => {
    const nested = (levels: number): unknown => (levels === 1 ? 0 : [nested(levels - 1)])
    expect(decodeCbor(encodeCbor(nested(8) as never)).ok).toBe(true)
    expect(() => encodeCbor(nested(9) as never)).toThrow(RangeError)
  })

  test("[CB-1] writes no negative, fractional or unsafe number", () => {
    for (const value of [-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => encodeCbor(value)).toThrow(RangeError)
    }
  })

  test("hands out copies: the input may change afterwards", () => {
    const input = Buffer.from("4201ff", "hex")
    const decoded = decodeCbor(input)
    input.fill(0)
    expect(decoded).toEqual({ ok: true, value: Uint8Array.of(1, 255) })
  })
})
