import { pileEvents, purchases } from "@suyuan/drizzle/schema/trace"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { recordId, uuidKey } from "@suyuan/protocol/ledger/record-id"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { msToSeconds2024, utcDayOf } from "@suyuan/protocol/units/instant"
import { and, eq } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { writeRecords } from "../ledger/write-records"
import type { UploadRefusal } from "../sales/record-trades"
import type { TerminalAtStall } from "../sales/verify-codes"
import { purchaseEvent } from "../trace/apply-sales"
import { applyVoid } from "../trace/apply-void"
import { effectiveTime, type UploadNaming } from "./record-goods"

/**
 * A stall answers for what its own wallet bought: accepted with its weight (which may only be lowered: more would be
 * goods of unknown origin), private, or refused. It arrived when the answer says so; until then the sale's own time held.
 */
export async function acceptPurchase(
  ctx: Context,
  tx: Transaction,
  stall: TerminalAtStall,
  body: UploadBody<"arrival">,
  { uploadId, concerned }: UploadNaming,
): Promise<UploadRefusal> {
  const saleRecordId = toHex(body.saleRecordId)
  const [purchase] = await tx
    .select()
    .from(purchases)
    .where(
      and(
        eq(purchases.saleRecordId, saleRecordId),
        eq(purchases.line, body.lineIndex),
        eq(purchases.buyerMerchantId, stall.merchant.id),
      ),
    )
    .for("update")
  if (!purchase) return "stock/no-such-purchase"
  if (body.acceptedGrams > purchase.grams) return "stock/more-than-bought"
  // Goods cannot arrive before they were sold, whatever a clock says.
  const saidMs = effectiveTime(stall, body.acceptedAtSeconds).getTime()
  const effectiveAt = new Date(Math.max(saidMs, purchase.effectiveAt.getTime()))
  const accepted = body.outcome === "accepted"
  const id = toHex(recordId("arrival", utcDayOf(effectiveAt.getTime()), uuidKey(uploadId)))
  const alias = fromHex(ctx.keys.pileAlias(purchase.pileId))
  const { public: publicBytes } = encodeRecord({
    kind: "arrival",
    public: {
      saleRecordId: body.saleRecordId,
      lineIndex: body.lineIndex,
      acceptedGrams: accepted ? body.acceptedGrams : 0,
      effectiveAtSeconds: msToSeconds2024(effectiveAt.getTime()),
      outcome: body.outcome,
      buyerPileAlias: accepted ? alias : undefined,
    },
  })
  await writeRecords(ctx, tx, [
    { recordId: id, kind: RECORD_KINDS.arrival, siteId: stall.site.id, concerned, publicBytes },
  ])
  if (purchase.state === "refused") return undefined
  await tx
    .update(purchases)
    .set({
      state: body.outcome,
      acceptedGrams: accepted ? body.acceptedGrams : 0,
      decidedAt: new Date(ctx.clock.nowMs()),
    })
    .where(eq(purchases.id, purchase.id))
  await moveInflow(tx, purchase, effectiveAt, accepted ? body.acceptedGrams : 0)
  if (body.outcome === "refused") {
    await applyVoid(ctx, tx, { saleRecordId, byRecordId: id, lines: [{ line: body.lineIndex }] })
  }
  return undefined
}

/** The projected inflow follows the newest answer; the records keep every one. */
async function moveInflow(
  tx: Transaction,
  purchase: typeof purchases.$inferSelect,
  effectiveAt: Date,
  grams: number,
): Promise<void> {
  const [inflow] = await tx
    .delete(pileEvents)
    .where(
      and(
        eq(pileEvents.pileId, purchase.pileId),
        eq(pileEvents.recordId, purchase.saleRecordId),
        eq(pileEvents.line, purchase.line),
        eq(pileEvents.source, "purchase"),
      ),
    )
    .returning()
  if (!inflow || grams === 0) return
  const row = {
    pileId: purchase.pileId,
    buyerSiteId: purchase.siteId,
    buyerMerchantId: purchase.buyerMerchantId,
    sale: { recordId: purchase.saleRecordId },
    line: { line: purchase.line, commodity: purchase.commodity, pileId: purchase.upstreamPileId },
  }
  await tx.insert(pileEvents).values(purchaseEvent(row, effectiveAt, Math.min(inflow.gramsLow, grams), grams))
}
