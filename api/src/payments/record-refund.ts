import { records } from "@suyuan/drizzle/schema/ledger"
import { sites } from "@suyuan/drizzle/schema/participants"
import { refunds } from "@suyuan/drizzle/schema/payments"
import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { RECORDED_LINES_MAX } from "@suyuan/protocol/ledger/kinds/sale"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { recordId, uuidKey } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import type { RefundRecord } from "@suyuan/protocol/ledger/record-types"
import { msToSeconds2024, utcDayOf } from "@suyuan/protocol/units/instant"
import { and, asc, eq, gte, isNotNull, isNull, lte, or, sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { utcDay } from "../day"
import { describeFailure } from "../errors"
import { recordDay } from "../ledger/record-day"
import { writeRecords } from "../ledger/write-records"
import { inSales, type SaleKey, saleName } from "../sales/sale-key"
import { raiseAlarm } from "./alarm"
import { lockSale, type RefundRow, refundsOf, type SaleRow, updateRefund } from "./attempts"
import type { PaymentDeps } from "./payment-deps"
import { appendEvents } from "./payment-events"
import { nextPatientTryMs } from "./query-schedule"

const goodsNames = {
  "money-only": "money-only",
  "not-handed-over": "not-handed-over",
  returned: "returned",
  discarded: "returned-and-thrown-away",
} as const satisfies Record<RefundRow["goods"], RefundRecord["public"]["goods"]>

/**
 * Writes the record of each refund that the seller gave and that has succeeded, once the sale itself has one, and
 * tells the piles what became of the goods. Money that never settled a sale is no part of its trade. The caller holds
 * the sale's lock. Each by itself: one that cannot be recorded now undoes nothing else, the money least of all; an alarm
 * says so, and the job tries again. Idempotent. Returns how many it took in hand.
 */
export async function recordRefunds(ctx: Context, deps: PaymentDeps, tx: Transaction, sale: SaleRow): Promise<number> {
  const { recordId: saleRecordId } = sale
  if (saleRecordId === null) return 0
  const due = (await refundsOf(tx, sale)).filter(
    (refund) => refund.state === "succeeded" && refund.reason === "seller" && refund.recordId === null,
  )
  for (const refund of due) {
    try {
      await tx.transaction((inner) => recordRefund(ctx, deps, inner, sale, saleRecordId, refund))
    } catch (cause) {
      const { outRefundNo: number, siteId } = refund
      ctx.log.error({ ...describeFailure(cause), number }, "a refund got no record")
      await noteRecordTry(ctx, tx, refund)
      if (refund.recordTryAt === null) await raiseAlarm(ctx, tx, "payments/refund-not-recorded", { number, siteId })
    }
  }
  return due.length
}

async function noteRecordTry(ctx: Pick<Context, "clock">, tx: Transaction, refund: RefundRow): Promise<void> {
  const nowMs = ctx.clock.nowMs()
  const recordTryAt = new Date(nextPatientTryMs(refund.succeededAt?.getTime() ?? nowMs, nowMs))
  await updateRefund(tx, refund, { recordTryAt })
}

/**
 * The job: sales whose record came after their refund, and records that could not be made before. Returns how many
 * refunds it took in hand.
 * @param daysBack of refunds asked for so long ago; without it all, which touches every day's partition
 */
export async function recordLateRefunds(
  ctx: Context,
  deps: PaymentDeps,
  limit: number,
  daysBack?: number,
): Promise<number> {
  const now = new Date(ctx.clock.nowMs())
  const earliest = daysBack === undefined ? undefined : utcDay(new Date(now.getTime() - daysBack * 86_400_000))
  const late = await ctx.duties
    .select({ terminalId: sales.terminalId, counter: sales.counter, day: sales.day })
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
    .where(
      and(
        // Literal, as the partial index has it.
        sql`${refunds.state} = 'succeeded' AND ${refunds.reason} = 'seller'`,
        isNull(refunds.recordId),
        or(isNull(refunds.recordTryAt), lte(refunds.recordTryAt, now)),
        earliest === undefined ? undefined : gte(refunds.day, earliest),
      ),
    )
    .orderBy(asc(refunds.succeededAt))
    .limit(limit)
  const keys = new Map(late.map((key) => [saleName(key), key]))
  let tried = 0
  for (const key of keys.values()) tried += await ctx.db.transaction((tx) => recordOne(ctx, deps, tx, key))
  return tried
}

async function recordOne(ctx: Context, deps: PaymentDeps, tx: Transaction, key: SaleKey): Promise<number> {
  const sale = await lockSale(tx, key)
  return sale === undefined ? 0 : recordRefunds(ctx, deps, tx, sale)
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

/**
 * A refund with goods and no lines named is of all of them, as far as the gateway knows their weight. More than a record
 * takes are left out: neither the sale's own record nor a pile knows of them (`linesUnknown`).
 */
async function linesOf(tx: Transaction, refund: RefundRow): Promise<[number, number][]> {
  if (refund.goods === "money-only") return []
  if (refund.lines.length > RECORDED_LINES_MAX) return []
  if (refund.lines.length > 0) return refund.lines.toSorted(([a], [b]) => a - b)
  const key = { terminalId: refund.terminalId, counter: refund.counter, day: refund.saleDay }
  const rows = await tx
    .select({ line: saleLines.line, grams: saleLines.gramsHigh })
    .from(saleLines)
    .where(inSales(saleLines, [key]))
    .orderBy(asc(saleLines.line))
  if (rows.length > RECORDED_LINES_MAX) return []
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
