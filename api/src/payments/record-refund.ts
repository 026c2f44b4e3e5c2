import { records } from "@suyuan/drizzle/schema/ledger"
import { sites } from "@suyuan/drizzle/schema/participants"
import { refunds } from "@suyuan/drizzle/schema/payments"
import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { recordId, uuidKey } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import type { RefundRecord } from "@suyuan/protocol/ledger/record-types"
import { msToSeconds2024, utcDayOf } from "@suyuan/protocol/units/instant"
import { and, asc, eq, isNotNull, isNull } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { recordDay } from "../ledger/record-day"
import { writeRecords } from "../ledger/write-records"
import { inSales, type SaleKey } from "../sales/sale-key"
import { lockSale, type RefundRow, refundsOf, type SaleRow, updateRefund } from "./attempts"
import type { PaymentDeps } from "./payment-deps"
import { appendEvents } from "./payment-events"

const goodsNames = {
  "money-only": "money-only",
  "not-handed-over": "not-handed-over",
  returned: "returned",
  discarded: "returned-and-thrown-away",
} as const satisfies Record<RefundRow["goods"], RefundRecord["public"]["goods"]>

/** Refunds of a recorded sale that a record should tell of. Money that never settled a sale is no part of its trade. */
const tellsOfTrade = and(eq(refunds.state, "succeeded"), eq(refunds.reason, "seller"), isNull(refunds.recordId))

/**
 * Writes the record of each refund that the seller gave and that has succeeded, once the sale itself has one, and
 * tells the piles what became of the goods. The caller holds the sales' locks. Idempotent.
 */
export async function recordRefunds(
  ctx: Context,
  deps: PaymentDeps,
  tx: Transaction,
  lockedSales: readonly SaleRow[],
): Promise<void> {
  for (const sale of lockedSales) {
    if (sale.recordId === null) continue
    const due = (await refundsOf(tx, sale)).filter(
      (refund) => refund.state === "succeeded" && refund.reason === "seller" && refund.recordId === null,
    )
    for (const refund of due) await recordRefund(ctx, deps, tx, sale, sale.recordId, refund)
  }
}

/** The job: sales whose record came after their refund. Returns how many it found. */
export async function recordLateRefunds(ctx: Context, deps: PaymentDeps, limit: number): Promise<number> {
  const late = await ctx.db
    .selectDistinct({ terminalId: sales.terminalId, counter: sales.counter, day: sales.day })
    .from(refunds)
    .innerJoin(
      sales,
      and(
        eq(sales.terminalId, refunds.terminalId),
        eq(sales.counter, refunds.counter),
        eq(sales.day, refunds.saleDay),
        isNotNull(sales.recordId),
      ),
    )
    .where(tellsOfTrade)
    .limit(limit)
  for (const key of late) await ctx.db.transaction((tx) => recordOne(ctx, deps, tx, key))
  return late.length
}

async function recordOne(ctx: Context, deps: PaymentDeps, tx: Transaction, key: SaleKey): Promise<void> {
  const sale = await lockSale(tx, key)
  if (sale !== undefined) await recordRefunds(ctx, deps, tx, [sale])
}

async function recordRefund(
  ctx: Context,
  deps: PaymentDeps,
  tx: Transaction,
  sale: SaleRow,
  saleRecordId: string,
  refund: RefundRow,
): Promise<void> {
  const at = refund.succeededAt ?? new Date(ctx.clock.nowMs())
  const lines = await linesOf(tx, refund)
  const refundRecordId = toHex(recordId("refund", utcDayOf(at.getTime()), uuidKey(refund.id)))
  const { siteNumber, concerned, salt } = await standingOf(tx, sale, saleRecordId)
  const sections = encodeRecord({
    kind: "refund",
    public: {
      refundOf: bytesOf(saleRecordId),
      effectiveAtSeconds: msToSeconds2024(at.getTime()),
      siteNumber,
      goods: goodsNames[refund.goods],
      lines: lines.map(([lineIndex, grams]) => ({ lineIndex, grams })),
    },
    commercial: { refundedFen: refund.amountFen, sellerMerchant: sale.merchantId },
    // A payer who was forgotten since is named by neither.
    personal: salt === null ? undefined : personalOf(refund),
  })
  await writeRecords(ctx, tx, [
    {
      recordId: refundRecordId,
      kind: RECORD_KINDS.refund,
      siteId: refund.siteId,
      concerned,
      publicBytes: sections.public,
      ...(sections.commercial && { commercialBytes: sections.commercial }),
      ...(sections.personal && { personalBytes: sections.personal }),
    },
  ])
  await updateRefund(tx, refund, { recordId: refundRecordId })
  const { outTradeNo, outRefundNo, siteId } = refund
  await appendEvents(ctx, tx, [{ outTradeNo, outRefundNo, siteId, kind: "refund/recorded" }])
  if (refund.goods === "money-only" || lines.length === 0) return
  const { goods, merchantId } = refund
  await deps.applyRefundedGoods(ctx, tx, {
    saleRecordId,
    refundRecordId,
    siteId,
    merchantId,
    effectiveAt: at,
    goods,
    lines,
  })
}

/** A refund with goods and no lines named is of all of them, as far as the gateway knows their weight. */
async function linesOf(tx: Transaction, refund: RefundRow): Promise<[number, number][]> {
  if (refund.goods === "money-only") return []
  if (refund.lines.length > 0) return refund.lines.toSorted(([a], [b]) => a - b)
  const key = { terminalId: refund.terminalId, counter: refund.counter, day: refund.saleDay }
  const rows = await tx
    .select({ line: saleLines.line, grams: saleLines.gramsHigh })
    .from(saleLines)
    .where(inSales(saleLines, [key]))
    .orderBy(asc(saleLines.line))
  return rows.flatMap(({ line, grams }) => (grams === null ? [] : [[line, grams] as [number, number]]))
}

/** A refund concerns whom its sale concerned. */
async function standingOf(tx: Transaction, sale: SaleRow, saleRecordId: string) {
  const [row] = await tx
    .select({
      siteNumber: sites.number,
      concerned: records.concerned,
      salt: records.personalSalt,
    })
    .from(records)
    .innerJoin(sites, eq(sites.id, sale.siteId))
    .where(and(eq(records.recordId, saleRecordId), eq(records.day, recordDay(saleRecordId))))
  if (row === undefined) throw new Error(`record ${saleRecordId} of a sale is missing`)
  return row
}

function personalOf(refund: RefundRow): RefundRecord["personal"] {
  if (refund.platform === "cash") return undefined
  return { platform: refund.platform, refundTransactionId: refund.platformRefundId ?? refund.outRefundNo }
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex)
  if (bytes === undefined) throw new Error("a record id is not hex")
  return bytes
}
