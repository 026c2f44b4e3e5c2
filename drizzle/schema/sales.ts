import { bigint, date, integer, pgTable, primaryKey, smallint, text, uuid } from "drizzle-orm/pg-core"
import { hexBytes, instant, rawBytes } from "./columns"

/**
 * (terminal, counter) names a sale for ever: the first signed body wins, another one is refused and raised as an alarm.
 * Hash-partitioned without the day, so that the uniqueness does not depend on a date that the caller chose.
 */
export const saleKeys = pgTable(
  "sale_keys",
  {
    terminalId: bigint("terminal_id", { mode: "number" }).notNull(),
    counter: bigint("counter", { mode: "number" }).notNull(),
    codeDigest: hexBytes("code_digest").notNull(),
    day: date("day", { mode: "string" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.terminalId, t.counter] })],
)

/** A sale is its signed code plus the money side. Partitioned by the UTC day of issue, which the code fixes. */
export const sales = pgTable(
  "sales",
  {
    terminalId: bigint("terminal_id", { mode: "number" }).notNull(),
    counter: bigint("counter", { mode: "number" }).notNull(),
    day: date("day", { mode: "string" }).notNull(),
    siteId: uuid("site_id").notNull(),
    merchantId: uuid("merchant_id").notNull(),
    /** The whole code, signature included. */
    code: rawBytes("code").notNull(),
    codeDigest: hexBytes("code_digest").notNull(),
    snapshotPrefix: hexBytes("snapshot_prefix").notNull(),
    issuedAt: instant("issued_at").notNull(),
    /** issued at + the clock offset known when the sale was first seen. */
    effectiveAt: instant("effective_at").notNull(),
    amountFen: bigint("amount_fen", { mode: "number" }).notNull(),
    lineCount: smallint("line_count").notNull(),
    state: text("state", { enum: ["presented", "paying", "paid", "closed"] }).notNull(),
    paidFen: bigint("paid_fen", { mode: "number" }).notNull().default(0),
    refundedFen: bigint("refunded_fen", { mode: "number" }).notNull().default(0),
    paidBy: text("paid_by", { enum: ["wechat-pay", "alipay", "cash"] }),
    settledBy: text("settled_by"),
    settledAt: instant("settled_at"),
    buyerId: uuid("buyer_id"),
    /** Set when the payer's wallet was bound to a merchant at the time of payment. */
    buyerMerchantId: uuid("buyer_merchant_id"),
    /** When the terminal's upload arrived; null: known from a scan only. */
    uploadedAt: instant("uploaded_at"),
    handedOverAt: instant("handed_over_at"),
    /** Bits: 1 reduction over tolerance, 2 lines unknown, 4 upload missing, 8 lines contradict the code. */
    flags: integer("flags").notNull().default(0),
    recordId: hexBytes("record_id"),
    /** When to try again to make its record, after that could not be done. */
    recordTryAt: instant("record_try_at"),
    /** Raised with each change; carried by outbox messages so that receivers drop older ones. */
    version: integer("version").notNull().default(0),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.terminalId, t.counter, t.day] })],
)

export const saleLines = pgTable(
  "sale_lines",
  {
    terminalId: bigint("terminal_id", { mode: "number" }).notNull(),
    counter: bigint("counter", { mode: "number" }).notNull(),
    day: date("day", { mode: "string" }).notNull(),
    line: smallint("line").notNull(),
    siteId: uuid("site_id").notNull(),
    slot: integer("slot").notNull(),
    /** u32 as in the pay code: two top bits choose grams, hundreds of grams or pieces. */
    quantityPacked: bigint("quantity_packed", { mode: "number" }).notNull(),
    unitPriceFen: integer("unit_price_fen").notNull(),
    amountFen: bigint("amount_fen", { mode: "number" }).notNull(),
    /** Null until the stock snapshot has arrived. */
    commodity: integer("commodity"),
    lotId: uuid("lot_id"),
    pileId: hexBytes("pile_id"),
    gramsLow: bigint("grams_low", { mode: "number" }),
    gramsHigh: bigint("grams_high", { mode: "number" }),
  },
  (t) => [primaryKey({ columns: [t.terminalId, t.counter, t.day, t.line] })],
)
