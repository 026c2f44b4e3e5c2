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
import { noteRevision } from "../trace/note-events"
import { type PurchaseRow, projectPurchase } from "../trace/project-purchase"
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
  await answer(tx, purchase, { outcome: body.outcome, grams: body.acceptedGrams, at: effectiveAt, recordId: id })
  return undefined
}

type Answer = {
  readonly outcome: "accepted" | "private" | "refused"
  readonly grams: number
  readonly at: Date
  readonly recordId: string
}

/** The newest answer holds, by its own time and whenever it comes; the records keep every one. */
async function answer(tx: Transaction, purchase: PurchaseRow, given: Answer): Promise<void> {
  const { decidedAt, answerRecordId } = purchase
  const isNewest =
    decidedAt === null ||
    given.at > decidedAt ||
    (given.at.getTime() === decidedAt.getTime() && given.recordId > (answerRecordId ?? ""))
  if (!isNewest) return
  // What an earlier refusal took back in the seller's pile goes with it.
  if (answerRecordId !== null) {
    const gone = await tx
      .delete(pileEvents)
      .where(
        and(
          eq(pileEvents.pileId, purchase.upstreamPileId),
          eq(pileEvents.recordId, answerRecordId),
          eq(pileEvents.line, purchase.line),
          eq(pileEvents.source, "void"),
        ),
      )
      .returning({ pileId: pileEvents.pileId, effectiveAt: pileEvents.effectiveAt })
    await noteRevision(tx, gone)
  }
  const [answered] = await tx
    .update(purchases)
    .set({
      state: given.outcome,
      acceptedGrams: given.outcome === "accepted" ? given.grams : 0,
      decidedAt: given.at,
      answerRecordId: given.recordId,
      // Other goods, or less of them, come with other certificates.
      collectedAt: null,
    })
    .where(eq(purchases.id, purchase.id))
    .returning()
  if (answered) await projectPurchase(tx, answered)
}
