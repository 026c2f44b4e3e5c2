// What a trade is made of, read as sets by key.
import { buyers } from "@suyuan/drizzle/schema/buyers"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { participants, sites } from "@suyuan/drizzle/schema/participants"
import { attempts } from "@suyuan/drizzle/schema/payments"
import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { eq, sql } from "drizzle-orm"
import type { Transaction } from "../context"
import { arrayOf, unnest } from "../unnest"
import { eachOfSales, type SaleKey, saleName } from "./sale-key"

type SaleRow = typeof sales.$inferSelect

/** A sale that this transaction has locked, as far as a trade needs it. */
export type LockedSale = Pick<
  SaleRow,
  | "terminalId"
  | "counter"
  | "day"
  | "siteId"
  | "merchantId"
  | "code"
  | "snapshotPrefix"
  | "issuedAt"
  | "effectiveAt"
  | "lineCount"
  | "state"
  | "paidBy"
  | "settledBy"
  | "buyerId"
  | "buyerMerchantId"
  | "uploadedAt"
  | "handedOverAt"
  | "flags"
  | "recordId"
>

/** In key order, so that two groups that share sales cannot wait for each other in a ring. */
export async function lockSales(tx: Transaction, keys: readonly SaleKey[]): Promise<LockedSale[]> {
  const distinct = [...new Map(keys.map((key) => [saleName(key), key])).values()]
  const sorted = distinct.sort((a, b) => a.terminalId - b.terminalId || a.counter - b.counter)
  const rows = await tx.execute<StoredSale>(sql`
    SELECT own.terminal_id::float8 AS terminal_id, own.counter::float8 AS counter, own.day::text AS day, own.site_id,
      own.merchant_id, own.code, encode(own.snapshot_prefix, 'hex') AS snapshot_prefix, own.issued_at, own.effective_at,
      own.line_count, own.state, own.paid_by, own.settled_by, own.buyer_id, own.buyer_merchant_id, own.uploaded_at,
      own.handed_over_at, own.flags, encode(own.record_id, 'hex') AS record_id
    FROM ${eachOfSales(sql`${sales}`, sorted, "FOR UPDATE")}`)
  return rows.map((row) => ({
    ...{ terminalId: row.terminal_id, counter: row.counter, day: row.day, siteId: row.site_id },
    ...{ merchantId: row.merchant_id, code: row.code, snapshotPrefix: row.snapshot_prefix },
    ...{ issuedAt: new Date(row.issued_at), effectiveAt: new Date(row.effective_at), lineCount: row.line_count },
    ...{ state: row.state, paidBy: row.paid_by, settledBy: row.settled_by, buyerId: row.buyer_id },
    ...{ buyerMerchantId: row.buyer_merchant_id, flags: row.flags, recordId: row.record_id },
    uploadedAt: row.uploaded_at === null ? null : new Date(row.uploaded_at),
    handedOverAt: row.handed_over_at === null ? null : new Date(row.handed_over_at),
  }))
}

type StoredSale = {
  readonly terminal_id: number
  readonly counter: number
  readonly day: string
  readonly site_id: string
  readonly merchant_id: string
  readonly code: Uint8Array
  readonly snapshot_prefix: string
  readonly issued_at: string
  readonly effective_at: string
  readonly line_count: number
  readonly state: SaleRow["state"]
  readonly paid_by: SaleRow["paidBy"]
  readonly settled_by: string | null
  readonly buyer_id: string | null
  readonly buyer_merchant_id: string | null
  readonly uploaded_at: string | null
  readonly handed_over_at: string | null
  readonly flags: number
  readonly record_id: string | null
}

/** The codes that sales were made of, signatures included, by name. */
export async function readCodes(tx: Transaction, keys: readonly SaleKey[]): Promise<Map<string, Uint8Array>> {
  if (keys.length === 0) return new Map()
  const rows = await tx.execute<{ terminalId: number; counter: number; code: Uint8Array }>(sql`
    SELECT own.terminal_id::float8 AS "terminalId", own.counter::float8 AS counter, own.code
    FROM ${eachOfSales(sql`${sales}`, keys)}`)
  return new Map(rows.map((row) => [saleName(row), row.code]))
}

export type StoredLine = Pick<
  typeof saleLines.$inferSelect,
  "line" | "slot" | "quantityPacked" | "unitPriceFen" | "commodity" | "lotId" | "pileId" | "gramsLow" | "gramsHigh"
>

export async function readLines(tx: Transaction, keys: readonly SaleKey[]): Promise<Map<string, StoredLine[]>> {
  const rows = await tx.execute<StoredLine & { terminalId: number; counter: number }>(sql`
    SELECT own.terminal_id::float8 AS "terminalId", own.counter::float8 AS counter, own.line, own.slot,
      own.quantity_packed::float8 AS "quantityPacked", own.unit_price_fen AS "unitPriceFen", own.commodity,
      own.lot_id AS "lotId", encode(own.pile_id, 'hex') AS "pileId", own.grams_low::float8 AS "gramsLow",
      own.grams_high::float8 AS "gramsHigh"
    FROM ${eachOfSales(sql`${saleLines}`, keys)}
    ORDER BY own.line`)
  return Map.groupBy(rows, saleName)
}

export type SaleToRecord = {
  readonly sale: LockedSale
  readonly siteNumber: number
  readonly stallAlias: string
  readonly sellerNumber: number
  readonly buyerNumber: number | null
  readonly buyerSiteId: string | null
  readonly transactionId: string | null
  readonly payerPlatform: "wechat-pay" | "alipay" | null
  readonly payerAppId: string | null
  readonly payerOpenId: string | null
}

