import { describe, expect, test } from "bun:test"
import type { SaleLine } from "@suyuan/protocol/sale/sale"
import { lineAmountFen, linesTotalFen } from "@suyuan/protocol/sale/sale-totals"
import fc from "fast-check"
import { saleLine } from "../terminal/pay-code-cases"

function line(unit: SaleLine["quantity"]["unit"], count: number, unitPriceFen: number): SaleLine {
  return { slot: 0, quantity: { unit, count }, unitPriceFen }
}

describe("line amount", () => {
  const rows: readonly [SaleLine, number, string][] = [
    [line("gram", 1000, 398), 398, "a kilogram at its price"],
    [line("gram", 1250, 398), 498, "497.5 fen: the half goes up"],
    [line("gram", 1249, 398), 497, "497.102 fen"],
    [line("gram", 505, 1299), 656, "655.995 fen"],
    [line("gram", 1, 499), 0, "0.499 fen: a gram may cost nothing"],
    [line("gram", 1, 500), 1, "0.5 fen"],
    [line("hectogram", 155, 240), 3720, "15.5 kg"],
    [line("piece", 2, 350), 700, "pieces are not rounded"],
    [line("piece", 1, 0), 0, "a gift"],
  ]
  for (const [sold, amountFen, why] of rows) {
    test(`[PC-8] of ${sold.quantity.count} ${sold.quantity.unit} at ${sold.unitPriceFen} is ${amountFen} fen: ${why}`, () => {
      expect(lineAmountFen(sold)).toBe(amountFen)
    })
  }

  test("[PC-8] is exact where a double is not", () => {
    expect(lineAmountFen(line("hectogram", 2 ** 30 - 1, 2 ** 24 - 1))).toBe(1_801_439_741_896_295)
  })

  test("[PC-8] is rounded per line: the sum of the lines is the sum of what each says", () => {
    expect(linesTotalFen([line("gram", 1, 500), line("gram", 1, 500)])).toBe(2)
    expect(linesTotalFen([line("gram", 2, 500)])).toBe(1)
    expect(linesTotalFen([])).toBe(0)
  })

  test("[PC-8] is never half a fen away from the exact one", () => {
    fc.assert(
      fc.property(saleLine, (sold) => {
        if (sold.quantity.unit === "piece") return
        const grams = BigInt(sold.quantity.count) * (sold.quantity.unit === "gram" ? 1n : 100n)
        const doubled = 2n * (BigInt(lineAmountFen(sold)) * 1000n - grams * BigInt(sold.unitPriceFen))
        expect(doubled > -1000n && doubled <= 1000n).toBe(true)
      }),
    )
  })
})
