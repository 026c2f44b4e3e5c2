/** Today's sales at this terminal, for its day page: read backwards from the newest, whatever lies before. */

import { lineAmountFen } from "@suyuan/protocol/sale/sale-totals"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { quantityGrams } from "@suyuan/protocol/units/weight"
import { linesOf } from "../sale/sale-lines"
import { type SaleStanding, standingOf } from "../sale/sale-standing"
import { counterKey, type SaleRow, type TileRow } from "../store/rows"
import type { Terminal } from "../terminal"
import { keptFormat } from "./kept-format"

/** A day is mostly looked at early: the first page is small, each one after it twice as large. */
const [PAGE_MIN, PAGE_MAX] = [25, 200]
const DAY_MS = 24 * 3_600_000

/** Newest first. @param untilMs left out, as is what is later. */
export async function salesSince(
  { store }: Pick<Terminal, "store">,
  fromMs: number,
  untilMs = Number.POSITIVE_INFINITY,
): Promise<SaleRow[]> {
  const last = await store.last("sales")
  const found: SaleRow[] = []
  let highest = last?.[1].counter ?? 0
  for (let page = PAGE_MIN; highest > 0; page = Math.min(2 * page, PAGE_MAX)) {
    const lowest = Math.max(0, highest - page)
    const rows = await store.list("sales", { after: counterKey(lowest), limit: highest - lowest })
    for (const [, sale] of [...rows].reverse()) {
      if (sale.counter > highest) continue
      const issuedAtMs = seconds2024ToMs(sale.issuedAtSeconds)
      if (issuedAtMs < fromMs) return found
      if (issuedAtMs < untilMs) found.push(sale)
    }
    highest = lowest
  }
  return found
}

/** Of a sale as it was read, and as it was heard of meanwhile. */
export function newestOf(read: SaleRow, heard: SaleRow | undefined): SaleRow {
  return (heard?.payment?.version ?? -1) > (read.payment?.version ?? -1) ? (heard ?? read) : read
}

/** When the site's business day that holds this moment began. */
export function dayStartMs(nowMs: number, zone: string, dayStartsAtMinutes: number): number {
  const parts = keptFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(nowMs)
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0)
  const intoDayMs = ((of("hour") * 60 + of("minute")) * 60 + of("second")) * 1000 + (nowMs % 1000)
  const sinceStartMs = intoDayMs - dayStartsAtMinutes * 60_000
  return nowMs - (sinceStartMs < 0 ? sinceStartMs + DAY_MS : sinceStartMs)
}

export interface DayTotals {
  readonly sales: number
  readonly takenFen: number
  readonly refundedFen: number
  readonly byWay: ReadonlyMap<"wechat-pay" | "alipay" | "cash" | "handed-over", number>
  readonly byCommodity: ReadonlyMap<
    number,
    { readonly grams: number; readonly pieces: number; readonly amountFen: number }
  >
}

const counted: ReadonlySet<SaleStanding> = new Set(["paid", "cash", "handed-over"])

/** What came in: what is waiting, cancelled or voided counts for nothing. By commodity before 抹零. */
export function totalsOf(sales: readonly SaleRow[], tiles: readonly Pick<TileRow, "slot" | "commodity">[]): DayTotals {
  const commodities = new Map(tiles.map(({ slot, commodity }) => [slot, commodity]))
  const byWay = new Map<"wechat-pay" | "alipay" | "cash" | "handed-over", number>()
  const byCommodity = new Map<number, { grams: number; pieces: number; amountFen: number }>()
  let [count, takenFen, refundedFen] = [0, 0, 0]
  for (const sale of sales) {
    const standing = standingOf(sale)
    if (!counted.has(standing)) continue
    count += 1
    takenFen += sale.amountFen
    refundedFen += sale.payment?.refundedFen ?? 0
    const way = wayOf(sale, standing)
    byWay.set(way, (byWay.get(way) ?? 0) + sale.amountFen)
    for (const line of linesOf(sale)) {
      // 0 names nothing: a slot that this tablet never had.
      const commodity = commodities.get(line.slot) ?? 0
      const sum = byCommodity.get(commodity) ?? { grams: 0, pieces: 0, amountFen: 0 }
      sum.grams += quantityGrams(line.quantity) ?? 0
      sum.pieces += line.quantity.unit === "piece" ? line.quantity.count : 0
      sum.amountFen += lineAmountFen(line)
      byCommodity.set(commodity, sum)
    }
  }
  return { sales: count, takenFen, refundedFen, byWay, byCommodity }
}

function wayOf(sale: SaleRow, standing: SaleStanding): "wechat-pay" | "alipay" | "cash" | "handed-over" {
  if (standing === "cash") return "cash"
  return standing === "handed-over" ? "handed-over" : (sale.payment?.platform ?? "handed-over")
}
