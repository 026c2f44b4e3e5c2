import { describe, expect, test } from "bun:test"
import { sha256 } from "@noble/hashes/sha2.js"
import { concatBytes, toHex } from "@suyuan/protocol/codec/bytes"
import {
  encodeGoodsPart,
  encodePayCodeBody,
  encodePricePart,
  goodsPartOf,
  joinParts,
  type PayCodeBody,
  parseGoodsPart,
  parsePayCode,
  parsePayCodeBody,
  parsePricePart,
  payCodeBytes,
  pricePartOf,
} from "@suyuan/protocol/terminal/pay-code"
import fc from "fast-check"
import vectors from "../../vectors/pay-code.json"
import { bytesOf, fixedCode, fixedCodes, payCodeBody } from "./pay-code-cases"

describe("pay code vectors", () => {
  for (const { name, code, bytes, lines, vector } of fixedCodes) {
    test(`[PC-5] reads and writes: ${name}`, () => {
      const { body } = code
      expect(body.terminal).toBe(0x0d0000002a)
      expect(body.counter).toBe(vector.counter)
      expect(body.issuedAtSeconds).toBe(vector.issuedAtSeconds)
      expect(body.amountFen).toBe(vector.amountFen)
      expect(toHex(body.snapshotPrefix)).toBe(vectors.snapshotPrefix)
      if (body.lines.kind === "inline") expect(body.lines.items).toEqual(lines)
      else expect(body.lines.count).toBe(lines.length)
      expect(concatBytes(encodePayCodeBody(body), code.signature)).toEqual(bytes)
    })

    test(`[PC-10] splits into the fixed parts: ${name}`, () => {
      expect(toHex(encodeGoodsPart(goodsPartOf(code.body)))).toBe(vector.goodsPart)
      expect(toHex(encodePricePart(pricePartOf(code.body)))).toBe(vector.pricePart)
    })

    test(`[PC-14] is named by its body alone: ${name}`, () => {
      expect(toHex(code.digest)).toBe(vector.digest)
      const resigned = parsePayCode(concatBytes(code.bodyBytes, new Uint8Array(64)))
      expect(resigned.ok && toHex(resigned.value.digest)).toBe(vector.digest)
    })
  }

  for (const { bytes, error, why } of vectors.refusedBytes) {
    test(`[PC-4 … PC-8] refuses ${why}`, () => {
      expect(parsePayCode(bytesOf(bytes)) as unknown).toEqual({ ok: false, error })
    })
  }
})

describe("pay code bytes", () => {
  test("[PC-5] are 91 + 9n for n lines, 123 for nine and more: the length alone tells", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 255].map(payCodeBytes)).toEqual([
      100, 109, 118, 127, 136, 145, 154, 163, 123, 123,
    ])
  })

  test("[PC-5] read back what was written", () => {
    fc.assert(
      fc.property(payCodeBody, (body) => {
        expect(parsePayCodeBody(encodePayCodeBody(body))).toEqual({ ok: true, value: body })
      }),
      { numRuns: 1000 },
    )
  })

  test("[PC-5] have one form: what is read is written to the same bytes", () => {
    const mutated = fc.tuple(payCodeBody, fc.nat(), fc.nat(255)).map(([body, at, byte]) => {
      const bytes = encodePayCodeBody(body)
      bytes[at % bytes.length] = byte
      return bytes
    })
    fc.assert(
      fc.property(mutated, (bytes) => {
        const body = parsePayCodeBody(bytes)
        if (body.ok) expect(encodePayCodeBody(body.value)).toEqual(bytes)
      }),
      { numRuns: 2000 },
    )
  })

  test("[PC-10] both parts read back, and join to the same body", () => {
    fc.assert(
      fc.property(payCodeBody, (body) => {
        const goods = parseGoodsPart(encodeGoodsPart(goodsPartOf(body)))
        const price = parsePricePart(encodePricePart(pricePartOf(body)))
        expect(goods).toEqual({ ok: true, value: goodsPartOf(body) })
        expect(price).toEqual({ ok: true, value: pricePartOf(body) })
        if (!goods.ok || !price.ok) return
        const joined = joinParts(goods.value, price.value)
        expect(joined).toEqual({ ok: true, value: body })
        if (joined.ok) expect(sha256(encodePayCodeBody(joined.value))).toEqual(sha256(encodePayCodeBody(body)))
      }),
      { numRuns: 1000 },
    )
  })

  test("[PC-10] parts of different sales do not join", () => {
    const three = fixedCode("three lines, rounded down").code.body
    const one = fixedCode("one line").code.body
    expect(joinParts(goodsPartOf(three), pricePartOf(one))).toEqual({ ok: false, error: "pay-code/wrong-length" })
    expect(joinParts(goodsPartOf(one), { amountFen: 499, unitPricesFen: [398] })).toEqual({
      ok: false,
      error: "pay-code/amount-above-lines",
    })
  })

  test("[PC-8] asks for the rounded sum or less, never for a fen more", () => {
    const { body } = fixedCode("three lines, rounded down").code
    expect(encodePayCodeBody({ ...body, amountFen: 1854 })).toHaveLength(54)
    expect(() => encodePayCodeBody({ ...body, amountFen: 1855 })).toThrow("pay-code/amount-above-lines")
    expect(() => encodePayCodeBody({ ...body, amountFen: 0 })).toThrow("pay-code/amount-below-one-fen")
  })

  test("[PC-5] writes nothing that no parser would take", () => {
    const { body } = fixedCode("one line").code
    const line = { slot: 1, quantity: { unit: "gram", count: 500 }, unitPriceFen: 400 } as const
    const bad: readonly Partial<PayCodeBody>[] = [
      { terminal: 2 ** 40 },
      { counter: -1 },
      { counter: 2 ** 32 },
      { snapshotPrefix: new Uint8Array(7) },
      { lines: { kind: "inline", items: [] } },
      { lines: { kind: "inline", items: Array(9).fill(line) } },
      { lines: { kind: "digest", count: 8, digest: new Uint8Array(32) } },
      { lines: { kind: "digest", count: 256, digest: new Uint8Array(32) } },
      { lines: { kind: "digest", count: 9, digest: new Uint8Array(31) } },
      { lines: { kind: "inline", items: [{ ...line, slot: 65_536 }] } },
      { lines: { kind: "inline", items: [{ ...line, unitPriceFen: 2 ** 24 }] } },
      { lines: { kind: "inline", items: [{ ...line, quantity: { unit: "piece", count: 0 } }] } },
      { lines: { kind: "inline", items: [{ ...line, quantity: { unit: "piece", count: 2 ** 30 } }] } },
    ]
    for (const change of bad) expect(() => encodePayCodeBody({ ...body, ...change })).toThrow(RangeError)
  })

  test("[PC-10] refuses goods and prices that are cut, or carry a byte more", () => {
    const goods = bytesOf(fixedCode("three lines, rounded down").vector.goodsPart)
    const price = bytesOf(fixedCode("three lines, rounded down").vector.pricePart)
    for (const bytes of [goods.slice(0, -1), concatBytes(goods, Uint8Array.of(0)), goods.slice(0, 22)]) {
      expect(parseGoodsPart(bytes).ok).toBe(false)
    }
    for (const bytes of [price.slice(0, -1), price.slice(0, 3), new Uint8Array(4 + 3 * 9).fill(1), new Uint8Array(7)]) {
      expect(parsePricePart(bytes).ok).toBe(false)
    }
  })
})
