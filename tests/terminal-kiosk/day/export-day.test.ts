import { expect, test } from "bun:test"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import type { CatalogueRow, TileRow } from "@suyuan/terminal-kiosk/store/rows"
import { dayTable } from "../../../terminal-kiosk/screens/day/export-day"
import { cabbage, openStockedStall } from "../headless-terminal"

const tile: TileRow = {
  ...{ slot: 1, commodity: 1001, unit: "weight", unitPriceFen: 360, declaredOrigin: "", place: 1, isOnSale: true },
  ...{ packLowGrams: 0, packHighGrams: 0 },
}
const named = (name: string): CatalogueRow => ({ version: 1, readAtMs: 0, entries: [[1001, name, "", []]] })

async function tableWith(name: string): Promise<string[]> {
  const { terminal } = await openStockedStall()
  const closed = await closeSale(terminal, cabbage(), "cash")
  if (!closed.ok) throw new Error(closed.error)
  const names = { tiles: [tile], catalogue: named(name), language: "zh" as const, zone: "Asia/Shanghai" }
  const table = dayTable([closed.value.sale], names)
  expect(table).not.toContain(closed.value.sale.code)
  return table.split("\r\n")
}

test("a line of the file is a line of a sale, and no pay code is in it", async () => {
  const [heads, line, end] = await tableWith("大白菜")
  expect(heads?.split(",")).toHaveLength(10)
  expect(heads?.split(",").slice(0, 4)).toEqual(["时间", "单号", "状态", "收款方式"])
  // One in the morning in UTC: a table that is eight hours off is another day's.
  expect(line).toBe("2026-03-01 09:00:00,1,现金,现金,9.00,0.00,大白菜,2500,,9.00")
  expect(end).toBe("")
})

test.each([
  ["=1+1", "'=1+1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ['a,"b"', '"a,""b"""'],
])("%s is text to a spreadsheet", async (name, cell) => {
  const [, line] = await tableWith(name)
  expect(line).toContain(`,${cell},`)
})
