import { describe, expect, test } from "bun:test"
import {
  bytesToUuid,
  makeTerminalId,
  parseTerminalHex,
  parseUuid,
  terminalToHex,
  uuidToBytes,
} from "@suyuan/protocol/terminal/identifiers"
import fc from "fast-check"

describe("terminal id", () => {
  test("is region and serial, ten hex digits in text", () => {
    expect(makeTerminalId(13, 42)).toBe(0x0d0000002a)
    expect(terminalToHex(makeTerminalId(13, 42))).toBe("0d0000002a")
    expect(makeTerminalId(255, 0xffff_ffff)).toBe(2 ** 40 - 1)
    expect(() => makeTerminalId(256, 0)).toThrow(RangeError)
    expect(() => makeTerminalId(0, 2 ** 32)).toThrow(RangeError)
  })

  test("reads back in one form only", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 - 1 }), (terminal) =>
        expect(parseTerminalHex(terminalToHex(terminal))).toEqual({ ok: true, value: terminal }),
      ),
    )
    for (const text of ["0D0000002A", "d0000002a", "000d0000002a", "0x0d000000", "", "0d0000002g"]) {
      expect(parseTerminalHex(text)).toEqual({ ok: false, error: "terminal-id/malformed" })
    }
  })
})

describe("uuid", () => {
  test("is 16 bytes, and reads back in one form only", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(uuidToBytes(bytesToUuid(bytes))).toEqual(bytes)
      }),
    )
    expect(bytesToUuid(new Uint8Array(16).fill(0x1f))).toBe("1f1f1f1f-1f1f-1f1f-1f1f-1f1f1f1f1f1f")
    for (const text of ["019B2000-0000-7000-8000-000000000001", "019b200000007000800000000000000001", "{}", ""]) {
      expect(parseUuid(text)).toEqual({ ok: false, error: "uuid/malformed" })
      expect(() => uuidToBytes(text)).toThrow(RangeError)
    }
    expect(() => bytesToUuid(new Uint8Array(15))).toThrow(RangeError)
  })
})