/** Each table by its own key: joined as a whole they are read as a whole as soon as somebody believes they are small. */
export async function readSales(tx: Transaction, due: readonly LockedSale[]): Promise<SaleToRecord[]> {
  const [stalls, payments] = await Promise.all([readStalls(tx, due), readPayments(tx, due)])
  return due.map((sale) => {
    const seller = stalls.get(stallName(sale.merchantId, sale.siteId))
    const buyer = sale.buyerMerchantId === null ? undefined : stalls.get(sale.buyerMerchantId)
    if (!seller) throw new Error(`sale ${saleName(sale)} is of a merchant that is not there`)
    const payment = sale.settledBy === null ? undefined : payments.get(sale.settledBy)
    return {
      ...{ sale, siteNumber: seller.siteNumber, stallAlias: seller.alias, sellerNumber: seller.organisation },
      ...{ buyerNumber: buyer?.organisation ?? null, buyerSiteId: buyer?.siteId ?? null },
      ...{ transactionId: payment?.transactionId ?? null, payerPlatform: payment?.payerPlatform ?? null },
      ...{ payerAppId: payment?.payerAppId ?? null, payerOpenId: payment?.payerOpenId ?? null },
    }
  })
}

type Stall = {
  readonly alias: string
  readonly siteId: string
  readonly siteNumber: number
  readonly organisation: number
}

/** Sellers at the sales' own sites, and merchants who bought, by `stallName`. */
async function readStalls(tx: Transaction, due: readonly LockedSale[]): Promise<Map<string, Stall>> {
  const wanted = new Map<string, { merchantId: string; siteId: string | null }>()
  for (const { merchantId, siteId, buyerMerchantId } of due) {
    wanted.set(stallName(merchantId, siteId), { merchantId, siteId })
    if (buyerMerchantId !== null) wanted.set(buyerMerchantId, { merchantId: buyerMerchantId, siteId: null })
  }
  const named = [...wanted.values()]
  const rows = await tx.execute<Stall & { name: string }>(sql`
    SELECT concat_ws('/', named.merchant_id, named.site_id) AS name, encode(m.alias, 'hex') AS alias,
      s.id AS "siteId", s.number AS "siteNumber", p.number AS organisation
    FROM ${unnest("named", {
      merchant_id: ["uuid", named.map(({ merchantId }) => merchantId)],
      site_id: ["uuid", named.map(({ siteId }) => siteId)],
    })}
    JOIN ${merchants} AS m ON m.id = named.merchant_id
    JOIN ${sites} AS s ON s.id = coalesce(named.site_id, m.site_id)
    JOIN ${participants} AS p ON p.id = s.participant_id`)
  return new Map(rows.map((row) => [row.name, row]))
}

function stallName(merchantId: string, siteId: string): string {
  return `${merchantId}/${siteId}`
}

/** `yymmdd` of an order number, as a day; undefined for what is none, such as `cash`. */
function dayOfNumber(settledBy: string): string | undefined {
  const date = /^([0-9]{2})([0-9]{2})([0-9]{2})[a-z2-7]{16}$/.exec(settledBy)
  return date ? `20${date[1]}-${date[2]}-${date[3]}` : undefined
}

type Payment = {
  readonly transactionId: string | null
  readonly payerPlatform: "wechat-pay" | "alipay" | null
  readonly payerAppId: string | null
  readonly payerOpenId: string | null
}

/** What settled these sales at a platform, by number: the day in the number finds the attempt's partition. */
async function readPayments(tx: Transaction, due: readonly LockedSale[]): Promise<Map<string, Payment>> {
  const settled = due.flatMap(({ settledBy, buyerId }) => {
    const day = settledBy === null ? undefined : dayOfNumber(settledBy)
    return settledBy === null || day === undefined ? [] : [{ number: settledBy, day, buyerId }]
  })
  if (settled.length === 0) return new Map()
  // Whoever's wallet it was, where only the platform could tell; else the session's. Who is forgotten is in no record.
  const rows = await tx.execute<Payment & { number: string }>(sql`
    SELECT settled.out_trade_no AS number, a.platform_transaction_id AS "transactionId", a.platform AS "payerPlatform",
      b.app_id AS "payerAppId", b.open_id AS "payerOpenId"
    FROM ${unnest("settled", {
      out_trade_no: ["text", settled.map(({ number }) => number)],
      day: ["date", settled.map(({ day }) => day)],
      buyer_id: ["uuid", settled.map(({ buyerId }) => buyerId)],
    })} CROSS JOIN LATERAL (
      SELECT * FROM ${attempts} AS own WHERE own.out_trade_no = settled.out_trade_no AND own.day = settled.day
        AND own.day = ANY (${arrayOf("date", [...new Set(settled.map(({ day }) => day))])})
      OFFSET 0) AS a
    LEFT JOIN ${buyers} AS b ON b.id = coalesce(a.wallet_buyer_id, settled.buyer_id) AND b.forgotten_at IS NULL`)
  return new Map(rows.map((row) => [row.number, row]))
}

/** Numbers of the regulators: every trade concerns them. */
export async function regulatorNumbers(tx: Transaction): Promise<number[]> {
  const rows = await tx
    .select({ number: participants.number })
    .from(participants)
    .where(eq(participants.role, "regulator"))
  return rows.map((row) => row.number)
}
