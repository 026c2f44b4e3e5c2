// The tables of a day of trade, and a row of each as COPY takes it: what a trade leaves behind once it is anchored.
import { randomFillSync } from "node:crypto"
import { MS_PER_DAY } from "@suyuan/protocol/units/instant"
import type postgres from "postgres"
import { attachPartition, CopiedTable, partitionOf } from "./copy-table"
import type { Trader } from "./region"

const columns = {
  sales:
    "terminal_id, counter, day, site_id, merchant_id, code, code_digest, snapshot_prefix, issued_at, effective_at, amount_fen, line_count, state, paid_fen, paid_by, settled_by, settled_at, buyer_id, buyer_merchant_id, uploaded_at, flags, record_id, version, created_at",
  sale_lines:
    "terminal_id, counter, day, line, site_id, slot, quantity_packed, unit_price_fen, amount_fen, commodity, pile_id, grams_low, grams_high",
  records: "record_id, day, kind, site_id, concerned, public_bytes, commercial_bytes, state, created_at",
  pile_events:
    "pile_id, day, effective_at, direction, record_id, line, site_id, merchant_id, commodity, grams_low, grams_high, source, lot_id, upstream_pile_id, upstream_record_id, upstream_line, left_at",
  bought_origins: "record_id, line, day, pile_id, origins, suppliers, supplier_until, supplier_revisions",
} as const

type Partitioned = keyof typeof columns

/** As long as those of a sale of two lines, without their content. */
const fillers = { code: "00".repeat(134), publicBytes: "00".repeat(190), commercialBytes: "00".repeat(60) }

export type Sold = {
  readonly recordId: string
  readonly atMs: number
  readonly lines: readonly { readonly slot: number; readonly grams: number }[]
}

export class DayTables {
  readonly day: string
  private readonly tables: Readonly<Record<Partitioned, CopiedTable>>

  private constructor(day: string, tables: Readonly<Record<Partitioned, CopiedTable>>) {
    this.day = day
    this.tables = tables
  }

  static async open(sql: postgres.Sql, day: string): Promise<DayTables> {
    const open = (parent: Partitioned) => CopiedTable.open(sql, partitionOf(parent, day), columns[parent], parent)
    const [sales, sale_lines, records, pile_events, bought_origins] = [
      await open("sales"),
      await open("sale_lines"),
      await open("records"),
      await open("pile_events"),
      await open("bought_origins"),
    ]
    return new DayTables(day, { sales, sale_lines, records, pile_events, bought_origins })
  }

  /** A random id of that day: the real ones are hashes. */
  recordId(): string {
    return `${this.dayHex}${randomHex28()}`
  }

  sale(seller: Trader, counter: number, buyerId: string, buyerMerchantId: string | null, sold: Sold): void {
    const { recordId, atMs, lines } = sold
    const at = new Date(atMs).toISOString()
    const settledAt = new Date(atMs + 8_000).toISOString()
    const { terminalId, siteId, merchantId } = seller
    let amountFen = 0
    lines.forEach(({ slot, grams }, line) => {
      const unitPriceFen = 380 + ((counter * 13 + slot * 57) % 700)
      const fen = Math.round((grams * unitPriceFen) / 500)
      amountFen += fen
      const [commodity, pileId] = [seller.commodities[slot - 1], seller.piles[slot - 1]]
      this.tables.sale_lines.add(
        `${terminalId}\t${counter}\t${this.day}\t${line}\t${siteId}\t${slot}\t${grams}\t${unitPriceFen}\t${fen}\t${commodity}\t\\\\x${pileId}\t${grams}\t${grams}`,
      )
      this.event(seller, slot, { atMs, direction: 1, recordId, line, grams, source: "outflow" })
    })
    this.tables.sales.add(
      `${terminalId}\t${counter}\t${this.day}\t${siteId}\t${merchantId}\t\\\\x${fillers.code}\t\\\\x${recordId}${recordId}\t\\\\x${seller.snapshotPrefix}\t${at}\t${at}\t${amountFen}\t${lines.length}\tpaid\t${amountFen}\twechat-pay\tS${terminalId}-${counter}\t${settledAt}\t${buyerId}\t${buyerMerchantId ?? "\\N"}\t${settledAt}\t0\t\\\\x${recordId}\t2\t${at}`,
    )
    this.record(recordId, 1, siteId, at)
  }

  record(recordId: string, kind: number, siteId: string, at: string): void {
    this.tables.records.add(
      `\\\\x${recordId}\t${this.day}\t${kind}\t${siteId}\t{4,5}\t\\\\x${fillers.publicBytes}\t\\\\x${fillers.commercialBytes}\tanchored\t${at}`,
    )
  }

  event(
    trader: Trader,
    slot: number,
    event: {
      readonly atMs: number
      readonly direction: 0 | 1 | 2
      readonly recordId: string
      readonly line: number
      readonly grams: number
      readonly source: string
      readonly lotId?: string
      readonly upstream?: { readonly pileId: string; readonly recordId: string; readonly line: number }
    },
  ): void {
    const { atMs, direction, recordId, line, grams, source, lotId = "\\N", upstream } = event
    const at = new Date(atMs).toISOString()
    const from = upstream
      ? `\\\\x${upstream.pileId}\t\\\\x${upstream.recordId}\t${upstream.line}\t${at}`
      : "\\N\t\\N\t\\N\t\\N"
    this.tables.pile_events.add(
      `\\\\x${trader.piles[slot - 1]}\t${this.day}\t${at}\t${direction}\t\\\\x${recordId}\t${line}\t${trader.siteId}\t${trader.merchantId}\t${trader.commodities[slot - 1]}\t${grams}\t${grams}\t${source}\t${lotId}\t${from}`,
    )
  }

  boughtOrigins(fields: string): void {
    this.tables.bought_origins.add(fields)
  }

  async keepPace(): Promise<void> {
    for (const table of Object.values(this.tables)) await table.keepPace()
  }

  /** Rows are complete; their indexes follow with `attach`. */
  async end(): Promise<void> {
    await Promise.all(Object.values(this.tables).map((table) => table.end()))
  }

  async attach(sql: postgres.Sql): Promise<void> {
    for (const parent of Object.keys(columns)) await attachPartition(sql, parent, this.day)
  }

  private get dayHex(): string {
    return (Date.parse(this.day) / MS_PER_DAY).toString(16).padStart(4, "0")
  }
}

const idBytes = 14
const pool = Buffer.alloc(idBytes * 8192)
let poolHex = ""
let taken = 0

function randomHex28(): string {
  if (taken + idBytes * 2 > poolHex.length) {
    poolHex = randomFillSync(pool).toString("hex")
    taken = 0
  }
  taken += idBytes * 2
  return poolHex.slice(taken - idBytes * 2, taken)
}
