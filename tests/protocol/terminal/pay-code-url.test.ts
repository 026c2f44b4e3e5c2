import { describe, expect, test } from "bun:test"
import { bytesToDecimal } from "@suyuan/protocol/codec/decimal"
import { payCodeBytes } from "@suyuan/protocol/terminal/pay-code"
import {
  PAY_CODE_DIGITS_MAX,
  parsePayCodeDigits,
  parsePayCodeUrl,
  payCodeDigits,
  payCodeSegments,
  payCodeUrl,
} from "@suyuan/protocol/terminal/pay-code-url"
import QRCode, { type QRCodeSegment } from "qrcode"
import vectors from "../../vectors/pay-code.json"
import { fixedCode, fixedCodes } from "./pay-code-cases"

describe("pay code URL", () => {
  for (const { name, code, vector } of fixedCodes) {
    test(`[PC-1] reads and writes: ${name}`, () => {
      expect(payCodeDigits(code)).toBe(vector.digits)
      expect(payCodeUrl("https://pay.example", code)).toBe(vector.url)
      expect(parsePayCodeUrl(vector.url)).toEqual({ ok: true, value: code })
      expect(parsePayCodeDigits(vector.digits)).toEqual({ ok: true, value: code })
    })
  }

  for (const { url, error, why } of vectors.refusedUrls) {
    test(`[PC-1] [PC-3] refuses ${why}`, () => {
      expect(parsePayCodeUrl(url) as unknown).toEqual({ ok: false, error })
    })
  }

  test("[PC-1] takes http only where a development gateway allows it", () => {
    const { code, vector } = fixedCode("one line")
    const url = payCodeUrl("http://127.0.0.1:8080", code)
    expect(url).toBe(`http://127.0.0.1:8080/p/${vector.digits}`)
    expect(parsePayCodeUrl(url)).toEqual({ ok: false, error: "pay-code/insecure-url" })
    expect(parsePayCodeUrl(url, { allowHttp: true })).toEqual({ ok: true, value: code })
  })

  test("[PC-1] is never printed with an origin that scanners may not keep", () => {
    const { code } = fixedCode("one line")
    for (const origin of ["https://Pay.example", "https://pay.example/", "pay.example", "ftp://pay.example", ""]) {
      expect(() => payCodeUrl(origin, code)).toThrow(RangeError)
    }
  })

  test("[PC-3] never looks at more than 393 digits", () => {
    expect(PAY_CODE_DIGITS_MAX).toBe(393)
    expect(parsePayCodeDigits("1".repeat(1_000_000))).toEqual({ ok: false, error: "pay-code/malformed" })
  })
})

describe("the QR of a code", () => {
  /** `https://`, a domain of 24 characters, `/p/`: the table of docs/specs/pay-code.md. */
  const prefix = "https://pay.market-in-a-town.com/p/"
  const sizes = [
    { lines: 1, bytes: 100, digits: 241, version: 8, modules: 49 },
    { lines: 2, bytes: 109, digits: 263, version: 8, modules: 49 },
    { lines: 3, bytes: 118, digits: 285, version: 9, modules: 53 },
    { lines: 4, bytes: 127, digits: 306, version: 9, modules: 53 },
    { lines: 5, bytes: 136, digits: 328, version: 9, modules: 53 },
    { lines: 6, bytes: 145, digits: 350, version: 10, modules: 57 },
    { lines: 7, bytes: 154, digits: 371, version: 10, modules: 57 },
    { lines: 8, bytes: 163, digits: 393, version: 10, modules: 57 },
    { lines: 9, bytes: 123, digits: 297, version: 9, modules: 53 },
  ]

  for (const { lines, bytes, digits, version, modules } of sizes) {
    test(`[PC-2] with ${lines === 9 ? "nine and more lines" : `${lines} lines`} has ${digits} digits, version ${version}`, () => {
      expect(prefix.slice("https://".length, -"/p/".length)).toHaveLength(24)
      expect(payCodeBytes(lines)).toBe(bytes)
      const url = prefix + bytesToDecimal(new Uint8Array(bytes).fill(0x5a))
      const split = payCodeSegments(url)
      expect(split).toEqual({ prefix, digits: url.slice(prefix.length) })
      expect(split.digits).toHaveLength(digits)
      const segments: QRCodeSegment[] = [
        { mode: "byte", data: new TextEncoder().encode(split.prefix) },
        { mode: "numeric", data: split.digits },
      ]
      const qr = QRCode.create(segments, { errorCorrectionLevel: "M" })
      expect(qr.version).toBe(version)
      expect(qr.modules.size).toBe(modules)
    })
  }
})
