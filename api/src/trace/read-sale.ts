import { records } from "@suyuan/drizzle/schema/ledger"
import { commodities, merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { sql } from "drizzle-orm"
import type { Reader } from "../context"
import { fixedText, placeholder } from "../fixed-text"
import { recordDay } from "../ledger/record-day"
import { startsBeforeSql } from "./history-start"
import { type WalkStart, type WalkStartRow, walkStart, walkStartOf } from "./pile-days"

export type TracedSale = {
  readonly siteId: string
  readonly buyerId: string | null
  readonly settledBy: string | null
  readonly soldMs: number
  readonly amountFen: number
  readonly state: (typeof sales.$inferSelect)["state"]
  readonly recordState: (typeof records.$inferSelect)["state"]
  readonly merchant: Pick<typeof merchants.$inferSelect, "name" | "stallNumber" | "photo">
  readonly site: Pick<typeof sites.$inferSelect, "name" | "nameEn" | "zone" | "dayStartsAtMinutes">
  readonly lines: readonly TracedLine[]
  /** Where the walks through the lines' piles may begin. */
  readonly starts: ReadonlyMap<string, WalkStart>
}

export type TracedLine = {
  readonly line: number
  readonly pileId: string | null
  /** What the seller chose. */
  readonly lotId: string | null
  readonly gramsHigh: number | null
  readonly nameZh: string | null
  readonly nameEn: string | null
}

/** A sale with its lines; none for a record that is no sale. One statement. */
export async function readSale(reader: Reader, recordId: string): Promise<TracedSale | undefined> {
  const rows = await reader.execute<Row>(saleText({ recordId, day: recordDay(recordId) }))
  const [first] = rows
  if (!first) return undefined
  const { sold_ms: soldMs, amount_fen: amountFen, sale_state: state, record_state: recordState } = first
  return {
    ...{ siteId: first.site_id, buyerId: first.buyer_id, settledBy: first.settled_by },
    ...{ soldMs: Math.round(soldMs), amountFen, state, recordState },
    merchant: { name: first.stall, stallNumber: first.stall_number, photo: first.photo },
    site: {
      name: first.site,
      nameEn: first.site_en,
      zone: first.zone,
      dayStartsAtMinutes: first.day_starts_at_minutes,
    },
    lines: rows.flatMap(lineOf),
    starts: new Map(
      rows.flatMap((row) =>
        row.at_ms === null || row.pile_id === null ? [] : [[row.pile_id, walkStartOf(row)] as const],
      ),
    ),
  }
}

const saleText = fixedText<"recordId" | "day">(sql`
  SELECT sold.site_id, sold.buyer_id, sold.settled_by, extract(epoch FROM sold.effective_at)::float8 * 1000 AS sold_ms, sold.amount_fen::float8, sold.state AS sale_state,
    entry.state AS record_state, stall.name AS stall, stall.stall_number, encode(stall.photo, 'hex') AS photo,
    place.name AS site, place.name_en AS site_en, place.zone, place.day_starts_at_minutes,
    item.line, encode(item.pile_id, 'hex') AS pile_id, item.lot_id, item.grams_high::float8, goods.name_zh, goods.name_en,
    start.*
  FROM ${sales} AS sold
  JOIN ${records} AS entry ON entry.record_id = sold.record_id AND entry.day = ${placeholder("day")}::date
  JOIN ${merchants} AS stall ON stall.id = sold.merchant_id
  JOIN ${sites} AS place ON place.id = sold.site_id
  LEFT JOIN ${saleLines} AS item ON item.terminal_id = sold.terminal_id AND item.counter = sold.counter
    AND item.day = ${placeholder("day")}::date
  LEFT JOIN ${commodities} AS goods ON goods.code = item.commodity
  LEFT JOIN LATERAL (${walkStart(sql`item.pile_id`, startsBeforeSql(sql`sold.effective_at`))}) AS start ON true
  WHERE sold.record_id = ${sql.param(sql.placeholder("recordId"), sales.recordId)} AND sold.day = ${placeholder("day")}::date
  ORDER BY item.line`)

type Row = {
  readonly site_id: string
  readonly buyer_id: string | null
  readonly settled_by: string | null
  readonly sold_ms: number
  readonly amount_fen: number
  readonly sale_state: TracedSale["state"]
  readonly record_state: TracedSale["recordState"]
  readonly stall: string
  readonly stall_number: string
  readonly photo: string | null
  readonly site: string
  readonly site_en: string
  readonly zone: string
  readonly day_starts_at_minutes: number
  readonly line: number | null
  readonly pile_id: string | null
  readonly lot_id: string | null
  readonly grams_high: number | null
  readonly name_zh: string | null
  readonly name_en: string | null
} & (WalkStartRow | { readonly at_ms: null })

function lineOf(row: Row): TracedLine[] {
  if (row.line === null) return []
  const { line, pile_id: pileId, lot_id: lotId, grams_high: gramsHigh } = row
  return [{ line, pileId, lotId, gramsHigh, nameZh: row.name_zh, nameEn: row.name_en }]
}
