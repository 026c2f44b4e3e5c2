import { describe, expect, test } from "bun:test"
import { bytesToDecimal, decimalToBytes, decimalWidth } from "@suyuan/protocol/codec/decimal"
import fc from "fast-check"

describe("bytes as decimal digits", () => {
  test("[PC-3] are as wide as the largest value, for every length up to 300 bytes", () => {
    for (let length = 1; length <= 300; length++) {
      expect(decimalWidth(length)).toBe((2n ** BigInt(8 * length) - 1n).toString().length)
    }
  })

  test("[PC-3] read back, leading zeros kept", () => {
    expect(bytesToDecimal(Uint8Array.of(0, 7))).toBe("00007")
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 170 }), (bytes) => {
        expect(decimalToBytes(bytesToDecimal(bytes))).toEqual(bytes)
      }),
      { numRuns: 1000 },
    )
  })

  test("[PC-3] have one form: no other width, no value beyond the bytes, ASCII digits only", () => {
    expect(decimalToBytes("255")).toEqual(Uint8Array.of(255))
    for (const digits of ["256", "999", "1", "12", "1234", "0000000", "٠٠٠", "-01", "1e2", " 12"]) {
      expect(decimalToBytes(digits)).toBeUndefined()
    }
  })
})
