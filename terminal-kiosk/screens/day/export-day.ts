import { type TerminalWord, terminalWords } from "@suyuan/look/terminal-words"
import { lineAmountFen } from "@suyuan/protocol/sale/sale-totals"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { fenToYuan } from "@suyuan/protocol/units/money"
import { quantityGrams } from "@suyuan/protocol/units/weight"
import { linesOf } from "../../src/sale/sale-lines"
import { standingOf } from "../../src/sale/sale-standing"
import type { CatalogueRow, SaleRow, SettingsRow, TileRow } from "../../src/store/rows"
import type { Terminal } from "../../src/terminal"
import { nameOf } from "../session/goods-names"
import { saleLooks } from "./sale-looks"
import { saveTables, tableText } from "./save-tables"

export type Names = {
  readonly terminal: Terminal
  readonly tiles: readonly TileRow[]
  readonly catalogue: CatalogueRow | undefined
  readonly language: SettingsRow["language"]
}

const heads = [
  "exportTime",
  "saleNumber",
  "exportState",
  "exportWay",
  "exportAmount",
  "refunded",
  "exportGoods",
  "exportGrams",
  "pieces",
  "exportLineAmount",
] as const satisfies readonly TerminalWord[]

/** A line of the file is a line of a sale, in the seller's words and by the market's clock; no pay code is in it. */
export function dayTable(
  sales: readonly SaleRow[],
  names: Omit<Names, "terminal"> & { readonly zone: string },
): string {
  const { tiles, catalogue, language, zone } = names
  const say = (word: TerminalWord) => terminalWords[word][language]
  const time = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" })
  const rows = sales.flatMap((sale) =>
    linesOf(sale).map((line) => [
      time.format(seconds2024ToMs(sale.issuedAtSeconds)),
      sale.counter,
      say(saleLooks[standingOf(sale)].word),
      wayOf(sale, say),
      fenToYuan(sale.amountFen),
      fenToYuan(sale.payment?.refundedFen ?? 0),
      nameOf(tiles.find(({ slot }) => slot === line.slot)?.commodity ?? 0, catalogue, language),
      quantityGrams(line.quantity) ?? "",
      line.quantity.unit === "piece" ? line.quantity.count : "",
      fenToYuan(lineAmountFen(line)),
    ]),
  )
  return tableText([heads.map(say), ...rows])
}

/** Nothing for what nobody has paid. */
function wayOf({ payment, settlement }: SaleRow, say: (word: TerminalWord) => string): string {
  if (settlement === "cash") return say("cash")
  if (payment?.platform) return say(payment.platform)
  return settlement === "code-only" ? say("handed-over") : ""
}

/** @param dayMs any instant of the day that is shown */
export function saveDay(sales: readonly SaleRow[], names: Names, dayMs: number): void {
  const { zone } = names.terminal.identity.site
  saveTables([dayTable(sales, { ...names, zone })], names.terminal, dayMs)
}
