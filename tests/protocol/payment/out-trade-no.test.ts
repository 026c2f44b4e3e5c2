import { describe, expect, test } from "bun:test"
import { formatOutTradeNo, parseOutTradeNo } from "@suyuan/protocol/payment/out-trade-no"
import fc from "fast-check"
import vectors from "../../vectors/out-trade-no.json"

describe("order number", () => {
  for (const { text, ...number } of vectors.numbers) {
    test(`is ${text} for attempt ${number.attempt} of counter ${number.counter}`, () => {
      expect(formatOutTradeNo(number)).toBe(text)
      expect(parseOutTradeNo(text)).toEqual({ ok: true, value: number })
    })
  }

  test("is legal on both platforms, unique, and read backwards", () => {
    const numbers = fc.record({
      utcDay: fc.integer({ min: 10_957, max: 47_481 }),
      terminal: fc.nat({ max: 2 ** 40 - 1 }),
      counter: fc.nat(0xffff_ffff),
      attempt: fc.nat(255),
    })
    fc.assert(
      fc.property(numbers, (number) => {
        const text = formatOutTradeNo(number)
        expect(text).toMatch(/^[0-9]{6}[a-z2-7]{16}$/)
        expect(text.length).toBeLessThanOrEqual(24)
        expect(parseOutTradeNo(text)).toEqual({ ok: true, value: number })
      }),
      { numRuns: 1000 },
    )
  })

  test("has one form: no other day, case, length or alphabet", () => {
    const { text } = vectors.numbers[0]!
    const bad = [
      "",
      text.toUpperCase(),
      text.slice(1),
      `${text}a`,
      `251308${text.slice(6)}`,
      `250229${text.slice(6)}`,
      `250100${text.slice(6)}`,
      `992031${text.slice(6)}`,
      `000001${text.slice(6)}`,
      `${text.slice(0, 21)}1`,
      `${text.slice(0, 21)}-`,
    ]
    for (const other of bad) expect(parseOutTradeNo(other)).toEqual({ ok: false, error: "out-trade-no/malformed" })
  })

  test("refuses parts beyond their bytes", () => {
    const number = { utcDay: 20_430, terminal: 1, counter: 1, attempt: 1 }
    for (const bad of [
      { attempt: 256 },
      { counter: 2 ** 32 },
      { terminal: 2 ** 40 },
      { utcDay: 10_956 },
      { utcDay: 47_482 },
    ]) {
      expect(() => formatOutTradeNo({ ...number, ...bad })).toThrow(RangeError)
    }
  })
})
