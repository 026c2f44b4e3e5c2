import { lineAmountFen } from "@suyuan/protocol/sale/sale-totals"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { fenToYuan } from "@suyuan/protocol/units/money"
import { quantityGrams } from "@suyuan/protocol/units/weight"
import { linesOf } from "../../src/sale/sale-lines"
import { standingOf } from "../../src/sale/sale-standing"
import type { CatalogueRow, SaleRow, TileRow } from "../../src/store/rows"
import type { Terminal } from "../../src/terminal"
import { nameOf } from "../session/goods-names"

type Names = {
  readonly terminal: Terminal
  readonly tiles: readonly TileRow[]
  readonly catalogue: CatalogueRow | undefined
}

const heads = ["time", "counter", "state", "platform", "amount", "refunded", "goods", "grams", "pieces", "line amount"]

/** A line of the file is a line of a sale; no pay code is in it. */
export function dayTable(sales: readonly SaleRow[], { tiles, catalogue }: Omit<Names, "terminal">): string {
  const rows = sales.flatMap((sale) =>
    linesOf(sale).map((line) => [
      new Date(seconds2024ToMs(sale.issuedAtSeconds)).toISOString(),
      sale.counter,
      standingOf(sale),
      sale.payment?.platform ?? sale.settlement,
      fenToYuan(sale.amountFen),
      fenToYuan(sale.payment?.refundedFen ?? 0),
      nameOf(tiles.find(({ slot }) => slot === line.slot)?.commodity ?? 0, catalogue, "zh"),
      quantityGrams(line.quantity) ?? "",
      line.quantity.unit === "piece" ? line.quantity.count : "",
      fenToYuan(lineAmountFen(line)),
    ]),
  )
  return `${[heads, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`
}

/** RFC 4180; a cell that a spreadsheet would take for a formula stays text. */
function cell(value: string | number): string {
  const text = /^[=+\-@\t]/.test(String(value)) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The mark says to spreadsheets that it is UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF"

export function saveDay(sales: readonly SaleRow[], names: Names): void {
  const table = new Blob([BYTE_ORDER_MARK, dayTable(sales, names)], { type: "text/csv" })
  const link = document.createElement("a")
  link.href = URL.createObjectURL(table)
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone: names.terminal.identity.site.zone }).format(Date.now())
  link.download = `suyuan-${names.terminal.identity.stall.stallNumber}-${day}.csv`
  link.click()
  URL.revokeObjectURL(link.href)
}
